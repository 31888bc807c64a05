"""Disguised missing values."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.checks.check import Hit, Severity, check
from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.missing_tokens import CODES, DATES, NO_DAY, PLAIN_MISSING, WORDS
from dataops_core.checks.ranges import may_be_refunds
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.read.arrow.arrow_cells import suspects
from dataops_core.steps.mark_missing import mark_missing
from dataops_core.wording import counted

LONGEST = 3 * max(map(len, WORDS))  # bytes: a sign that becomes an ASCII letter in lower case has up to three


@check(
    "Disguised missing values",
    group="Missing values",
    fix=mark_missing,
    no_fix=(
        "These cells are missing already (the Data page tells how the file was read), or only the source knows what"
        " they mean."
    ),
    harmless=True,
)
def disguised_missing(column: ColumnView, context: Context) -> Hit | None:
    """Values such as "unknown", -999 or 1900-01-01 that stand for "we do not know", or one value that comes up far too
    often.

    They count as real values: an average income is wrong by far when -999 means "not given".
    """
    mask, tokens = _found(column) if column.distinct else (np.zeros(column.rows, dtype=bool), [])
    if column.parsed is not None and column.parsed.distinct:
        codes, _ = _found(column.parsed)
        written = {str(text).strip() for text in column.at(np.flatnonzero(codes & ~mask)[:10_000]).to_pylist()}
        mask, tokens = mask | codes, [*tokens, *sorted(written - set(tokens))]
    if mask.sum() == column.present:
        mask, tokens = np.zeros(column.rows, dtype=bool), []
    said = ", ".join(cell(token) for token in tokens[:5])
    message = (
        [f"{counted(mask.sum(), 'cell holds', 'cells hold')} {said}, which may stand for a missing value."]
        if tokens
        else []
    )
    if may_be_refunds(column.words) and any(
        token.startswith("-") for token in tokens
    ):  # then nobody is offered to empty them
        message[0] = message[0][:-1] + ", or for a refund or correction."
        tokens = [token for token in tokens if not token.startswith("-")]
    severity: Severity = "warning"
    if column.blanked is not None:
        signs = column.blanked.tokens
        told = ", ".join(cell(token) for token in list(signs)[:5])
        message.append(
            f"{counted(len(column.blanked.rows), 'cell held', 'cells held')} {told} and were read as missing."
        )
        severity = "warning" if tokens or not PLAIN_MISSING.issuperset(signs) else "note"
        mask = mask.copy()
        mask[column.blanked.rows] = True
    if not message:
        return None
    return Hit(mask, " ".join(message), {"columns": [column.name], "tokens": tokens} if tokens else None, severity)


def _found(column: ColumnView) -> tuple[np.ndarray, list[str]]:
    return {"text": _words, "datetime": _days, "boolean": _none}.get(column.type, _numbers)(column)


def _none(column: ColumnView) -> tuple[np.ndarray, list[str]]:
    return np.zeros(column.rows, dtype=bool), []


def _words(column: ColumnView) -> tuple[np.ndarray, list[str]]:
    found: set[str] = set()

    def test(some: pa.Array) -> np.ndarray:
        short = suspects(some, LONGEST)
        near = some if len(short) > len(some) // 2 else some.take(pa.array(short))
        bare = pc.utf8_lower(pc.utf8_trim_whitespace(near))
        stands = np.asarray(pc.is_in(bare, value_set=pa.array(sorted(WORDS), pa.string())))
        stands |= np.asarray(pc.match_substring_regex(bare, NO_DAY), dtype=bool)
        found.update(text.strip() for text in near.filter(pa.array(stands)).to_pylist())
        if near is some:
            return stands
        mask = np.zeros(len(some), dtype=bool)
        mask[short[stands]] = True
        return mask

    mask = column.where(test)
    if column.kind != "number" and any(token.lstrip("-").isdigit() for token in found):
        numeric = {token for token in found if token.lstrip("-").isdigit()}
        if (
            sum(text.strip().lstrip("-").isdigit() for text in column.sample(200)) > 100
        ):  # then they may be codes like others
            found -= numeric
            mask = column.where(each(lambda text: text.strip() in found))
    return mask, sorted(found)


def _days(column: ColumnView) -> tuple[np.ndarray, list[str]]:
    days = column.moments.astype("datetime64[D]")
    there = ~np.isnat(days)
    found = []
    for token in DATES:
        if not column.facts["min"][:10] <= token <= column.facts["max"][:10]:
            continue
        stands = days == np.datetime64(token)
        if stands.sum() < 2:
            continue
        rest = days[there & ~stands & ~np.isin(days, np.array(DATES, dtype="datetime64[D]"))].astype("int64")
        if len(rest) < 10:
            continue
        low, high = np.quantile(rest, [0.005, 0.995])
        at, reach = np.datetime64(token).astype("int64"), max(1.0, high - low)
        usual = max(1.0, len(rest) / max(1, len(np.unique(rest))))
        if at < low - 0.2 * reach or at > high + 0.2 * reach or stands.sum() > max(10, 20 * usual):
            found.append(token)
    return np.isin(days, np.array(found, dtype="datetime64[D]")) if found else np.zeros(column.rows, dtype=bool), found


def _numbers(column: ColumnView) -> tuple[np.ndarray, list[str]]:
    values = column.numbers
    if column.facts.get("min") is None:
        return np.zeros(column.rows, dtype=bool), []
    quartiles = column.facts.get("quantiles") or {}
    low, high = quartiles.get("0.05"), quartiles.get("0.95")
    apart = [code for code in CODES if low is None or high is None or not low < code < high]
    maybe = [
        code
        for code in apart
        if column.kind != "id" and column.facts["min"] <= code <= column.facts["max"] and (values == code).sum() >= 2
    ]
    top = [told["count"] for told in column.facts["top"]]
    heavy = len(top) > 1 and column.distinct >= 30 and top[0] >= max(10, 0.002 * column.present, 4 * top[1])
    stand_ins: list[float] = []
    if maybe or heavy:
        finite = np.sort(values[np.isfinite(values)])
        stand_ins = [code for code in maybe if _stands_apart(finite, code)]
        spike = _spike(finite, stand_ins) if heavy or stand_ins else None
        stand_ins += [spike] if spike is not None else []
    if column.kind != "id":
        stand_ins += [end for end in _lonely(column, values) if end not in stand_ins and end not in CODES]
    return np.isin(values, stand_ins) if stand_ins else np.zeros(column.rows, dtype=bool), [
        f"{code:.15g}" for code in stand_ins
    ]


def _count(ordered: np.ndarray, low: float, high: float) -> int:
    """How many of the ordered values lie in [low, high]."""
    return int(np.searchsorted(ordered, high, "right") - np.searchsorted(ordered, low, "left"))


def _stands_apart(ordered: np.ndarray, code: float) -> bool:
    """Whether a code occurs more than once and lies well outside all other values, or stands out where there are few
    others.
    """
    hits = _count(ordered, code, code)
    if hits < 2:
        return False
    rest = ordered[(ordered != code) & ~np.isin(ordered, CODES)]
    if len(rest) < 10:
        return False
    low, high = rest[int(0.001 * len(rest))], rest[-1 - int(0.001 * len(rest))]
    first, third = rest[len(rest) // 4], rest[3 * len(rest) // 4]
    if code < 0:
        return bool(low >= 0 or code < low - max(third - first, 1e-9))
    if code > high + 2 * (high - low):
        return True
    around = _count(ordered, 0.9 * code, 1.1 * code) - hits
    return bool(hits >= 10 and code > high and around <= hits / 10 and code > third + 3 * (third - first))


def _lonely(column: ColumnView, values: np.ndarray) -> list[float]:
    """Zero, where it is the least value, comes up at least five times, and a wide gap parts it from all others."""
    quartiles, facts = column.facts["quantiles"], column.facts
    first, third = quartiles["0.25"], quartiles["0.75"]
    found: list[float] = []
    if column.distinct < 20 or first is None or third is None or third <= first:
        return found
    if facts["min"] == 0 and first > 2 * (third - first) and (values == 0).sum() >= max(5, 0.0005 * column.present):
        nearest = values[values > 0].min()
        if nearest > third - first and nearest > 0.3 * (facts["max"] - nearest):
            found.append(0.0)
    return found


def _spike(ordered: np.ndarray, known: list[float]) -> float | None:
    """The one value of a finely spread measurement that comes up at least twenty times as often as those around it."""
    values, counts = np.unique(ordered[~np.isin(ordered, known)] if known else ordered, return_counts=True)
    if len(values) < 30:
        return None
    at = int(np.argmax(counts))
    others = np.delete(counts, at)
    around = np.concatenate([counts[max(0, at - 25) : at], counts[at + 1 : at + 26]])
    heavy = (
        counts[at] >= max(10, 0.002 * len(ordered))
        and counts[at] >= 20 * np.median(around)
        and counts[at] >= 4 * others.max()
    )
    if not heavy:
        return None
    inside = 5 <= at < len(values) - 5
    first, third = values[len(values) // 4], values[3 * len(values) // 4]
    gap = values[at + 1] - values[at] if at == 0 else values[at] - values[at - 1] if at == len(values) - 1 else 0.0
    lonely = not inside and gap > 0.5 * (third - first)  # far from all others: 0 in a column of blood pressures
    # what people and programs put in place of a value is a plain number
    round_one = float(f"{values[at]:.4g}") == values[at]
    fine = len(values) >= max(100, 0.002 * len(ordered))
    return float(values[at]) if round_one and ((inside and fine and values[at] != 0) or lonely) else None
