"""Two tables compared batch by batch differ in what they differ in when whole columns are held."""

import sys

import numpy as np
import pandas as pd
import pytest

from dataops_core.table import difference, moved, write_table
from dataops_core.table.table import ROW_GROUP


@pytest.fixture
def module():
    """The module, whose name the package gives to its function."""
    return sys.modules["dataops_core.table.difference"]


def frame_of(rows: int) -> pd.DataFrame:
    place = np.arange(rows)
    return pd.DataFrame(
        {
            "t": [None if n % 7 == 0 else f"t{n % 11}" for n in place],
            "n": pd.array([None if n % 5 == 0 else int(n) for n in place], dtype="Int64"),
            "d": [float("nan") if n % 3 == 0 else n / 3 for n in place],
            "same": pd.array(place % 2 == 0, dtype="boolean"),
        }
    ).rename_axis("row")


def changed(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    rows, out = len(frame), frame.copy()
    if kind in ("cells", "all"):
        out.loc[out.index % 4 == 1, "t"] = "new"
        out.loc[out.index % 9 == 2, "n"] = pd.NA
        out["d"] = out["d"].fillna(0.0)
    if kind in ("rows", "all"):
        out = out[out.index % 6 != 3]
        more = frame.iloc[:5].set_axis(pd.RangeIndex(rows, rows + 5, name="row"))
        out = pd.concat([out, more])
    if kind in ("columns", "all"):
        out = out.rename(columns={"n": "number"}).drop(columns="same").assign(fresh="x")
        out["number"] = out["number"].astype("float64")
    if kind == "none left":
        out = out.iloc[:0]
    return out


@pytest.mark.parametrize("kind", ["same", "cells", "rows", "columns", "all", "none left"])
def test_batch_by_batch_is_as_column_by_column(tmp_path, module, monkeypatch, kind):
    frame = frame_of(2 * ROW_GROUP + 500)
    before = write_table(tmp_path / "a.parquet", [frame[: ROW_GROUP + 3], frame[ROW_GROUP + 3 :]])
    after = write_table(tmp_path / "b.parquet", [changed(frame, kind)])
    monkeypatch.setattr(module, "ROWS", ROW_GROUP)
    assert module._ids(before) is not None
    found = difference(before, after, {"n": "number"})
    assert difference(after, before, {"number": "n"}).rows_added == found.rows_dropped
    monkeypatch.setattr(module, "_ids", lambda table: None)
    assert found == difference(before, after, {"n": "number"})
    assert found.nothing == (kind == "same")


def test_tables_whose_ids_do_not_rise_are_compared_column_by_column(tmp_path, module):
    frame = frame_of(50)
    before = write_table(tmp_path / "a.parquet", [frame])
    after = write_table(tmp_path / "b.parquet", [changed(frame, "cells").iloc[::-1]])
    assert module._ids(after) is None
    assert difference(before, after).cells_changed == {"t": 13, "n": 5, "d": 17}


def test_rows_that_only_moved_do_not_differ(tmp_path):
    frame = frame_of(50)
    before = write_table(tmp_path / "a.parquet", [frame])
    after = write_table(tmp_path / "b.parquet", [frame.iloc[::-1]])
    assert moved(before, after) == difference(before, after)
