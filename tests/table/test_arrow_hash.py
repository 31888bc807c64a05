"""Tables written and hashed from Arrow pieces are those of frames, wherever the pieces begin and end."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataops_core.table import content_hash, guess_kind, open_table, tidy, type_of, write_table
from dataops_core.table import guesses as guesses_module
from dataops_core.table.arrow_hash import ArrowHash
from dataops_core.table.guesses import Guesses, text_marks
from tests.strategies import examples, tidy_frames

ARROW = {
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.float64(),
    "boolean": pa.bool_(),
    "datetime": pa.timestamp("us"),
}


def arrow(frame):
    """A tidy frame as an Arrow table."""
    return pa.table({name: pa.array(frame[name], type=ARROW[type_of(frame[name])], from_pandas=True) for name in frame})


@settings(max_examples=examples(60), deadline=None, derandomize=True)
@given(tidy_frames(), st.integers(1, 5))
def test_the_hash_of_arrow_pieces_is_that_of_the_frame(frame, size):
    table, total = arrow(frame), ArrowHash()
    types = {name: type_of(frame[name]) for name in frame}
    for start in range(0, max(1, len(frame)), size):
        total.update_arrow(table.slice(start, size), types)
    assert total.hexdigest() == content_hash(frame)


def test_bytes_behind_a_missing_text_do_not_count():
    hidden = pa.StringArray.from_buffers(
        2,
        pa.py_buffer(np.array([0, 3, 5], np.int32)),
        pa.py_buffer(b"xyzab"),
        pa.py_buffer(b"\x02"),
    )
    total = ArrowHash()
    total.update_arrow(pa.table({"a": hidden}), {"a": "text"})
    assert total.hexdigest() == content_hash(pd.DataFrame({"a": [None, "ab"]}, dtype=object))


def test_arrow_pieces_are_written_as_the_frame_is_with_whole_row_groups(tmp_path):
    frame = tidy(
        pd.DataFrame({"id": range(25_000), "t": ["é", None, "x", "y", ""] * 5000, "d": np.linspace(0, 1, 25_000)})
    )
    whole = write_table(tmp_path / "1.parquet", [frame])
    pieces = write_table(tmp_path / "2.parquet", (arrow(frame).slice(at, 3_333) for at in range(0, 25_000, 3_333)))
    assert (pieces.content_hash, pieces.columns, pieces.rows) == (whole.content_hash, whole.columns, 25_000)
    pd.testing.assert_frame_equal(open_table(pieces.path).frame(), whole.frame())
    assert pieces.rows_by_id([12_345])["id"].tolist() == [12_345]


def counted(name, kind, windows, limit=50_000):
    """The kind as pandas counts it: distinct values by window, no more counted when they are many and come again."""
    seen, length, many = set(), 0, False
    for window in windows if kind in ("text", "integer") else ():
        distinct = window.dropna().unique()
        if many:
            continue
        seen.update(distinct)
        length += sum(map(len, distinct)) if kind == "text" else 0
        many = len(distinct) < len(window) and len(seen) > limit
    return guess_kind(name, kind, sum(map(len, windows)), len(seen), length / max(1, len(seen)))


@settings(max_examples=examples(60), deadline=None, derandomize=True)
@given(
    st.sampled_from(["id", "code", "city", "n"]),
    st.sampled_from(["text", "integer"]),
    st.sampled_from([1, 5, 900, 1500, 5000, 10**6]),
    st.sampled_from([1, 9, 50]),
    st.integers(0, 3),
    st.booleans(),
    st.integers(0, 9),
)
def test_kinds_are_those_that_counting_in_pandas_gives(name, kind, distinct, long, parts, rising, seed):
    random = np.random.default_rng(seed)
    values = np.arange(4000) % distinct if rising else random.integers(0, distinct, 4000)
    cells = [
        None if random.random() < 0.01 * (seed % 2) else f"{v:0{long}}" if kind == "text" else int(v) for v in values
    ]
    column = pd.Series(cells, dtype=object if kind == "text" else "Int64")
    edges = [4000 * at // (parts + 1) for at in range(parts + 2)]
    windows = [column.iloc[low:high] for low, high in zip(edges, edges[1:], strict=False)]
    guesses = Guesses({name: kind})
    for window in windows:
        table = pa.table({name: pa.array(window, type=ARROW[kind], from_pandas=True)})
        for start in range(0, len(table), 700):
            guesses.update(table.slice(start, 700), start + 700 >= len(table))
    assert guesses.kind(name, len(column)) == counted(name, kind, windows)


def test_many_values_that_come_again_are_counted_no_further(monkeypatch):
    monkeypatch.setattr(guesses_module, "LIMIT", 5)
    values = [*range(9), 0, *range(10, 1000)]
    guesses = Guesses({"id": "integer"})
    for start in range(0, 1000, 10):
        guesses.update(pa.table({"id": values[start : start + 10]}), ends_window=True)
    assert guesses.kind("id", 1000) == counted(
        "id", "integer", [pd.Series(values[s : s + 10]) for s in range(0, 1000, 10)], 5
    )
    assert guesses.kind("id", 1000) == "number"


@pytest.mark.parametrize("values", [range(1000), range(1000, 0, -1)], ids=["rising", "falling"])
def test_many_values_that_never_come_again_are_counted_to_the_end(monkeypatch, values):
    monkeypatch.setattr(guesses_module, "LIMIT", 5)
    guesses = Guesses({"id": "integer"})
    for start in range(0, 1000, 10):
        guesses.update(pa.table({"id": list(values[start : start + 10])}), ends_window=True)
    assert guesses.kind("id", 1000) == "id"


def test_marks_of_texts_differ_where_the_texts_do():
    texts = [
        *("a" * size for size in range(40)),
        "a\0",
        "\0",
        "\0\0",
        "abcdefgh",
        "abcdefgi",
        "abcdefgh\0",
        "é",
        "日本語日本語",
    ]
    marks = text_marks(pa.array([*texts, *texts]))
    assert len(set(marks[: len(texts)].tolist())) == len(texts)
    assert (marks[: len(texts)] == marks[len(texts) :]).all()
