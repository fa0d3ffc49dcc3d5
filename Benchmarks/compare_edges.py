"""Holds flowagg's edges against those of a yardstick that writes tab-separated edges: compare_edges.py EDGES.ndjson YARDSTICK.tsv.

The yardstick's columns: window start (s), client, server, port, protocol number, flows, packets to server, packets to client, ….
Every edge (window, client, server, port, protocol) with its packets each way is compared. What differs is explained by the two
definitions, or it is an error:
- the yardstick asks who is the client anew in every window, by the first packet of the window; flowagg keeps what a handshake said
  and decides the rest by degree and ports, so an edge may be turned round: the same two ends and the same packets, the other way;
- flows turned round add to another edge of the same two addresses: then all packets between the two addresses are compared.
Exit code: 0 where everything agrees or is explained, 1 where not.
"""

import collections
import ipaddress
import json
import sys


def number(name):
    return {"tcp": 6, "udp": 17, "icmp": 1, "icmp6": 58, "sctp": 132}.get(name, name)


def seconds(text):
    import datetime
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def ours(path):
    edges = {}
    for line in open(path, encoding="utf-8"):
        if line.startswith('{"record":"edge"'):
            edge = json.loads(line)
            key = (seconds(edge["window"]), edge["client"], edge["server"], edge.get("port", 0), number(edge["proto"]))
            edges[key] = (edge["volume"]["packets_to_server"], edge["volume"]["packets_to_client"])
    return edges


def theirs(path):
    edges = {}
    for line in open(path, encoding="ascii"):
        column = line.rstrip("\n").split("\t")
        client, server = (str(ipaddress.ip_address(address)) for address in column[1:3])
        key = (int(column[0]), client, server, int(column[3]), int(column[4]))
        edges[key] = (int(column[6]), int(column[7]))
    return edges


def pairs(edges):
    sums = collections.Counter()
    for (window, client, server, _, proto), packets in edges.items():
        sums[(window, *sorted((client, server)), proto)] += sum(packets)
    return sums


def main(arguments):
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    mine, yardstick = ours(arguments[0]), theirs(arguments[1])
    same = [key for key in mine.keys() & yardstick.keys() if mine[key] == yardstick[key]]
    print(f"edges: {len(mine)} ours, {len(yardstick)} theirs; {len(same)} the same in key and packets each way")
    different = (mine.keys() | yardstick.keys()) - set(same)
    mine_pairs, their_pairs = pairs(mine), pairs(yardstick)
    turned = unexplained = 0
    for key in sorted(different, key=str):
        window, client, server, port, proto = key
        pair = (window, *sorted((client, server)), proto)
        if mine_pairs[pair] == their_pairs[pair]:
            turned += 1
        else:
            unexplained += 1
            if unexplained <= 10:
                print("not explained:", key, "ours", mine.get(key), "theirs", yardstick.get(key))
    print(f"{turned} explained by direction: the packets between the two addresses are the same; {unexplained} not explained")
    return 1 if unexplained else 0


sys.exit(main(sys.argv[1:]))
