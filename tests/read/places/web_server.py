"""A web server with tables, redirects and faults."""

from http.server import BaseHTTPRequestHandler
from typing import ClassVar

CSV = b"name,age\nAda,36\nBob,41\n"


class Handler(BaseHTTPRequestHandler):
    seen: ClassVar[list] = []

    def do_GET(self):
        self.seen.append((self.path, self.headers.get("Authorization")))
        path = self.path.split("?")[0]
        if path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.server.targets[path])
            self.end_headers()
        elif path == "/endless":
            self.send_response(302)
            self.send_header("Location", "/endless")
            self.end_headers()
        elif path == "/short":
            self.send_response(200)
            self.send_header("Content-Length", "999")
            self.end_headers()
            self.wfile.write(CSV)
        elif path == "/chunks":
            self.send_response(200)
            self.end_headers()
            for _ in range(40):
                self.wfile.write(b"1,2\n" * 20_000)
        elif path.endswith(("people.csv", "people")):
            self.send_response(200)
            self.send_header("Content-Type", "text/csv; charset=utf-8")
            self.send_header("Content-Length", str(len(CSV)))
            self.end_headers()
            self.wfile.write(CSV)
        else:
            self.send_error(404)

    def log_message(self, *_):
        pass
