"""Recipes come from anywhere: what is in them is data, never code, and costs no more than its size."""

import ast

import pytest

from dataops_core.errors import SettingError
from dataops_core.recipe.recipe import Recipe, RecipeStep, load
from dataops_core.recipe.script import script

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_aliases_that_unfold_to_gigabytes_are_refused(tmp_path):
    (tmp_path / "r.yaml").write_text(f"name: x\n{LAUGHS}steps: *i\n")
    with pytest.raises(SettingError, match="YAML aliases"):
        load(tmp_path / "r.yaml")


def test_a_file_far_larger_than_any_recipe_is_not_read(tmp_path):
    with (tmp_path / "r.json").open("wb") as file:
        file.truncate(1 << 40)  # a sparse file: no byte of it is on disk
    with pytest.raises(SettingError, match="at most"):
        load(tmp_path / "r.json")


NAMES = [
    '"""',
    "'''",
    "a\x00b",
    "a\nimport ctypes\nctypes.string_at(0)",
    "\\",
    'x"; import ctypes; "',
    "\u202eevil",
    "a\r\nb",
    "\x0c",
    "\u2028x",
    "{title}",
    "%s",
    '"',
    "x\\",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_valid_python_that_says_the_name_and_does_not_run_it(name):
    steps = (
        RecipeStep("trim_spaces", {"columns": [name or "x"]}, why=name),
        RecipeStep("drop_columns", {"columns": [name]}, off=True, why=name),
    )
    text = script(Recipe(name, 0, steps))
    tree = ast.parse(text)
    assert "\x00" not in text
    assert "\u202e" not in text
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert "ctypes" not in names
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node.value == name]
    assert named or not name.strip()  # the column is named exactly as it is called
