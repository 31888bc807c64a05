"""A home folder without the right to write there: a clear word from every command."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAID = "The folder in which work is kept cannot be used"


def ordinary() -> list[str]:
    """What runs a command with the rights of an ordinary user: the superuser may write everywhere."""
    if os.geteuid() != 0:
        return []
    command = ["setpriv", "--bounding-set=-dac_override,-fowner"]
    if shutil.which("setpriv") is None or subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("the superuser may write everywhere, and setpriv cannot take that right away here")
    return command


def dataops(home: Path, *words: str, before: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*before, sys.executable, "-m", "dataops_core", *words],
        cwd=ROOT,
        env=os.environ | {"DATAOPS_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.slow
@pytest.mark.parametrize("words", [("log", "towns"), ("commit", "towns", "FILE", "-m", "two"), ("fsck",)])
def test_a_home_without_the_right_to_write_is_named_and_stays_as_it_is(tmp_path, words):
    file, home = tmp_path / "towns.csv", tmp_path / "home"
    file.write_text("town,n\nBern,1\nBasel,2\n")
    assert dataops(home, "commit", "towns", str(file), "-m", "one", before=[]).returncode == 0
    places = [home, *home.rglob("*")]
    for place in places:
        place.chmod(stat.S_IMODE(place.stat().st_mode) & ~0o222)
    try:
        told = dataops(home, *(str(file) if word == "FILE" else word for word in words), before=ordinary())
        assert (told.returncode, told.stdout) == (2, "")
        assert SAID in told.stderr and str(home) in told.stderr and "DATAOPS_HOME" in told.stderr
        assert sorted(home.rglob("*")) == sorted(places[1:])
    finally:
        for place in places:
            place.chmod(0o755)
    assert dataops(home, "log", "towns", before=[]).returncode == 0
