"""The shop: an HTTP server that keeps orders in PostgreSQL, prices in redis and baskets in memcached.

    app.py NAME

Each way of holding a connection occurs: to the database a pool that stays open, to redis one that is renewed now and
then, to memcached a fresh one for every request.
"""

import http.server
import json
import queue
import socket
import sys
import threading
import time

import psycopg2

POOL_SIZE = 2
CACHE_CONNECTION_SECONDS = 45
PRICE_SECONDS = 5


class Database:
    """Orders, over connections that are opened once and lent out in turn."""

    def __init__(self):
        self.idle = queue.Queue()
        for _ in range(POOL_SIZE):
            connection = psycopg2.connect(host="db", dbname="shop", user="shop", gssencmode="disable")
            connection.autocommit = True
            self.idle.put(connection)
        self.run(
            "CREATE TABLE IF NOT EXISTS orders"
            " (id serial PRIMARY KEY, customer text NOT NULL, item text NOT NULL, price integer NOT NULL)"
        )

    def run(self, statement, values=()):
        connection = self.idle.get()
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            self.idle.put(connection)


class Cache:
    """Prices, over one connection that is renewed when it is old."""

    def __init__(self):
        self.lock = threading.Lock()
        self.stream = None
        self.opened = 0.0

    def ask(self, *words):
        """One command and its reply, which is a simple string or a bulk string; None where there is no value."""
        command = b"*%d\r\n" % len(words)
        for word in words:
            command += b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode())
        with self.lock:
            if self.stream is None or time.monotonic() - self.opened > CACHE_CONNECTION_SECONDS:
                self.renew()
            self.stream.write(command)
            self.stream.flush()
            reply = self.stream.readline().decode().rstrip()
            if reply == "$-1":
                return None
            if reply.startswith("$"):
                return self.stream.read(int(reply[1:]) + 2)[:-2].decode()
            return reply

    def renew(self):
        if self.stream is not None:
            self.stream.close()
        with socket.create_connection(("cache", 6379), timeout=5) as connection:
            self.stream = connection.makefile("rwb")
        self.opened = time.monotonic()


def count_visit(customer):
    """Counts the visits of a customer in memcached, over a connection of its own."""
    with socket.create_connection(("sessions", 11211), timeout=5) as connection, connection.makefile("rwb") as stream:
        key = f"visits:{customer}".encode()
        stream.write(b"incr %s 1\r\n" % key)
        stream.flush()
        reply = stream.readline().strip()
        if reply != b"NOT_FOUND":
            return int(reply)
        stream.write(b"set %s 0 0 1\r\n1\r\n" % key)
        stream.flush()
        stream.readline()
        return 1


class Shop(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            return self.reply(b"ok\n")
        _, customer, item = self.path.split("/")
        visits = count_visit(customer)
        price = self.server.cache.ask("GET", f"price:{item}")
        if price is None:
            price = str(self.server.database.run("SELECT 100 + length(%s)", (item,))[0][0])
            self.server.cache.ask("SET", f"price:{item}", price, "EX", str(PRICE_SECONDS))
        order = self.server.database.run(
            "INSERT INTO orders (customer, item, price) VALUES (%s, %s, %s) RETURNING id", (customer, item, price)
        )[0][0]
        answer = {"by": self.server.name, "order": order, "price": price, "visits": visits}
        return self.reply(json.dumps(answer).encode())

    def reply(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Shop, bind_and_activate=False)
    server.name = sys.argv[1]
    server.database = Database()
    server.cache = Cache()
    server.server_bind()
    server.server_activate()
    server.serve_forever()


if __name__ == "__main__":
    main()
