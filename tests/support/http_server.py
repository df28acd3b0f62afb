#!/usr/bin/env python3
"""A web server that misbehaves on request, for tests of the fetcher.

`http_server.py FOLDER`: prints its port, serves FOLDER's files below the paths of BEHAVIOURS, and
appends one line for each request to FOLDER/requests.log: path, Range, If-Range, If-None-Match, X-Key.
Ends when its standard input does.
"""

import collections
import hashlib
import http.server
import json
import os
import pathlib
import sys
import threading
import urllib.parse

from answering import AnsweringHandler

FOLDER = pathlib.Path(sys.argv[1])
seen = collections.Counter()
lock = threading.Lock()


class Handler(AnsweringHandler):
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        with lock:
            count = seen[url.path]
            seen[url.path] += 1
            names = ("Range", "If-Range", "If-None-Match", "X-Key")
            words = [self.path] + [self.headers.get(name, "-") for name in names]
            with open(FOLDER / "requests.log", "a") as log:
                log.write(" ".join(words) + "\n")
        parts = url.path.strip("/").split("/")
        if url.path.startswith("/ga4gh/drs/v1/objects/"):
            return self.drs(parts[4:], count)
        behaviour = BEHAVIOURS.get(parts[0])
        if behaviour is None:
            return self.answer(404, b"no such behaviour")
        behaviour(self, parts[1:], count, urllib.parse.parse_qs(url.query))

    def file(self, name, etag="", data=None, stop_after=None):
        """The file, or the part asked for when the tag still holds."""
        if data is None:
            data = (FOLDER / name).read_bytes()
        etag = etag or f'"{hashlib.md5(data).hexdigest()}"'
        if self.headers.get("If-None-Match") == etag:
            return self.answer(304, ETag=etag, Content_Length="0")
        begin, status = 0, 200
        wanted = self.headers.get("Range")
        if wanted and self.headers.get("If-Range", etag) == etag and not etag.startswith("W/"):
            begin, status = int(wanted[len("bytes="):-1]), 206
            if begin >= len(data):
                return self.answer(416, Content_Range=f"bytes */{len(data)}")
        headers = {"ETag": etag, "Content_Length": str(len(data) - begin)}
        if status == 206:
            headers["Content_Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        body = data[begin:] if stop_after is None else data[begin:stop_after]
        self.answer(status, body, **headers)
        if stop_after is not None:
            self.cut()

    def cut(self):
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(2)

    def ok(self, parts, count, query):
        self.file(parts[0])

    def broken(self, parts, count, query):
        """Cut at three fifths the first time."""
        size = (FOLDER / parts[0]).stat().st_size
        self.file(parts[0], stop_after=size * 3 // 5 if count == 0 else None)

    def broken_weak(self, parts, count, query):
        size = (FOLDER / parts[0]).stat().st_size
        self.file(parts[0], etag='W/"1"', stop_after=size * 3 // 5 if count == 0 else None)

    def broken_changed(self, parts, count, query):
        """Cut, and by the next request it is another file: parts[1]."""
        size = (FOLDER / parts[0]).stat().st_size
        if count == 0:
            return self.file(parts[0], stop_after=size * 3 // 5)
        self.file(parts[1])

    def always_broken(self, parts, count, query):
        self.file(parts[0], stop_after=10)

    def wrong_once(self, parts, count, query):
        data = (FOLDER / parts[0]).read_bytes()
        self.file(parts[0], data=data if count else data[:-1] + b"?")

    def encoded(self, parts, count, query):
        self.answer(200, b"\x1f\x8b", Content_Encoding="gzip")

    def page(self, parts, count, query):
        self.answer(200, b"\n<!DOCTYPE html><p>Please log in", Content_Type="text/html")

    def message(self, parts, count, query):
        self.answer(200, b'{"msg": "no such file"}', Content_Type="application/json")

    def status(self, parts, count, query):
        """status/503/2/NAME: twice that status, then the file."""
        if count < int(parts[1]):
            return self.answer(int(parts[0]), b"not now", Retry_After="7")
        self.file(parts[2])

    def endless(self, parts, count, query):
        """More than it said, without a length."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(b"chr1\t1\t2\n" * 10000)
        except OSError:
            pass

    def redirect(self, parts, count, query):
        self.answer(302, b"over there", Location=query["to"][0])

    def circle(self, parts, count, query):
        self.answer(302, Location=f"/circle/{count}")

    def drs(self, parts, count):
        data = (FOLDER / "file").read_bytes()
        here = "http://%s:%d" % self.server.server_address
        sums = [{"type": "sha-256", "checksum": hashlib.sha256(data).hexdigest()}]
        access = {"url": here + "/ok/file", "headers": ["X-Key: secret"]}
        if len(parts) == 3:
            if count == 0:
                return self.answer(202, Retry_After="3")
            return self.answer(200, json.dumps(access).encode())
        method = {"type": "https", "access_id": "a1"}
        if parts[0] == "direct":
            method = {"type": "https", "access_url": access}
        if parts[0] == "wrong":
            sums = [{"type": "md5", "checksum": "0" * 32}]
            method = {"type": "https", "access_url": access}
        if parts[0] == "s3only":
            method = {"type": "s3", "access_url": {"url": "s3://bucket/key"}}
        if parts[0] == "moved":
            return self.answer(302, Location="/ga4gh/drs/v1/objects/direct")
        document = {"id": parts[0], "size": len(data), "checksums": sums, "access_methods": [method]}
        self.answer(200, json.dumps(document).encode())


BEHAVIOURS = {
    "ok": Handler.ok, "broken": Handler.broken, "broken-weak": Handler.broken_weak,
    "broken-changed": Handler.broken_changed, "always-broken": Handler.always_broken,
    "wrong-once": Handler.wrong_once, "encoded": Handler.encoded, "page": Handler.page,
    "message": Handler.message, "status": Handler.status, "endless": Handler.endless,
    "redirect": Handler.redirect, "circle": Handler.circle,
}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # clients go away; that is what is tested


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
