"""A customer: asks the web server for pages at random moments, several over one connection or one each.

    client.py --seed N --rate PER_SECOND --requests-per-connection N --seconds N
"""

import argparse
import http.client
import random
import sys
import time


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--requests-per-connection", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()

    chance = random.Random(options.seed)
    end = time.monotonic() + options.seconds
    next_request = time.monotonic()
    connection, left = None, 0
    failed = 0
    while True:
        # Between half and one and a half times the mean pause: uneven, but never silent.
        next_request += chance.uniform(0.5, 1.5) / options.rate
        if next_request > end:
            break
        time.sleep(max(0.0, next_request - time.monotonic()))
        if connection is None:
            connection, left = http.client.HTTPConnection("web", timeout=5), options.requests_per_connection
        try:
            connection.request("GET", f"/customer{chance.randrange(40)}/item{chance.randrange(12)}")
            response = connection.getresponse()
            response.read()
            ok = response.status == 200
        except (OSError, http.client.HTTPException):
            ok = False
        failed += not ok
        left -= 1
        if left == 0 or not ok:
            connection.close()
            connection = None
    if connection is not None:
        connection.close()
    if failed:
        sys.exit(f"{failed} requests failed")


if __name__ == "__main__":
    main()
