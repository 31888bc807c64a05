"""What workers do with chunks of rows, without a cluster: cut, put in order, and leave out rows as pandas does."""

import functools

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from dataops_core.engines.external import PLACE, by_number
from dataops_core.engines.spark import frames, shuffle, table
from dataops_core.engines.spark.frames import RowStep, Stays, chunk_of, frame_of
from dataops_core.steps.sort_rows import sort_rows
from dataops_core.table import tidy, types_of

ROWS = 997


@pytest.fixture
def rows() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    text = pd.Series(rng.choice(["a", "B", "", "é", "z\U0001f600", None], ROWS), dtype=object)
    number = pd.Series(rng.choice([0.0, -0.0, 1.5, np.inf, -np.inf, np.nan], ROWS))
    whole = pd.Series(rng.choice([1, -2, 2**60, 2**60 + 1], ROWS), dtype="Int64").mask(rng.random(ROWS) < 0.2)
    yes = pd.Series(rng.random(ROWS) < 0.5, dtype="boolean").mask(rng.random(ROWS) < 0.2)
    day = pd.Series(np.datetime64("2024-01-01") + rng.integers(0, 9, ROWS) * np.timedelta64(1, "D"))
    return tidy(pd.DataFrame({"t": text, "x": number, "n": whole, "b": yes, "d": day}))


def chunks_of(rows: pd.DataFrame, size: int) -> list[pa.Table]:
    places = pd.Series(range(len(rows)), index=rows.index)
    whole = chunk_of(rows, places, types_of(rows))
    return [whole.slice(start, size) for start in range(0, len(rows), size)]


@pytest.mark.parametrize("parts", [1, 2, 13])
@pytest.mark.parametrize("columns", [["t"], ["x", "t"], ["n", "b"], ["b", "d", "x"]])
@pytest.mark.parametrize("direction", ["smallest", "largest"])
def test_rows_in_ranges_are_the_rows_that_pandas_sorts(rows, columns, direction, parts):
    chunks, descending = chunks_of(rows, 100), direction == "largest"
    bounds = shuffle.bounds_of(
        [shuffle.packed_keys(columns, shuffle.some_rows(0.1, chunk)) for chunk in chunks], descending, parts
    )
    together: dict[int, list[pa.Table]] = {}
    for chunk in reversed(chunks):  # whatever comes first
        for number, some in by_number(chunk, shuffle.between(columns, descending, bounds, chunk)):
            together.setdefault(number, []).append(some)
    assert len(together) > parts / 2
    done = [
        shuffle.put_in_order(columns, descending, number, pa.concat_tables(together[number]))
        for number in sorted(together)
    ]
    places = np.concatenate([part.column(PLACE).to_numpy() for part in done])
    assert (np.diff(places) > 0).all()
    found = pd.concat(frame_of(part)[0] for part in done)
    pd.testing.assert_frame_equal(found, sort_rows(rows, columns, direction), check_names=False)
    assert found.index.tolist() == sort_rows(rows, columns, direction).index.tolist()


def test_which_rows_stay_is_told_slice_by_slice(rows, tmp_path, monkeypatch):
    monkeypatch.setattr(frames, "SLICE", 64)
    monkeypatch.setattr(table, "SLICE", 64)
    gone = {*range(64, 192), 5, 300, 996}
    keep = pa.table({PLACE: [place for place in range(ROWS) if place not in gone]})
    pairs = list(table._by_slice(keep))
    slices = frozenset(
        [*table._write_slices(str(tmp_path), pairs[::2]), *table._write_slices(str(tmp_path), pairs[1::2])]
    )
    assert slices == {*range(16)} - {1, 2}
    stays = Stays(str(tmp_path), slices)
    found = [place for chunk in chunks_of(rows, 90) for place in stays.on(chunk).column(PLACE).to_pylist()]
    assert found == keep.column(PLACE).to_pylist()
    (tmp_path / "3.npy").unlink()
    frames.staying.cache_clear()
    with pytest.raises(FileNotFoundError):  # rather than rows that are left out
        stays.on(chunks_of(rows, 300)[0])


def test_a_narrow_step_gets_its_columns_and_changes_no_others(rows):
    seen = []

    def upper(frame):
        seen.append(list(frame.columns))
        return frame.assign(t=frame["t"].str.upper())

    (chunk,) = chunks_of(rows, ROWS)
    done = RowStep(upper, types_of(rows), ("t",)).on(chunk)
    assert seen == [["t"]]
    assert done.column_names == chunk.column_names
    assert done.drop_columns(["t"]).equals(chunk.drop_columns(["t"]))
    assert frame_of(done)[0]["t"].tolist() == [text and text.upper() for text in rows["t"]]


def test_counted_rows_are_those_that_pandas_counts(rows):
    chunks = chunks_of(rows, 100)
    halves = [*table._counts(["x", "t"], chunks[:4]), *table._counts(["x", "t"], chunks[4:])]
    pairs = [pair for half in halves for pair in table._cut_counts(["x", "t"], 3, half)]
    found = pd.concat(
        shuffle.unpacked(rows).to_pandas()
        for part in range(3)
        for rows in table._counts_together(["x", "t"], [pair for pair in pairs if pair[0] == part])
    )
    wanted = rows.groupby(["x", "t"], dropna=False).size().reset_index()
    assert len(found) == len(wanted)
    key = functools.partial(pd.DataFrame.sort_values, by=["x", "t"])
    assert key(found)[table.COUNT].tolist() == key(wanted)[0].tolist()
