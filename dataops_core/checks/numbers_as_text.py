"""Numbers kept as text."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.meant_type import ParsedView, is_plain
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import counted
from dataops_core.steps.parse_numbers import parse_numbers, units_in


@check("Numbers kept as text", group="Numbers", types=["text"], fix=parse_numbers)
def numbers_as_text(column: ColumnView, context: Context) -> Hit | None:
    """Money, percentages or measures that are stored as text.

    Text cannot be summed, averaged or compared: "9" comes after "10".
    """
    meant = column.parsed
    if not isinstance(meant, ParsedView) or meant.type == "datetime":
        return None
    numbers = ~meant.missing
    written = numbers & ~is_plain(column)
    mask = written if written.any() else numbers if not meant.meant.misfits else written
    if not mask.any():
        return None
    fix = {"columns": [column.name]}
    if not written.any():
        return Hit(mask, f"{counted(mask.sum(), 'cell is a number', 'cells are numbers')} stored as text.", fix)
    example = str(column.at(written.nonzero()[0][:1])[0].as_py())
    units = units_in(example)
    how = f'with "{units[0]}"' if units else "in another form"
    return Hit(
        mask,
        f"{mask.sum():,} of {counted(numbers.sum(), 'number is', 'numbers are')} written {how},"
        f' such as "{example.strip()}".',
        fix,
    )
