"""Repairs on the error-correction benchmarks: precision, recall and F1 per table and cause, beside published figures.

    python -m benchmarks.repair [--folder FOLDER …]

A folder holds NAME_dirty.csv and NAME_clean.csv of any tables, and may hold NAME_cells.csv with the row, column and
kind of each error. Cells are compared after trimming, numbers as numbers, words for "nothing known" as missing. A
repair counts if it changes the cell in that sense.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

import pandas as pd

from dataops_core.checks.missing_tokens import means_missing
from dataops_core.read import read_file
from dataops_core.repair.proposal import Repair
from dataops_core.repair.propose import propose
from dataops_core.repair.recipe import accept

FOLDER = Path(__file__).parents[2] / "shared" / "data"
SURE = 0.9
PUBLISHED = {  # Mahdavi and Abedjan, PVLDB 2020, run five times with 20 labelled rows; HoloClean without rules
    "hospital": "Baran with 20 labelled rows: precision 0.79-0.92, recall 0.44-0.50; HoloClean without rules: F1 0.17",
    "beers": "Baran with 20 labelled rows: precision 0.87-0.97, recall 0.90-0.95; HoloClean without rules: F1 0",
}


def plain(cell: object) -> str | None:
    """A cell as it is compared."""
    text = str(cell).strip()
    if cell is None or text == "" or text.casefold() == "empty" or means_missing(text):
        return None
    try:
        return repr(float(text))
    except ValueError:
        return text


def texts(path: Path) -> pd.DataFrame:
    """All cells of a file as text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


class Truth:
    """A table with errors and the same table without."""

    def __init__(self, folder: Path, name: str, dirty: str = "dirty") -> None:
        self.path = folder / f"{name}_{dirty}.csv"
        wrong, right = texts(self.path), texts(folder / f"{name}_clean.csv")
        self.names = list(wrong.columns)
        right.columns = wrong.columns
        self.right = {(row, name): plain(cell) for name in right for row, cell in enumerate(right[name])}
        self.errors = {
            (row, name)
            for name in wrong
            for row, cell in enumerate(wrong[name])
            if plain(cell) != self.right[row, name]
        }
        self.words = right

    def judged(self, repairs: list[Repair]) -> tuple[int, int]:
        """How many repairs change a cell, and how many of them to what is right."""
        changes = [each for each in repairs if plain(each.old) != plain(each.new)]
        return len(changes), sum(plain(each.new) == self.right[each.row, each.column] for each in changes)


def scores(truth: Truth, repairs: list[Repair]) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    changed, right = truth.judged(repairs)
    precision, recall = right / max(1, changed), right / max(1, len(truth.errors))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def answers(truth: Truth, asked: list[dict]) -> dict[tuple[int, str], str | None]:
    """What a person who knows the truth says of the rows asked about: all their cells."""
    rows = {question["row"] for question in asked}
    return {(row, name): truth.words[name].iloc[row] or None for row in rows for name in truth.names}


def kinds_of(folder: Path, name: str) -> dict[tuple[int, str], str]:
    """The kind of each error, where a file says it."""
    path = folder / f"{name}_cells.csv"
    if not path.exists():
        return {}
    cells = texts(path)
    return {
        (int(row), column): f"{column}: {kind}"
        for row, column, kind in zip(cells["row"], cells["column"], cells["kind"], strict=True)
    }


def print_table_figures(folder: Path, name: str, scratch: Path, tenths: Counter[tuple[float, bool]]) -> tuple:
    """Print the figures of one table, and count how many proposals of each tenth are right."""
    truth = Truth(folder, name)
    table = read_file(truth.path, scratch / f"{name}.parquet").table
    began = time.process_time()
    found = propose(table)
    spent = time.process_time() - began
    taken = accept(found.repairs, SURE)
    figures = scores(truth, taken)
    print(f"\n{name}: {len(truth.errors):,} errors, {len(found.repairs):,} proposals, {spent:.1f} s of CPU")
    print("  at least {:.0%} sure: precision {:.3f}, recall {:.3f}, F1 {:.3f}".format(SURE, *figures))
    causes = defaultdict(list)
    for each in taken:
        causes[each.cause].append(each)
    for cause, repairs in causes.items():
        changed, right = truth.judged(repairs)
        columns = Counter(each.column for each in repairs if truth.judged([each]) == (1, 0))
        print(f"    {cause}: {right:,} right of {changed:,}; wrong in {dict(columns.most_common(4))}")
    _print_unseen(truth, found.repairs, kinds_of(folder, name))
    taught = propose(table, answers(truth, found.ask))
    more = scores(truth, accept(taught.repairs, SURE))
    print("  with answers on the rows asked about: precision {:.3f}, recall {:.3f}, F1 {:.3f}".format(*more))
    if name in PUBLISHED:
        print(f"  published: {PUBLISHED[name]}")
    clean = read_file(folder / f"{name}_clean.csv", scratch / f"{name}_clean.parquet").table
    spoiled = accept(propose(clean).repairs, SURE)
    columns = Counter((each.cause, each.column) for each in spoiled)
    print(f"  on the clean table: {len(spoiled)} cells of {clean.cells:,} changed {dict(columns)}")
    for each in found.repairs:
        if each.sure is not None and plain(each.old) != plain(each.new):
            tenths[int(each.sure * 20) / 20, plain(each.new) == truth.right[each.row, each.column]] += 1
    return name, *figures, len(spoiled)


def _print_unseen(truth: Truth, repairs: list[Repair], kinds: dict[tuple[int, str], str]) -> None:
    """The errors that have no proposal, and of each kind, how many are repaired rightly."""
    left = truth.errors - {(each.row, each.column) for each in repairs}
    print(f"  no proposal for {len(left) / max(1, len(truth.errors)):.1%} of the errors:", end=" ")
    print(dict(Counter(column for _, column in left).most_common(5)))
    right = {
        (each.row, each.column)
        for each in accept(repairs, SURE)
        if plain(each.new) == truth.right[each.row, each.column]
    }
    of_kind = Counter(kinds[cell] for cell in truth.errors if cell in kinds)
    unseen, good = (Counter(kinds[cell] for cell in cells if cell in kinds) for cells in (left, right & truth.errors))
    for kind, number in sorted(of_kind.items()):
        print(f"    {kind}: {good[kind]:,} of {number:,} right, {unseen[kind]:,} without a proposal")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, nargs="+", default=[FOLDER])
    parser.add_argument("--only", nargs="+", help="the names of the tables to look at (default: all)")
    args = parser.parse_args()
    tenths: Counter[tuple[float, bool]] = Counter()
    lines = []
    with tempfile.TemporaryDirectory() as scratch:
        for folder in args.folder:
            for path in sorted(folder.glob("*_dirty.csv")):
                name = path.name.removesuffix("_dirty.csv")
                if not args.only or name in args.only:
                    lines.append(print_table_figures(folder, name, Path(scratch), tenths))
    print("\nHow sure, and how many of these are right:")
    for low in sorted({low for low, _ in tenths}):
        right, wrong = tenths[low, True], tenths[low, False]
        print(f"  {low:.0%} to {low + 0.05:.0%}: {right / (right + wrong):.1%} of {right + wrong:,}")
    print(f"\n{'table':15} precision  recall      F1  changed on the clean table")
    for name, precision, recall, f1, spoiled in lines:
        print(f"{name:15} {precision:9.3f} {recall:7.3f} {f1:7.3f}  {spoiled}")


if __name__ == "__main__":
    main()
