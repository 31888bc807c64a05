"""Several names for one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from dataops_core.checks.aliases import Aliases, aliases
from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.checks.wording import cell
from dataops_core.steps.merge_values import merge_values
from dataops_core.wording import counted

LISTED = 1000


@check(
    "Several names for one thing",
    group="Between columns",
    scope="table",
    fix=merge_values,
    no_fix="There are too many to list in one step; merge them by clusters.",
)
def several_names(look: TableView) -> Iterator[Hit]:
    """Abbreviations, other names and slips of what another column tells to be the same: "Al. Nord" and "Aleja Nord",
    both with the code of one station.

    They are counted as different things; every figure by this column is then wrong.
    """
    for found in aliases(look):
        if found.named.any():
            yield _hit(found, found.names, found.named, "hold another name for the same")
        if found.slipped.any():
            yield _hit(found, found.slips, found.slipped, "hold a slip of the pen")


def _hit(found: Aliases, mapping: Mapping[str, str], mask: np.ndarray, what: str) -> Hit:
    named = ", ".join(f"{cell(old)} for {cell(new)}" for old, new in list(mapping.items())[:3])
    what = what if mask.sum() > 1 else what.replace("hold", "holds")
    return Hit(
        mask,
        f"{counted(mask.sum(), 'cell')} {what}, as other rows with the same {found.given} tell: {named}"
        f"{', …' if len(mapping) > 3 else ''}.",
        {"column": found.told, "mapping": dict(mapping)} if len(mapping) <= LISTED else None,
        columns=(found.told,),
    )
