"""Empty or filled against the rule."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dataops_core.checks.check import REGISTRY, Hit, check, hits
from dataops_core.checks.table_view import TableView
from dataops_core.checks.wording import cell
from dataops_core.wording import counted

KINDS = 20
LEAST = 20  # rows of a kind
RARE = 0.1  # of the rows of a kind may break the rule
ALL = 0.95  # of the rows are of a kind that has a rule
SIDE = 0.05  # of the rows at least are empty, and filled


@check(
    "Empty or filled against the rule",
    group="Between columns",
    scope="table",
    no_fix="Which of the two columns is wrong, only the source knows; filter the rows and look.",
)
def unexpected_gaps(look: TableView) -> Iterator[Hit]:
    """A column that one kind of rows always fills and another never, but for a few: a leaving date of those who left, a
    price of what was bought.

    Either the kind is wrong there, or the cell: who counts by one of the two gets another number than by the other.
    """
    gaps = [name for name in look.table.names if SIDE <= (look.facts[name].get("missing") or 0) / look.rows <= 1 - SIDE]
    kinds = look.named("category", "boolean", types=["text", "integer", "boolean"], least=2, most=KINDS)
    for name in gaps if kinds else ():
        empty = np.unpackbits(look.gaps(name), count=look.rows).astype(bool)
        told: list[Hit] = []
        for kind in kinds:
            mask = _breaking(look, kind, name, empty) if kind != name else None
            if mask is not None:
                told.append(Hit(mask, _message(look, kind, name, empty, mask), columns=(kind, name)))
        if told:
            yield min(told, key=lambda hit: int(hit.mask.sum()))


def _breaking(look: TableView, kind: str, name: str, empty: np.ndarray) -> np.ndarray | None:
    """The rows that are empty though their kind is filled, or filled though it is empty."""
    codes = look.codes(kind)
    there = codes >= 0
    if name == kind or there.sum() < ALL * look.rows:
        return None
    sizes = np.bincount(codes[there])
    share = np.bincount(codes[there], empty[there]) / np.maximum(1, sizes)
    ruled = (sizes >= LEAST) & ((share <= RARE) | (share >= 1 - RARE))
    mostly = share > 0.5
    if sizes[ruled].sum() < ALL * there.sum() or not 0 < mostly[ruled].sum() < ruled.sum():
        return None
    mask = there & ruled[codes] & (empty != mostly[codes])
    if not mask.any():
        return None
    for hit in hits(REGISTRY["disguised_missing"], look.cells(name), look.context):
        mask &= ~hit.mask  # what stands for a missing value is none
    for other in (kind, name):
        for hit in hits(REGISTRY["several_names"], look):
            mask &= ~hit.mask if other in hit.columns else True
    return mask if 0 < mask.sum() <= 0.03 * look.rows else None


def _message(look: TableView, kind: str, name: str, empty: np.ndarray, mask: np.ndarray) -> str:
    row = int(np.argmax(mask))
    value = cell(look.values(kind)[look.codes(kind)[row]])
    usual = "is empty" if not empty[row] else "is filled"
    return f"{name} {usual} where {kind} is {value}, but not in {counted(mask.sum(), 'row')} (or the other way round)."
