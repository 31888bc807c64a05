"""Files in Google's and Azure's buckets, from the emulators of both on this machine.

They run where DATAOPS_GCS and DATAOPS_AZURITE name the programs (`gcp-storage-emulator` of PyPI, `azurite-blob` of npm),
and DATAOPS_CLOUDS the folder with the packages gcsfs and adlfs.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

TEXT = "id,name,amount\n007,Zoë,1.50\n008,Ann,2\n"
CLOUDS, GCS, AZURITE = (os.environ.get(name, "") for name in ("DATAOPS_CLOUDS", "DATAOPS_GCS", "DATAOPS_AZURITE"))
ROOT = Path(__file__).parents[3]
# the key of every Azurite, as its documentation gives it
AZURE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
PUT = {
    "gs": """
import fsspec
system = fsspec.filesystem("gs", token="anon", project="test")
system.mkdir("sales")
""",
    "abfs": """
import fsspec, os
system = fsspec.filesystem("abfs", connection_string=os.environ["AZURE_STORAGE_CONNECTION_STRING"])
system.mkdir("sales")
""",
}


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def running(words, port):
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(300):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            yield
        finally:
            process.terminate()


@pytest.fixture(params=["gs", "abfs"])
def cloud(request, tmp_path):
    """The scheme, and the environment of a process that has a file at SCHEME://sales/2026/may.csv."""
    scheme, port = request.param, free_port()
    program = {"gs": GCS, "abfs": AZURITE}[scheme]
    if not (CLOUDS and program):
        pytest.skip("DATAOPS_CLOUDS, DATAOPS_GCS or DATAOPS_AZURITE does not say where the emulators are")
    if scheme == "gs":
        words = [program, "start", "--port", str(port), "--host", "127.0.0.1", "--in-memory"]
        keys = {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}"}
    else:
        words = [program, "--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", str(tmp_path / "azure")]
        words += ["--skipApiVersionCheck", "--silent"]
        place = f"BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;"
        account = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;"
        keys = {"AZURE_STORAGE_CONNECTION_STRING": f"{account}AccountKey={AZURE_KEY};{place}"}
    around = os.environ | keys | {"PYTHONPATH": CLOUDS}
    with running(words, port):
        put = PUT[scheme] + f"system.pipe('sales/2026/may.csv', {TEXT.encode()!r})\n"
        subprocess.run([sys.executable, "-c", put], env=around, check=True, timeout=120)
        yield scheme, around


def read(address, around, out):
    words = [sys.executable, "-m", "dataops_core", "read", address, "--raw", "--out", str(out), "--json"]
    return subprocess.run(words, env=around, capture_output=True, text=True, cwd=ROOT, timeout=240, check=False)


@pytest.mark.slow
def test_an_object_is_read_and_a_missing_one_is_named(cloud, tmp_path):
    scheme, around = cloud
    done = read(f"{scheme}://sales/2026/may.csv", around, tmp_path / "out.csv")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"] == 2
    assert (tmp_path / "out.csv").read_text() == TEXT
    gone = read(f"{scheme}://sales/2026/june.csv", around, tmp_path / "none.csv")
    assert gone.returncode == 2 and "cannot be fetched" in gone.stderr and "june.csv" in gone.stderr
    assert "Traceback" not in gone.stderr and AZURE_KEY not in gone.stderr
    assert not (tmp_path / "none.csv").exists()
