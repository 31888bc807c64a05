"""Slips of the pen that look like another form: "2024-02-5" is a day without its zero, or the 15th with a digit lost.

What cannot be read at all tells how many slips a column has. One slip each is made in cells of the main form, and it is
counted how many of them look like each of the other forms for one that cannot be read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dataops_core.repair.notation.formats import Format

TRIED = 400  # cells of the main form, with a slip each
FEWEST_UNREAD = 10  # of them that cannot be read, to compare with
DIGIT = re.compile(r"\d")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def expected(
    found: Format, in_main: Sequence[str], known: Container[str], unread: int, seed: int = 0
) -> dict[tuple[tuple, bool], float]:
    """How many cells of each form are probably slips that rewriting would turn into another value, where `unread` cells
    of the column cannot be read; apart for those that, in the main form, are `known` values of the column.
    """
    if not unread or not in_main:
        return {}
    rng = np.random.default_rng([seed, unread, len(in_main)])
    seen: Counter[tuple[tuple, bool]] = Counter()
    lost = 0
    for at in rng.choice(len(in_main), TRIED).tolist():
        text = one_slip(in_main[at], rng)
        rewritten = found.rewrite(text)
        if rewritten is not None and rewritten[0] != in_main[at]:
            seen[like(rewritten[1]), rewritten[0] in known] += 1
        elif rewritten is None and not any(form == found.main for _, form in found.kind.read(text)):
            lost += 1
    return {form: (unread + 0.5) * number / lost for form, number in seen.items()} if lost >= FEWEST_UNREAD else {}


def like(form: tuple) -> tuple:
    """What forms have in common that hold a text of their own: its digits count as one.

    >>> like(("ymd", "-", "-", "2024-9-07"))
    ('ymd', '-', '-', '9999-9-99')
    """
    return tuple(DIGIT.sub("9", part) if isinstance(part, str) else part for part in form)


def one_slip(text: str, rng: np.random.Generator) -> str:
    """A text with one sign lost, replaced, doubled, or in the place of its neighbor.

    >>> one_slip("2024", np.random.default_rng(3))
    '202'
    """
    at = int(rng.integers(len(text)))
    kind = int(rng.integers(4))
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        signs = "0123456789" if text[at].isdigit() else LETTERS
        return text[:at] + signs[int(rng.integers(len(signs)))] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at] + text[at:]
    at = min(at, len(text) - 2)
    return text if at < 0 else text[:at] + text[at + 1] + text[at] + text[at + 2 :]
