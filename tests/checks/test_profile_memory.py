"""The whole profile says before it begins that a table is too large for the memory at hand, and how to do it."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.checks import profile_memory as memory
from dataops_core.checks.profile_memory import BASE, CELL, profile_memory
from dataops_core.cli.main import main
from dataops_core.table import memory_at_hand


@pytest.mark.parametrize("name", ["t.parquet", "t.csv"])
def test_what_does_not_fit_is_refused_with_the_command_that_does_it(tmp_path, monkeypatch, capsys, name):
    frame, file = pd.DataFrame({"n": np.arange(20_000)}), tmp_path / name
    frame.to_csv(file, index=False) if name.endswith(".csv") else frame.to_parquet(file)
    monkeypatch.setattr(memory, "memory_at_hand", lambda: BASE + 20_000 * CELL - 1)
    assert main(["profile", str(file)]) == 2
    said = capsys.readouterr().err
    assert "The whole profile of 20,000 rows takes about 303 MB of memory, and 303 MB are free." in said
    assert f"dataops profile {file} --on batches" in said
    for more in (["--on", "batches"], ["--on", "memory"]):
        assert main(["profile", str(file), *more]) in (0, 1)
    monkeypatch.setattr(memory, "memory_at_hand", lambda: BASE + 20_000 * CELL + 1_000_000)
    assert main(["profile", str(file)]) in (0, 1)


def test_long_texts_take_more(tmp_path):
    for length in (10, 500):
        texts = [f"{number:0{length}d}" for number in range(10_000)]
        pd.DataFrame({"n": range(10_000), "t": texts}).to_parquet(tmp_path / f"{length}.parquet")
    short, long = (profile_memory(tmp_path / f"{length}.parquet") for length in (10, 500))
    assert 4_500_000 < long - short < 5_500_000


def test_the_limit_of_a_container_counts(tmp_path):
    (tmp_path / "meminfo").write_text("MemTotal: 24000 kB\nMemAvailable:   9000 kB\n")
    assert memory_at_hand(tmp_path / "meminfo", tmp_path) == 9_000 * 1024
    (tmp_path / "memory.max").write_text("max\n")
    assert memory_at_hand(tmp_path / "meminfo", tmp_path) == 9_000 * 1024
    for name, text in (("max", "5000000"), ("current", "3000000"), ("stat", "anon 5\ninactive_file 1000000\n")):
        (tmp_path / f"memory.{name}").write_text(text)
    assert memory_at_hand(tmp_path / "meminfo", tmp_path) == 3_000_000
    assert memory_at_hand(tmp_path / "nowhere", tmp_path) is None
