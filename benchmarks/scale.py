"""What a million rows cost, by engine and by size, beside DuckDB and Polars doing the same by hand.

    python -m benchmarks.scale [--rows 1000000 4000000] [--engines memory batches spark commit profile duckdb polars]

A table of 20 columns (text with spaces, decimals with gaps, whole numbers, dates) as Parquet; the recipe trims spaces,
fills gaps with medians, drops duplicates, rounds and sorts. `commit` runs it as a commit into a fresh store, `profile`
counts the facts of the table in batches. Each gets its own process, measured from outside with all that it starts:
processor seconds per million rows, and the most memory that all of them hold at once; after several sizes, by how much
the cost per million rows grew from the first to the last.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = 20
ENGINES = ("memory", "batches", "spark", "commit", "profile", "duckdb", "polars")
RECIPE = {
    "format": "dataops-recipe/1",
    "name": "scale",
    "steps": [
        {"op": "trim_spaces", "with": {"columns": ["text0", "text1"]}},
        {"op": "fill_missing", "with": {"columns": ["decimal0", "decimal1"], "how": "median"}},
        {"op": "drop_duplicate_rows", "with": {"columns": ["whole0", "text0"]}},
        {"op": "round_numbers", "with": {"columns": ["decimal2"], "digits": 1}},
        {"op": "sort_rows", "with": {"columns": ["text0", "whole0"]}},
    ],
}
DUCKDB = """
SET memory_limit = '2GB';
SET temp_directory = '{out}.spill';
COPY (
  WITH filled AS (SELECT * REPLACE (
      trim(text0) AS text0, trim(text1) AS text1,
      coalesce(decimal0, (SELECT median(decimal0) FROM '{source}')) AS decimal0,
      coalesce(decimal1, (SELECT median(decimal1) FROM '{source}')) AS decimal1,
      round(decimal2, 1) AS decimal2), row_number() OVER () AS place FROM '{source}'),
  kept AS (SELECT * FROM filled QUALIFY row_number() OVER (PARTITION BY whole0, text0 ORDER BY place) = 1)
  SELECT * EXCLUDE place FROM kept ORDER BY text0, whole0, place
) TO '{out}' (FORMAT parquet)
"""


@dataclass(frozen=True)
class Cost:
    """What one run cost: processor seconds, seconds, and megabytes at most."""

    cpu: float
    seconds: float
    megabytes: float


def make_source(path: Path, rows: int, seed: int = 1) -> None:
    """Write a table of 20 columns, 500,000 rows at a time."""
    rng = np.random.default_rng(seed)
    words = np.array([f" word {number} " if number % 5 == 0 else f"word {number}" for number in range(1_000)])
    writer = None
    for start in range(0, rows, 500_000):
        size = min(500_000, rows - start)
        made: dict[str, pa.Array] = {f"text{at}": pa.array(words[rng.integers(0, 1_000, size)]) for at in range(6)}
        for at in range(8):
            made[f"decimal{at}"] = pa.array(rng.normal(50, 20, size), mask=rng.random(size) < 0.05)
        for at in range(5):
            made[f"whole{at}"] = pa.array(rng.integers(0, rows, size))
        made["day"] = pa.array(np.datetime64("2020-01-01", "us") + rng.integers(0, 2_000, size) * 86_400_000_000)
        table = pa.table(made)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=100_000)
    if writer:
        writer.close()


def command(engine: str, source: Path, recipe: Path, out: Path) -> list[str]:
    """How an engine is called."""
    if engine == "duckdb":
        text = DUCKDB.format(source=source, out=out)
        return [sys.executable, "-c", f"import duckdb; duckdb.execute({text!r})"]
    if engine == "polars":
        return [sys.executable, "-m", "benchmarks.scale", "--polars", str(source), str(out)]
    ours = [sys.executable, "-m", "dataops_core"]
    if engine == "commit":
        return [*ours, "commit", out.stem, str(source), "--recipe", str(recipe), "-m", "measured"]
    if engine == "profile":
        return [*ours, "profile", str(source), "--on", "batches", "--json"]
    on = [] if engine == "memory" else ["--on", engine]
    return [*ours, "run", str(recipe), str(source), "-o", str(out), *on]


def is_there(engine: str) -> bool:
    """Whether the package of an engine is installed; says of each which version, or that it is left out."""
    package = {"duckdb": "duckdb", "polars": "polars", "spark": "pyspark"}.get(engine)
    if package is None:
        return True
    found = find_spec(package) is not None
    print(f"{package} {version(package)}" if found else f"{package} is not installed: {engine} is left out", flush=True)
    return found


def measured(arguments: list[str], home: Path) -> Cost:
    """Run a command, with a store in `home`, and measure its session from outside, five times a second."""
    started, cpu, most = time.monotonic(), dict[int, float](), 0.0
    environment = os.environ | {"DATAOPS_HOME": str(home)}
    process = subprocess.Popen(arguments, start_new_session=True, stdout=subprocess.DEVNULL, env=environment)
    while process.poll() is None:
        held = 0.0
        for pid, seconds, megabytes in session(process.pid):
            cpu[pid] = seconds
            held += megabytes
        most = max(most, held)
        time.sleep(0.2)
    if process.returncode not in ((0, 1) if "profile" in arguments else (0,)):  # 1: it found something
        raise SystemExit(f"{arguments} failed")
    return Cost(sum(cpu.values()), time.monotonic() - started, most)


def session(leader: int) -> list[tuple[int, float, float]]:
    """The processes of a session: number, processor seconds, and megabytes that they do not share."""
    found = []
    ticks = os.sysconf("SC_CLK_TCK")
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[3]) == leader:
                pages = (path / "statm").read_text().split()
                own = (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE") / 1e6
                found.append((int(path.name), (int(fields[11]) + int(fields[12])) / ticks, own))
        except (OSError, IndexError):
            continue
    return found


def by_polars(source: str, out: str) -> None:
    """The same by hand in Polars."""
    import polars as pl

    lazy = pl.scan_parquet(source).with_columns(
        pl.col("text0", "text1").str.strip_chars(),
        pl.col("decimal0").fill_null(pl.col("decimal0").median()),
        pl.col("decimal1").fill_null(pl.col("decimal1").median()),
        pl.col("decimal2").round(1),
    )
    kept = lazy.unique(["whole0", "text0"], keep="first", maintain_order=True)
    kept.sort("text0", "whole0", maintain_order=True, nulls_last=True).collect().write_parquet(out)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 4_000_000])
    parser.add_argument("--engines", nargs="+", default=list(ENGINES))
    parser.add_argument("--polars", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.polars:
        by_polars(*args.polars)
        return
    engines = [engine for engine in args.engines if is_there(engine)]
    print(f"{'engine':<10}{'rows':>12}{'CPU s per million':>20}{'seconds':>10}{'MB at most':>12}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        recipe = Path(folder, "recipe.json")
        recipe.write_text(json.dumps(RECIPE), encoding="utf-8")
        per_million: dict[str, list[float]] = {engine: [] for engine in engines}
        for rows in args.rows:
            source = Path(folder, f"{rows}.parquet")
            make_source(source, rows)
            for engine in engines:
                out = Path(folder, f"{engine}{rows}.parquet")
                cost = measured(command(engine, source, recipe, out), Path(folder, "home"))
                per_million[engine].append(cost.cpu / rows * 1e6)
                shutil.rmtree(Path(folder, "home"), ignore_errors=True)
                shutil.rmtree(out) if out.is_dir() else out.unlink(missing_ok=True)
                print(
                    f"{engine:<10}{rows:>12,}{per_million[engine][-1]:>20.1f}{cost.seconds:>10.0f}"
                    f"{cost.megabytes:>12,.0f}",
                    flush=True,
                )
            source.unlink()
        for engine, costs in per_million.items():
            if len(costs) > 1:
                print(f"{engine:<10}grew by {costs[-1] / costs[0]:.2f} per million rows", flush=True)


if __name__ == "__main__":
    main()
