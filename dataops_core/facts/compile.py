"""Write the SQL of every facts expression for DuckDB and Spark: `python -m dataops_core.facts.compile`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "sql"
DIALECTS = {"duckdb": "duckdb", "spark": "pyspark"}


def compiled() -> dict[str, str]:
    """The SQL of every expression, by file name: `DIALECT/EXPRESSION_TYPE.sql`."""
    import ibis
    from ibis.config import Config

    from dataops_core.facts.expressions import EXPRESSIONS
    from dataops_core.facts.pair_expressions import PAIRS

    class _Spark(Config):  # type: ignore[misc]  # Ibis ships no types
        treat_nan_as_null: bool = False

    options: Any = ibis.options
    if options.pyspark is None:  # the compiler asks for the options of an engine that need not be installed here
        options.pyspark = _Spark()
    return {
        f"{folder}/{name}_{kind}.sql": f"{ibis.to_sql(expression(kind), dialect=dialect)}\n"
        for folder, dialect in DIALECTS.items()
        for name, (expression, kinds) in (EXPRESSIONS | PAIRS).items()
        for kind in kinds
    }


def main() -> None:
    """Write the files."""
    for name, text in compiled().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
