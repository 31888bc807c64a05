"""Every hostile or broken file gets an answer: within 20 seconds of processor time and 1 GB, exit code 0 or 2, and no
traceback.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.files import MAKERS

ROOT = Path(__file__).parents[2]
FAULTS = ("Traceback", "nexpected error", "panicked")


SLOW = {"cells_without_places", "five_thousand_columns", "one_line_of_text", "quote_that_never_ends"}  # to read


@pytest.fixture(scope="module")
def answers(request, tmp_path_factory) -> dict[str, dict]:
    """What became of the files that are asked for."""
    folder = tmp_path_factory.mktemp("hostile")
    names = {}
    ours = [item for item in request.session.items if item.path == request.path]
    for maker in sorted({item.callspec.params["maker"] for item in ours}):
        name, data = MAKERS[maker]()
        (folder / f"{maker}-{name}").write_bytes(data)
        names[f"{maker}-{name}"] = maker
    ran = subprocess.run(
        [sys.executable, "-m", "tests.hostile.run_all", str(folder), "read"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=True,
    )
    return {names[told["name"]]: told for told in map(json.loads, ran.stdout.splitlines())}


@pytest.mark.parametrize(
    "maker", [pytest.param(maker, marks=pytest.mark.slow) if maker in SLOW else maker for maker in MAKERS]
)
def test_a_hostile_file_gets_an_answer(answers, maker):
    told = answers[maker]
    assert told["code"] in (0, 2), told
    assert [fault for fault in FAULTS if fault in told["errors"]] == [], told
    assert told["memory"] < 1_000_000_000, told
    if told["code"] == 2:
        assert all(f"{part}: " in told["errors"] for part in ("What", "Where")), told
