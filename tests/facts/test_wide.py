"""Wide tables: each column's facts are those it has alone, and statements are planned once, not for each column."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.checks.profile import profile_table
from dataops_core.facts import Engine, column_facts
from dataops_core.facts.prepared import Prepared
from dataops_core.table import tidy, write_table
from dataops_core.table.narrow import WIDE


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(5)
    made = {
        0: lambda: rng.integers(0, 9, 40),
        1: lambda: np.where(rng.random(40) < 0.2, np.nan, rng.normal(size=40)),
        2: lambda: rng.choice(["red", "Green", "blue 7"], 40),
        3: lambda: pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 900, 40), unit="h"),
        4: lambda: rng.random(40) < 0.5,
    }
    frame = tidy(pd.DataFrame({f"c{at}": made[at % 5]() for at in range(WIDE + 70)}))
    frame.index = pd.RangeIndex(len(frame), name="row")
    return frame


@pytest.mark.slow
def test_columns_of_a_wide_table_have_the_facts_that_they_have_alone(frame, tmp_path):
    wide = profile_table(write_table(tmp_path / "wide.parquet", [frame]))[0]["facts"]
    for name in (*frame.columns[:10], *frame.columns[-10:]):
        table = write_table(tmp_path / f"{name}.parquet", [frame[[name]]])
        with Engine(table) as engine:
            alone = column_facts(engine, table.columns[0])
        assert {key: value for key, value in wide[name].items() if key not in ("bytes", "meant")} == {
            key: value for key, value in alone.items() if key != "bytes"
        }


@pytest.mark.slow
def test_a_statement_is_planned_once_for_a_storage_type(frame, tmp_path, monkeypatch):
    planned = []
    known = Prepared._run
    monkeypatch.setattr(
        Prepared, "_run", lambda self, *asked: (planned.append(len(self._known)), known(self, *asked))[1]
    )
    profile_table(write_table(tmp_path / "wide.parquet", [frame]))
    assert len(planned) > 1000
    assert max(planned) < 40
