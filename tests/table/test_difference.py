"""Two tables compared batch by batch differ in what they differ in when whole columns are held."""

import sys

import numpy as np
import pandas as pd
import pytest

from dataops_core.table import (
    ROW_ID,
    Difference,
    common_key,
    difference,
    dropped,
    frame_to_arrow,
    moved,
    types_of,
    write_table,
)
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


@pytest.mark.parametrize("order", ["rising", "shuffled"])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.7, 1.0])
def test_rows_that_only_went_are_those_that_a_comparison_of_all_cells_finds(
    tmp_path, module, monkeypatch, order, share
):
    monkeypatch.setattr(module, "ROWS", ROW_GROUP)
    frame = frame_of(25_000)
    rng = np.random.default_rng(3)
    if order == "shuffled":
        frame = frame.iloc[rng.permutation(len(frame))]
    kept = frame[rng.random(len(frame)) >= share]
    before, after = (write_table(tmp_path / f"{n}.parquet", [each]) for n, each in enumerate((frame, kept)))
    assert dropped(before, after).rows_dropped == len(frame) - len(kept)
    assert dropped(before, after) == difference(before, after)


def test_arrow_tables_with_row_ids_are_written_as_frames_are(tmp_path):
    frame = frame_of(12_000).iloc[::-1]
    whole = write_table(tmp_path / "frame.parquet", [frame])
    cells = frame_to_arrow(frame, types_of(frame))
    known = {"t": whole.column("t").hash, "d": whole.column("d").hash}
    again = write_table(tmp_path / "arrow.parquet", [cells.slice(0, 5_000), cells.slice(5_000)], hashes=known)
    assert (again.columns, again.content_hash) == (whole.columns, whole.content_hash)
    pd.testing.assert_frame_equal(again.frame(), whole.frame())
    assert types_of(cells) == types_of(frame) and cells.column_names[-1] == ROW_ID


def by_key(n, first=0):
    rows = range(first, n)
    return pd.DataFrame({
        "code": pd.array([f"k{i:03d}" for i in rows], dtype=object),
        "n": pd.array([i * 7 for i in rows], dtype="Int64"),
    }).rename_axis("row")  # fmt: skip


def test_rows_of_two_files_are_matched_by_their_identifier_wherever_they_stand(tmp_path):
    """Rows 0 to 4 are gone, row 30 is new, in row 10 a cell differs, and the whole is turned around."""
    old, new = by_key(30), by_key(31, first=5)
    new.loc[new["code"] == "k010", "n"] = -1
    new = new.iloc[::-1].reset_index(drop=True).rename_axis("row")
    kinds = {"code": "id", "n": "number"}
    before = write_table(tmp_path / "a.parquet", [old], kinds)
    after = write_table(tmp_path / "b.parquet", [new], kinds)
    assert common_key(before, after, {}) == ("code", "code")
    found = difference(before, after, key=("code", "code"))
    assert (found.rows_dropped, found.rows_added, found.rows_changed) == (5, 1, 1)
    assert found.cells_changed == {"n": 1} and found.key == "code"
    assert found.dropped_rows == (0, 1, 2, 3, 4) and found.added_rows == (0,)
    assert (found.changed_rows_before, found.changed_rows) == ((10,), (20,))
    assert Difference.from_json(found.to_json()) == found
    assert difference(before, after).rows_changed == 25, "by their place all but the middle one are others"
    assert "key" not in difference(before, after).to_json()


def test_a_key_is_an_identifier_in_both_without_gaps_or_doubles(tmp_path):
    old, new = by_key(6), by_key(6)
    new["code"] = ["k000", "k000", "k002", "k003", "k004", "k005"]
    kinds = {"code": "id", "n": "number"}
    before, twice = write_table(tmp_path / "a.parquet", [old], kinds), write_table(tmp_path / "b.parquet", [new], kinds)
    assert common_key(before, twice, {}) is None
    new["code"] = [None, "k001", "k002", "k003", "k004", "k005"]
    assert common_key(before, write_table(tmp_path / "c.parquet", [new], kinds), {}) is None
    named = write_table(tmp_path / "d.parquet", [old.rename(columns={"code": "id"})], {"id": "id", "n": "number"})
    assert common_key(before, named, {}) is None and common_key(before, named, {"code": "id"}) == ("code", "id")
    whole = pd.DataFrame({"code": pd.array(range(6), dtype="Int64"), "n": old["n"]}).rename_axis("row")
    texts = whole.assign(code=[str(i) for i in range(6)])
    ends = [write_table(tmp_path / f"{n}.parquet", [each], kinds) for n, each in enumerate((whole, texts))]
    assert difference(*ends, key=("code", "code")).rows_changed == 0, '1 and "1" read the same'
