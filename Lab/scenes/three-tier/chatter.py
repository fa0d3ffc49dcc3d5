"""What a desktop says to everybody and nobody: NetBIOS name queries to the broadcast address, mDNS to its group.

    chatter.py --seed N --every SECONDS
"""

import argparse
import random
import socket
import struct
import time


def question(identifier, flags, name, kind):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">6H", identifier, flags, 1, 0, 0, 0) + labels + struct.pack(">BHH", 0, kind, 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--every", type=float, required=True)
    options = parser.parse_args()

    chance = random.Random(options.seed)
    netbios = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    netbios.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    netbios.bind(("", 137))
    multicast = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    multicast.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 255)
    own = socket.gethostbyname("admin")
    multicast.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
    multicast.bind(("", 5353))
    # Two letters for each byte of the padded name WORKGROUP, as NetBIOS writes them.
    group = "".join(chr(65 + (byte >> 4)) + chr(65 + (byte & 15)) for byte in b"WORKGROUP".ljust(16))
    while True:
        netbios.sendto(question(chance.randrange(65536), 0x0110, group, 32), ("10.77.0.255", 137))
        multicast.sendto(question(0, 0, "_ipp._tcp.local", 12), ("224.0.0.251", 5353))
        time.sleep(options.every * chance.uniform(0.5, 1.5))


if __name__ == "__main__":
    main()
