"""Invalid e-mail addresses."""

from __future__ import annotations

import re

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.missing_tokens import means_missing
from dataops_core.checks.table_view import Context
from dataops_core.wording import counted

MOST = 0.05  # of the cells may be slips; with more, the column holds something else as well
_LOCAL = r"[^\s@,;:<>()\"]+"
_ADDRESS = rf"{_LOCAL}@[^\s@,;:<>()\"._-][^\s@,;:<>()\"]*\.[^\s@,;:<>()\".\d-]{{2,}}"
_DOTS = r"^\.|\.\.|\.@"


@check(
    "Invalid e-mail addresses",
    group="Text",
    types=["text"],
    words=True,
    no_fix="What the address should be, only the source knows; replace the cells, or set them to missing.",
)
def invalid_emails(column: ColumnView, context: Context) -> Hit | None:
    """Cells in a column of e-mail addresses that are none: without an @, with two, without a domain, with spaces.

    No message reaches them, and nothing that is joined by address finds them.
    """
    some = column.sample(200)
    if column.present < 50 or sum(is_email(text.strip()) for text in some) < (1 - 2 * MOST) * len(some):
        return None
    mask = ~column.matching(rf"\s*{_ADDRESS}\s*", whole=True) | column.matching(_DOTS)
    mask &= ~column.missing
    if not mask.any() or mask.sum() > MOST * column.present:
        return None
    mask &= ~column.where(each(means_missing))
    return Hit(mask, f"{counted(mask.sum(), 'cell is no e-mail address', 'cells are no e-mail addresses')}.")


def is_email(text: str) -> bool:
    """Whether a text is built like an e-mail address.

    >>> [is_email(text) for text in ("ann.lee@mail.example.org", "ann@@example.org", "ann@", "ann.example.org")]
    [True, False, False, False]
    """
    return re.fullmatch(_ADDRESS, text) is not None and re.search(_DOTS, text) is None
