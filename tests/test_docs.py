"""What the documents say is true: their examples run."""

import doctest
import importlib.util
import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest

from dataops_core.checks import REGISTRY as CHECKS
from dataops_core.recipe.recipe import from_json
from dataops_core.steps import REGISTRY

ROOT = Path(__file__).parent.parent


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)


def test_the_step_in_contributing_is_a_step_in_one_file(tmp_path, monkeypatch):
    path = tmp_path / "reverse_text.py"
    path.write_text(blocks("CONTRIBUTING.md", "python")[0], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("reverse_text", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "reverse_text", module)
    monkeypatch.setitem(REGISTRY, "reverse_text", None)  # so that it is taken out again
    spec.loader.exec_module(module)
    step = REGISTRY["reverse_text"]
    assert step.check({"columns": ["a"]}) == {"columns": ["a"]}
    example = doctest.DocTestParser().get_doctest(step.doc, {"pd": pd, "reverse_text": step}, "example", None, 0)
    assert doctest.DocTestRunner(verbose=False).run(example).failed == 0


def test_the_recipe_in_the_readme_is_a_recipe():
    recipe = from_json(json.loads(blocks("README.md", "json")[0]))
    assert recipe.problems() == []
    assert [step.op for step in recipe.steps] == ["trim_spaces", "fill_missing"]


def test_the_readme_names_the_two_commands_of_the_makefile():
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    for target in ("run", "test"):
        assert f"make {target}" in readme
        assert f"\n{target}: " in makefile


def test_every_requirement_is_pinned_and_torch_stands_first():
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if "==" not in line] == []
    assert lines[0].startswith("torch==")


@pytest.mark.parametrize(("noun", "count"), [("checks", len(CHECKS)), ("steps", len(REGISTRY))])
def test_counts_in_texts_are_those_of_the_code(noun, count):
    number = r"(\d+|(?:twenty|thirty|forty|fifty|sixty|seventy)(?:-\w+)?)"
    texts = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")] + [
        *(ROOT / "pages").rglob("*.py")
    ]
    said = [
        found
        for path in texts
        for found in re.findall(rf"\b{number} {noun}\b", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert set(said) <= {str(count)}
