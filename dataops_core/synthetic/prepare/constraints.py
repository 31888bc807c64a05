"""Constraints: what holds in (nearly) all rows of a table and must hold in all rows of its twin; found, checked,
counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.table import Column
from dataops_core.values.numbers import in_days

TYPES: dict[str, str] = {
    "order": "{a} is at most {b}",
    "combination": "{all} only in combinations that exist",
    "sum": "{parts} make {total}",
    "one_hot": "exactly one of {all} is 1",
    "increment": "{a} comes in steps of {by}",
    "between": "{a} lies between {min} and {max}",
    "unique": "{a} is different in every row",
    "together": "{all} are missing together",
}
HOLDS = 0.99  # share of rows in which it must hold to be proposed
LEAST = 30  # rows below which nothing is found
LEVELS = 1_000  # values of a column of a combination, at most
WIDE = 60  # columns of one kind that are looked at
Constraint = Mapping[str, Any]


def find(frame: pd.DataFrame, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Constraints that a tidy frame suggests: {"type", "columns", …, "rows", "violations", "words"}; those that can
    only hold by chance are not.

    order (columns), combination (columns), sum (columns = parts, total), one_hot (columns), increment (columns, by),
    unique, together.
    """
    if len(frame) < LEAST:
        return []
    known = [column for column in columns if frame[column.name].notna().any()]
    numbers = {
        c.name: in_days(frame[c.name])
        for c in known
        if c.type in ("integer", "decimal", "datetime") and c.kind not in ("id", "category")
    }
    found: list[dict[str, Any]] = _one_hots(frame, known)
    hot = {name for each in found for name in each["columns"]}
    amounts = [c.name for c in known if c.name in numbers and c.type in ("integer", "decimal") and c.name not in hot][
        :WIDE
    ]
    sums = _sums(numbers, amounts)
    found += sums
    orders = _orders(
        {name: cells for name, cells in numbers.items() if name not in hot}, {c.name: c.type for c in known}
    )
    found += [
        each
        for each in orders
        if not any(
            len(each["columns"]) == 2 and each["columns"][1] == s["total"] and each["columns"][0] in s["columns"]
            for s in sums
        )
    ]
    found += [
        {"type": "increment", "columns": [name], "by": by}
        for name in amounts
        if (by := _step(numbers[name])) and not any(name == s["total"] for s in sums)
    ]
    found += _combinations(frame, known, hot)
    found += [
        {"type": "unique", "columns": [c.name]} for c in known if c.kind == "id" and frame[c.name].dropna().is_unique
    ]
    found += _together(frame)
    return [
        told
        for told in (described(frame, each) for each in found)
        if told["rows"] and told["violations"] <= (1 - HOLDS) * told["rows"]
    ]


def described(frame: pd.DataFrame, constraint: Constraint) -> dict[str, Any]:
    """The constraint with its sentence, the rows that it can be asked of, and those that violate it."""
    mask, asked = holds(frame, constraint), asked_of(frame, constraint)
    return {**constraint, "words": words(constraint), "rows": int(asked.sum()), "violations": int((~mask).sum())}


def words(constraint: Constraint) -> str:
    """The constraint as a sentence."""
    names = [f'"{name}"' for name in constraint["columns"]]
    if constraint["type"] == "order":
        return " is at most ".join(names)
    parts = {
        "all": ", ".join(names),
        "a": names[0],
        "parts": " + ".join(names),
        "total": f'"{constraint.get("total")}"',
    }
    return TYPES[constraint["type"]].format(
        **parts, b=names[-1], **{key: constraint.get(key) for key in ("by", "min", "max")}
    )


def checked(frame: pd.DataFrame, constraint: Constraint) -> dict[str, Any]:
    """A constraint that somebody wrote, with its counts. Raises SettingError for an unknown type, a column that is not
    there, or too few of them.
    """
    kind = constraint.get("type")
    if kind not in TYPES:
        raise SettingError(f'There is no constraint "{kind}".', "constraints", nearest(str(kind), list(TYPES)))
    names = [str(name) for name in constraint.get("columns") or ()]
    for name in [*names, *([constraint["total"]] if kind == "sum" and constraint.get("total") else [])]:
        if name not in frame.columns:
            raise SettingError(
                f'There is no column "{name}".', f"constraint {kind}", nearest(name, [str(n) for n in frame.columns])
            )
    needed = {"order": 2, "combination": 2, "sum": 2, "one_hot": 2, "together": 2}.get(kind, 1)
    lacks = (
        len(names) < needed
        or (kind == "sum" and not constraint.get("total"))
        or (kind == "increment" and not constraint.get("by"))
    )
    if lacks or (kind == "between" and None in (constraint.get("min"), constraint.get("max"))):
        what = f'A constraint of the type "{kind}" on {", ".join(names) or "no column"} lacks something.'
        raise SettingError(
            what, f"constraint {kind}", "Name its columns, and total, by, or min and max where it needs them."
        )
    for name in ("by",) if kind == "increment" else ("min", "max") if kind == "between" else ():
        _amount(constraint[name], name, kind, frame[names[0]])
    if kind in ("order", "sum", "increment", "between"):
        for name in [*names, *([constraint["total"]] if kind == "sum" else [])]:
            if frame[name].dtype == object:
                raise SettingError(
                    f'"{name}" holds text, and this constraint needs amounts.',
                    f"constraint {kind}",
                    "Choose a column of numbers or dates.",
                )
    return described(
        frame,
        {key: value for key, value in constraint.items() if key not in ("words", "rows", "violations", "enforce")}
        | {"columns": names},
    )


def _amount(value: Any, name: str, kind: str, cells: pd.Series) -> None:
    """Raises SettingError where a bound or step is not a number (or, of dates, no date)."""
    good = (
        isinstance(value, (int, float))
        and not isinstance(value, bool)
        and math.isfinite(value)
        and (name != "by" or value > 0)
    )
    if isinstance(value, str) and str(cells.dtype).startswith("datetime64"):
        good = pd.notna(pd.to_datetime(value, errors="coerce"))
    if not good:
        raise SettingError(
            f'"{value}" is no {name} of such a constraint.',
            f"constraint {kind}",
            "Write a number, or for a column of dates a date as 2024-12-31.",
        )


def asked_of(frame: pd.DataFrame, constraint: Constraint) -> np.ndarray:
    """The rows (rows,) that a constraint speaks of: those in which all of its columns hold something."""
    if constraint["type"] == "together":
        return np.ones(len(frame), dtype=bool)
    names = [*constraint["columns"], *([constraint["total"]] if constraint["type"] == "sum" else [])]
    return np.asarray(frame[names].notna().all(axis=1))


def holds(frame: pd.DataFrame, constraint: Constraint) -> np.ndarray:
    """Whether each row (rows,) satisfies the constraint; a row that it does not speak of does."""
    return _HOLDS[constraint["type"]](frame, constraint) | ~asked_of(frame, constraint)


def all_hold(frame: pd.DataFrame, constraints: Sequence[Constraint]) -> np.ndarray:
    """Whether each row satisfies all constraints but uniqueness, which is a matter of the whole column."""
    made = np.ones(len(frame), dtype=bool)
    for each in constraints:
        if each["type"] != "unique":
            made &= holds(frame, each)
    return made


def combination_keys(frame: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """The values of several columns as one tuple of texts a row, None for a missing one."""
    cells = [
        [None if gone else str(value) for value, gone in zip(frame[name], frame[name].isna(), strict=True)]
        for name in names
    ]
    return pd.Series(list(zip(*cells, strict=True)), index=frame.index, dtype=object)


def _order(frame: pd.DataFrame, constraint: Constraint) -> np.ndarray:
    cells = [in_days(frame[name]) for name in constraint["columns"]]
    with np.errstate(invalid="ignore"):
        return np.all([low <= high for low, high in zip(cells, cells[1:], strict=False)], axis=0)


def _sum(frame: pd.DataFrame, constraint: Constraint) -> np.ndarray:
    return _equal(
        np.sum([in_days(frame[name]) for name in constraint["columns"]], axis=0), in_days(frame[constraint["total"]])
    )


def _combination(frame: pd.DataFrame, constraint: Constraint) -> np.ndarray:
    allowed = constraint.get("allowed")
    if allowed is None:
        return np.ones(len(frame), dtype=bool)
    return combination_keys(frame, constraint["columns"]).isin({tuple(key) for key in allowed}).to_numpy()


def _one_hot(frame: pd.DataFrame, constraint: Constraint) -> np.ndarray:
    cells = np.array([in_days(frame[name]) for name in constraint["columns"]])
    return (cells.sum(axis=0) == 1) & np.isin(cells, (0.0, 1.0)).all(axis=0)


def _increment(frame: pd.DataFrame, constraint: Constraint) -> np.ndarray:
    cells = in_days(frame[constraint["columns"][0]]) / constraint["by"]
    return np.abs(cells - np.round(cells)) <= 1e-6


def _between(frame: pd.DataFrame, constraint: Constraint) -> np.ndarray:
    cells = in_days(frame[constraint["columns"][0]])
    low, high = (
        in_days(pd.Series([pd.Timestamp(end)]).astype("datetime64[us]"))[0] if isinstance(end, str) else float(end)
        for end in (constraint["min"], constraint["max"])
    )
    return (cells >= low) & (cells <= high)


def _unique(frame: pd.DataFrame, constraint: Constraint) -> np.ndarray:
    return ~frame[constraint["columns"][0]].duplicated(keep="first").to_numpy()


def _gaps_together(frame: pd.DataFrame, constraint: Constraint) -> np.ndarray:
    gaps = frame[constraint["columns"]].isna().to_numpy()
    return np.asarray(gaps.all(axis=1) | ~gaps.any(axis=1))


_HOLDS: dict[str, Callable[[pd.DataFrame, Constraint], np.ndarray]] = {
    "order": _order,
    "sum": _sum,
    "combination": _combination,
    "one_hot": _one_hot,
    "increment": _increment,
    "between": _between,
    "unique": _unique,
    "together": _gaps_together,
}


def _equal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Equal but for rounding: half a unit of the second decimal place, or nine digits."""
    with np.errstate(invalid="ignore"):
        return np.abs(one - other) <= np.maximum(0.0051, 1e-9 * np.abs(other))


def _orders(numbers: Mapping[str, np.ndarray], types: Mapping[str, str]) -> list[dict[str, Any]]:
    """Chains a <= b <= c of amounts of one sort (dates apart from numbers) that independent columns would break in 5 %
    of rows and more.
    """
    above: dict[str, set[str]] = {}
    generator = np.random.default_rng(0)
    for dates in (True, False):
        names = [name for name in numbers if (types[name] == "datetime") == dates][:WIDE]
        for low, high in ((a, b) for a in names for b in names if a != b):
            one, other = numbers[low], numbers[high]
            both = np.isfinite(one) & np.isfinite(other)
            if (
                both.sum() < LEAST
                or np.mean(one[both] <= other[both]) < HOLDS
                or (one[both] == other[both]).mean() > 0.9
            ):
                continue
            if np.mean(generator.permutation(one[both]) > other[both]) >= 0.05:
                above.setdefault(low, set()).add(high)
    return [{"type": "order", "columns": chain} for chain in _chains(above)]


def _chains(above: Mapping[str, set[str]]) -> list[list[str]]:
    """Every pair once, in chains as long as they go; what follows from a chain is left out."""
    direct = {
        a: {b for b in bs if not any(b in above.get(c, ()) for c in bs if c != b and a not in above.get(c, ()))}
        for a, bs in above.items()
    }
    edges = {(a, b) for a, bs in direct.items() for b in bs}
    chains = []
    while edges:
        starts = sorted({a for a, _ in edges} - {b for _, b in edges}) or sorted({a for a, _ in edges})
        chain = [starts[0]]
        while followers := sorted(b for a, b in edges if a == chain[-1] and b not in chain):
            edges.discard((chain[-1], followers[0]))
            chain.append(followers[0])
        if len(chain) == 1:
            edges = {edge for edge in edges if edge[0] != chain[0]}
        else:
            chains.append(chain)
    return chains


def _sums(numbers: Mapping[str, np.ndarray], names: Sequence[str]) -> list[dict[str, Any]]:
    """Sums a + b = c, or with three parts, where each part counts in at least a twentieth of the rows; sign and order
    of the parts aside.
    """
    found: list[dict[str, Any]] = []
    names = [name for name in names if len(np.unique(numbers[name][np.isfinite(numbers[name])])) > 4][:30]
    few = {name: numbers[name][:400] for name in names}
    for total in names:
        others = [name for name in names if name != total]
        for parts in [*combinations(others, 2), *(combinations(others, 3) if len(names) <= 12 else ())]:
            if any(
                {total, *parts} >= {*each["columns"], each["total"]}
                or {total, *parts} == {*each["columns"], each["total"]}
                for each in found
            ):
                continue
            if _adds_up([few[name] for name in parts], few[total]) and _adds_up(
                [numbers[name] for name in parts], numbers[total]
            ):
                found.append({"type": "sum", "columns": list(parts), "total": total})
    return found


def _adds_up(parts: list[np.ndarray], total: np.ndarray) -> bool:
    made = np.sum(parts, axis=0)
    there = np.isfinite(made) & np.isfinite(total)
    if there.sum() < LEAST or np.mean(_equal(made, total)[there]) < HOLDS:
        return False
    told = there & np.all([np.abs(part) > 1e-12 for part in parts], axis=0)
    return bool(told.sum() >= max(20, 0.05 * there.sum()) and np.median(np.abs(total[told])) >= 0.1)


def _step(cells: np.ndarray) -> int:
    """The greatest whole number above 1 of which nearly all cells are multiples, where there are five different ones;
    else 0.
    """
    known = cells[np.isfinite(cells)]
    if len(known) < LEAST or np.abs(known).max() > 1e15 or len(np.unique(known)) < 5:
        return 0
    for by in (
        1000,
        500,
        250,
        100,
        50,
        25,
        20,
        12,
        10,
        5,
    ):  # the steps in which people count; any other divisor is an accident or a code
        if np.mean(np.mod(known, by) == 0) >= HOLDS and len(np.unique(known)) >= 5 and np.mean(known == 0) < 0.9:
            return by
    return 0


def _one_hots(frame: pd.DataFrame, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Columns of 0 and 1 of which exactly one is 1: all of them together, or those whose names begin alike."""
    flags = [
        c.name
        for c in columns
        if c.type in ("integer", "boolean", "decimal")
        and frame[c.name].notna().all()
        and set(in_days(frame[c.name])) == {0.0, 1.0}
    ]
    groups: dict[str, list[str]] = {"": flags}
    for name in flags:
        for sign in "_.- =":
            if sign in name:
                groups.setdefault(f"{sign}{name.rsplit(sign, 1)[0]}", []).append(name)
    found: list[dict[str, Any]] = []
    for names in sorted(groups.values(), key=len, reverse=True):
        taken = any(set(names) & set(each["columns"]) for each in found)
        if (
            len(names) >= 3
            and not taken
            and (np.sum([in_days(frame[name]) for name in names], axis=0) == 1).mean() >= HOLDS
        ):
            found.append({"type": "one_hot", "columns": names})
    return found


def _combinations(frame: pd.DataFrame, columns: Sequence[Column], hot: set[str]) -> list[dict[str, Any]]:
    """Columns whose values come in far fewer combinations than columns without a connection would have.

    Pairs count where six tenths of the combinations to be expected, or fewer, are there; pairs that share their finer
    column are one.
    """
    codes: dict[str, np.ndarray] = {}
    for column in columns:
        cells = frame[column.name]
        few = cells.nunique()
        coded = column.kind in ("category", "boolean") or (
            column.kind == "number" and column.type == "integer" and few <= 50
        )
        if coded and 2 <= few <= min(LEVELS, len(frame) // 3) and column.name not in hot and len(codes) < WIDE:
            codes[column.name] = pd.factorize(cells)[0]
    partners: dict[str, list[str]] = {}
    for one, other in combinations(codes, 2):
        if codes[one].max() < codes[other].max():
            one, other = other, one
        number_pair = all(frame[name].dtype != object and str(frame[name].dtype) != "boolean" for name in (one, other))
        if not number_pair and _connected(
            codes[one], codes[other], determined=any(frame[name].dtype != object for name in (one, other))
        ):
            partners.setdefault(one, []).append(other)

    def seen(names: Sequence[str]) -> int:
        return len(np.unique(np.stack([codes[name] for name in names]), axis=1).T)

    groups: list[list[str]] = []
    for names in sorted(([finer, *coarser] for finer, coarser in partners.items()), key=seen, reverse=True):
        into = next(
            (
                group
                for group in groups
                if set(group) & set(names) and seen(list(dict.fromkeys([*group, *names]))) <= 1.2 * seen(group)
            ),
            None,
        )
        if into is None:
            groups.append(names)
        else:
            into += [name for name in names if name not in into]
    return [
        {
            "type": "combination",
            "columns": names,
            "combinations": len(set(combination_keys(frame[names].dropna(), names))),
        }
        for names in groups
    ]


def _connected(a: np.ndarray, b: np.ndarray, *, determined: bool) -> bool:
    both = (a >= 0) & (b >= 0)
    a, b = a[both], b[both]
    if len(a) < LEAST:
        return False
    pairs, counts = np.unique(a.astype(np.int64) * (int(b.max()) + 1) + b, return_counts=True)
    p, q = (np.bincount(x) / len(x) for x in (a, b))
    seen = len(pairs)
    if (p > 0).sum() < 2 or (q > 0).sum() < 2:
        return False
    expected = float((1 - np.power(1 - np.outer(p, q), len(a))).sum())
    if determined and seen > (p > 0).sum():  # amounts and codes count only where the one tells the other
        return False
    return seen <= 0.6 * expected and (counts >= 2).mean() > 0.5


def _together(frame: pd.DataFrame) -> list[dict[str, Any]]:
    groups: dict[bytes, list[str]] = {}
    for name in frame.columns:
        gaps = frame[name].isna().to_numpy()
        if 0 < gaps.sum() < len(frame):
            groups.setdefault(np.packbits(gaps).tobytes(), []).append(str(name))
    return [{"type": "together", "columns": names} for names in groups.values() if len(names) > 1]
