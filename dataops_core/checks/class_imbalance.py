"""Class imbalance."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.table_view import TableView
from dataops_core.checks.wording import cell


@check(
    "Class imbalance",
    group="Target",
    scope="table",
    severity="note",
    no_fix="Weights or resampling belong after the split into training and test rows, not before.",
)
def class_imbalance(look: TableView) -> Hit | None:
    """A class of the target that is rare: under a fifth of the rows that an even share would give it, or under 20 % of
    two classes.

    A model that never predicts it looks accurate. Judge by balanced accuracy or precision and recall instead.
    """
    target = look.context.target
    if target not in look.table.names or not 2 <= look.distinct(target) <= 50:
        return None
    codes = look.codes(target)
    counts = np.bincount(codes[codes >= 0])
    share = counts / counts.sum()
    rare = share < (0.2 if len(counts) == 2 else 0.2 / len(counts))
    named = ", ".join(f"{cell(look.values(target)[at])} {share[at]:.1%}" for at in np.flatnonzero(rare)[:3])
    mask = np.append(rare, False)[codes]
    return Hit(
        mask,
        f"Rare among the values of {target}: {named}.",
        severity="warning" if share.min() < 0.05 else "note",
        columns=(target,),
    )
