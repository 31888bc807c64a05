"""What the documents say is true: their examples run."""

import doctest
import importlib.util
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from dataops_core.checks import REGISTRY as CHECKS
from dataops_core.cli.commands import make_parser
from dataops_core.cli.main import main
from dataops_core.evaluation.measures import CLASSES, NUMBERS
from dataops_core.fairness.measures import DATA, NOTIONS, RATES
from dataops_core.recipe.recipe import from_json
from dataops_core.steps import REGISTRY
from dataops_core.steps._other_tools import OTHER_TOOLS
from dataops_core.synthetic.evaluate.measures import MEASURES as SIGNALS
from docs import generate
from docs.json_formats import records

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


def test_the_recipe_in_the_docs_is_a_recipe():
    recipe = from_json(json.loads(blocks("docs/how-to/recipes.md", "json")[0]))
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


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


def test_every_link_leads_to_a_file(tmp_path):
    made = {f"docs/reference/{name}" for name in generate.PAGES}
    for page in pages():
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            place = (page.parent / target).resolve()
            assert place.exists() or place.relative_to(ROOT).as_posix() in made, f"{page.name}: {target}"


def test_the_page_of_json_formats_tells_every_field_of_every_result():
    page = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
    assert page == generate.json_formats(), "write it anew: python -m docs.generate"
    names = [kind.__name__ for kind in records()]
    assert len(set(names)) == len(names), "two results of one name cannot be told apart"
    bias = page.partition("\n### GroupCounts\n")[2].partition("\n### ")[0]
    assert "| `ci` | [number, number] or null | the 95 % Wilson interval of the rate |" in bias
    gap = page.partition("\n### Gap\n")[2].partition("\n### ")[0]
    assert "| `why` | text, may be absent | why there is no value |" in gap


def test_generated_pages_have_every_command_step_and_check():
    options, steps, checks = (generate.PAGES[name]() for name in ("options.md", "steps.md", "checks.md"))
    assert [name for name in {step.name for step in REGISTRY.values()} if f"\n## {name}\n" not in steps] == []
    assert [name for name in CHECKS if f"| `{name}` |" not in checks] == []
    measures = generate.PAGES["measures.md"]()
    known = [*DATA, *RATES, *NOTIONS, *CLASSES, *NUMBERS, *SIGNALS]
    assert len(known) > 30 and [key for key in known if f"| `{key}` |" not in measures] == []
    parser = make_parser()
    chosen = next(a for a in parser._actions if hasattr(a, "choices") and a.choices and "read" in a.choices).choices
    for name, command in chosen.items():
        section = options.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        wanted = {option for action in command._actions for option in action.option_strings} - {"-h", "--help"}
        assert [option for option in wanted if option not in section] == [], name


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "docs" / "tutorials").glob("*.md")))
def test_the_commands_of_a_tutorial_run(name, tmp_path, monkeypatch, capsys):
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    text = (ROOT / "docs" / "tutorials" / f"{name}.md").read_text(encoding="utf-8")
    for language, block in re.findall(r"```(bash|json)\n(.*?)```", text, re.DOTALL):
        if language == "json":
            named = "choices.json" if "choices.json" in text else "recipe.json"
            Path(named).write_text(block, encoding="utf-8")
            continue
        for line in block.strip().splitlines():
            python, *words = shlex.split(line)
            assert python == "python"
            if words[:2] == ["-m", "dataops_core"]:
                code = main(words[2:])
            else:  # a script that needs nothing of ours
                code = subprocess.run([sys.executable, *words], capture_output=True).returncode
            assert code in (0, 1), f"{line}: {capsys.readouterr().err}"


def test_the_steps_named_for_people_who_come_from_other_tools_are_there():
    for tool in OTHER_TOOLS:
        assert tool.sources and all(url.startswith("https://") for url in tool.sources)
        for each in tool.operations:
            assert set(each.steps) <= set(REGISTRY), f"{tool.name}: {each.there}"
            assert each.steps or each.here, f"{tool.name}: {each.there}"
    page = (ROOT / "docs" / "how-to" / "from-other-tools.md").read_text(encoding="utf-8")
    assert page == generate.other_tools(), "write it anew: python -m docs.generate"


def test_every_operation_that_data_wrangler_documents_is_in_its_table():
    """The operations that its documentation listed in 2024, each with a step here or the reason why there is none."""
    documented = """Sort; Filter; Calculate text length; One-hot encode; Multi-label binarizer; Create column from formula;
        Change column type; Drop column; Select column; Rename column; Clone column; Drop missing values;
        Drop duplicate rows; Fill missing values; Find and replace; Group by column and aggregate; Strip whitespace;
        Split text; Capitalize first character; Convert to lowercase; To uppercase; String transform by example;
        DateTime formatting by example; New column by example; Scale min/max values; Round; Round down; Round up;
        Custom operation"""
    table = next(tool for tool in OTHER_TOOLS if tool.name == "Microsoft Data Wrangler").operations
    named = "; ".join(each.there for each in table).casefold()
    missing = [each for each in documented.split(";") if " ".join(each.split()).casefold() not in named]
    assert missing == []


def test_the_app_that_the_documentation_starts_is_there():
    texts = [path.read_text("utf-8") for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))]
    started = {each for text in texts for each in re.findall(r"streamlit run ([\w./]+\.py)", text)}
    assert started and all((ROOT / each).is_file() for each in started), started
