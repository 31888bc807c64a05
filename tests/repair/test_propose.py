"""Proposals as a whole: how right they are, how sure they say they are, and that a recipe makes exactly them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.repair import FOLDER, Truth, answers, plain, scores
from dataops_core.cli import main
from dataops_core.errors import InputError
from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.replay import run_recipe
from dataops_core.repair.labels import read_labels
from dataops_core.repair.propose import propose
from dataops_core.repair.recipe import accept, steps_of

SHARED = pytest.mark.skipif(not (FOLDER / "hospital_dirty.csv").exists(), reason="the benchmark tables are not here")


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    made = {}
    for name in ("hospital", "beers"):
        truth = Truth(FOLDER, name)
        table = read_file(truth.path, folder / f"{name}.parquet").table
        made[name] = (truth, table, propose(table))
    return made


@SHARED
@pytest.mark.parametrize(("name", "recall"), [("hospital", 0.9), ("beers", 0.98)])
def test_errors_of_the_benchmarks_are_repaired_without_a_label(tables, name, recall):
    truth, _, found = tables[name]
    precision, reached, _ = scores(truth, accept(found.repairs, 0.9))
    assert (precision >= 0.98, reached >= recall) == (True, True), (precision, reached)


@SHARED
@pytest.mark.parametrize("name", ["hospital", "beers"])
def test_clean_tables_are_left_as_they_are(tmp_path, name):
    table = read_file(FOLDER / f"{name}_clean.csv", tmp_path / "t.parquet").table
    assert len(accept(propose(table).repairs, 0.9)) < table.cells / 1000


@SHARED
def test_answers_on_the_rows_asked_about_bring_more(tables):
    truth, table, found = tables["hospital"]
    assert len(found.ask) == 20
    taught = propose(table, answers(truth, found.ask))
    precision, recall, _ = scores(truth, accept(taught.repairs, 0.9))
    assert precision >= 0.97
    assert recall >= scores(truth, accept(found.repairs, 0.9))[1] + 0.02


@SHARED
@pytest.mark.parametrize("name", ["hospital", "beers"])
def test_the_recipe_makes_exactly_the_accepted_repairs(tables, name, tmp_path):
    _, table, found = tables[name]
    taken = accept(found.repairs, 0.9)
    run = run_recipe(Recipe(steps=tuple(steps_of(taken, table))), table, tmp_path)
    assert {result.status for result in run.outcomes} == {"done"}
    before, after = table.frame(), run.table.frame()
    wanted = {(each.row, each.column): each.new for each in taken}
    for column in table.names:
        for row, (old, new) in enumerate(zip(before[column], after[column], strict=True)):
            right = wanted.get((row, column), None if pd.isna(old) else old)
            assert plain(None if pd.isna(new) else new) == plain(right), (row, column)


@SHARED
def test_the_same_table_gives_the_same_proposals(tables):
    _, table, found = tables["hospital"]
    again = propose(table)
    assert (again.repairs, again.dependencies, again.ask) == (found.repairs, found.dependencies, found.ask)


@SHARED
def test_what_is_said_to_be_sure_is(tables):
    told = [(each, truth) for truth, _, found in tables.values() for each in found.repairs if each.sure is not None]
    for low, high in ((0.9, 0.95), (0.95, 1.0)):
        some = [
            plain(each.new) == truth.right[each.row, each.column] for each, truth in told if low <= each.sure < high
        ]
        assert len(some) < 50 or sum(some) / len(some) >= low - 0.05


def test_the_command_writes_proposals_and_a_recipe_that_runs(tmp_path, capsys):
    lines = [f"{city},{land}" for city, land in [("Rome", "Italy"), ("Oslo", "Norway"), ("Bonn", "Germany")] * 40]
    lines[7] = "Oslo,Norwxy"
    lines[20] = "Bonn,"
    file = tmp_path / "t.csv"
    file.write_text("city,land\n" + "\n".join(lines) + "\n")
    out, recipe = tmp_path / "repairs.csv", tmp_path / "recipe.json"
    args = ["repair", str(file), "--sure", "0.5", "--repairs", str(out), "--recipe", str(recipe), "--json"]
    assert main(args) == 1
    assert '"expected_precision"' in capsys.readouterr().out
    told = pd.read_csv(out, keep_default_na=False)
    assert told[["row", "column", "old", "new"]].values.tolist() == [
        [7, "land", "Norwxy", "Norway"],
        [20, "land", "", "Germany"],
    ]
    assert main(["run", str(recipe), str(file), "--out", str(tmp_path / "o.csv")]) == 0
    after = (tmp_path / "o.csv").read_text().splitlines()
    assert (after[8], after[21]) == ("Oslo,Norway", "Bonn,Germany")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("row,column\n1,a\n", "need the columns"),
        ("row,column,value\n1,b,x\n", "no column"),
        ("row,column,value\n9,a,x\n", "no row"),
    ],
)
def test_labels_that_cannot_be_read_say_where(tmp_path: Path, text, message):
    file = tmp_path / "labels.csv"
    file.write_text(text)
    with pytest.raises(InputError, match=message) as caught:
        read_labels(file, ["a"], 5)
    assert "line 2" in caught.value.where


def test_a_label_is_a_repair_and_spreads_to_cells_that_hold_the_same(make):
    table = make({"a": ["good"] * 30 + ["gud", "gud", "bad"], "b": list(range(33))})
    found = propose(table, {(30, "a"): "good", (32, "a"): "bad"})
    assert [(each.row, each.new, each.cause) for each in found.repairs if each.cause == "label"] == [
        (30, "good", "label"),
        (31, "good", "label"),
    ]


def test_answers_that_contradict_each_other_do_not_spread(make):
    table = make({"a": ["good"] * 30 + ["gud", "gud", "gud"], "b": list(range(33))})
    for labels in ({(30, "a"): "good", (31, "a"): "bad"}, {(30, "a"): "good", (31, "a"): "gud"}):
        repairs = propose(table, labels).repairs
        assert not any(each.row == 32 and each.cause == "label" for each in repairs)


def test_truth_values_and_days_are_repaired_by_a_recipe_too(make, tmp_path):
    days = pd.date_range("2024-01-01", periods=10)
    right = {
        "shop": [f"shop {chr(97 + n % 10)}" for n in range(300)],
        "owner": [f"owner {n % 10}" for n in range(300)],
        "open": [n % 10 < 4 for n in range(300)],
        "since": [days[n % 10] for n in range(300)],
    }
    wrong = {name: list(cells) for name, cells in right.items()}
    wrong["open"][3], wrong["since"][44] = False, days[7]
    table = make(wrong)
    taken = accept(propose(table).repairs, 0.5)
    assert {(each.row, each.column) for each in taken} == {(3, "open"), (44, "since")}
    run = run_recipe(Recipe(steps=tuple(steps_of(taken, table))), table, tmp_path)
    assert {outcome.status for outcome in run.outcomes} == {"done"}
    assert run.table.content_hash == make(right).content_hash


def test_an_answer_does_not_spread_from_a_usual_value_or_to_one_that_is_nothing_like_it(make):
    table = make({"a": ["yes"] * 30 + ["no"] * 20 + ["x", "x"], "b": list(range(52))})
    found = propose(table, {(0, "a"): "no", (50, "a"): "yes"})
    assert [each.row for each in found.repairs if each.cause == "label"] == [0, 50]


CITIES = [("Rome", "Italy", "I"), ("Oslo", "Norway", "N"), ("Lima", "Peru", "PE"), ("Bonn", "Germany", "D")]


def cities():
    columns = {name: [CITIES[n % 4][at] for n in range(200)] for at, name in enumerate(("city", "land", "code"))}
    columns["land"][5], columns["land"][6], columns["land"][8] = "Italy", "n/a", None
    columns["code"][10], columns["code"][15] = "N", "PE"
    return columns


def test_what_groups_agree_on_becomes_a_step_that_replays_on_another_file(make, tmp_path):
    table = make(cities())
    taken = accept(propose(table).repairs, 0.5)
    steps = steps_of(taken, table)
    assert {step.op for step in steps} == {"make_rows_agree"}
    run = run_recipe(Recipe(steps=tuple(steps)), table, tmp_path)
    assert {outcome.status for outcome in run.outcomes} == {"done"}
    assert [tuple(row) for row in run.table.frame().itertuples(index=False)] == [CITIES[n % 4] for n in range(200)]
    later = make({"city": ["Lima", "Oslo", "Paris"], "land": ["Preu", None, "France"], "code": ["PE", "N", "F"]})
    again = run_recipe(Recipe(steps=tuple(steps)), later, tmp_path).table.frame()
    assert again["land"].tolist() == ["Peru", "Norway", "France"]


def test_groups_with_a_cell_that_is_not_accepted_keep_it(make, tmp_path):
    table = make(cities())
    found = propose(table).repairs
    taken = [each for each in found if (each.row, each.column) != (5, "land")]
    steps = steps_of(taken, table)
    after = run_recipe(Recipe(steps=tuple(steps)), table, tmp_path).table.frame()
    assert after["land"].tolist()[5:9] == ["Italy", "Peru", "Germany", "Italy"]
    assert all('["Oslo"]' not in step.learned["settled"].get("land", {}) for step in steps if step.learned)


def test_words_for_nothing_known_are_set_too(make, tmp_path):
    table = make(cities())
    taken = [replace(each, by=()) for each in propose(table).repairs]
    steps = steps_of(taken, table)
    assert "make_rows_agree" not in {step.op for step in steps}
    after = run_recipe(Recipe(steps=tuple(steps)), table, tmp_path).table.frame()
    assert after["land"].tolist()[5:9] == ["Norway", "Peru", "Germany", "Italy"]


def test_findings_of_a_profile_carry_the_repairs_of_their_cells(tmp_path, capsys):
    columns = cities()
    file = tmp_path / "t.csv"
    pd.DataFrame(columns | {"n": range(200)}).to_csv(file, index=False)
    main(["profile", str(file), "--json"])
    assert all("repairs" not in each for each in json.loads(capsys.readouterr().out)["findings"])
    main(["profile", str(file), "--repairs", "--json"])
    findings = json.loads(capsys.readouterr().out)["findings"]
    missing = next(each for each in findings if each["check"] == "missing_cells" and each["columns"] == ["land"])
    assert {(each["row"], each["column"], each["new"]) for each in missing["repairs"]} >= {(8, "land", "Italy")}
    assert set(missing["repairs"][0]) == {"row", "column", "old", "new", "confidence", "why"}
    main(["profile", str(file), "--repairs"])
    assert "row 8, land: (missing) -> Italy" in capsys.readouterr().out


def test_what_is_missing_often_may_be_missing_by_nature(make):
    rng = np.random.default_rng(3)
    nation = rng.choice(["AUT", "ITA", "GBR", "FRA"], 800)
    club = np.array([f"Club of {each}" for each in nation], dtype=object)
    few = club.copy()
    few[rng.choice(800, 16, replace=False)] = None
    many = club.copy()
    many[rng.choice(800, 200, replace=False)] = None
    sure = {}
    for name, cells in {"few": few, "many": many}.items():
        made = propose(make({"nation": nation.tolist(), "club": cells.tolist()})).repairs
        sure[name] = {each.sure for each in made if each.cause == "missing"}
    assert min(sure["few"]) >= 0.9
    assert sure["many"] == {None}  # not tested
