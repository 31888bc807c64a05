"""The examples that --help shows run: on the sample's first rows, in a folder and a home of their own."""

import ast
import json
import shlex
import shutil
from pathlib import Path

import pytest

from dataops_core.cli.commands import COMMANDS, documentation, examples
from dataops_core.cli.main import main

ROOT = Path(__file__).parent.parent.parent
LEFT_OUT = {
    "more-rows": "needs a signed model, which takes minutes to learn; tests/synthetic/test_command.py makes one",
}
# what stands in the folder where somebody would try the examples
BEFORE = (
    "dataops commit loans sample_data/loan_applications.csv --recipe recipe.json -m First",
    "dataops commit loans march.csv --recipe recipe.json -m Second",
    "dataops rules suggest sample_data/loan_applications.csv -o rules.yaml --kinds not_missing,unique",
    "dataops rules export rules.yaml --to odcs -o contract.yaml",
    "dataops fit sample_data/loan_applications.csv --target approved --favorable yes --sensitive sex -o model.json",
    "dataops export loans 2 -o bundle.zip",
    'dataops promote loans 1 staging -m "First"',
    "dataops approve loans 1 --as robin",
    'dataops promote loans 2 staging -m "Second"',
    "dataops approve loans 2 --as robin",
)
NAMES = {"op": "drop_columns", "with": {"columns": ["application_id", "customer_no", "name", "email", "postal_code"]}}
ALSO = {"approve": ('dataops promote loans 2 production -m "The reports may use it"',)}  # what only one of them needs


def text_of(command: str) -> str:
    module = COMMANDS[command].replace(".", "/")
    return ast.get_docstring(ast.parse((ROOT / "dataops_core" / "cli" / f"{module}.py").read_text(encoding="utf-8")))


def run(line: str) -> int:
    program, *words = shlex.split(line)
    assert program == "dataops"
    return main(words)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    (folder / "sample_data").mkdir()
    loans = (ROOT / "sample_data" / "loan_applications.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "sample_data" / "loan_applications.csv").write_text("".join(loans[:301]), encoding="utf-8")
    (folder / "march.csv").write_text("".join([loans[0], *loans[301:501]]), encoding="utf-8")
    (folder / "synthetic.csv").write_text("".join([loans[0], *loans[501:701]]), encoding="utf-8")
    shutil.copy(ROOT / "sample_data" / "shop_orders.xlsx", folder / "sample_data")
    steps = [NAMES, {"op": "trim_spaces", "with": {"columns": ["city"]}}]
    recipe = {"format": "dataops-recipe/1", "name": "loans", "seed": 0, "steps": steps}
    (folder / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    rows = [f"{copy},{i},{1000 + 7 * i + copy},{'fm'[i % 2]}\n" for copy in (1, 2, 3) for i in range(20)]
    (folder / "filled_several_times.csv").write_text("imputation,id,income,sex\n" + "".join(rows), encoding="utf-8")
    (folder / "customers.csv").write_text("customer,city\n" + "".join(f"{i},{'AB'[i % 2]}\n" for i in range(80)))
    orders = "".join(f"{i},{i % 80},{i % 7}\n" for i in range(200))
    (folder / "orders.csv").write_text("order,customer,pieces\n" + orders, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATAOPS_HOME", str(folder / "home"))
        patch.chdir(folder)
        for line in BEFORE:
            assert run(line) in (0, 1), line
    return folder


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in LEFT_OUT])
def test_the_example_of_a_command_runs(command, prepared, tmp_path, monkeypatch, capsys, few_trees):
    shutil.copytree(prepared, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "here" / "home"))
    for line in ALSO.get(command, ()):
        assert run(line) == 0
    lines = examples(text_of(command))
    assert lines and all(line.startswith(f"dataops {command}") for line in lines)
    for line in lines:
        assert run(line) in (0, 1), f"{line}: {capsys.readouterr().err}"


def test_help_shows_the_example(capsys):
    for command in ("drift", "rules check"):
        with pytest.raises(SystemExit):
            main([*command.split(), "--help"])
        assert examples(text_of(command))[0] in capsys.readouterr().out


def test_what_help_says_of_a_command_is_the_documentation_of_its_module():
    for command, module in COMMANDS.items():
        code = (ROOT / "dataops_core" / "cli" / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8")
        assert documentation(code) == text_of(command) != ""


def test_few_examples_are_left_out_and_each_says_why():
    assert set(LEFT_OUT) <= set(COMMANDS) and len(LEFT_OUT) < 4
    assert all(len(why) > 20 for why in LEFT_OUT.values())
