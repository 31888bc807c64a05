"""Case variants."""

from __future__ import annotations

from collections import defaultdict

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.table_view import Context
from dataops_core.checks.variants import yes_no_merges
from dataops_core.checks.wording import cell
from dataops_core.steps.merge_values import merge_values
from dataops_core.wording import counted


@check(
    "Case variants",
    group="Text",
    types=["text"],
    words=True,
    fix=merge_values,
    no_fix="There are too many to list in one step; change the case of the whole column instead.",
    harmless=True,
)
def case_variants(column: ColumnView, context: Context) -> Hit | None:
    """The same text in capital and small letters: "Paris", "PARIS", "paris".

    They are counted as different values; every figure by this column is then wrong.
    """
    if column.kind == "id" or column.distinct < 2 or yes_no_merges(column.tally):
        return None
    groups: dict[str, list[str]] = defaultdict(list)
    for text in column.tally:  # the most frequent first
        groups[text.strip().casefold()].append(text)
    mapping: dict[str, str] = {}
    for group in groups.values():
        best = max(group, key=lambda text: _fit(text, column.tally[text], column.tally[group[0]])).strip()
        mapping |= {other: best for other in group if other.strip() != best}
    if not mapping:
        return None
    mapping = dict(sorted(mapping.items(), key=lambda pair: (-column.tally[pair[0]], pair[0])))
    mask = column.holding(mapping)
    named = ", ".join(f"{cell(old)} for {cell(new)}" for old, new in list(mapping.items())[:3])
    return Hit(
        mask,
        f"{counted(mask.sum(), 'cell differs', 'cells differ')} from a more frequent spelling by case alone:"
        f" {named}{', …' if len(mapping) > 3 else ''}.",
        {"column": column.name, "mapping": mapping} if len(mapping) <= 1000 else None,
    )


def _fit(text: str, count: int, most: int) -> tuple[bool, bool, int]:
    """How well a spelling serves as the one for all: about as frequent as any, capitals only where they belong, then
    most frequent.
    """
    bare = text.strip()
    return count >= 0.5 * most, bare[:1].isupper() and not bare.isupper(), count
