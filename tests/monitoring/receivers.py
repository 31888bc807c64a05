"""A webhook receiver and a mail server on loopback that refuse the first so many alerts, then keep what comes."""

import http.server
import json
import socketserver
import threading
from contextlib import contextmanager


@contextmanager
def _serving(server):
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def webhook(refuse=0):
    """Keeps in `got` what was posted, as (Idempotency-Key, JSON); answers 503 to the first `refuse` posts, counted in
    `refused`.
    """

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.server.refused < refuse:
                self.server.refused += 1
                self.send_response(503)
            else:
                self.server.got.append((self.headers["Idempotency-Key"], json.loads(body)))
                self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.refused = [], 0
    return _serving(server)


def mail_server(refuse=0):
    """Keeps in `got` the mails that came, as texts; hangs up on the first `refuse` of them after their text."""

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text):
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self):
            self.say("220 sink")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "QUIT":
                    self.say("221 bye")
                    return
                if verb != "DATA":
                    self.say("250 sink" if verb == "EHLO" else "250 ok")
                    continue
                self.say("354 go on")
                text = b"".join(iter(self.rfile.readline, b".\r\n")).decode()
                if self.server.refused < refuse:
                    self.server.refused += 1
                    self.say("451 try again later")
                    return
                self.server.got.append(text)
                self.say("250 kept")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.got, server.refused = [], 0
    return _serving(server)


def address(scheme, server):
    """Where a server listens."""
    return f"{scheme}://127.0.0.1:{server.server_address[1]}"
