"""A monitoring poller: touches every service now and then, and needs none of them.

    monitor.py --every SECONDS http://HOST[:PORT]/PATH | tcp://HOST:PORT …
"""

import argparse
import socket
import time
import urllib.parse
import urllib.request


def poll(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "http":
        urllib.request.urlopen(url, timeout=3).read()
    else:
        socket.create_connection((parts.hostname, parts.port), timeout=3).close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=float, required=True)
    parser.add_argument("urls", nargs="+")
    options = parser.parse_args()
    while True:
        started = time.monotonic()
        for url in options.urls:
            try:
                poll(url)
            except OSError as error:
                print(f"{url}: {error}", flush=True)
        time.sleep(max(0.0, started + options.every - time.monotonic()))


if __name__ == "__main__":
    main()
