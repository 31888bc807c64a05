"""Odd tables of all kinds: a measure or a clear word, never a crash, never a silent 0."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataops_core.errors import DataOpsError
from dataops_core.fairness import bias, compare_mitigations, groups, model_measures, recipe_impact
from dataops_core.fairness.measures import RATES
from dataops_core.steps._cells import cell_texts
from dataops_core.table import write_table
from tests.strategies import examples, tidy_frames

odd = settings(
    max_examples=examples(50),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,
    ],
)


@odd
@given(data=st.data())
def test_any_table_is_told_or_refused_in_words(tmp_path, data):
    frame = data.draw(tidy_frames())
    if not len(frame.columns):
        return
    table = write_table(tmp_path / "t.parquet", [frame])
    target, *others = data.draw(st.permutations(list(frame.columns)))
    if not others:
        return
    names = st.sampled_from(others)
    sensitive = data.draw(st.lists(names, min_size=1, max_size=3, unique=True))
    values = sorted({text for text in cell_texts(frame[target], time=True) if text is not None}) or ["yes"]
    try:
        told = bias(
            table,
            sensitive,
            target=target,
            favorable=data.draw(st.sampled_from(values)),
            strata=[name for name in others if name not in sensitive][:1],
        ).to_json()
    except DataOpsError as refusal:
        assert refusal.what and refusal.fix
        return
    json.dumps(told, allow_nan=False)
    assert sum(each["n"] for each in told["groups"].values()) == len(frame)
    for each in told["data_measures"]["together"].values():
        assert (each["value"] is None) == bool(each.get("why"))


@odd
@given(
    rows=st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from(["a", "b", None])), min_size=1, max_size=25)
)
def test_a_rate_is_none_exactly_where_nobody_is_counted(rows):
    truth, made, names = zip(*rows, strict=True)
    told = model_measures(truth, made, names, replicates=20).to_json()
    json.dumps(told, allow_nan=False)
    for name, each in told["groups"].items():
        here = [(good, chosen) for good, chosen, group in rows if (group or "unknown") == name]
        of = {
            "selection_rate": len(here),
            "tpr": sum(g for g, _ in here),
            "fnr": sum(g for g, _ in here),
            "fpr": sum(not g for g, _ in here),
            "precision": sum(c for _, c in here),
            "accuracy": len(here),
        }
        assert {measure: each[measure]["of"] for measure in RATES} == of
        assert all((each[measure]["value"] is None) == (of[measure] == 0) for measure in RATES)


def test_three_columns_together_keep_every_thin_cell(make_table):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {name: rng.choice(list("pqr"), 200) for name in ("a", "b", "c")} | {"ok": rng.choice(["yes", "no"], 200)}
    )
    told = bias(make_table(frame), ["a", "b", "c"], target="ok", favorable="yes").to_json()
    assert len(told["groups"]) == len(frame.groupby(["a", "b", "c"])) and set(told["by_column"]) == {"a", "b", "c"}
    assert all(each["thin"] for each in told["groups"].values()) and not any(
        each["clear"] for each in told["gaps"] if each["of"] == "a, b, c"
    )
    with pytest.raises(DataOpsError, match="too many groups"):
        bias(make_table(frame), ["a", "b", "c", "ok"]).to_json()


@pytest.mark.slow
def test_ten_thousand_groups_are_all_counted(make_table):
    frame = {
        "g": [f"g{n % 10_000}" for n in range(20_000)],
        "y": ["yes", "no", "no", "yes"] * 5_000,
        "x": range(20_000),
    }
    told = bias(make_table(frame, {"g": "category", "x": "number"}), ["g"], target="y", favorable="yes").to_json()
    assert len(told["groups"]) == 10_000 and len(told["model"]["groups"]) == 200
    assert "proxies of g" in told["left_out"] and sum(each["n"] for each in told["model"]["groups"].values()) == 20_000


def test_dates_yes_and_no_and_a_value_that_is_called_unknown(make_table):
    days = pd.to_datetime(pd.date_range("1950-01-01", periods=40, freq="365D")).astype("datetime64[us]")
    told = groups(
        make_table(
            {
                "born": days,
                "flag": pd.array([True, False, None, True] * 10, dtype="boolean"),
                "g": ["unknown", None] * 20,
            }
        ),
        ["born"],
    ).to_json()
    assert [each["n"] for each in told["groups"].values()] == [10] * 4 and next(iter(told["groups"])).startswith(
        "until 19"
    )
    table = make_table({"flag": pd.array([True, False, None, True] * 10, dtype="boolean"), "g": ["unknown", None] * 20})
    assert {name: each["n"] for name, each in groups(table, ["flag"]).to_json()["groups"].items()} == {
        "true": 20,
        "false": 10,
        "unknown": 10,
    }
    assert {name: each["unknown"] for name, each in groups(table, ["g"]).to_json()["groups"].items()} == {
        "unknown": False,
        "unknown (missing)": True,
    }


def test_fifty_groups_through_the_lab_and_a_recipe(make_table):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"g": [f"g{n % 50}" for n in range(1500)], "x": rng.normal(size=1500)})
    frame["ok"] = np.where(frame["x"] + rng.normal(size=1500) > 0, "yes", "no")
    table = make_table(frame)
    found = compare_mitigations(
        table, "ok", "yes", ["g"], methods=["reweigh", "thresholds", "repair", "grid_search"]
    ).to_json()
    json.dumps(found, allow_nan=False)
    assert (
        list(found["failed"]) == ["grid_search"]
        and "too large to search" in found["failed"]["grid_search"]
        and len(found["methods"]["thresholds"]["groups"]) == 50
    )
    assert len(recipe_impact([("read", table), ("same", table)], ["g"], "ok", "yes")[1].groups) == 50
