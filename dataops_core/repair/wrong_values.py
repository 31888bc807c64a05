"""The proposed repairs as what a profile tells: groups of cells that are wrong in the same way."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from rapidfuzz.distance import DamerauLevenshtein

from dataops_core.checks import REGISTRY
from dataops_core.checks.check import Finding
from dataops_core.checks.score import DIMENSIONS
from dataops_core.checks.variants import difference
from dataops_core.checks.wrong_values import WrongValues
from dataops_core.repair.encoding import EncodedTable, encode
from dataops_core.repair.proposal import Repair
from dataops_core.repair.propose import Proposals
from dataops_core.repair.recipe import column_steps, row_ids, words_for_missing
from dataops_core.steps import get
from dataops_core.table import Table
from dataops_core.values.text import LETTER

SURE = 0.9
SAME = 0.9  # of the rows of one are those of the other
LISTED = 1_000  # cells of a step at most
FACTORS = 4  # by which cells of a column may be off, each in a group of its own
SHORTEST, A_SLIP = 4, 6  # letters of a value with a slip, at the least; and those for each letter that is wrong
ROUGHER = (  # checks that tell the same of more or fewer cells
    "several_names",
    "spelling_variants",
    "case_variants",
    "other_scale",
    "other_units",
    "swapped_columns",
)
ABOUT_CELLS = {name for _, checks in DIMENSIONS.values() for name in checks}  # other checks judge a whole column
OTHER_VALUE = ("agreement", "row", "source", "slip", "spelling", "synonym", "label")
TOGETHER = ("scale", "swapped")  # of several columns, in the same rows
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")

Told = tuple[Finding, np.ndarray]  # a finding, and a boolean per row


def with_wrong_values(told: Sequence[Told], proposals: Proposals, table: Table) -> tuple[list[Told], list[Finding]]:
    """The findings of a profile, each with a boolean per row, and what the repairs that are sure tell besides; and
    apart the findings that are part of that.
    """
    groups = list(_groups(proposals, table))
    parts = [finding for finding, mask in told if _is_part(finding, mask, groups)]
    kept = [(finding, mask) for finding, mask in told if finding not in parts]
    groups = [group for group in groups if not _is_told(group, kept)]
    check, ids = REGISTRY["wrong_values"], row_ids(table) if groups else None
    return [*kept, *((check.finding(hit, (), ids), hit.mask) for hit in check.function(groups))], parts


def _is_part(finding: Finding, mask: np.ndarray, groups: Sequence[WrongValues]) -> bool:
    """Whether the groups tell, apart from each other, what a rougher check tells."""
    own = [group.mask for group in groups if set(group.columns) & set(finding.columns)]
    if finding.check not in ROUGHER or not own or any(_are_same(each, mask) for each in own):
        return False
    return bool(np.count_nonzero(np.any(own, axis=0) & mask) >= SAME * np.count_nonzero(mask))


def _are_same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(2 * np.count_nonzero(one & other) >= SAME * (np.count_nonzero(one) + np.count_nonzero(other)))


def _is_told(group: WrongValues, told: Sequence[Told]) -> bool:
    """Whether a finding names these rows already, or findings of this very column nearly all of them."""
    covered = np.zeros(len(group.mask), dtype=bool)
    for finding, mask in told:
        if not set(finding.columns) & set(group.columns) or finding.check not in ABOUT_CELLS:
            continue
        if finding.severity == "note" and group.way != "missing":
            continue
        if _are_same(mask, group.mask):
            return True
        if len(finding.columns) == 1:
            covered |= mask
    return bool(np.count_nonzero(covered & group.mask) >= SAME * np.count_nonzero(group.mask))


def _groups(proposals: Proposals, table: Table) -> Iterator[WrongValues]:
    """The repairs that are sure, by column and the way in which they are wrong."""
    repairs = [each for each in proposals.repairs if each.sure is not None and each.sure >= SURE]
    if not repairs:
        return
    coded = encode(table, {each.column for each in repairs} | set(proposals.told_by.values()))
    factors = _factors(repairs)
    by_kind: defaultdict[tuple[str, str, str], list[Repair]] = defaultdict(list)
    for each in repairs:
        way = way_of(each)
        kind = ""
        if way == "format":
            kind = _shape(each.old or "")
        elif way in ("measure", "scale"):
            kind = _factor(each) if len(factors[each.column]) <= FACTORS else ""
        elif way in ("slip", "value") and each.column in proposals.told_by:
            way = "source" if way == "value" else way
            kind = coded.columns[coded.place(proposals.told_by[each.column])].text_of(each.row) or ""
        by_kind[each.column, way, kind].append(each)
    groups: defaultdict[tuple[str, Any], list[list[Repair]]] = defaultdict(list)
    for (column, way, kind), own in by_kind.items():
        groups[way, frozenset(each.row for each in own) if way in TOGETHER else (column, kind)].append(own)
    ids = row_ids(table)
    for (way, key), parts in groups.items():
        yield _group(way, parts, key[1] if way in ("slip", "source") else "", coded, table, ids)


def _group(
    way: str, parts: Sequence[Sequence[Repair]], source: str, coded: EncodedTable, table: Table, ids: np.ndarray
) -> WrongValues:
    """Repairs of one way, by column, with the step that makes them."""
    columns = tuple(own[0].column for own in parts)
    mask = np.zeros(table.rows, dtype=bool)
    mask[[each.row for each in parts[0]]] = True
    examples = list(dict.fromkeys((each.old, each.new) for own in parts for each in own))
    if len(parts) == 1 and len(parts[0]) <= LISTED:
        unknown = words_for_missing(table, columns[0], parts[0], ids)
        steps = column_steps(columns[0], parts[0], coded, ids, unknown, "")
        if len(steps) == 1:
            return WrongValues(columns, way, mask, examples, get(steps[0].op), steps[0].settings, source)
    return WrongValues(columns, way, mask, examples, source=source)


def way_of(repair: Repair) -> str:
    """The way in which a cell is wrong, one of the WAYS of the check: by its cause, or by what differs."""
    old, new = repair.old, repair.new
    if old is None:
        return "missing"
    if repair.cause not in OTHER_VALUE:
        return repair.cause
    if new is None:
        return "value"
    alike = difference(old, new)
    if alike:
        return alike
    if NUMBER.fullmatch(old) and NUMBER.fullmatch(new):
        return "value"
    if _is_slip(old.casefold(), new.casefold()):
        return "slip"
    return "name" if repair.cause in ("spelling", "synonym") else "value"


def _is_slip(old: str, new: str) -> bool:
    """Whether a text of letters is another but for a letter, or two where it is long."""
    if min(len(old), len(new)) < SHORTEST or any(letter.isdigit() for letter in old + new):
        return False
    if re.sub(r"[\W_]", "", old) == re.sub(r"[\W_]", "", new):
        return False
    most = min(2, max(1, len(new) // A_SLIP))
    return DamerauLevenshtein.distance(old, new, score_cutoff=most) <= most


def _shape(text: str) -> str:
    """How a value is written: runs of letters, and of digits with how many there are, whatever stands between.

    >>> _shape("2020-12-31"), _shape("1.3.20"), _shape("3011 AD") == _shape("3011AD")
    ('9999 99 99', '99 99 99', True)
    """
    pieces = re.findall(rf"\d+|{LETTER}+", text)
    return " ".join("9" * max(2, len(piece)) if piece[0].isdigit() else "a" for piece in pieces)


def _factors(repairs: Sequence[Repair]) -> Mapping[str, set[str]]:
    """By how much the cells of columns in another unit are off."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for each in repairs:
        if each.cause in ("measure", "scale"):
            found[each.column].add(_factor(each))
    return found


def _factor(repair: Repair) -> str:
    """The new value as so many times the old one, to two digits; nothing where one of them is no plain number."""
    old, new = (each if each is not None and NUMBER.fullmatch(each) else "" for each in (repair.old, repair.new))
    if not old or not new or not float(old.replace(",", ".")):
        return ""
    return f"{float(new.replace(',', '.')) / float(old.replace(',', '.')):.1e}"
