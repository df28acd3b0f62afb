#!/usr/bin/env python3
"""A stand-in for a model server: `model_server.py PORT SECONDS` answers 503 for so long, then predicts."""

import http.server
import sys
import time
import urllib.parse

port, loads = int(sys.argv[1]), float(sys.argv[2])
ready_at = time.monotonic() + loads


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        if time.monotonic() < ready_at:
            self.answer(503, "loading")
        elif url.path == "/health":
            self.answer(200, "ok")
        elif url.path == "/predict":
            number = int(urllib.parse.parse_qs(url.query)["n"][0])
            self.answer(200, f"{number} {number * number}")
        else:
            self.answer(404, "no such route")

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
