"""The real thing on loopback."""

import threading
from http.server import ThreadingHTTPServer

import pytest

from tests.read.places.web_server import Handler


@pytest.fixture
def web(monkeypatch):
    monkeypatch.setenv("DATAOPS_HOSTS", "127.0.0.1,localhost")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.targets = {}
    Handler.seen.clear()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()
