"""Missing cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np

from dataops_core.checks.arithmetic import Rule, rules
from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import words_of
from dataops_core.checks.personal import embedded_cells, is_about_persons, personal_cells
from dataops_core.checks.table_view import TableView
from dataops_core.checks.totals import total_places
from dataops_core.steps.fill_computed import fill_computed
from dataops_core.steps.fill_missing import fill_missing
from dataops_core.steps.flag_missing import flag_missing
from dataops_core.steps.step import Step
from dataops_core.wording import counted

_REMARKS = frozenset({"remark", "note", "comment", "bemerkung", "anmerkung", "hinweis", "opmerking", "commentaire"})
SPARSE = 0.8  # of the cells are empty where a word is noted now and then: a reason, an event


@check(
    "Missing cells",
    group="Missing values",
    scope="table",
    severity="note",
    fix=fill_missing,
    no_fix=(
        "What names a person or a thing, and free text, cannot be guessed from the other rows: look it up, or leave it"
        " missing."
    ),
)
def missing_cells(look: TableView) -> Iterator[Hit]:
    """Cells that hold nothing.

    Most methods drop or guess such rows. If people with a certain property are missing more often, results lean.
    """
    names = [name for name in look.named() if look.facts[name]["missing"] and look.distinct(name)]
    if not names:
        return
    blank, totals = look.blank_rows, total_places(look)  # which are findings of their own
    aside = blank | totals
    computed = {rule.total: rule for rule in reversed(rules(look))}
    for name in names:
        gone = np.unpackbits(look.gaps(name), count=look.rows).astype(bool) & ~aside
        message = f"{gone.sum():,} of {look.rows - aside.sum():,} cells are missing."
        if blank.any():
            message += f" The {counted(blank.sum(), 'blank row is', 'blank rows are')} not counted."
        if totals.any():
            message += f" The {counted(totals.sum(), 'row of totals is', 'rows of totals are')} not counted."
        few = gone.mean() < 0.05 or _is_remark(name)
        if not few and _may_be_open(look, name):
            few, message = True, f"{message} It may not have happened yet."
        if not few and gone.mean() >= SPARSE and look.table.column(name).kind in ("category", "text", "id", "boolean"):
            few, message = True, f"{message} It may be meant for few rows only."
        step, fix = _fix(look, name, gone, computed)
        yield Hit(gone, message, fix, "note" if few else "warning", (name,), step)


def _fix(
    look: TableView, name: str, gone: np.ndarray, computed: Mapping[str, Rule]
) -> tuple[Step | None, dict[str, Any] | None]:
    """A step that invents nothing: compute what follows from other columns, flag dates, fill only what is no name."""
    kind = look.table.column(name).kind
    rule = computed.get(name)
    stored = rule is not None and all(look.cells(part).parsed is None for part in (*rule.parts, rule.total))
    if rule and stored and np.isfinite(rule.made(look)[gone]).any():
        return fill_computed, {"column": name, "how": "sum" if rule.sign == "+" else "product", "of": list(rule.parts)}
    if kind in ("datetime", "date", "time"):
        return flag_missing, {"columns": [name]}
    if kind in ("id", "text") or _is_personal(look, name):
        return None, None
    return None, {"columns": [name], "how": "median" if kind == "number" else "most_frequent"}


def _may_be_open(look: TableView, name: str) -> bool:
    """Whether a date comes after another, more often known date of the same row: an end that is still to come."""
    if look.meant_facts(name)["type"] != "datetime":
        return False
    late = look.meant(name).moments
    for other in look.named(types=["datetime"], as_meant=True):
        if other == name or look.facts[other]["missing"] >= look.facts[name]["missing"]:
            continue
        early = look.meant(other).moments
        both = ~(np.isnat(early) | np.isnat(late))
        if both.sum() >= 50 and np.mean(late[both] >= early[both]) >= 0.95:
            return True
    return False


def _is_remark(name: str) -> bool:
    """Whether a column is for remarks, which most rows do without."""
    return bool(_REMARKS & words_of(name))


def _is_personal(look: TableView, name: str) -> bool:
    column = look.cells(name)
    return is_about_persons(column) or (
        column.type in ("text", "integer")
        and any(mask.any() for _, mask in chain(personal_cells(column), embedded_cells(column)))
    )
