"""End before start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import permutations

import numpy as np

from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.column_view import ColumnView, words_of
from dataops_core.checks.derived import swapped_days
from dataops_core.checks.meant_type import TIME
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
    ("entry", "exit"),
    ("entry", "leave"),
    ("entry", "leaving"),
    ("joined", "left"),
    ("eintritt", "austritt"),
    ("entrée", "sortie"),
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
    ("introduced", "discontinued"),
    ("launched", "discontinued"),
    ("listed", "discontinued"),
    ("received", "accepted"),
    ("received", "published"),
    ("submitted", "accepted"),
    ("accepted", "published"),
    ("collected", "determined"),
    ("collected", "identified"),
    ("since", "until"),
    ("issue", "due"),
    ("issued", "expires"),
    ("first", "last"),
    ("invoice", "payment"),
    ("install", "removal"),
    ("installed", "removed"),
    ("net", "gross"),
    ("manufacture", "expiry"),
    ("visit", "followup"),
    ("beginn", "ende"),
    ("anfang", "ende"),
    ("von", "bis"),
    ("ankunft", "abreise"),
    ("bestellt", "geliefert"),
    ("begin", "einde"),
    ("van", "tot"),
    ("début", "fin"),
    ("debut", "fin"),
    ("inicio", "fin"),
    ("inizio", "fine"),
)

ASIDE = {
    "date",
    "dates",
    "since",
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
    types: dict[str, str] = {name: look.meant_facts(name)["type"] for name in names}
    types = {name: "datetime" if told == "datetime" else "number" for name, told in types.items()}
    for name in look.named(types=["text"], least=2):
        if (look.facts[name].get("meant") or {}).get("type") == "time":
            names, types = [*names, name], {**types, name: "time"}
    words = {name: words_of(name) for name in names}
    paired = _pairs(words)
    moments = [name for name in names if types[name] == "datetime"][:MOST]
    times = [name for name in names if types[name] == "time"][:MOST]
    for one, other in sorted(
        {*paired, *permutations(moments, 2), *permutations(times, 2)},
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
        first, then = _before(early), _before(late)
        both = ~(np.isnan(first) | np.isnan(then))
        mask = (then < first) & both
        if types[one] == "time" and mask.any():
            mask &= ~_past_midnight(first, then, both & ~mask)
        wrong = mask.sum() / max(1, both.sum())
        least = wrong - 2 * np.sqrt(wrong * (1 - wrong) / max(1, both.sum()))  # few pairs leave the share open
        if named and wrong > 0.5:
            reverse.add((one, other))
        if mask.any() and (wrong <= 0.2 if named else least <= 0.03 and _holds_by_nature(early, late, both, wrong)):
            seen.add(frozenset((one, other)))
            mask &= ~(_no_date(early, look) | _no_date(late, look))
            for _, name, rows in swapped_days(look):  # has a finding of its own
                mask &= ~rows if name in (one, other) else True
            if not mask.any():
                continue
            said = (
                f"{other} lies before {one} in {counted(mask.sum(), 'row')}."
                if types[one] != "number"
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
    return np.zeros(cells.rows, dtype=bool) if cells.type == "text" else codes_for_missing(cells)


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
    """Numbers that are in the order of the cells; NaN where missing. Of times of day, the minutes since midnight."""
    if cells.type == "text":
        assert cells.dictionary is not None
        values, codes = cells.dictionary
        return np.append([minutes(text) for text in values.to_pylist()], np.nan)[codes]
    if cells.type != "datetime":
        return cells.numbers
    return moments_as_floats(cells.moments)


def minutes(text: str) -> float:
    """The minutes since midnight of a time of day; NaN where a text is none.

    >>> minutes("09:30"), minutes("5:15 pm"), minutes("noon")
    (570.0, 1035.0, nan)
    """
    bare = text.strip()
    if TIME.fullmatch(bare) is None:
        return np.nan
    parts = [float(part.replace(",", ".")) for part in re.findall(r"[0-9]+(?:[.,][0-9]+)?", bare)]
    hour = parts[0] % 12 + 12 * ("p" in bare.casefold()) if re.search("(?i)[ap]", bare) else parts[0]
    return 60 * hour + parts[1] + (parts[2] / 60 if len(parts) > 2 else 0)


def _past_midnight(first: np.ndarray, then: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Where something may have begun in the evening and ended the next day: it would have lasted as long as others."""
    lasted = (then - first)[usual]
    if not len(lasted):
        return np.zeros(len(first), dtype=bool)
    return then + 24 * 60 - first <= 1.2 * np.quantile(lasted, 0.95)


def _holds_by_nature(early: ColumnView, late: ColumnView, both: np.ndarray, wrong: float) -> bool:
    """Whether the order would not hold as well between rows that do not belong together, and the two are
    mostly close.
    """
    a, b = _before(early)[both], _before(late)[both]
    if len(a) < 50:
        return False
    by_chance = float(np.mean(np.roll(b, max(1, len(b) // 3)) < a))
    return by_chance > 0.1 and wrong < by_chance / 10
