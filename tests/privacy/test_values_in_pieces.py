"""Values of a column that comes in pieces are those of the column in one go, and of a long one a fair draw of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from dataops_core.privacy import recognize, values
from dataops_core.privacy.values import ColumnValues, values_in_pieces, values_of
from dataops_core.table import write_table


def pieces(cells: pa.Array, size: int) -> Iterator[pa.ChunkedArray]:
    for start in range(0, max(1, len(cells)), size):
        yield pa.chunked_array([cells.slice(start, size)])


def equal(one: ColumnValues, other: ColumnValues) -> bool:
    plain = [(e.values, e.counts.tolist(), e.candidates, e.candidate_counts.tolist()) for e in (one, other)]
    return plain[0] == plain[1] and (one.distinct, one.cells) == (other.distinct, other.cells)


@pytest.mark.parametrize("size", [7, 400, 10_000])
def test_few_different_values_are_those_of_the_column_in_one_go(size: int) -> None:
    rng = np.random.default_rng(1)
    names = pa.array([f"m{n}@example.org" if n % 3 else f"word {n}" for n in rng.integers(0, 4_000, 5_000)])
    holes = pa.array(rng.integers(0, 900, 5_000), mask=rng.random(5_000) < 0.2)
    days = pa.array(rng.integers(0, 10**12, 5_000).astype("datetime64[us]"))
    parts = pa.array(np.where(rng.random(5_000) < 0.5, -0.5, rng.normal(0, 1, 5_000)))
    for cells, kind in ((names, "text"), (holes, "integer"), (days, "datetime"), (parts, "decimal")):
        assert equal(values_in_pieces("c", kind, pieces(cells, size)), values_of("c", kind, cells))


def test_no_cells_and_nothing_but_missing_ones() -> None:
    for cells in (pa.array([], pa.string()), pa.nulls(9, pa.string())):
        found = values_in_pieces("c", "text", pieces(cells, 4))
        assert (found.values, found.candidates, found.distinct, found.cells) == ([], [], 0, 0)


def test_of_many_values_a_fair_draw_with_all_of_their_cells() -> None:
    rng = np.random.default_rng(2)
    drawn = rng.integers(0, 150_000, 600_000)
    texts = pa.array([f"m{n}@example.org" if n % 10 == 0 else f"word {n}" for n in drawn])
    found = values_in_pieces("c", "text", pieces(texts, 50_000))
    truth = pd.Series(texts.to_pylist()).value_counts()
    assert len(set(found.values)) == values.LOOKED_AT
    assert truth[found.values].tolist() == found.counts.tolist()
    assert truth[found.candidates].tolist() == found.candidate_counts.tolist()
    addresses = sum("@" in value for value in found.values) / values.LOOKED_AT
    assert 0.08 < addresses < 0.12  # a tenth of all; 0.1 +- 3.7 standard errors
    assert len(found.candidates) == len([text for text in truth.index if "@" in text])
    assert found.cells == len(texts)
    assert abs(found.distinct / len(truth) - 1) < 0.016  # four standard errors
    order = {text: at for at, text in reversed(list(enumerate(texts.to_pylist())))}
    assert [order[text] for text in found.values] == sorted(order[text] for text in found.values)


def test_more_candidates_than_are_read_are_drawn_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "CANDIDATES", 500)
    texts = pa.array([f"m{n}@example.org" for n in range(100_000)])
    found = values_in_pieces("c", "text", pieces(texts, 9_000))
    numbers = np.array([int(text[1:].partition("@")[0]) for text in found.candidates])
    assert len(numbers) == 500
    assert 0.4 < np.mean(numbers < 50_000) < 0.6


def test_a_long_column_is_recognized_piece_after_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame(
        {
            "contact": pd.Series([f"jo{n}@example.org" for n in range(3_000)], dtype="string"),
            "amount": pd.Series(np.arange(3_000) / 8),
            "remark": pd.Series(
                ["call +49 30 901820" if n % 50 == 0 else "nothing" for n in range(3_000)], dtype="string"
            ),
        }
    )
    table = write_table(tmp_path / "t.parquet", [frame])
    in_one_go = recognize(table)
    assert set(in_one_go.identifiers) == {"contact", "remark"}
    monkeypatch.setattr(values, "AT_ONCE", 1_000)
    monkeypatch.setattr(values, "PIECE", 700)
    assert recognize(table) == in_one_go
