#!/usr/bin/env python3
"""`s3_put.py URL [TEXT]`: PUT to an S3 server (a bucket, or an object with TEXT), signed with
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY by Signature Version 4. The path must be encoded."""

import datetime
import hashlib
import hmac
import os
import sys
import urllib.parse
import urllib.request


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


url = urllib.parse.urlsplit(sys.argv[1])
body = (sys.argv[2] if len(sys.argv) > 2 else "").encode()
region = os.environ.get("AWS_REGION") or "us-east-1"
moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
payload = hashlib.sha256(body).hexdigest()
names = "host;x-amz-content-sha256;x-amz-date"
headers = f"host:{url.netloc}\nx-amz-content-sha256:{payload}\nx-amz-date:{moment}\n"
request = "\n".join(["PUT", url.path, "", headers, names, payload])
scope = f"{moment[:8]}/{region}/s3/aws4_request"
digest = hashlib.sha256(request.encode()).hexdigest()
key = ("AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"]).encode()
for part in scope.split("/"):
    key = mac(key, part)
signature = mac(key, "\n".join(["AWS4-HMAC-SHA256", moment, scope, digest])).hex()
urllib.request.urlopen(urllib.request.Request(url.geturl(), data=body, method="PUT", headers={
    "x-amz-content-sha256": payload,
    "x-amz-date": moment,
    "Authorization": f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/{scope},"
                     f"SignedHeaders={names},Signature={signature}",
}))
