#!/usr/bin/env python3
"""A double of an S3 server whose objects are in archive storage: no real server that can be started
here archives or restores anything.

`archive_server.py FOLDER`: writes its port to FOLDER/port, and one line for each request to
FOLDER/requests.log: "HEAD key", "RESTORE key tier days", "GOT key" or, where its copy is not there,
"REFUSED key". Objects (by path, in any bucket), each holding "content of KEY":

  plain    never archived                     archived  a copy comes after two looks
  soon     its copy is gone in an hour        tiered    intelligent tiering: no days may be named
  hurried  no Expedited restores just now     denied    403
  slow     503 once, then like plain          fetched   is archived, and has a copy for a month
"""

import datetime
import email.utils
import http.server
import pathlib
import re
import sys
import threading

from answering import AnsweringHandler

FOLDER = pathlib.Path(sys.argv[1])
lock = threading.Lock()
looks_left = {}
expiry = {}
seen = set()
extended = set()


def days_from_now(days):
    return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)


expiry["soon"] = days_from_now(1 / 24)
expiry["fetched"] = days_from_now(30)


class Handler(AnsweringHandler):
    def note(self, *words):
        with open(FOLDER / "requests.log", "a") as log:
            log.write(" ".join(words) + "\n")

    def refuse(self, status, code):
        self.answer(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())

    def key(self):
        return self.path.split("?")[0].split("/", 2)[2]

    def signed(self):
        return self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=")

    def do_HEAD(self):
        with lock:
            key = self.key()
            self.note("HEAD", key)
            if not self.signed() or key == "denied":
                return self.answer(403)
            if key in ("plain", "slow"):
                first = key not in seen
                seen.add(key)
                if key == "slow" and first:
                    return self.answer(503)
                return self.answer(200, **self.names(key))
            if key not in ("archived", "soon", "fetched", "tiered", "hurried"):
                return self.answer(404)
            headers = {"x_amz_storage_class": "GLACIER"}
            if key == "tiered":
                headers = {"x_amz_storage_class": "INTELLIGENT_TIERING",
                           "x_amz_archive_status": "ARCHIVE_ACCESS"}
            if looks_left.get(key, 0) > 0:
                looks_left[key] -= 1
                headers["x_amz_restore"] = 'ongoing-request="true"'
            elif key in expiry:
                date = email.utils.format_datetime(expiry[key], usegmt=True)
                headers["x_amz_restore"] = f'ongoing-request="false", expiry-date="{date}"'
            elif key in looks_left:  # the copy of intelligent tiering has no end
                headers["x_amz_restore"] = 'ongoing-request="false"'
            self.answer(200, **headers, **self.names(key))

    def names(self, key):
        return {"ETag": f'"{key}"', "Content_Length": str(len(f"content of {key}\n"))}

    def do_GET(self):
        with lock:
            key = self.key()
            here = key in ("plain", "fetched") or (looks_left.get(key, 1) == 0) or (key == "soon" and "soon" in extended)
            self.note("GOT" if here else "REFUSED", key)
            if not self.signed() or not here:
                return self.refuse(403, "InvalidObjectState")
            self.answer(200, f"content of {key}\n".encode(), **self.names(key))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        with lock:
            key = self.key()
            days = re.search("<Days>([0-9]+)</Days>", body)
            tier = re.search("<Tier>([A-Za-z]+)</Tier>", body)
            self.note("RESTORE", key, tier.group(1), days.group(1) if days else "-")
            if not self.signed() or not self.path.endswith("?restore="):
                return self.refuse(403, "AccessDenied")
            if key == "tiered" and days:
                return self.refuse(400, "MalformedXML")
            if key == "hurried" and tier.group(1) == "Expedited":
                return self.refuse(503, "GlacierExpeditedRetrievalNotAvailable")
            if looks_left.get(key, 0) > 0:
                return self.refuse(409, "RestoreAlreadyInProgress")
            if days:
                expiry[key] = days_from_now(int(days.group(1)))
            if key == "soon":
                extended.add(key)
                return self.answer(200)
            looks_left[key] = 2
            self.answer(202)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
(FOLDER / "port.new").write_text(f"{server.server_port}\n")
(FOLDER / "port.new").rename(FOLDER / "port")
server.serve_forever()
