"""Checks a document against its JSON Schema: check_document.py KIND FILE.

KIND is the name of a schema in docs/formats/schemas. `edges` is a stream: every line is checked, and the order of records, the
count of the end record, the order of edges within a window and the conservation of packets and bytes as well.
Exit code: 0 as it should be, 1 with the problems on standard output, 64 usage.
"""

import ipaddress
import json
import pathlib
import sys

import jsonschema

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "docs" / "formats" / "schemas"


def validator(kind):
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def problems_of(value, check, place):
    for error in check.iter_errors(value):
        path = "/".join(str(part) for part in error.absolute_path)
        yield f"{place}{path}: {error.message[:300]}"


PROTOCOLS = {"icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "udp": 17, "dccp": 33, "ipv6": 41, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51,
             "icmp6": 58, "eigrp": 88, "ospf": 89, "pim": 103, "vrrp": 112, "l2tp": 115, "sctp": 132, "udplite": 136}


def order(edge):
    client, server = (ipaddress.ip_address(edge[end]) for end in ("client", "server"))
    return (edge["window"], edge.get("network", ""), client.version, int(client), server.version, int(server),
            PROTOCOLS.get(edge["proto"], edge["proto"]), edge.get("port", -1))


def edges(data):
    check = validator("edges")
    lines = data.split(b"\n")
    if lines[-1]:
        yield "the last line has no newline"
    rank = {"header": 0, "edge": 1, "nesting": 1, "source": 2, "end": 3}
    at, last, sums = -1, None, {"edge_packets": 0, "edge_bytes": 0}
    stated = {"edge_packets": 0, "edge_bytes": 0}
    for number, line in enumerate(lines[:-1], 1):
        record = json.loads(line)
        yield from problems_of(record, check, f"line {number}: ")
        kind = record.get("record")
        if kind not in rank:
            continue
        if next(iter(record)) != "record":
            yield f"line {number}: `record` does not stand first"
        if line != json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode() and b"." not in line:
            yield f"line {number}: not compact"
        if rank[kind] < at or (number == 1) != (kind == "header"):
            yield f"line {number}: a {kind} record out of order"
        at = rank[kind]
        if kind == "edge":
            if last is not None and order(record) <= last:
                yield f"line {number}: edges out of order"
            last = order(record)
            volume = record["volume"]
            sums["edge_packets"] += volume["packets_to_server"] + volume["packets_to_client"]
            sums["edge_bytes"] += volume["bytes_to_server"] + volume["bytes_to_client"]
        elif kind == "source":
            for name in stated:
                stated[name] += record[name]
            lost = record["not_in_edges"].values()
            if record["ip_bytes"] != record["edge_bytes"] + record["tunnel_overhead_bytes"] + sum(loss["bytes"] for loss in lost):
                yield f"line {number}: ip_bytes are not conserved"
            if record["packets"] != record["edge_packets"] + sum(loss["packets"] for loss in lost):
                yield f"line {number}: packets are not conserved"
        elif kind == "end" and record["records"] != number - 1:
            yield f"line {number}: {record['records']} records stated, {number - 1} stand before"
    if at != 3:
        yield "no end record"
    if sums != stated:
        yield f"edges hold {sums}, sources say {stated}"


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    kind, path = arguments
    data = pathlib.Path(path).read_bytes()
    found = edges(data) if kind == "edges" else problems_of(json.loads(data), validator(kind), "")
    count = 0
    for problem in found:
        count += 1
        if count <= 20:
            print(problem)
    return 1 if count else 0


sys.exit(main(sys.argv[1:]))
