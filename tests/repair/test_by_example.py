"""Rewritings inferred from examples: what they change, what they leave, and the step that makes them."""

import json

import pytest

from dataops_core.cli import main
from dataops_core.errors import SettingError
from dataops_core.recipe.recipe import Recipe
from dataops_core.recipe.replay import run_recipe
from dataops_core.repair.by_example import infer

NAMES = ["Ann Smith", "Bob Jones", "Cy Dee", "Eve Kay Moss", "Smith, Joe"]
COLUMNS = {
    "reorder": (NAMES, {"Ann Smith": "Smith, Ann"}, {"Bob Jones": "Jones, Bob", "Cy Dee": "Dee, Cy"}),
    "take": (["NL-1234", "DE-77", "other", "BE-5"], {"NL-1234": "1234"}, {"DE-77": "77"}),
    "part": (["1999/2000", "2003/2004"], {"1999/2000": "99-00"}, {"2003/2004": "03-04"}),
    "constant": (["12", "7", "x"], {"12": "12 kg"}, {"7": "7 kg"}),
    "split": (["98 min", "7 min", "1 hr"], {"98 min": "98"}, {"7 min": "7"}),
    "case": (["ANN SMITH", "BOB JONES"], {"ANN SMITH": "A. Smith"}, {"BOB JONES": "B. Jones"}),
    "two shapes": (
        ["A-1", "B-2", "C 3", "D 4"],
        {"A-1": "1/A", "C 3": "3/C"},
        {"B-2": "2/B", "D 4": "4/D"},
    ),
    "dates": (
        ["1/2/2020", "2020-01-02", "11/30/2020", "3/14/2021"],
        {"11/30/2020": "2020-11-30"},
        {"3/14/2021": "2021-03-14"},
    ),
    "durations": (["1 hr 38 min", "2 hr 5 min"], {"1 hr 38 min": "98 min"}, {"2 hr 5 min": "125 min"}),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_one_or_two_results_give_the_rest_and_the_step_makes_them(make, tmp_path, name):
    cells, examples, others = COLUMNS[name]
    table = make({"a": cells, "n": list(range(len(cells)))})
    found = infer(table, "a", examples)
    assert {old: new for old, new in found.changes.items() if old in {**examples, **others}} == {**examples, **others}
    run = run_recipe(Recipe(steps=tuple(found.steps)), table, tmp_path)
    assert run.table.frame()["a"].tolist() == [found.changes.get(cell, cell) for cell in cells]


def test_cells_of_another_shape_stay_and_are_named(make):
    found = infer(make({"a": NAMES}), "a", {"Ann Smith": "Smith, Ann"})
    assert found.left == ["Eve Kay Moss"]
    assert "Smith, Joe" not in found.changes


def test_a_second_example_settles_what_one_leaves_open(make):
    cells = ["12/31/2020", "12/12/2021", "10/05/2022"]
    found = infer(make({"a": cells}), "a", {"12/12/2021": "12.12.2021", "12/31/2020": "31.12.2020"})
    assert found.changes["10/05/2022"] == "05.10.2022"


@pytest.mark.parametrize(
    ("examples", "message"),
    [({"Ann": "x"}, "No cell of"), ({"Ann Smith": "Ann Smith"}, "changes anything"), ({}, "changes anything")],
)
def test_examples_that_say_nothing_are_refused(make, examples, message):
    with pytest.raises(SettingError, match=message):
        infer(make({"a": NAMES}), "a", examples)


def test_a_column_that_is_not_text_is_refused(make):
    with pytest.raises(SettingError, match="not a text column"):
        infer(make({"n": [1, 2]}), "n", {"1": "2"})


def test_the_command_previews_and_writes_a_recipe_that_runs(tmp_path, capsys):
    file, recipe, out = tmp_path / "t.csv", tmp_path / "r.json", tmp_path / "o.csv"
    file.write_text("who,n\nAnn Smith,1\nBob Jones,2\n")
    args = ["repair", str(file), "--column", "who", "--example", "Ann Smith", "Smith; Ann"]
    assert main([*args, "--json", "--recipe", str(recipe)]) == 1
    assert json.loads(capsys.readouterr().out)["changes"][1] == {"old": "Bob Jones", "new": "Jones; Bob"}
    assert main(["run", str(recipe), str(file), "--out", str(out)]) == 0
    assert out.read_text().splitlines()[1:] == ["Smith; Ann,1", "Jones; Bob,2"]
    capsys.readouterr()
    assert main(args) == 1
    assert "Bob Jones -> Jones; Bob" in capsys.readouterr().out
    assert main([*args[:2], "--example", "Ann Smith", "x"]) == 2
    assert "--column" in capsys.readouterr().err
