"""Mutated files of every format are read, or refused with a reason; 2,000 of them in `make fuzz`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.mutate import mutations, seeds
from tests.hostile.test_hostile import FAULTS

ROOT = Path(__file__).parents[2]


def answers(folder: Path, files: list[tuple[str, bytes]]) -> list[dict]:
    for name, data in files:
        (folder / name).write_bytes(data)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.hostile.run_all", str(folder), "read"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=3600,
        check=True,
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


def faults(told: list[dict]) -> list[dict]:
    return [
        each
        for each in told
        if each["code"] not in (0, 2)
        or each["memory"] > 1_000_000_000
        or any(fault in each["errors"] for fault in FAULTS)
    ]


@pytest.mark.slow
def test_the_files_that_are_mutated_are_good(tmp_path):
    assert [(each["name"], each["errors"]) for each in answers(tmp_path, list(seeds().items())) if each["code"]] == []


@pytest.mark.slow
def test_200_mutated_files_get_an_answer(tmp_path):
    assert faults(answers(tmp_path, mutations(200, seed=1))) == []
