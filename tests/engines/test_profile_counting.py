"""What one pass counts on the workers, looked at without a cluster."""

from contextlib import nullcontext

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataops_core.engines.spark.profile import counting
from dataops_core.engines.spark.profile.counting import Counts, LookedInto, Run, add_up, count_split, monotonic
from dataops_core.engines.spark.shuffle import unpacked
from dataops_core.engines.spark.splits import Split

TYPES = {"whole": "integer", "text": "text"}


@pytest.mark.parametrize("few", [0, 10_000])
@pytest.mark.parametrize("held", [10, 4_000_000])
def test_counts_of_all_parts_are_those_of_the_whole(tmp_path, monkeypatch, few, held):
    monkeypatch.setattr(counting, "FEW", few)
    monkeypatch.setattr(counting, "HELD", held)
    monkeypatch.setattr("dataops_core.engines.spark.splits.chunk_rows", lambda columns: 100)
    rows = 1_000
    draw = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "whole": pd.array(draw.integers(-40, 40, rows), dtype="Int64"),
            "text": draw.choice(["a", "b", "", None], rows),
        }
    )
    frame.loc[::9, "whole"] = pd.NA
    pairs = []
    for start in (0, 600):
        path = str(tmp_path / f"{start}.parquet")
        some = frame[start : start + 600]
        pq.write_table(pa.Table.from_pandas(some, preserve_index=False), path)
        split = Split(path, (0,), len(some), place=start, row_id=start, ours=False)
        pairs += list(count_split(TYPES, 3, LookedInto((0,), 50, 1_000), nullcontext, split))
    found = [each for part in range(3) for each in add_up(str(tmp_path), [pair for pair in pairs if pair[0] == part])]
    for at, name in enumerate(TYPES):
        tables = [
            pq.read_table(each.rows) if isinstance(each.rows, str) else unpacked(each.rows)
            for column, each in found
            if column == at and isinstance(each, Counts)
        ]
        counted = {row["value"]: row["n"] for row in pa.concat_tables(tables).to_pylist()}
        wanted = frame[name].astype(object).where(frame[name].notna(), None).value_counts(dropna=False)
        assert counted == {None if pd.isna(value) else value: n for value, n in wanted.items()}
        assert sum(table.num_rows for table in tables) == len(counted)  # no value in two parts
    assert monotonic([each for at, each in found if at == 0 and isinstance(each, Run)]) is None
    texts = [unpacked(each) for at, each in found if at == 1 and isinstance(each, bytes)]
    assert pa.concat_tables(texts).num_rows == 50
    told = [each for at, each in found if at < 0]
    known = frame.dropna(how="all")
    assert sum(suspects for _, suspects in told) == known.duplicated(keep=False).sum()
