"""Words and numbers as people read them."""

from __future__ import annotations

import re
from collections.abc import Callable

from dataops_core.errors import DataOpsError
from dataops_core.wording import counted

SEVERITY = {
    "error": ("Error", ":material/error:", "red"),
    "warning": ("Warning", ":material/warning:", "orange"),
    "note": ("Note", ":material/info:", "blue"),
}
KINDS = {
    "number": "Number",
    "category": "Category",
    "text": "Text",
    "datetime": "Date or time",
    "date": "Date",
    "time": "Time of day",
    "boolean": "Yes or no",
    "id": "Identifier",
}
ROLES = {
    "target": ("Outcome", "The column that tells the result you care about, such as approved or not"),
    "favorable": ("Good outcome", "The value of the outcome that is good for the person"),
    "sensitive": ("Sensitive columns", "Columns that tell groups of people apart, such as sex or age"),
    "id": ("Identifier", "The column that names each row"),
    "weight": ("Weight", "The column that says how much each row counts"),
    "split": ("Split", "The column that says which rows are for training and which for testing"),
}
STATUS = {
    "done": (":material/check_circle:", "done"),
    "skipped": (":material/skip_next:", "skipped"),
    "failed": (":material/error:", "does not fit"),
    "off": (":material/toggle_off:", "off"),
    "pending": (":material/hourglass_empty:", "not run yet"),
}
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MARKS = re.compile(r"([\\`*_{}\[\]()#+!|<>~$:])")


_veils: list[Callable[[str], str]] = []


def mask_by(veil: Callable[[str], str]) -> None:
    """Let texts go through a veil on their way to Markdown; `redaction` has one."""
    _veils[:] = [veil]


def md(text: object) -> str:
    """Text that Markdown leaves as it is, on one line: no link, and no sign that turns the direction of
    what follows. Viewers see no cell in it that names somebody.
    """
    told = str(text)
    for veil in _veils:
        told = veil(told)
    told = _TURNS.sub("\ufffd", " ".join(told.split())).replace("://", ":\u200b//").replace("www.", "www\u200b.")
    return _MARKS.sub(r"\\\1", told)


count = counted  # a number with its noun: 1 row, 2,056 rows


def share(part: int, whole: int) -> str:
    """A share in per cent, never rounded to none or all.

    >>> share(1, 100000), share(24, 100), share(0, 5)
    ('under 0.1 %', '24 %', '0 %')
    """
    if not whole or not part:
        return "0 %"
    percent = 100 * part / whole
    if percent < 0.1:
        return "under 0.1 %"
    return (
        f"{percent:.1f} %" if percent < 10 and part != whole else f"{min(percent, 99.9 if part < whole else 100):.3g} %"
    )


def percent(score: float) -> str:
    """A score in per cent; what is short of all is never rounded up to it.

    >>> percent(1.0), percent(0.99999), percent(0.913)
    ('100 %', '99.9 %', '91.3 %')
    """
    return "100 %" if score == 1 else f"{min(100 * score, 99.9):.1f} %"


def size(number: int) -> str:
    """A file's size: 1.2 MB."""
    amount, unit = float(number), "bytes"
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:,.0f} {unit}" if unit == "bytes" else f"{amount:,.1f} {unit}"


def when(moment: str) -> str:
    """A moment in UTC: 2026-11-23 10:05 UTC."""
    return moment[:16].replace("T", " ") + " UTC"


def fix_of(error: DataOpsError) -> str:
    """How to mend an error, with where it is."""
    where = f" ({error.where})" if error.where else ""
    return f"{error.fix}{where}" if error.fix else error.where
