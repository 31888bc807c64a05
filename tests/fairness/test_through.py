"""What steps did to groups: rows lost by hand, names that steps change, rows that they add."""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.fairness import recipe_impact
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import run_recipe
from dataops_core.record import as_json
from dataops_core.table import tidy, write_table


def impact(*asked):
    return as_json(recipe_impact(*asked))


def start():
    frame = pd.DataFrame(
        {
            "sex": ["f"] * 100 + ["m"] * 100,
            "pay": [None] * 40 + [1.0] * 60 + [None] * 5 + [2.0] * 95,
            "ok": (["yes"] * 20 + ["no"] * 80) + ["yes", "no"] * 50,
        }
    )
    return tidy(frame)


def after(table, folder, *steps):
    """The table after each step, one by one."""
    told = [("read", table)]
    for number, (op, settings) in enumerate(steps):
        (folder / str(number)).mkdir()
        run = run_recipe(Recipe(steps=(RecipeStep(op, settings),)), told[-1][1], folder / str(number))
        assert run.failed is None
        told.append((op, run.table))
    return told


def test_dropping_rows_with_missing_cells_is_told_by_group(make_table, tmp_path):
    tables = after(make_table(start()), tmp_path, ("drop_rows_with_missing", {"columns": ["pay"]}))
    first, dropped = impact(tables, ["sex"], "ok", "yes")
    assert first["groups"]["f"]["missing"] == 0.4 and first["groups"]["f"]["rate"] == 0.2
    women, men = dropped["groups"]["f"], dropped["groups"]["m"]
    assert (women["n"], women["lost"], women["lost_share"], men["lost"]) == (60, 40, 0.4, 5)
    assert women["rate_before"] == 0.2 and women["rate"] == 0.0  # the twenty with the good outcome were among the forty
    assert (women["missing"], women["missing_before"]) == (0.0, 0.4)
    assert dropped["apart"] == ["f", "m"]
    json.dumps([first, dropped], allow_nan=False)


def test_groups_stay_known_when_the_column_is_changed_renamed_or_dropped(make_table, tmp_path):
    tables = after(
        make_table(start()),
        tmp_path,
        ("merge_values", {"column": "sex", "mapping": {"f": "m"}}),
        ("rename_columns", {"names": {"sex": "gender"}}),
        ("drop_columns", {"columns": ["gender"]}),
        ("rename_columns", {"names": {"ok": "fine"}}),
    )
    told = impact(tables, ["sex"], "ok", "yes")
    assert [each["groups"]["f"]["n"] for each in told] == [100] * 5 and [
        each["groups"]["f"]["lost"] for each in told
    ] == [0] * 5
    assert told[3]["groups"]["f"]["rate"] == 0.2
    assert told[4]["groups"]["f"]["rate"] is None and "is gone" in told[4]["why"]


def test_added_rows_belong_to_the_group_of_their_cells(make_table, tmp_path):
    told = impact(
        after(make_table(start()), tmp_path, ("resample_rows", {"target": "ok", "by": ["sex"]})), ["sex"], "ok", "yes"
    )
    assert (
        told[1]["groups"]["f"]["added"] == 60
        and told[1]["groups"]["f"]["rate"] == 0.5
        and told[1]["groups"]["m"]["added"] == 0
    )


def test_a_good_value_that_no_row_has_any_more_has_no_rate(make_table, tmp_path):
    told = impact(
        after(make_table(start()), tmp_path, ("replace_values", {"column": "ok", "mapping": {"yes": "1", "no": "0"}})),
        ["sex"],
        "ok",
        "yes",
    )
    assert told[1]["groups"]["f"]["rate"] is None and "any more" in told[1]["why"]


def test_a_step_that_drops_by_lot_is_not_called_apart():
    rng, apart = np.random.default_rng(0), 0
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        frame = start()
        frame.index = pd.RangeIndex(len(frame), name="row")
        table = write_table(Path(folder) / "t.parquet", [frame])
        for number in range(100):
            kept = frame[rng.random(len(frame)) < 0.7]
            apart += bool(
                impact([("read", table), ("lot", write_table(Path(folder) / f"{number}.parquet", [kept]))], ["sex"])[1][
                    "apart"
                ]
            )
    assert apart <= 11  # 5 % of 100; more than 11 have a chance of 1 in 230


@pytest.mark.parametrize(
    "frame", [{"g": ["a"], "y": ["yes"]}, {"g": pd.Series([None] * 3, dtype=object), "y": ["yes", "no", None]}]
)
def test_odd_tables(make_table, frame):
    table, empty = make_table(frame), make_table(tidy(pd.DataFrame(frame)).iloc[:0])
    told = impact([("read", table), ("nobody", empty)], ["g"], "y", "yes")
    json.dumps(told, allow_nan=False)
    assert sum(each["lost"] for each in told[1]["groups"].values()) == table.rows and all(
        each["rate"] is None for each in told[1]["groups"].values()
    )
