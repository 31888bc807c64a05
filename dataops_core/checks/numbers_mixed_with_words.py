"""Numbers mixed with words."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.missing_tokens import means_missing
from dataops_core.checks.number_forms import PLAIN, forms
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import counted
from dataops_core.steps.mark_missing import mark_missing


@check(
    "Numbers mixed with words",
    group="Numbers",
    types=["text"],
    fix=mark_missing,
    no_fix="There are too many different words to list; look at them, then read the column as numbers.",
)
def numbers_mixed_with_words(column: ColumnView, context: Context) -> Hit | None:
    """A column of numbers in which some cells hold words, such as "about 5" or "twelve".

    One such cell turns the whole column into text, and nothing can be computed from it any more.
    """
    found = forms(column)
    words = [text for text, form in found.items() if form is None and not means_missing(text)]
    mask = column.holding(words)
    if (
        not mask.any()
        or mask.sum() > 0.4 * column.present
        or sum(column.tally[t] for t in found if PLAIN.fullmatch(t.strip())) < 0.5 * column.present
    ):
        return None
    few = sorted(words, key=lambda word: (-column.tally[word], word))
    named = ", ".join(f'"{word}"' for word in few[:4])
    fix = {"columns": [column.name], "tokens": sorted(word.strip() for word in words)} if len(words) <= 50 else None
    return Hit(
        mask,
        f"{counted(mask.sum(), 'cell is not a number', 'cells are not numbers')} among numbers:"
        f" {named}{', …' if len(few) > 4 else ''}.",
        fix,
    )
