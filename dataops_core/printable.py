"""Text as it may go to a terminal: nothing in it can move the cursor, change colors, or reverse what is read."""

from __future__ import annotations

import re
from typing import Any, TextIO

UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str, *, one_line: bool = False) -> str:
    r"""Text in which control characters, direction marks and half characters are spelled out; line breaks too for one
    line.

    >>> printable("\x1b[31mred"), printable("a\nb", one_line=True), printable("a\u202eb")
    ('\\x1b[31mred', 'a\\nb', 'a\\u202eb')
    """
    clean = UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape", "backslashreplace").decode("ascii"), text)
    return clean.replace("\n", "\\n").replace("\t", "\\t") if one_line else clean


class Printable:
    """A text stream that only printable text goes to."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write what is printable of a text."""
        self._stream.write(printable(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
