"""Checks a document against its JSON Schema: check_document.py KIND FILE.

KIND is the name of a schema in docs/formats/schemas. `edges` is a stream (plain, not compressed): every line is checked, and what no
schema of one line can say: the order of records and members, the count and digest of the end record, the arithmetic of
distributions, and the conservation of packets and bytes. Records and members that the schema does not list are problems here,
though readers skip them: what this project writes is listed.
Exit code: 0 as it should be, 1 with the problems on standard output, 64 usage.
"""

import decimal
import ipaddress
import json
import pathlib
import re
import sys

import jsonschema
import xxhash

SCHEMAS = pathlib.Path(__file__).resolve().parent.parent / "docs" / "formats" / "schemas"
PROTOCOLS = {"icmp": 1, "igmp": 2, "ipip": 4, "tcp": 6, "udp": 17, "dccp": 33, "ipv6": 41, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51,
             "icmp6": 58, "eigrp": 88, "ospf": 89, "pim": 103, "vrrp": 112, "l2tp": 115, "sctp": 132, "udplite": 136}
RANK = {"header": 0, "edge": 1, "nesting": 1, "name": 2, "source": 3, "end": 4}


def load(kind):
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema, jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def problems_of(value, check, place):
    for error in check.iter_errors(value):
        path = "/".join(str(part) for part in error.absolute_path)
        yield f"{place}{path}: {error.message[:300]}"


def member_problems(value, schema, definitions, path):
    """Members that the schema does not list, and members in another order than it lists them."""
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, dict) and "properties" in schema:
        listed = list(schema["properties"])
        unknown = [key for key in value if key not in listed]
        if unknown:
            yield f"{path}: unknown members {unknown}"
        known = [key for key in value if key in listed]
        if known != sorted(known, key=listed.index):
            yield f"{path}: members out of order: {known}"
        for key in known:
            yield from member_problems(value[key], schema["properties"][key], definitions, f"{path}/{key}")


def unique(pairs):
    names = [key for key, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"a member stands twice in {names}")
    return dict(pairs)


def proto_number(proto):
    return PROTOCOLS.get(proto, proto)


def address_order(text):
    address = ipaddress.ip_address(text)
    return address.version, int(address)


def order(record):
    """The place of an edge or nesting in its stream: by window, edges before nestings."""
    place = (record["window"], record["record"] == "nesting", record.get("network", "").encode())
    if record["record"] == "edge":
        return place + (address_order(record["client"]), address_order(record["server"]), proto_number(record["proto"]),
                        record.get("port", -1))
    inbound, outbound = record["inbound"], record["outbound"]
    return place + (address_order(record["host"]), proto_number(inbound["proto"]), inbound["port"], address_order(outbound["server"]),
                    proto_number(outbound["proto"]), outbound["port"])


def nanoseconds(seconds):
    return int(decimal.Decimal(seconds) * 10**9)


def middle_nanoseconds(index):
    """The middle of a bucket: see docs/formats/edges.md."""
    if index < 16:
        return index
    shift = index // 16 - 1
    return ((index % 16 + 16) << shift) + (1 << shift >> 1)


def distribution_problems(value):
    buckets = value["buckets"]
    if [index for index, _ in buckets] != sorted({index for index, _ in buckets}):
        yield "buckets do not ascend"
    if sum(count for _, count in buckets) != value["count"]:
        yield "buckets do not add up to count"
    for name, share in (("p50_s", 500), ("p95_s", 950), ("p99_s", 990)):
        rank, seen = -(-value["count"] * share // 1000), 0
        for index, count in buckets:
            seen += count
            if seen >= rank:
                if nanoseconds(value[name]) != middle_nanoseconds(index):
                    yield f"{name} is {value[name]}, its bucket's middle is {middle_nanoseconds(index)} ns"
                break


def name_problems(record):
    names = [name.encode() for name in record.get("names", [])]
    if names != sorted(names):
        yield "names out of order"
    if "names_more" in record and len(names) != 16:
        yield f"names_more beside {len(names)} names"


def edge_problems(edge):
    for name, value in edge.get("response", {}).items():
        for problem in distribution_problems(value):
            yield f"response/{name}: {problem}"
    yield from name_problems(edge)
    if edge["first"].rstrip("Z") > edge["last"].rstrip("Z"):
        yield "first is after last"


def source_problems(source):
    lost = source["not_in_edges"]
    if list(lost) != sorted(lost):
        yield "not_in_edges out of order"
    if source["links"] != sorted(source["links"]):
        yield "links out of order"
    repeated = source.get("repeated", {"packets": 0, "bytes": 0})
    counted = source["edge_bytes"] - repeated["bytes"] + source["tunnel_overhead_bytes"]
    if source["ip_bytes"] != counted + sum(loss["bytes"] for loss in lost.values()):
        yield "ip_bytes are not conserved"
    if source["packets"] != source["edge_packets"] - repeated["packets"] + sum(loss["packets"] for loss in lost.values()):
        yield "packets are not conserved"
    if "damage" in source and source["complete"]:
        yield "complete in spite of damage"
    if "skipped_blocks" in source and "damage" not in source:
        yield "skipped_blocks without damage"


def edges(data):
    schema, check = load("edges")
    definitions = schema["$defs"]
    # A record is held to the schema of its own kind, so that messages do not speak of the others.
    checks = {kind: check.evolve(schema={"$ref": f"#/$defs/{kind}", "$defs": definitions}) for kind in RANK}
    lines = data.split(b"\n")
    if lines[-1]:
        yield "the last line has no newline"
    at, last, named = -1, None, None
    sums, stated = {"edge_packets": 0, "edge_bytes": 0}, {"edge_packets": 0, "edge_bytes": 0}
    before = 0
    for number, line in enumerate(lines[:-1], 1):
        place = f"line {number}: "
        try:
            record = json.loads(line, object_pairs_hook=unique)
            exact = json.loads(line, parse_float=str, parse_int=int)
        except ValueError as error:
            yield f"{place}{error}"
            continue
        kind = record.get("record")
        if kind not in RANK:
            yield f"{place}unknown record «{kind}»"
            continue
        found = list(problems_of(record, checks[kind], place))
        if found:
            yield from found
            continue
        yield from (f"line {number}{problem}" for problem in member_problems(record, definitions[kind], definitions, ""))
        if re.search(rb"\s", re.sub(rb'"(?:[^"\\]|\\.)*"', b'""', line)):
            yield f"{place}white space between members"
        if RANK[kind] < at or (number == 1) != (kind == "header"):
            yield f"{place}a {kind} record out of order"
        at = RANK[kind]
        if kind in ("edge", "nesting"):
            if last is not None and order(record) <= last:
                yield f"{place}out of order"
            last = order(record)
        if kind == "name":
            if named is not None and address_order(record["address"]) <= named:
                yield f"{place}out of order"
            named = address_order(record["address"])
            yield from (place + problem for problem in name_problems(record))
        if kind == "edge":
            yield from (place + problem for problem in edge_problems(exact))
            volume = record["volume"]
            sums["edge_packets"] += volume["packets_to_server"] + volume["packets_to_client"]
            sums["edge_bytes"] += volume["bytes_to_server"] + volume["bytes_to_client"]
        elif kind == "source":
            yield from (place + problem for problem in source_problems(record))
            for name in stated:
                stated[name] += record[name]
        elif kind == "end":
            if record["records"] != number - 1:
                yield f"{place}{record['records']} records stated, {number - 1} stand before"
            digest = "xxh3-64:" + xxhash.xxh3_64(data[:before]).hexdigest()
            if record["digest"] != digest:
                yield f"{place}digest {record['digest']} stated, the bytes before have {digest}"
        before += len(line) + 1
    if at != RANK["end"]:
        yield "no end record"
    if sums != stated:
        yield f"edges hold {sums}, sources say {stated}"


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    kind, path = arguments
    data = pathlib.Path(path).read_bytes()
    found = edges(data) if kind == "edges" else problems_of(json.loads(data), load(kind)[1], "")
    count = 0
    for problem in found:
        count += 1
        if count <= 20:
            print(problem)
    return 1 if count else 0


sys.exit(main(sys.argv[1:]))
