"""What a person says about cells: put in before the search, spread to cells that hold the same, and asked for."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from dataops_core.errors import InputError, nearest
from dataops_core.repair.encoding import EncodedTable
from dataops_core.repair.proposal import Repair

ASKED = 20
SURE = 0.9  # what is less sure is worth a question
SPREAD = 0.9  # how sure a value is that a person gave for another cell with the same value
FREQUENT, TIMES = 5, 5  # rows of a usual value, unless the right one stands so many times more often
DISTANCE = 0.6  # of the letters, by which a value may differ from the right one
Labels = Mapping[tuple[int, str], str | None]


def read_labels(path: Path, names: Sequence[str], rows: int) -> dict[tuple[int, str], str | None]:
    """Labels from a CSV file with the columns row (from 0), column and value (empty: the cell should be empty)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The labels cannot be read: {error}.", path.name, "Write a CSV file in UTF-8.") from None
    found: dict[tuple[int, str], str | None] = {}
    for number, line in enumerate(lines, 2):
        where = f"{path.name}, line {number}"
        if not {"row", "column", "value"} <= line.keys() or line["value"] is None:
            raise InputError("The labels need the columns row, column and value.", where, "Add them.")
        if line["column"] not in names:
            raise InputError(f'There is no column "{line["column"]}".', where, nearest(line["column"], names))
        if not line["row"].isdecimal() or int(line["row"]) >= rows:
            raise InputError(f"There is no row {line['row']}.", where, f"Rows count from 0 to {rows - 1}.")
        found[int(line["row"]), line["column"]] = line["value"] or None
    return found


def apply_labels(table: EncodedTable, labels: Labels) -> EncodedTable:
    """A copy of the table with the labels put in."""
    made = table.copy()
    for (row, name), value in labels.items():
        column = made.columns[made.place(name)]
        column.codes[row] = -1 if value is None else column.code_of(value)
    return made


def label_repairs(table: EncodedTable, labels: Labels, known: set[tuple[int, str]]) -> list[Repair]:
    """The repairs that labels are, and those of cells that hold the same wrong value and have no proposal (`known`)."""
    made = []
    spread: defaultdict[tuple[str, str], set[str | None]] = defaultdict(set)
    right: set[tuple[str, str]] = set()
    for (row, name), value in labels.items():
        column = table.columns[table.place(name)]
        old = column.values[column.codes[row]] if column.codes[row] >= 0 else None
        if old == value:
            right.add((name, old or ""))
            continue
        made.append(Repair(row, name, old, value, 1.0, "label", "a person said so"))
        if old is not None:
            spread[name, old].add(value)
    for (name, old), values in spread.items():
        column = table.columns[table.place(name)]
        if len(values) > 1 or (name, old) in right or None in values:
            continue
        new = next(iter(values)) or ""
        code, other, counts = column.code_of(old), column.code_of(new), column.counts
        if counts[code] >= FREQUENT and counts[code] * TIMES > counts[other]:
            continue  # a usual value, which was wrong in that row only
        if Levenshtein.normalized_distance(old, new) > DISTANCE:
            continue  # nothing in it says what it should be
        for row in (column.codes == code).nonzero()[0].tolist():
            if (row, name) not in labels and (row, name) not in known:
                why = f'a person said so of another cell that holds "{old}"'
                made.append(Repair(row, name, old, next(iter(values)), SPREAD, "label", why))
    return made


def questions(table: EncodedTable, repairs: Sequence[Repair], sign: str | None, labels: Labels) -> list[dict]:
    """The cells most worth asking about: those whose repair is unsure or unknown; of equal ones, one.

    Cells that hold the stray sign and have no proposal come with new = None. Those that settle most others, and those
    in one row with others, come first.
    """
    sure = {(each.row, each.column) for each in repairs if (each.sure or 0) >= SURE}
    open_cells: list[tuple[int, str, str | None, str | None, str]] = [
        (each.row, each.column, each.old, each.new, each.why)
        for each in repairs
        if (each.row, each.column) not in sure and (each.row, each.column) not in labels
    ]
    proposed = {(each.row, each.column) for each in repairs}
    for column in table.columns:
        if sign is None or column.type != "text":
            continue
        counts = column.counts
        odd = [at for at, value in enumerate(column.values) if sign in value and 0 < counts[at] <= 0.05 * table.rows]
        usual = sum(int(counts[at]) for at, value in enumerate(column.values) if sign in value) > 0.2 * counts.sum()
        for at in odd if not usual else ():
            for row in (column.codes == at).nonzero()[0].tolist():
                if (row, column.name) not in proposed and (row, column.name) not in labels:
                    why = f'it holds "{sign}", which stands for other letters elsewhere'
                    open_cells.append((row, column.name, column.values[at], None, why))
    same = Counter((name, old) for _, name, old, _, _ in open_cells)
    together = Counter(row for row, *_ in open_cells)
    open_cells.sort(key=lambda cell: (-same[cell[1], cell[2]], -together[cell[0]], cell[0], cell[1]))
    made, seen = [], set()
    for row, name, old, new, why in open_cells:
        if (name, old) not in seen:
            seen.add((name, old))
            made.append({"row": row, "column": name, "old": old, "new": new, "why": why})
    return made[:ASKED]
