"""Serves a folder over HTTP to who knows NAME:PASSWORD: password_server.py FOLDER NAME:PASSWORD.

Prints its port on a line.
"""

import base64
import functools
import http.server
import sys


class Handler(http.server.SimpleHTTPRequestHandler):
    wanted = "Basic " + base64.b64encode(sys.argv[2].encode()).decode()

    def do_GET(self):
        if self.headers.get("Authorization") == self.wanted:
            return super().do_GET()
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="repositories"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *words):
        pass


handler = functools.partial(Handler, directory=sys.argv[1])
with http.server.ThreadingHTTPServer(("localhost", 0), handler) as server:
    print(server.server_address[1], flush=True)
    server.serve_forever()
