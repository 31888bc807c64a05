"""A real S3 server (moto, on this machine); where none can be started, the test is skipped and says so."""

import contextlib
import importlib.util
import os
import socket
import subprocess
import time
import urllib.request

import pytest

MOTO = os.environ.get("DATAOPS_MOTO")  # the program moto_server, of an environment of its own


SECRET = "hidden-4711"


@contextlib.contextmanager
def served():
    """The address of a fresh server."""
    if importlib.util.find_spec("moto"):
        from moto.server import ThreadedMotoServer

        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        yield "http://{}:{}".format(*server.get_host_and_port())
        server.stop()
        return
    if not MOTO:
        pytest.skip("moto is not installed, and DATAOPS_MOTO does not name the program moto_server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [MOTO, "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/moto-api/", timeout=1).close()
                break
            time.sleep(0.1)
        yield address
        process.terminate()


def environment(address):
    """What tells clients of S3 where the server is, and the keys to it."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
