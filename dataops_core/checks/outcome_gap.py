"""Outcome gap."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.checks.wording import cell
from dataops_core.errors import SettingError, nearest
from dataops_core.stats.proportions import wilson

_GOOD = (
    "1",
    "true",
    "yes",
    "y",
    "approved",
    "accepted",
    "granted",
    "hired",
    "pass",
    "passed",
    "good",
    "success",
    ">50k",
    "paid",
)


@check(
    "Outcome gap",
    group="Target",
    scope="table",
    no_fix="A gap may be true, or the trace of unequal treatment; the Bias page helps to tell.",
)
def outcome_gap(look: TableView) -> Iterator[Hit]:
    """The favorable outcome is much rarer in one group of people than in another.

    A model learns the gap and repeats it. Named where a group's rate is below four fifths of the highest, beyond
    chance.
    """
    target, people = look.context.target, look.context.sensitive
    if target not in look.table.names or not 2 <= look.distinct(target) <= 20:
        return
    goal = look.codes(target)
    good = _favorable(
        [str(value) for value in look.values(target)], look.context.favorable, np.bincount(goal[goal >= 0])
    )
    for name in people:
        if name not in look.table.names or not 2 <= look.distinct(name) <= 50:
            continue
        groups = look.codes(name)
        both = (groups >= 0) & (goal >= 0)
        n = np.bincount(groups[both])
        hits = np.bincount(groups[both], weights=goal[both] == good)
        rate = hits / np.maximum(n, 1)
        big = n >= 30
        if not big.any():
            continue
        best = int(np.argmax(np.where(big, rate, -1)))
        low, high = wilson(hits, n, 0.99)
        behind = big & (rate < 0.8 * rate[best]) & (high < low[best]) & (rate[best] - rate > 0.05)
        for at in np.flatnonzero(behind):
            values = look.values(name)
            yield Hit(
                (groups == at) & (goal >= 0),
                f"{target} is {cell(look.values(target)[good])} for {rate[at]:.1%} where {name} is "
                f"{cell(values[at])}, and for {rate[best]:.1%} where it is {cell(values[best])}.",
                columns=(name, target),
            )


def _favorable(values: list[str], said: str | None, counts: np.ndarray) -> int:
    if said is not None:
        if str(said) not in values:  # judging by another value would turn the picture round
            raise SettingError(f'The outcome has no value "{said}".', "good outcome", nearest(str(said), values))
        return values.index(str(said))
    known = [at for at, value in enumerate(values) if value.strip().casefold() in _GOOD]
    return known[0] if known else int(np.argmin(counts))
