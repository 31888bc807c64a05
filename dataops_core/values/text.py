"""What texts are made of: letters, words, signs of money."""

from __future__ import annotations

import re

LETTER = r"[^\W\d_]"
MONEY = "$€£¥₹"
_WORD = re.compile(f"{LETTER}+")


def words_in(text: str) -> list[str]:
    """The runs of letters of a text, of any script.

    >>> words_in("3rd Höfe_Straße, No. 12b")
    ['rd', 'Höfe', 'Straße', 'No', 'b']
    """
    return _WORD.findall(text)
