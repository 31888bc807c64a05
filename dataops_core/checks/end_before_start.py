"""End before start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

import numpy as np

from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.column_view import ColumnView, words_of
from dataops_core.checks.missing_codes import codes_for_missing
from dataops_core.checks.table_view import TableView
from dataops_core.values.numbers import moments_as_floats
from dataops_core.wording import counted

# (what comes first or is less, what comes later or is more), as words in two otherwise like names or as a pair of terms
PAIRS = (
    ("start", "end"),
    ("begin", "end"),
    ("started", "ended"),
    ("from", "to"),
    ("from", "until"),
    ("admission", "discharge"),
    ("admitted", "discharged"),
    ("order", "ship"),
    ("ordered", "shipped"),
    ("order", "shipping"),
    ("order", "delivery"),
    ("ordered", "delivered"),
    ("order", "shipped"),
    ("order", "delivered"),
    ("ship", "delivery"),
    ("shipped", "delivered"),
    ("open", "close"),
    ("opened", "closed"),
    ("birth", "death"),
    ("birth", "admission"),
    ("born", "died"),
    ("hire", "exit"),
    ("hired", "left"),
    ("check in", "check out"),
    ("checkin", "checkout"),
    ("departure", "arrival"),
    ("min", "max"),
    ("minimum", "maximum"),
    ("low", "high"),
    ("lower", "upper"),
    ("diastolic", "systolic"),
    ("created", "updated"),
    ("created", "closed"),
    ("issue", "due"),
    ("issued", "expires"),
    ("first", "last"),
    ("invoice", "payment"),
    ("install", "removal"),
    ("installed", "removed"),
    ("net", "gross"),
    ("manufacture", "expiry"),
    ("visit", "followup"),
)

ASIDE = {
    "date",
    "dates",
    "time",
    "day",
    "at",
    "on",
    "timestamp",
    "value",
    "temperature",
    "temp",
    "pressure",
    "bp",
    "price",
}
MOST = 40  # dates that are compared without names that say which is first


@check(
    "End before start",
    group="Dates",
    scope="table",
    severity="error",
    no_fix="Which of the two is wrong, only the source knows; filter the rows, or set both to missing.",
)
def end_before_start(look: TableView) -> Iterator[Hit]:
    """Pairs such as start and end, order and delivery, least and most, where the later one lies before the earlier one.

    Durations become negative, and one of the two is wrong.
    """
    seen: set[frozenset[str]] = set()
    reverse: set[tuple[str, str]] = set()  # the names mean the other order here: a guest arrives, then departs
    found: list[tuple[bool, Hit]] = []
    names = look.named(types=["datetime", "integer", "decimal"], least=2, as_meant=True)
    types = {name: look.meant_facts(name)["type"] == "datetime" for name in names}
    words = {name: words_of(name) for name in names}
    paired = _pairs(words)
    moments = [name for name in names if types[name]][:MOST]
    for one, other in sorted(
        {*paired, *permutations(moments, 2)},
        key=lambda pair: (pair not in paired, names.index(pair[0]), names.index(pair[1])),
    ):
        named = (one, other) in paired
        if (
            frozenset((one, other)) in seen
            or types[one] != types[other]
            or (not named and (other, one) in paired and (other, one) not in reverse)
        ):
            continue
        early, late = look.meant(one), look.meant(other)
        mask = _before(late) < _before(early)
        both = ~(early.missing | late.missing)
        mask &= both
        wrong = mask.sum() / max(1, both.sum())
        least = wrong - 2 * np.sqrt(wrong * (1 - wrong) / max(1, both.sum()))  # few pairs leave the share open
        if named and wrong > 0.5:
            reverse.add((one, other))
        if mask.any() and (wrong <= 0.2 if named else least <= 0.03 and _holds_by_nature(early, late, both, wrong)):
            seen.add(frozenset((one, other)))
            mask &= ~(_no_date(early, look) | _no_date(late, look))
            if not mask.any():
                continue
            said = (
                f"{other} lies before {one} in {counted(mask.sum(), 'row')}."
                if early.type == "datetime"
                else f"{other} is less than {one} in {counted(mask.sum(), 'row')}."
            )
            found.append((named, Hit(mask, said, columns=(one, other))))
    for named, hit in found:
        if named or not any(_explained(hit, wider) for _, wider in found):
            yield hit


def _no_date(cells: ColumnView, look: TableView) -> np.ndarray:
    """Which dates have a finding of their own, because the year cannot be or they stand for none; numbers that stand
    for none.
    """
    if cells.type == "datetime":
        mask = np.zeros(cells.rows, dtype=bool)
        for name in ("absurd_dates", "disguised_missing"):
            for hit in hits(REGISTRY[name], cells, look.context):
                mask |= hit.mask
        return mask
    return codes_for_missing(cells)


def _explained(hit: Hit, wider: Hit) -> bool:
    """Whether another pair with one of the two columns has all the rows, and more: one date is wrong, against both."""
    return bool(
        hit is not wider
        and set(hit.columns) & set(wider.columns)
        and hit.mask.sum() < wider.mask.sum()
        and not (hit.mask & ~wider.mask).any()
    )


def _pairs(words: Mapping[str, set[str]]) -> set[tuple[str, str]]:
    """The names that say which of two is first: they differ by the words of a pair, as a whole or beside the same rest.

    >>> _pairs({"start_date": {"start", "date"}, "end": {"end"}, "size": {"size"}})
    {('start_date', 'end')}
    """
    found: set[tuple[str, str]] = set()
    for first, second in PAIRS:
        a, b = set(first.split()), set(second.split())
        later: dict[frozenset[str], list[str]] = {}
        for name, held in words.items():
            if b <= held and not a <= held:
                later.setdefault(frozenset(held - b - ASIDE), []).append(name)
        for name, held in words.items():
            if a <= held and not b <= held:
                found.update((name, other) for other in later.get(frozenset(held - a - ASIDE), ()))
    return found


def _before(cells: ColumnView) -> np.ndarray:
    if cells.type != "datetime":
        return cells.numbers
    return moments_as_floats(cells.moments)


def _holds_by_nature(early: ColumnView, late: ColumnView, both: np.ndarray, wrong: float) -> bool:
    """Whether the order would not hold as well between rows that do not belong together, and the two are
    mostly close.
    """
    a, b = _before(early)[both], _before(late)[both]
    if len(a) < 50:
        return False
    by_chance = float(np.mean(np.roll(b, max(1, len(b) // 3)) < a))
    return by_chance > 0.1 and wrong < by_chance / 10
