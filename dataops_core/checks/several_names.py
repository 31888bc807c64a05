"""Several names for one thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from dataops_core.checks.aliases import Aliases, aliases
from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.checks.variants import difference
from dataops_core.checks.wording import cell
from dataops_core.steps.merge_values import merge_values
from dataops_core.wording import counted

LISTED = 1000
WORDS = {
    "": "hold another name for the same",
    "case": "differ in case alone from the usual name",
    "signs": "differ in signs between the words alone from the usual name",
    "accents": "differ in accents or umlauts alone from the usual name",
}


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
        for what, mapping in _by_difference(found.names).items():
            mask = found.named & look.cells(found.told).holding(mapping)
            if mask.any():
                yield _hit(found, mapping, mask, what)
        if found.slipped.any():
            yield _hit(found, found.slips, found.slipped, "hold a slip of the pen")


def _by_difference(names: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The names by what they differ in from the usual ones, in words."""
    made: dict[str, dict[str, str]] = {}
    for old, new in names.items():
        made.setdefault(WORDS[difference(old, new)], {})[old] = new
    return made


def _hit(found: Aliases, mapping: Mapping[str, str], mask: np.ndarray, what: str) -> Hit:
    named = ", ".join(f"{cell(old)} for {cell(new)}" for old, new in list(mapping.items())[:3])
    what = what if mask.sum() > 1 else what.replace("hold", "holds").replace("differ", "differs")
    return Hit(
        mask,
        f"{counted(mask.sum(), 'cell')} {what}, as other rows with the same {found.given} tell: {named}"
        f"{', …' if len(mapping) > 3 else ''}.",
        {"column": found.told, "mapping": dict(mapping)} if len(mapping) <= LISTED else None,
        columns=(found.told,),
    )
