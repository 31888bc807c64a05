"""Values of cells in the messages of checks."""

from __future__ import annotations

_OPEN, _CLOSE = "\ue200", "\ue201"  # stand around the values of cells until a finding is made of a message


def cell(value: object, *, quotes: bool = True) -> str:
    """A value of a cell as a message names it: in quotation marks, and marked as what may name a person."""
    text = str(value).replace(_OPEN, "").replace(_CLOSE, "")
    return f'"{_OPEN}{text}{_CLOSE}"' if quotes else f"{_OPEN}{text}{_CLOSE}"


def without_marks(message: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The message as people read it, and where in it the values of cells stand: from, to.

    >>> without_marks(f"It is {cell('Bonn')}.")
    ('It is "Bonn".', ((7, 11),))
    """
    out, spans, length = [], [], 0
    for at, piece in enumerate(message.split(_OPEN)):
        value, closed, rest = piece.partition(_CLOSE) if at else ("", "", piece)
        if at and not closed:
            value, rest = "", piece
        elif at:
            spans.append((length, length + len(value)))
        out.append(value + rest)
        length += len(value) + len(rest)
    return "".join(out), tuple(spans)
