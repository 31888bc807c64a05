"""Presidio's second opinion: without the network, without a model, as questions.

DATAOPS_PRESIDIO names the folder of packages of an environment with requirements-presidio.txt; without it these tests are
skipped.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from dataops_core.cli.main import main

FOLDER = os.environ.get("DATAOPS_PRESIDIO")
needs_presidio = pytest.mark.skipif(not FOLDER, reason="DATAOPS_PRESIDIO names no folder with presidio-analyzer")
RUN = """
import socket, sys
def refused(*_args, **_kwargs):
    raise OSError("This test has no network.")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refused
sys.path.append(sys.argv.pop(1))
from dataops_core.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def file(tmp_path):
    pd.DataFrame(
        {
            "a": [f"bolt {n} mm" for n in range(60)],
            "mail": [f"jo{n}@example.com" for n in range(60)],
            "b": [["4A10-VK3-EF73", "1EG4-TE5-MK73", "1A00-AA0-AA00"][n % 3] for n in range(60)],  # Medicare (US)
            "words": ["green", "blue", "red"] * 20,
            "number": range(100200300, 100200360),
        }
    ).to_csv(tmp_path / "file.csv", index=False)
    return tmp_path / "file.csv"


@needs_presidio
def test_what_presidio_alone_sees_is_a_question(file, tmp_path):
    given = [sys.executable, "-c", RUN, FOLDER, "pii", str(file), "--presidio", "--json"]
    done = subprocess.run(given, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False)
    told = json.loads(done.stdout)["columns"]
    assert set(told) == {"mail", "b"}, done.stderr[-2000:]
    assert told["mail"]["state"] == "certain" and not any("Presidio" in why for why in told["mail"]["evidence"])
    assert (told["b"]["type"], told["b"]["state"], told["b"]["share"]) == ("national_number", "ask", 1.0)
    assert told["b"]["evidence"] == ["Presidio: US_MBI."]


@pytest.mark.skipif(bool(FOLDER), reason="Presidio may be here")
def test_without_presidio_the_command_says_how_to_install_it(file, capsys):
    assert main(["pii", str(file), "--presidio"]) == 2
    assert "requirements-presidio.txt" in capsys.readouterr().err
