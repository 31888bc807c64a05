"""Rules at a million rows: processor time of suggesting, of checking fifty; how often rules fail on second draws.

    python -m benchmarks.rules [--rows 1000000] [--draws 10]

Budgets: 60 seconds of processor time for suggestions, 10 for fifty rules; fewer than one rule in a hundred may fail on
another draw from the same source.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from dataops_core.rules import check_rules, suggest_rules
from dataops_core.table import Table, tidy, write_table
from tests.rules.draws import SOURCES, orders


def main() -> int:
    """Print the figures; 1 where a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument(
        "--draws", type=int, default=10, help="second draws of each of three sources, for three first ones"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        late = _speed(Path(folder), asked.rows) if asked.rows else False
        wrong = _alarms(Path(folder), asked.draws) if asked.draws else False
    return int(late or wrong)


def _written(path: Path, frame: pd.DataFrame) -> Table:
    made = tidy(frame)
    made.index = pd.RangeIndex(len(made), name="row")
    return write_table(path, [made])


def _speed(folder: Path, rows: int) -> bool:
    rng = np.random.default_rng(0)
    frame = orders(1, rows)
    more = {"region": rng.choice(list("ABCDEF"), rows), "score": rng.normal(0, 1, rows), "flag": rng.random(rows) < 0.3}
    table = _written(folder / "large.parquet", frame.assign(**more))
    del frame
    started = time.process_time()
    rules = suggest_rules(table)
    suggested = time.process_time() - started
    fifty = (rules * 2)[:50]
    started = time.process_time()
    results = check_rules(table, fifty)
    checked = time.process_time() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{rows:,} x {len(table.columns)}: {len(rules)} rules suggested in {suggested:.1f} s (budget 60 s)")
    failing = sum(each.status == "failed" for each in results)
    print(f"{len(fifty)} rules checked in {checked:.1f} s (budget 10 s), {failing} fail; most memory {memory:,.0f} MB")
    return suggested > 60 or checked > 10


def _alarms(folder: Path, draws: int) -> bool:
    suggested, checked, failed = 0, 0, Counter()
    for name, draw in SOURCES.items():
        for seed in range(3):
            rules = suggest_rules(_written(folder / "first.parquet", draw(seed)))
            suggested += len(rules)
            for other in range(draws):
                results = check_rules(_written(folder / "second.parquet", draw(100 + seed * draws + other)), rules)
                checked += len(results)
                failed.update(f"{name}: {each.rule.sentence}" for each in results if each.status == "failed")
    share = sum(failed.values()) / max(1, checked)
    wrong = sum(failed.values())
    print(f"{suggested} rules, {checked:,} verdicts on second draws, {wrong} failed ({share:.2%}; budget 1 %)")
    for sentence, times in failed.most_common(10):
        print(f"  {times} times {sentence}")
    return share >= 0.01


if __name__ == "__main__":
    sys.exit(main())
