"""Values in another scale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.number_forms import named_as_code
from dataops_core.checks.scales import Scale, scales, where_they_stand
from dataops_core.checks.table_view import TableView
from dataops_core.checks.wording import cell
from dataops_core.wording import counted

FEW = 50  # different numbers or days, such as years, are groups, too
GROUPS = 5000  # values of a column that may tell how great a number should be


@check(
    "Values in another scale",
    group="Numbers",
    scope="table",
    no_fix="If they are in another unit, compute the column anew for these rows alone; the source knows which unit.",
)
def other_scale(look: TableView) -> Iterator[Hit]:
    """Numbers that lie a known factor away from all others, with none between: cents among euros, grams among
    kilograms, a lost decimal point.

    A sum or an average over the column mixes two units, and is right in neither.
    """
    groups = [
        name
        for name in look.named("category", "text", "id", "boolean", types=["text", "integer", "boolean"], least=2)
        if look.distinct(name) <= min(GROUPS, look.rows / 4)
        and (look.distinct(name) <= FEW or look.cells(name).parsed is None)
    ]
    times = look.named("datetime", types=["datetime"], as_meant=True)
    for name in look.named("number", "category", types=["integer", "decimal"], least=5, as_meant=True):
        words, facts = look.cells(name).words, look.meant_facts(name)
        if look.table.column(name).kind == "id" or named_as_code(name, words) or facts.get("monotonic"):
            continue
        others = [group for group in groups if group != name]
        for found in scales(look, name, others, times):
            yield Hit(found.mask, _message(look, name, found, others), columns=(name,))


def _message(look: TableView, name: str, found: Scale, groups: list[str]) -> str:
    times = found.factor if found.factor > 1 else 1 / found.factor
    example = look.meant(name).numbers[int(np.argmax(found.mask))]
    where = where_they_stand(look, found.mask, groups)
    return (
        f"{counted(found.mask.sum(), 'value is', 'values are')} about {float(f'{times:.2g}'):,g} times too"
        f" {'great' if found.factor > 1 else 'small'} among the others, such as {cell(f'{example:,.6g}', quotes=False)}"
        + (f"; nearly all stand where {where[0]} is {cell(where[1])}." if where else ".")
    )
