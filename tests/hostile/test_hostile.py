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


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("hostile")
    names = {}
    for maker, make in MAKERS.items():
        name, data = make()
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


@pytest.mark.parametrize("maker", MAKERS)
def test_a_hostile_file_gets_an_answer(answers, maker):
    told = answers[maker]
    assert told["code"] in (0, 2), told
    assert [fault for fault in FAULTS if fault in told["errors"]] == [], told
    assert told["memory"] < 1_000_000_000, told
    if told["code"] == 2:
        assert all(f"{part}: " in told["errors"] for part in ("What", "Where")), told
