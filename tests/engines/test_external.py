"""Rows in parts on disk: each in the part whose number stands beside it, and put in order part by part."""

import numpy as np
import pyarrow as pa
import pytest

from dataops_core.engines.external import PLACE, arranged, cut, parts

rng = np.random.default_rng(1)


def test_rows_go_to_their_parts_in_the_order_in_which_they_come(tmp_path):
    pieces = [(pa.table({"a": range(start, start + 10)}), np.arange(10) % 3) for start in (0, 10)]
    paths = cut(pieces, tmp_path)
    assert [part.column("a").to_pylist() for part in parts(paths)] == [
        [0, 3, 6, 9, 10, 13, 16, 19],
        [1, 4, 7, 11, 14, 17],
        [2, 5, 8, 12, 15, 18],
    ]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("size", [1, 7, 1_000])
def test_rows_come_in_the_order_of_their_places_whatever_is_missing_between(tmp_path, size):
    places = rng.permutation(300)[:200]
    table = pa.table({"a": [None if n % 9 == 0 else f"t{n}" for n in places], PLACE: places})
    found = pa.concat_tables(arranged([table.slice(0, 90), table.slice(90)], size, tmp_path))
    assert found.column("a").to_pylist() == [None if n % 9 == 0 else f"t{n}" for n in sorted(places)]


def test_a_table_without_rows_keeps_its_columns(tmp_path):
    empty = pa.table({"a": pa.array([], pa.string()), PLACE: pa.array([], pa.int64())})
    assert [piece.column_names for piece in arranged([empty], 10, tmp_path)] == [["a"]]
