"""What the web servers of the tests share."""

import http.server


class AnsweringHandler(http.server.BaseHTTPRequestHandler):
    """Keeps connections open, says nothing on standard error."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        """`headers` by name, with "_" for "-". A HEAD gets no body."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
