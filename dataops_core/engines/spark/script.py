"""A recipe as a plain PySpark script, made from the source of the steps and of this engine; it runs without this
package.
"""

from __future__ import annotations

import pprint

from dataops_core import __version__
from dataops_core.engines.plan import check_plan, columns_learned_from, pieces_of, plan
from dataops_core.engines.spark.plain import as_module, run_plain, staged_by, take
from dataops_core.engines.spark.walk import Walk
from dataops_core.errors import DataOpsError, SettingError
from dataops_core.read import FORMATS
from dataops_core.read.unpack import unpack
from dataops_core.recipe.embed import Sources, valid
from dataops_core.recipe.narrow import named_columns
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep
from dataops_core.recipe.script import (
    READ_TABLES,
    needed_packages,
    one_line,
    reader_of,
    safe_word,
    step_settings,
    table_lines,
)
from dataops_core.steps import get
from dataops_core.table import content_hash

NAME = "clean_spark.py"
_PACKAGES = ("PySpark 4", "pandas", "pyarrow")
_USED = (  # what the frame of the script itself needs
    ("functools", "functools", ""),
    ("sys", "sys", ""),
    ("pd", "pandas", ""),
    ("Path", "pathlib", "Path"),
    ("Any", "typing", "Any"),
    ("TYPE_CHECKING", "typing", "TYPE_CHECKING"),
    ("Callable", "collections.abc", "Callable"),
)
_TEMPLATE = '''#!/usr/bin/env python3
"""{title}

Made by dataops-core {version} from the recipe "{name}". It needs Java 17, Python 3.11,
{needs},
on the workers too.

    spark-submit --master spark://HOST:7077 clean_spark.py IN OUT{more_usage}
    python clean_spark.py IN OUT{more_usage}        the same on the processors of this machine

IN is a file or a folder of files: Parquet, which Spark reads, or {form}, of which each file is read by one worker.
OUT is a folder of Parquet files in the table's order; it is there whole or not at all. All machines must see both
under the same path.
"""

from __future__ import annotations

{imports}

if TYPE_CHECKING:
    from pyspark import RDD, SparkContext

# How files other than Parquet are read; None: found out from the file itself.
READ: dict[str, Any] | None = {read}
{tables}

def clean(table: Walk) -> None:
    """The recipe, step by step, each in the pieces in which a cluster can do it."""
{steps}


def main() -> None:
    """Read, clean, write, and say the content hash of the result."""
    if len(sys.argv) != {arguments}:
        sys.exit("Usage: clean_spark.py IN OUT{more_usage}")
{read_tables}    reader = functools.partial({staged_by}, {reader}, READ)
    try:
        print({run_plain}(__file__, Path(sys.argv[1]), Path(sys.argv[2]), clean, reader))
    except DataOpsError as error:
        sys.exit(str(error))


# ---- The steps, the reader, and the way over a cluster, as they are in the workbench ----


{pieces}


if __name__ == "__main__":
    {as_module}(__file__)
'''


def spark_script(recipe: Recipe) -> str:
    """The text of a plain PySpark script that does what the recipe does.

    Raises SettingError where a step of the recipe cannot run on a cluster.
    """
    check_plan(plan(recipe, "spark"), "spark")
    form = (recipe.read or {}).get("format") or "csv"
    sources = Sources()
    sources.bring_as(_USED)
    reader = FORMATS[form].read
    for needed in (unpack, content_hash, Walk, take, DataOpsError):
        if sources.add(needed) != needed.__name__:
            raise SettingError(
                f'The name "{needed.__name__}" is taken in the script.', "script", "Rename the other one."
            )
    others = {name: reader_of(recipe, name, sources) for name in recipe.tables_needed}
    lines, earlier = [], RecipeContext()
    for number, entry in enumerate(recipe.steps, 1):
        lines += _lines(number, entry, recipe.seed, earlier, sources)
        earlier = earlier if entry.off else earlier.after(entry)
    called = {each.__name__: sources.add(each) for each in (staged_by, run_plain, as_module)}
    called["reader"] = sources.add(reader)
    pieces, name = sources.text(), one_line(recipe.name).replace('"', "'").replace("\\", "/")
    forms = (form, *(read.get("format") or "csv" for _, read in others.values()))
    made = _TEMPLATE.format(
        **called,
        title=name,
        name=name,
        version=__version__,
        needs=needed_packages(pieces, *forms, first=_PACKAGES),
        form=form,
        more_usage="".join(f" {safe_word(name)}=FILE" for name in others),
        arguments=3 + len(others),
        tables=table_lines(others),
        read_tables=READ_TABLES if others else "",
        imports=sources.import_lines(),
        read=pprint.pformat(recipe.read and dict(recipe.read), width=110, compact=True, sort_dicts=False),
        steps="\n".join(lines) or "    # no steps",
        pieces=pieces,
    )
    return valid(made, NAME)


def _lines(number: int, entry: RecipeStep, seed: int, earlier: RecipeContext, sources: Sources) -> list[str]:
    says, given = step_settings(number, entry, seed, earlier, sources)
    if entry.off:
        return says
    step = get(entry.op)
    settings = step.check(entry.settings)
    pieces = pieces_of(step, settings)
    sources.add(type(pieces))
    if step.learner is not None and entry.learned is None:
        given.append(f"        looks_at={columns_learned_from(step, settings, earlier)!r},")
    changes = named_columns(step, settings) if step.narrow else None
    if changes:
        given.append(f"        changes={changes!r},")
    return [*says, f"    take(\n        table, {pieces!r}, {step.function.__name__},", *given, "    )"]
