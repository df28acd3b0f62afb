#!/usr/bin/env python3
"""A web server whose answers change with each request, for tests of gates and probes.

`probe_server.py FOLDER [--port N] [--tls CERTIFICATE KEY] [--port-file FILE]`: writes its port to
FILE (FOLDER/port), and for each request a line to FOLDER/requests.log: path, and the time since the
last request of that path in whole milliseconds. Ends by TERM.
"""

import argparse
import email.utils
import http.server
import pathlib
import ssl
import threading
import time

from answering import AnsweringHandler

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--tls", nargs=2)
options = parser.parse_args()
lock = threading.Lock()
seen = {}


class Handler(AnsweringHandler):
    def do_GET(self):
        path = self.path.strip("/")
        with lock:
            count, last = seen.get(path, (0, time.monotonic()))
            now = time.monotonic()
            seen[path] = (count + 1, now)
            with open(options.folder / "requests.log", "a") as log:
                log.write(f"{path} {int((now - last) * 1000)}\n")
        getattr(self, "answer_" + path, self.not_found)(count)

    def not_found(self, count):
        self.answer(404, b"nothing here")

    def answer_health(self, count):
        """200, until FOLDER/sick is there."""
        sick = (options.folder / "sick").exists()
        self.answer(503 if sick else 200, b"sick" if sick else b"well")

    def answer_warming(self, count):
        """Its status is good from the beginning; the third answer says so in words."""
        self.answer(200, b"status: ready\n" if count >= 2 else b"status: starting\n")

    def answer_keeps_open(self, count):
        """Keeps the connection though it was asked to close it."""
        self.answer(200, b"status: ready\n")
        self.wfile.flush()
        self.close_connection = False
        self.connection.settimeout(30)

    def answer_chunked(self, count):
        """The words come in two pieces, and the connection stays open."""
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (b"status: rea", b"dy\n", b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.close_connection = False
        self.connection.settimeout(30)

    def answer_busy(self, count):
        self.answer(503 if count == 0 else 200, Retry_After="1")

    def answer_busy_until(self, count):
        """The other form of Retry-After. Two seconds on, less the part of the second gone by."""
        date = email.utils.formatdate(time.time() + 2, usegmt=True)
        self.answer(429 if count == 0 else 200, Retry_After=date)


server = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
if options.tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*options.tls)
    server.socket = context.wrap_socket(server.socket, server_side=True)
new = options.folder / "port.new"
new.write_text(f"{server.server_port}\n")
new.rename(options.folder / "port")
server.serve_forever()
