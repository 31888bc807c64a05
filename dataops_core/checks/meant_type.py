"""What a column of text is meant to hold, by the weight of its cells, and the values as meant.

A column stays stored as it was written. Here it is looked at as its owner means it: 19,940 weights and 60 times
"pending" are a column of numbers with 60 misfits. What counts as a number or a date is what the steps `parse_numbers`
and `parse_dates` read, so that a finding, its fix and its chart speak of the same cells.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.missing_tokens import means_missing
from dataops_core.checks.number_forms import are_codes, labels_vary, named_as_code
from dataops_core.checks.variants import NO, YES
from dataops_core.checks.wording import cell
from dataops_core.steps.parse_dates import learned_order, moment_in
from dataops_core.steps.parse_numbers import learned_numbers, number_in, units_in
from dataops_core.table import ROW_ID, Column, Table
from dataops_core.wording import counted

MOST_ODD = 200_000  # different values that are looked at one by one; a column with more is left as text
SAMPLE = 400
SHARE = 0.8  # of the cells that say something must fit
LISTED = 20
PLAIN_NUMBER = r"^[-+]?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{0,17})?$"
PLAIN_DAY = r"^[0-9]{4}-[01][0-9]-[0-3][0-9]$"
NO_CALENDAR = (  # written as a date
    r"\s*(?:[0-9]{4}[-./][0-9]{1,2}[-./][0-9]{1,2}|[0-9]{1,2}[-./][0-9]{1,2}[-./][0-9]{2,4})"
    r"(?:[ T][0-9]{1,2}:[0-9]{2}.*)?\s*"
)
TIME = re.compile(
    r"([01]?[0-9]|2[0-3])[:h][0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?\s*(?:[ap]\.?m\.?|uhr)?", re.IGNORECASE
)
OF_KIND = {"datetime": "date"}


@dataclass(frozen=True)
class MeantType:
    """What a column is meant to hold: its type, how many cells fit, the misfits, and how values are parsed.

    `type` is number, date, time, boolean, category, id or text; `storage` is the storage type that the cells have once
    they are converted (integer, decimal, datetime, or that of the column); `learned` is what the converting step
    learns.
    """

    type: str
    storage: str
    fit: int
    misfits: int
    examples: tuple[tuple[str, int], ...] = ()
    learned: Mapping[str, Any] | None = None

    @property
    def converts(self) -> bool:
        """Whether the values as meant differ from the values as stored."""
        return self.learned is not None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "type": self.type,
            "storage": self.storage,
            "fit": self.fit,
            "misfits": self.misfits,
            "misfit_values": [{"value": value, "count": count} for value, count in self.examples],
            "learned": dict(self.learned) if self.learned is not None else None,
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> MeantType:
        """The meant type that `to_json` wrote."""
        return cls(
            plain["type"],
            plain["storage"],
            plain["fit"],
            plain["misfits"],
            tuple((each["value"], each["count"]) for each in plain["misfit_values"]),
            plain["learned"],
        )


def meant_type(view: ColumnView) -> MeantType:
    """What a column is meant to hold, over all of its cells."""
    if view.type == "text" and view.present:
        found = _as_numbers(view) or _as_dates(view) or _as_words(view)
        if found is not None:
            return found
    return MeantType(OF_KIND.get(view.kind, view.kind), view.type, view.present, 0)


def _as_words(view: ColumnView) -> MeantType | None:
    """Truth values and times of day: they stay text, for no step changes their type."""
    some = [text.strip() for text in view.sample(SAMPLE) if not means_missing(text)]
    for name, test in (("boolean", is_yes_or_no), ("time", lambda text: TIME.fullmatch(text) is not None)):
        if not some or np.mean([test(text) for text in some]) < SHARE or view.texts is None:
            continue
        misfits = {text: n for text, n in view.tally.items() if not test(text.strip())}
        fit = view.present - sum(misfits.values())
        if fit >= SHARE * (view.present - _silent(misfits)):
            return MeantType(name, "text", fit, view.present - fit, _listed(misfits))
    return None


def is_yes_or_no(text: str) -> bool:
    """Whether a text is one of the usual words for yes or no, in English or a neighboring language.

    >>> is_yes_or_no("Yes"), is_yes_or_no("nein"), is_yes_or_no("maybe")
    (True, True, False)
    """
    return text.strip().casefold() in YES or text.strip().casefold() in NO


def _as_numbers(view: ColumnView) -> MeantType | None:
    if view.kind == "id" or named_as_code(view.name, view.words):
        return None
    some = _telling(view)
    if not some or np.mean([number_in(text, ".", True, "12 % is 12") is not None for text in some]) < 0.6:
        return None
    units = ["".join(units_in(text)) for text in some if number_in(text, ".", True, "12 % is 12") is not None]
    if are_codes(some) or labels_vary(units) or view.dictionary is None:
        return None
    values = view.dictionary[0]
    plain, odd = _split(values, PLAIN_NUMBER)
    if len(odd) > MOST_ODD:
        return None
    learned = learned_numbers(_counted(view, odd, np.flatnonzero(plain)[:20_000]))
    return _decided(view, "number", learned, "integer" if learned["whole"] and _whole(values, plain) else "decimal")


def _as_dates(view: ColumnView) -> MeantType | None:
    if view.kind == "id":
        return None
    some = _telling(view)
    if not some or np.mean([moment_in(text, "day first", True, 69) is not None for text in some]) < 0.6:
        return None
    if view.dictionary is None:
        return None
    plain, odd = _split(view.dictionary[0], PLAIN_DAY)
    if len(odd) > MOST_ODD:
        return None
    return _decided(view, "date", learned_order(_counted(view, odd, np.flatnonzero(plain)[:100])), "datetime")


def _telling(view: ColumnView) -> list[str]:
    return [text for text in view.sample(SAMPLE) if not means_missing(text)]


def _split(values: pa.Array, pattern: str) -> tuple[np.ndarray, np.ndarray]:
    """Which values are plain, and the places of the others."""
    plain = np.asarray(pc.match_substring_regex(values, pattern), dtype=bool)
    return plain, np.flatnonzero(~plain)


def _whole(values: pa.Array, plain: np.ndarray) -> bool:
    return not pc.any(pc.match_substring(values.filter(pa.array(plain)), ".")).as_py()


def _counted(view: ColumnView, *places: np.ndarray) -> Counter[str]:
    assert view.dictionary is not None
    at = np.concatenate(places)
    texts = view.dictionary[0].take(pa.array(at)).to_pylist()
    return Counter(dict(zip(texts, view.counts[at].tolist(), strict=True)))


def _silent(misfits: Mapping[str, int]) -> int:
    """Cells that say that nothing is known: they speak neither for a type nor against it."""
    return sum(n for text, n in misfits.items() if means_missing(text))


def _listed(misfits: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(misfits.items(), key=lambda pair: (-pair[1], pair[0]))[:LISTED])


def _decided(view: ColumnView, name: str, learned: Mapping[str, Any], storage: str) -> MeantType | None:
    """The type, if enough of the cells that say something fit it."""
    parsed = parsed_values(view, storage, learned)
    assert view.dictionary is not None
    lost = np.flatnonzero(~np.asarray(parsed.is_valid()))
    misfits = dict(zip(view.dictionary[0].take(pa.array(lost)).to_pylist(), view.counts[lost].tolist(), strict=True))
    fit = view.present - sum(misfits.values())
    if not fit or fit < SHARE * (view.present - _silent(misfits)):
        return None
    return MeantType(name, storage, fit, view.present - fit, _listed(misfits), learned)


def parsed_values(view: ColumnView, storage: str, learned: Mapping[str, Any]) -> pa.Array:
    """The values of the column's dictionary as meant; missing where a value does not fit."""
    assert view.dictionary is not None
    values = view.dictionary[0]
    pattern = PLAIN_DAY if storage == "datetime" else PLAIN_NUMBER
    plain, odd = _split(values, pattern)
    plain, odd = (
        (plain, odd) if learned.get("decimal") != "," else (np.zeros(len(values), bool), np.arange(len(values)))
    )
    rest = values.take(pa.array(odd)).to_pylist()
    kind: pa.DataType = {"datetime": pa.timestamp("us"), "integer": pa.int64(), "decimal": pa.float64()}[storage]
    if storage == "datetime":
        quick = _days(values.filter(pa.array(plain)))
        slow: list[Any] = [moment_in(text, learned["order"], True, 69) for text in rest]
    else:
        quick = pc.cast(values.filter(pa.array(plain)), kind)
        letters = learned.get("letters", ())
        slow = [number_in(text, learned["decimal"], True, "12 % is 12", letters) for text in rest]
        if storage == "decimal":
            slow = [None if number is None else float(number) for number in slow]
    both = pa.concat_arrays([quick, pa.array(slow, kind)])
    order = np.empty(len(values), dtype=np.int64)
    order[np.flatnonzero(plain)] = np.arange(len(quick))
    order[odd] = len(quick) + np.arange(len(odd))
    return both.take(pa.array(order))


def _days(texts: pa.Array) -> pa.Array:
    """Days written as 2024-02-29; days that no month has, which Arrow moves to the next month, are missing."""
    days = pc.strptime(texts, format="%Y-%m-%d", unit="us", error_is_null=True)
    return pc.if_else(pc.equal(pc.strftime(days, format="%Y-%m-%d"), texts), days, None)


def is_plain(view: ColumnView) -> np.ndarray:
    """Which cells of a column of numbers or dates are written as the house writes them: 1234.5, 2024-02-29."""
    pattern = PLAIN_DAY if view.as_meant.type == "datetime" else PLAIN_NUMBER
    return view.matching(pattern)


class ParsedView(ColumnView):
    """A column of text as meant: its values are numbers or moments, and its misfits are missing."""

    def __init__(self, raw: ColumnView, meant: MeantType, facts: Mapping[str, Any]) -> None:
        kind = "datetime" if meant.storage == "datetime" else "number"
        super().__init__(raw.table, replace(raw.about, type=meant.storage, kind=kind), facts)
        self.raw, self.meant = raw, meant

    @functools.cached_property
    def values(self) -> pa.Array:
        """The values as meant, one per row."""
        assert self.raw.dictionary is not None
        assert self.meant.learned is not None
        codes = self.raw.dictionary[1]
        return parsed_values(self.raw, self.meant.storage, self.meant.learned).take(pa.array(codes, mask=codes < 0))

    def pieces(self) -> Iterator[pa.Array]:
        """The column as Arrow arrays."""
        yield self.values

    @functools.cached_property
    def dictionary(self) -> tuple[pa.Array, np.ndarray] | None:
        """Each value once, and its place there for every row (-1: missing)."""
        encoded = self.values.dictionary_encode()
        return encoded.dictionary, np.asarray(encoded.indices.fill_null(-1)).astype(np.int32, copy=False)


def parsed_table(views: Mapping[str, tuple[ColumnView, MeantType]], path: Path, rows: int) -> Table:
    """A table of the columns whose values as meant differ from those stored, so that they can be counted."""
    columns = []
    arrays: dict[str, pa.Array] = {}
    for name, (view, meant) in views.items():
        parsed = ParsedView(view, meant, {})
        arrays[name] = parsed.values
        columns.append(Column(name, parsed.type, parsed.kind))
    pq.write_table(pa.table(arrays | {ROW_ID: pa.array(np.arange(rows), pa.int64())}), path, compression="lz4")
    return Table(path, tuple(columns), rows, "")


def misfit_cells(column: ColumnView, meant: ColumnView) -> np.ndarray:
    """Which cells hold something that is not what the column is meant to hold; words for "nothing known" aside, and
    the column's own name in the header of another file.
    """
    mask = meant.missing & ~column.missing
    aside = each(lambda text: means_missing(text) or text == column.name)
    return mask & ~column.where(aside) if mask.any() else mask


def no_days(column: ColumnView, meant: ColumnView) -> np.ndarray:
    """Which cells are written as a date that no calendar has: 30/02/2024, or the 13th month."""
    mask = misfit_cells(column, meant)
    return mask & column.matching(NO_CALENDAR, whole=True) if mask.any() else mask


def misfit_message(column: ColumnView, mask: np.ndarray, what: str) -> str:
    """What stands in the cells of a mask, the most frequent first."""
    held = Counter(column.at(np.flatnonzero(mask)[:100_000]).to_pylist())
    few = sorted(held, key=lambda word: (-held[word], word))
    named = ", ".join(cell(word.strip()[:40]) for word in few[:4])
    return (
        f"{counted(mask.sum(), f'cell is not a {what}', f'cells are not {what}s')} among {what}s:"
        f" {named}{', …' if len(few) > 4 else ''}."
    )
