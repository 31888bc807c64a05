"""Facts and findings beside the peers, same file, same run, each in a fresh process: `make bench-facts`.

What counts is CPU time (user and system, children included) and peak memory; the budgets are ratios to a peer of the
same run, or to the file. The exit code says whether all hold. `--rows 10000000` adds a Parquet file of that many rows.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

SKRUB = "skrub==0.11.0"
YDATA = """
import sys
import pandas as pd
from data_profiling import ProfileReport
ProfileReport(pd.read_csv(sys.argv[1]), minimal=True, progress_bar=False).to_file(sys.argv[2] + "/peer.html")
"""
TABLE_REPORT = """
import sys
sys.path.insert(1, sys.argv[2] + "/skrub")
import pandas as pd
from skrub import TableReport
open(sys.argv[2] + "/skrub.html", "w").write(TableReport(pd.read_csv(sys.argv[1]), verbose=0).html())
"""
SUMMARIZE = """
import sys
import duckdb
duckdb.sql("summarize select * from read_csv('" + sys.argv[1] + "')").fetchall()
"""
OURS = ("-m", "dataops_core", "profile")


@dataclass(frozen=True)
class Cost:
    """What a process took: CPU and wall seconds, and its peak memory in MB."""

    cpu: float
    wall: float
    peak: float


def cost(*arguments: str, ends: tuple[int, ...] = (0,), cores: int | None = None) -> Cost | None:
    """What `python ARGUMENTS` takes; None where it ends otherwise than it should."""
    begin = time.perf_counter()
    settings = {**os.environ, "YDATA_PROFILING_NO_ANALYTICS": "True", "MPLBACKEND": "agg"}
    inside = (lambda: os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])) if cores else None
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=settings,
        preexec_fn=inside,  # noqa: PLW1509 - no threads here yet
    )
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)  # the children that it waited for are counted in
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ends:
        print(said.decode(errors="replace")[-500:], file=sys.stderr)
        return None
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - begin, used.ru_maxrss / 1024)


def made(path: Path, rows: int, columns: int = 20) -> Path:
    """A made table; in a process of its own, for the peak memory of this one is where that of every
    contender begins.
    """
    subprocess.run([sys.executable, "-m", "benchmarks.customers", str(path), str(rows), str(columns)], check=True)
    return path


def with_skrub(folder: Path, source: str) -> bool:
    """Whether skrub can be imported; it is put beside the made table, not into the project, if need be."""
    if importlib.util.find_spec("skrub"):
        return True
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--target",
        str(folder / "skrub"),
        source,
    ]
    return subprocess.run(pip, check=False, capture_output=True).returncode == 0


def main() -> int:
    """Run all contenders, print what they took, and say which budgets hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, help="also ours on a Parquet file of this many rows")
    parser.add_argument(
        "--skrub", default=SKRUB, metavar="WHEEL", help="where skrub comes from, if it is not installed"
    )
    parser.add_argument("--only-ours", action="store_true", help="leave the peers out, and the budgets that need them")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dataops-bench-") as folder:
        return compare(Path(folder), asked)


def compare(folder: Path, asked: argparse.Namespace) -> int:
    """Measure, print, judge."""
    csv = str(made(folder / "customers.csv", 1_000_000))
    size = Path(csv).stat().st_size / 1024**2
    print(f"1,000,000 x 20 customers, {size:,.0f} MB of CSV")
    costs: dict[str, Cost | None] = {}
    if not asked.only_ours:
        costs["ydata-profiling minimal"] = cost("-c", YDATA, csv, str(folder))
        costs["skrub TableReport"] = (
            cost("-c", TABLE_REPORT, csv, str(folder)) if with_skrub(folder, asked.skrub) else None
        )
        costs["DuckDB SUMMARIZE"] = cost("-c", SUMMARIZE, csv)
    facts = costs["ours, facts"] = cost(*OURS, csv, "--facts", "--json")
    findings = costs["ours, facts and findings"] = cost(*OURS, csv, "--json", ends=(0, 1))
    peer = costs.get("ydata-profiling minimal")
    tell(costs, peer)
    short = cost(*OURS, str(made(folder / "short.csv", 100_000, 21)), "--json", ends=(0, 1), cores=2)
    tell({"ours, findings of 100,000 x 21, 2 cores": short}, None)
    budgets: list[tuple[str, float | None, float]] = [
        ("CPU time of facts / ydata-profiling", ratio(facts, peer), 1 / 12),
        ("CPU time of facts and findings / ydata-profiling", ratio(findings, peer), 1 / 6),
        ("Peak memory of facts / CSV", facts and facts.peak / size, 2.5),
        ("Peak memory of facts and findings / CSV", findings and findings.peak / size, 2.5),
        ("Seconds for all findings of 100,000 x 21", short and short.wall, 10.0),
    ]
    if asked.rows:
        budgets += large(folder, asked.rows)
    if asked.only_ours:
        budgets = [budget for budget in budgets if "ydata" not in budget[0]]
    for what, value, most in budgets:
        verdict = "not measured" if value is None else "holds" if value <= most else "DOES NOT HOLD"
        print(f"{what:<62} {value or 0:10.3f}  at most {most:9.3f}  {verdict}")
    return int(any(value is None or value > most for _, value, most in budgets))


def large(folder: Path, rows: int) -> list[tuple[str, float | None, float]]:
    """Ours on Parquet files of a million rows and of many."""
    files = {
        name: str(made(folder / f"{name}.parquet", count)) for name, count in (("million", 1_000_000), ("many", rows))
    }
    found, budgets = {}, []
    for what, options in (("facts", ("--facts",)), ("facts and findings", ())):
        for name, path in files.items():
            found[name] = cost(*OURS, path, "--json", *options, ends=(0, 1))
            tell({f"ours, {what}, Parquet of {rows if name == 'many' else 1_000_000:,}": found[name]}, None)
        many = found["many"]
        budgets += [
            (f"CPU time of {what}, {rows:,} rows / 1,000,000", ratio(many, found["million"]), rows / 1_000_000),
            (f"Peak memory of {what}, {rows:,} rows, in MB", many and many.peak, 1000.0),
        ]
    return budgets


def ratio(one: Cost | None, other: Cost | None) -> float | None:
    """CPU time by CPU time."""
    return one.cpu / other.cpu if one and other else None


def tell(costs: dict[str, Cost | None], peer: Cost | None) -> None:
    """One line per contender."""
    for what, each in costs.items():
        if each is None:
            print(f"{what:<46} not installed, or failed")
            continue
        beside = f"  {each.cpu / peer.cpu:6.3f} of ydata-profiling (1/{peer.cpu / each.cpu:.1f})" if peer else ""
        print(f"{what:<46} {each.cpu:7.2f} CPU s  {each.wall:7.2f} s  {each.peak:7,.0f} MB{beside}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
