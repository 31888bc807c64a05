"""Disguised missing values."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.checks.check import Hit, Severity, check
from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.missing_codes import number_codes
from dataops_core.checks.missing_tokens import DATES, NO_DAY, PLAIN_MISSING, WORDS
from dataops_core.checks.ranges import may_be_refunds
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.read.arrow.arrow_cells import suspects
from dataops_core.steps.mark_missing import mark_missing
from dataops_core.wording import counted

NO_THING, AN_ANSWER = ("none", "nil"), 0.05  # where so many cells hold it, it may as well be an answer
HEAP, DAYS_NEAR = 5, 366  # rows of a default date among others, and the days about it
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

    Left as they are, they count as real values: an average income is wrong by far when -999 means "not given".
    """
    mask, tokens = _found(column) if column.distinct else (np.zeros(column.rows, dtype=bool), [])
    if column.parsed is not None and column.parsed.distinct:
        codes, _ = _found(column.parsed)
        written_so = np.flatnonzero(codes & ~mask)
        shares = [
            re.fullmatch(r"0+(?:[.,]0+)?\s*%", str(text).strip()) is not None
            for text in column.at(written_so).to_pylist()
        ]
        codes[written_so[shares]] = False  # of 0% it is known how much it is
        written = {str(text).strip() for text in column.at(np.flatnonzero(codes & ~mask)[:10_000]).to_pylist()}
        mask, tokens = mask | codes, [*tokens, *sorted(written - set(tokens))]
    if mask.sum() == column.present:
        mask, tokens = np.zeros(column.rows, dtype=bool), []
    answers = [token for token in tokens if token.casefold() in NO_THING]
    usual = column.where(each(lambda text: text.strip() in answers)) if answers else mask
    severity: Severity = "warning"
    if answers and np.count_nonzero(usual) >= AN_ANSWER * column.present:  # none of the things that are asked for
        if len(tokens) > len(answers) or column.blanked is not None:
            mask, tokens = mask & ~usual, [token for token in tokens if token not in answers]
        else:
            severity = "note"
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
    return {"text": _words, "datetime": _days, "boolean": _none}.get(column.type, number_codes)(column)


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
        many = stands.sum() > max(10, 20 * usual) or _heaps(rest, int(at), int(stands.sum()))
        if at < low - 0.2 * reach or at > high + 0.2 * reach or many:
            found.append(token)
    return np.isin(days, np.array(found, dtype="datetime64[D]")) if found else np.zeros(column.rows, dtype=bool), found


def _heaps(rest: np.ndarray, at: int, number: int) -> bool:
    """Whether more rows hold one day than any other, and than all days within a year of it together."""
    near = np.count_nonzero(np.abs(rest - at) <= DAYS_NEAR)
    return bool(number >= HEAP and number > near and number > np.unique(rest, return_counts=True)[1].max())
