"""A step, a reader, an engine of synthesis, a publisher, measures and a page are one file each: those of CONTRIBUTING.md, added to a copy of the tree."""

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def block(title: str) -> str:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.DOTALL)
    return next(each for each in blocks if each.startswith(f'"""{title}'))


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    copy = tmp_path_factory.mktemp("tree")
    for part in ("dataops_core", "pages", "docs"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    app = (ROOT / "app.py").read_text(encoding="utf-8")
    line = '    "notes": ("note", "What people should know"),\n'
    (copy / "app.py").write_text(app.replace("PAGES = {\n", "PAGES = {\n" + line), encoding="utf-8")
    (copy / "dataops_core/steps/reverse_text.py").write_text(block("Reverse text"), encoding="utf-8")
    (copy / "dataops_core/read/formats/wiki.py").write_text(block("Tables of a wiki"), encoding="utf-8")
    (copy / "dataops_core/synthetic/engines/catalog/shuffled.py").write_text(block("Shuffled"), encoding="utf-8")
    (copy / "dataops_core/publish/places/csv_files.py").write_text(block("Plain CSV"), encoding="utf-8")
    (copy / "dataops_core/fairness/measures/odds_ratio.py").write_text(block("Odds ratio"), encoding="utf-8")
    (copy / "dataops_core/evaluation/measures/median_error.py").write_text(block("Median error"), encoding="utf-8")
    signals = copy / "dataops_core/synthetic/evaluate/measures"
    (signals / "twice.py").write_text(block("Rows that are there twice"), encoding="utf-8")
    (copy / "pages/notes.py").write_text(block("Notes"), encoding="utf-8")
    return copy


def answer(tree: Path, code: str) -> list[str]:
    env = os.environ | {"DATAOPS_HOME": str(tree / "home"), "PYTHONPATH": str(tree)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tree, capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_each_is_shown_in_15_lines_at_most():
    for title in ("Tables of a wiki", "Shuffled", "Plain CSV", "Notes", "Odds ratio", "Median error", "Rows that are"):
        assert sum(bool(line.strip()) for line in block(title).splitlines()) <= 15


def test_a_step_is_one_file_and_both_its_sentences_come_from_there(tree):
    code = """
import pandas as pd
from dataops_core.steps import get
from dataops_core.wording import as_plan
step = get("reverse_text")
print(step(pd.DataFrame({"a": ["abc"]}, dtype=object), columns=["a"])["a"].tolist())
done = step.sentence({"columns": ["a"]})
print(done)
print(as_plan(done))
"""
    assert answer(tree, code) == ["['cba']", "Reversed the text in a", "Reverses the text in a"]


def test_a_reader_is_one_file(tree):
    (tree / "some.wiki").write_text("Intro\n|city|people|\n|Paris|2|\n|Rome|3|\n", encoding="utf-8")
    code = """
from pathlib import Path
from dataops_core.read import read_file
source = read_file(Path("some.wiki"), Path("some.parquet"))
print(source.options.format, source.table.names, source.table.rows)
"""
    assert answer(tree, code) == ["wiki ['city', 'people'] 2"]


def test_an_engine_of_synthesis_is_one_file(tree):
    code = """
import pandas as pd
from dataops_core.synthetic import ENGINES
from dataops_core.synthetic.engines.registry import fit
made = fit("shuffled", pd.DataFrame({"a": [1.0, 2.0]}), ["a"], [], seed=1).sample(3, 1)
print(list(ENGINES)[-1], len(made), set(made["a"]) <= {1.0, 2.0})
"""
    assert answer(tree, code) == ["shuffled 3 True"]


@pytest.mark.slow
def test_a_publisher_is_one_file(tree):
    (tree / "few.csv").write_text("a,b\n1,x\n2,y\n", encoding="utf-8")
    (tree / "out").mkdir()
    code = """
from pathlib import Path
from dataops_core.cli.main import main
print(main(["commit", "few", "few.csv", "-m", "m"]), main(["publish", "few", "--to", "csv:out"]))
print([path.read_text() for path in Path("out").iterdir()])
"""
    said = answer(tree, code)
    assert said[-1] == "['a,b\\n1,x\\n2,y\\n']" and "0 0" in said


@pytest.mark.slow
def test_a_measure_is_one_file_each(tree):
    """It stands in the answer, in the report, in the exported script and in the reference."""
    rng = random.Random(0)
    rows = [f"{'fm'[i % 2]},{'yn'[rng.random() < 0.4]},{rng.gauss(i % 7, 1):.3f},{i % 7}" for i in range(240)]
    (tree / "loans.csv").write_text("\n".join(["sex,ok,pay,grade", *rows]), encoding="utf-8")
    (tree / "none.json").write_text('{"steps": []}', encoding="utf-8")
    code = """
import json, pathlib, docs.generate
from contextlib import redirect_stdout
from io import StringIO
from dataops_core.cli.main import main

def told(*args):
    with redirect_stdout(StringIO()) as out:
        main([*args, "--json"])
    return json.loads(out.getvalue())

bias = told("bias", "loans.csv", "--target", "ok", "--favorable", "y", "--sensitive", "sex", "--html", "bias.html")
print(bias["data_measures"]["together"]["odds_ratio"]["value"] > 0, "Odds ratio" in pathlib.Path("bias.html").read_text())
compared = told("compare", "loans.csv", "none.json", "--target", "pay", "--folds", "3", "--repeats", "1", "--script", "c.py")
print(0 < compared["candidates"][0]["measures"]["median_error"]["mean"] < 3, "def median_error" in pathlib.Path("c.py").read_text())
judged = told("judge-synthetic", "loans.csv", "loans.csv")
print(judged["privacy"]["signals"]["twice"]["words"])
page = docs.generate.measures()
print([f"`{key}`" in page for key in ("odds_ratio", "median_error", "twice")])
"""
    assert answer(tree, code) == [
        "True True",
        "True True",
        "0 synthetic rows are there twice.",
        "[True, True, True]",
    ]


@pytest.mark.slow
def test_a_page_is_one_file_and_its_line(tree):
    code = """
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("app.py", default_timeout=60).run()
app.switch_page("pages/notes.py").run()
print([each.value for each in app.title], [each.value for each in app.markdown][-1:], len(app.exception))
"""
    assert answer(tree, code)[-1] == "['Notes'] ['Nothing yet.'] 0"
