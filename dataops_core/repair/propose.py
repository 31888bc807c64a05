"""The proposals for a table: candidates with how sure they are and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from dataops_core.progress import Progress, no_progress
from dataops_core.repair import confidence
from dataops_core.repair.candidates import Candidates, Search, search
from dataops_core.repair.encoding import EncodedTable, encode
from dataops_core.repair.labels import apply_labels, label_repairs, questions
from dataops_core.repair.proposal import Repair
from dataops_core.table import Table

SCORED = (
    "characters",
    "synonym",
    "measure",
    "scale",
    "point",
    "unit",
    "format",
    "spelling",
    "split",
    "swapped",
    "row",
)  # tested on their own: the score says how sure they are
WRONG = ("agreement", "slip", "source")  # causes of values that are wrong, and not just written otherwise
VALUE_FIRST = 0.5
OFTEN, TIMES = 0.05, 3  # of the cells of a column are missing, and so many times as many as are wrong


@dataclass(frozen=True)
class Proposals:
    """The repairs proposed for a table, by row and column; the dependencies on which they rest; and the cells that are
    most worth asking a person about; `told_by` is the column of sources, by the column in which they contradict each
    other.
    """

    repairs: list[Repair]
    dependencies: list[dict]
    ask: list[dict]
    told_by: dict[str, str] = field(default_factory=dict)


def propose(
    table: Table,
    labels: Mapping[tuple[int, str], str | None] | None = None,
    seed: int = 0,
    progress: Progress = no_progress,
) -> Proposals:
    """The repairs of a table, each with how sure it is; the same seed gives the same proposals.

    `labels` are right values that a person gave, by row (from 0) and column; None: the cell should be empty.
    """
    progress(0.05, "Reading the values")
    before = encode(table)
    start = apply_labels(before, labels or {})
    progress(0.15, "Looking for columns that follow from others")
    found = search(start, seed)
    progress(0.5, "Planting errors to see how sure the proposals are")
    measured = confidence.measure(found, start, seed)
    if labels:
        confidence.learn(measured, search(before, seed), before, labels)
    progress(0.9, "Writing down why")
    known = labels or {}
    best: dict[tuple[int, str], Repair] = {}
    for each in found.found:
        for repair in _repairs(each, found, before, measured):
            cell = (repair.row, repair.column)
            best[cell] = _better(best[cell], repair) if cell in best else repair
    repairs = [repair for cell, repair in best.items() if cell not in known]
    repairs += label_repairs(before, known, {(repair.row, repair.column) for repair in repairs})
    repairs.sort(key=lambda repair: (repair.row, before.place(repair.column)))
    dependencies = [_dependency_json(found, at) for at in range(len(found.dependencies))]
    names = [column.name for column in before.columns]
    told_by = {names[each.column]: names[each.claimed[1]] for each in found.found if each.cause == "source"}
    return Proposals(repairs, dependencies, questions(before, repairs, found.sign, known), told_by)


def _better(form: Repair, value: Repair) -> Repair:
    """Of the repair of a cell's form and that of its value the one that is more probably right: the value is what the
    form is repaired for, and where it is wrong, its form is not enough.
    """
    if form.sure is None or value.sure is None or value.sure >= VALUE_FIRST:
        return value
    return replace(form, sure=round(form.sure * (1 - value.sure), 4))


def _repairs(each: Candidates, found: Search, before: EncodedTable, measured: confidence.Measured) -> list[Repair]:
    old, new = before.columns[each.column], found.repaired.columns[each.column]
    measure = measured.sure(each.cause, each.column, each.score, confidence.repeats(old, each.rows))
    sure = each.score if each.cause in SCORED else np.minimum(measure, 0.999)
    if each.cause == "missing" and _are_missing_by_nature(each.column, found, before):
        sure = np.full(len(sure), np.nan)  # which no planted error tells
    made = []
    whys = _Whys(found, before)
    for row, code, share in zip(each.rows.tolist(), each.codes.tolist(), sure.tolist(), strict=True):
        held = old.values[old.codes[row]] if old.codes[row] >= 0 else None
        value = new.values[code] if code >= 0 else None
        if held != value:
            by, why = ((), each.why) if each.why else whys.of(row, each.column, code)
            known = None if np.isnan(share) else round(float(share), 4)
            made.append(Repair(row, old.name, held, value, known, each.cause, why, by))
    return made


def _are_missing_by_nature(column: int, found: Search, before: EncodedTable) -> bool:
    """Whether a column may have nothing in its empty cells: they are many, and far more than those that are wrong."""
    missing = before.columns[column].codes < 0
    wrong = sum(len(each.rows) for each in found.found if each.column == column and each.cause in WRONG)
    return bool(missing.mean() > OFTEN and missing.sum() > TIMES * wrong)


class _Whys:
    """Sentences on what a repair is based on; the groups of a dependency are looked up once."""

    def __init__(self, found: Search, before: EncodedTable) -> None:
        self.found, self.before = found, before

    def of(self, row: int, column: int, code: int) -> tuple[tuple[str, ...], str]:
        """The deciding columns that speak most clearly for it, and what they say in words."""
        best = None
        for ballot in self.found.ballots:
            if ballot.dependency.following == column and ballot.value[row] == code and ballot.others[row] > 0:
                share = ballot.dependency.strength * ballot.agree[row] / (ballot.others[row] + 1.0)
                if best is None or share > best[0]:
                    best = (share, ballot)
        if best is None:
            return (), "other columns of the row speak for it"
        ballot = best[1]
        repaired = self.found.repaired
        said = " and ".join(
            f'{repaired.columns[at].name} "{repaired.columns[at].values[repaired.columns[at].codes[row]]}"'
            for at in ballot.dependency.deciding
        )
        name, value = repaired.columns[column].name, repaired.columns[column].values[code]
        by = tuple(repaired.columns[at].name for at in ballot.dependency.deciding)
        return by, f'in {ballot.agree[row]:,} of {ballot.others[row] + 1:,} rows with {said}, {name} is "{value}"'


def _dependency_json(found: Search, at: int) -> dict:
    each, names = found.dependencies[at], [column.name for column in found.repaired.columns]
    return {
        "from": [names[place] for place in each.deciding],
        "to": names[each.following],
        "strength": round(each.strength, 4),
        "rows": each.rows,
        "groups": each.groups,
    }
