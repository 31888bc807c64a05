"""The rules that hold the house together."""

import ast
import functools
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dataops_core import checks, source_hash, steps
from dataops_core.cli.commands import COMMANDS

ROOT = Path(__file__).parent.parent
# a name may import what stands to its left; names in one group may not import each other
ORDER = [
    {"errors"},
    {"hashing", "printable", "progress", "record", "registry", "scratch", "source_hash", "templates", "wording"},
    {"values", "stats"},
    {"table"},
    {"read", "write", "facts", "models"},
    {"privacy"},
    {"steps.step"},
    {"steps"},
    {"checks"},
    {"compare", "explore", "report"},
    {"recipe"},
    {"engines"},
    {"evaluation"},
    {"anonymize", "fairness", "imputation", "resampling", "outliers", "repair", "synthetic"},
    {"rules"},
    {"monitoring"},
    {"export"},
    {"publish"},
    {"access"},
    {"store"},
    {"cli"},
    {"__main__"},
]


def rank(name: str) -> tuple[int, str]:
    parts = name.removeprefix("dataops_core").strip(".").split(".")
    for size in (2, 1):
        key = ".".join(parts[:size])
        for number, group in enumerate(ORDER):
            if key in group:
                return number, key
    return -1, name  # the package itself


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def _trees_are_let_go():
    """Millions of objects, which every later collection of garbage would walk through."""
    yield
    parsed.cache_clear()


def statements(node: ast.AST) -> Iterator[ast.stmt]:
    """All statements within, however deep; a tenth of all the nodes, for none stands in an expression."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.stmt):
            yield inner
        if isinstance(inner, (ast.stmt, ast.excepthandler, ast.match_case)):
            yield from statements(inner)


@functools.cache
def imports(path: Path) -> list[str]:
    found = list(statements(parsed(path)))
    named = [node.module for node in found if isinstance(node, ast.ImportFrom) and node.module]
    return named + [alias.name for node in found if isinstance(node, ast.Import) for alias in node.names]


def modules() -> list[tuple[str, Path]]:
    paths = sorted((ROOT / "dataops_core").rglob("*.py"))
    return [(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"), path) for path in paths]


def test_imports_point_one_way():
    assert [name for name, _ in modules() if rank(name)[0] < 0] == ["dataops_core"]
    wrong = []
    for name, path in modules():
        here, mine = rank(name)
        for other in imports(path):
            if other.startswith("dataops_core") and here >= 0:
                there, theirs = rank(other)
                if there > here or (there == here and mine != theirs):
                    wrong.append(f"{name} imports {other}")
    assert wrong == []


def test_html_stands_in_templates():
    """No tag stands in a text of the code: templates escape what is put into them. (Mounts of components hold nothing.)"""
    tag = re.compile(r"<(?:!doctype|/?(?:div|p|span|table|t[dhr]|h[1-6]|ul|li|section|article|svg)\b)")
    folders = [path for folder in ("dataops_core", "pages") for path in (ROOT / folder).rglob("*.py")]
    wrong = []
    for path in folders:
        tree = parsed(path)
        docs = {id(node.value) for node in statements(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                if tag.search(node.value) and not re.fullmatch(r"<div [^<>]*></div>", node.value):
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_the_hash_of_code_covers_all_that_is_imported():
    for _, path in modules():
        known = source_hash._imports(path)
        assert {name for name in imports(path) if name.startswith("dataops_core.")} <= known, path
    counted = {
        path.relative_to(ROOT / "dataops_core").as_posix()
        for path in source_hash.reached("dataops_core.checks", "dataops_core.facts")
    }
    assert {
        "read/cells.py",
        "table/kinds.py",
        "steps/_cells.py",
        "checks/outliers.py",
        "facts/sql/duckdb/values_text.sql",
    } <= counted
    reports = {path.name for path in source_hash.reached("dataops_core.report.page")}
    assert {"page.py", "profile.html", "style.css"} <= reports
    assert not any(name.startswith(("store/", "cli/", "synthetic/")) for name in counted)
    with pytest.raises(LookupError, match="no module"):
        source_hash.reached("dataops_core.nowhere")


def test_a_change_of_code_changes_its_hash(tmp_path, monkeypatch):
    home = tmp_path / "dataops_core"
    (home / "low").mkdir(parents=True)
    for name, text in (
        ("top.py", "from dataops_core.low import (\n    deep,\n)\n"),
        ("low/__init__.py", ""),
        ("low/deep.py", "a = 1\n"),
        ("beside.py", ""),
    ):
        (home / name).write_text(text)
    monkeypatch.setattr(source_hash, "ROOT", home)
    hashed = source_hash.source_hash.__wrapped__
    before = hashed("dataops_core.top")
    (home / "beside.py").write_text("a = 2\n")
    assert hashed("dataops_core.top") == before
    (home / "low" / "deep.py").write_text("a = 2\n")
    assert hashed("dataops_core.top") != before


def test_what_is_cached_draws_nothing():
    for path in sorted((ROOT / "pages").rglob("*.py")):
        for node in statements(parsed(path)):
            if isinstance(node, ast.FunctionDef) and any("cache_" in ast.unparse(each) for each in node.decorator_list):
                drawn = {
                    ast.unparse(each)
                    for line in node.body
                    for each in ast.walk(line)
                    if isinstance(each, ast.Attribute) and ast.unparse(each).startswith("st.")
                }
                assert not drawn, f"{path.name}: {node.name} is cached and draws by {drawn}"


def test_no_step_imports_a_step():
    wrong = [
        (name, other)
        for name, path in modules()
        if name.startswith("dataops_core.steps.") and not name.endswith(".step")
        for other in imports(path)
        if other.startswith("dataops_core.steps.") and not re.search(r"\.(step|_\w+)$", other)
    ]
    assert wrong == []


def test_no_check_imports_a_check():
    wrong = [
        (name, other)
        for name, path in modules()
        if name.rsplit(".", 1)[-1] in checks.REGISTRY and ".checks." in name
        for other in imports(path)
        if other.rsplit(".", 1)[-1] in checks.REGISTRY
    ]
    assert wrong == []


def test_the_engine_knows_nothing_of_streamlit_nor_of_pages():
    wrong = [
        (name, other)
        for name, path in modules()
        for other in imports(path)
        if re.match(r"(streamlit|pages|app)\b", other)
    ]
    assert wrong == []


def test_importing_the_command_line_loads_no_heavy_package():
    code = (
        "import sys; from dataops_core.cli.commands import make_parser; make_parser(); import dataops_core.synthetic;"
        " print(sorted({m.split('.')[0] for m in sys.modules}))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    heavy = {
        "streamlit",
        "sdv",
        "torch",
        "fairlearn",
        "sklearn",
        "plotly",
        "matplotlib",
        "data_profiling",
        "ydata_profiling",
    }
    assert heavy & set(ast.literal_eval(loaded)) == set()


@pytest.mark.slow
def test_importing_the_app_and_its_pages_loads_neither_sdv_nor_torch():
    """Pages are run here, as a browser's first visit runs them; the worker is the process that learns, and it too
    begins without.
    """
    code = (
        "import sys, tempfile, os\nos.environ['DATAOPS_HOME'] = tempfile.mkdtemp()\nimport"
        " dataops_core.store.worker\nfrom streamlit.testing.v1 import AppTest\nfrom pathlib import Path\nfor page in"
        " ['app.py', *sorted(map(str, Path('pages').glob('*.py')))]:\n    AppTest.from_file(page,"
        " default_timeout=60).run()\nprint(sorted({m.split('.')[0] for m in sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()[-1]
    assert "streamlit" in loaded and {"sdv", "torch", "ctgan", "fairlearn"} & set(ast.literal_eval(loaded)) == set()


@pytest.mark.parametrize(
    "package",
    [
        "access",
        "table",
        "read",
        "write",
        "facts",
        "steps",
        "checks",
        "compare",
        "fairness",
        "imputation",
        "monitoring",
        "privacy",
        "report",
        "rules",
        "synthetic",
    ],
)
def test_public_names_are_pinned_and_there(package):
    module = importlib.import_module(f"dataops_core.{package}")
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
    assert module.__all__ == sorted(module.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name))


def test_no_file_of_ours_is_longer_than_550_lines():
    paths = [
        p
        for folder in ("dataops_core", "pages", "tests", "sample_data", "benchmarks")
        for p in (ROOT / folder).rglob("*.py")
    ]
    long = {
        str(p.relative_to(ROOT)): len(p.read_text(encoding="utf-8").splitlines()) for p in [*paths, ROOT / "app.py"]
    }
    assert {name: lines for name, lines in long.items() if lines > 550} == {}
    assert long["app.py"] < 60


def packages() -> list[Path]:
    """The folders with code, tests and pages among them."""
    parts = ("dataops_core", "pages", "tests", "benchmarks", "docs", "sample_data")
    return sorted({path.parent for part in parts for path in (ROOT / part).rglob("*.py")})


def test_no_folder_has_more_than_20_files():
    free = {"dataops_core/steps", "dataops_core/checks", "tests/steps"}  # one file for each step and check
    free |= {"tests/browser"}  # one too many
    many = {
        folder.relative_to(ROOT).as_posix(): len(files)
        for folder in packages()
        if len(files := [path for path in folder.iterdir() if path.is_file()]) > 20
    }
    assert {name: files for name, files in many.items() if name not in free} == {}


def test_every_package_says_what_lives_there():
    empty = [
        folder.relative_to(ROOT).as_posix()
        for part in ("dataops_core", "pages/_ui")
        for folder in sorted({path.parent for path in (ROOT / part).rglob("*.py")})
        if not (folder / "__init__.py").is_file() or len(ast.get_docstring(parsed(folder / "__init__.py")) or "") < 15
    ]
    assert empty == []


def test_every_command_is_in_the_reference():
    reference = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"| `{name} " not in reference] == []


def test_every_command_is_one_module_with_options_a_handler_and_an_example():
    for name, module in COMMANDS.items():
        code = importlib.import_module(f"dataops_core.cli.{module}")
        assert callable(code.add_options) and callable(code.run), name
        assert [line for line in code.__doc__.splitlines() if line.startswith(f"dataops {name}")], f"{name}: no example"
    handlers = {
        path.relative_to(ROOT / "dataops_core" / "cli").with_suffix("").as_posix().replace("/", ".")
        for path in sorted((ROOT / "dataops_core" / "cli").rglob("*.py"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "run" for node in parsed(path).body)
    }
    assert handlers == set(COMMANDS.values())


def test_every_step_explains_itself():
    for step in steps.REGISTRY.values():
        assert step.summary.endswith("."), step.name
        assert len(step.doc.splitlines()) > 2, f"{step.name}: say when to use it, with an example"
        assert ">>>" in step.doc, f"{step.name} has no example"
        for setting in step.settings:
            assert setting.label and (setting.help or setting.choices), f"{step.name}: explain {setting.name}"


def test_every_check_says_why_it_matters():
    for check in checks.REGISTRY.values():
        assert check.summary.endswith("."), check.name
        assert len(check.why) > 40, f"{check.name}: say why it matters"


def test_every_page_is_in_the_readme_and_begins_with_the_guard():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "pages").glob("*.py")):
        assert f"**{page.stem.capitalize()}**" in readme
        tree = parsed(page)
        code = [
            n
            for n in tree.body
            if not isinstance(n, (ast.Import, ast.ImportFrom))
            and not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
        ]
        first = next(
            n
            for n in code
            if any(isinstance(c, ast.Call) for c in ast.walk(n)) and not ast.unparse(n).startswith("SAMPLE")
        )
        assert "page_header.enter(" in ast.unparse(first), (
            f"{page.name}: the first thing a page does is page_header.enter(…)"
        )


def test_every_table_on_a_page_shows_nothing_for_what_is_missing():
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "pages").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("dataframe", "data_editor")
        and not any(each.arg == "placeholder" for each in node.keywords)
    ]
    assert not bare, 'Streamlit writes "None" there'


def test_every_public_function_of_the_engine_has_a_docstring():
    missing = []
    for name, path in modules():
        for node in statements(parsed(path)):
            if (
                isinstance(node, (ast.FunctionDef, ast.ClassDef))
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                inner = name.endswith("steps.step") and node.name == "register"
                missing += [] if inner or _is_nested(path, node) else [f"{name}.{node.name}"]
    assert missing == []


def _is_nested(path: Path, node: ast.AST) -> bool:
    functions = [each for each in statements(parsed(path)) if isinstance(each, ast.FunctionDef)]
    return any(
        inner.lineno == node.lineno
        for each in functions
        for inner in statements(each)
        if isinstance(inner, ast.FunctionDef)
    )


def test_at_the_top_stands_what_users_and_tools_expect_there():
    asked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if asked.returncode:
        pytest.skip("not a checkout")
    top = {name.partition("/")[0] for name in asked.stdout.split("\n") if name}
    expected = "app.py pages dataops_core tests sample_data README.md .streamlit pyproject.toml Makefile LICENSE"
    tools = "CHANGELOG.md CONTRIBUTING.md docs benchmarks .ci .gitignore mkdocs.yml"
    assert {name for name in top if not re.fullmatch(r"requirements[a-z-]*\.txt", name)} <= {
        *expected.split(),
        *tools.split(),
    }
