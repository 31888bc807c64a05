"""Numbers kept as text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView, Mask
from dataops_core.checks.meant_type import PLAIN_NUMBER, ParsedView, is_plain
from dataops_core.checks.other_units import in_other_unit
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.parse_numbers import decimal_sign, parse_numbers, units_in
from dataops_core.wording import counted

_MARK = r"[^0-9.,'()+eEkK\s\x{a0}\x{202f}\x{2019}\x{2212}-]"  # no part of a number, so a unit or a currency
# what a number with the other decimal sign than the usual one looks like
_OTHER_SIGN = {
    ".": r",[0-9]{1,2}(?:[^0-9]*$|[eE])|,[0-9]{4}|\.[0-9]{3}[.,]",
    ",": r"\.[0-9]{1,2}(?:[^0-9]*$|[eE])|\.[0-9]{4}|,[0-9]{3}[.,]",
}


@check("Numbers kept as text", group="Numbers", types=["text"], fix=parse_numbers)
def numbers_as_text(column: ColumnView, context: Context) -> Hit | None:
    """Money, percentages or measures that are stored as text.

    Text cannot be summed, averaged or compared: "9" comes after "10". Where some cells carry a currency or a unit and
    others do not, those that carry it are the finding; a column written in one way throughout is a note. Cells with
    another decimal sign than the rest have a finding of their own.
    """
    meant = column.parsed
    if not isinstance(meant, ParsedView) or meant.type == "datetime":
        return None
    numbers = ~meant.missing & ~in_other_unit(column)  # these are said as mixed units
    written = numbers & ~is_plain(column)
    marked = numbers & (column.matching(_MARK) | _matching(column, "[eEkK]", lambda text: bool(units_in(text))))
    mixed = 0 < marked.sum() < numbers.sum()
    if mixed:
        written = marked
    elif written.any():
        usual = str((meant.meant.learned or {}).get("decimal", "."))
        written &= ~_matching(column, _OTHER_SIGN[usual], lambda text: decimal_sign(text) not in ("", "?", usual))
        if not written.any():
            return None  # said as values out of the locale
    mask = written if written.any() else numbers if not meant.meant.misfits else written
    if not mask.any():
        return None
    fix = {"columns": [column.name]}
    if not written.any():
        said = f"{counted(mask.sum(), 'cell is a number', 'cells are numbers')} stored as text."
        return Hit(mask, said, fix, severity="note")
    example = str(column.at(written.nonzero()[0][:1])[0].as_py())
    units = units_in(example)
    how = f"with {cell(units[0])}" if units else "in another form"
    return Hit(
        mask,
        f"{mask.sum():,} of {counted(numbers.sum(), 'number is', 'numbers are')} written {how},"
        f" such as {cell(example.strip())}.",
        fix,
        severity="warning" if mixed and marked.sum() <= numbers.sum() / 2 else "note",
    )


def _matching(column: ColumnView, pattern: str, test: Callable[[str], bool]) -> Mask:
    """Which cells match a pattern somewhere and pass, of those that are not plain numbers."""

    def passed(some: pa.Array) -> np.ndarray:
        mask = np.zeros(len(some), dtype=bool)
        plain = np.asarray(pc.match_substring_regex(some, PLAIN_NUMBER), dtype=bool)
        odd = np.flatnonzero(~plain & np.asarray(pc.match_substring_regex(some, pattern), dtype=bool))
        mask[odd] = [test(text) for text in some.take(pa.array(odd)).to_pylist()]
        return mask

    return column.where(passed)
