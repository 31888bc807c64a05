"""Column names as a table needs them: each there, each once, none reserved. Embedded in exported scripts."""

from __future__ import annotations

from collections.abc import Sequence

from dataops_core.errors import InputError

MOST_COLUMNS = 10_000
RESERVED_NAME = "__row_id__"
EXTRA_CELLS = "extra cells"


def check_width(width: int) -> None:
    """Refuse a table with more columns than anybody can look at."""
    if width > MOST_COLUMNS:
        raise InputError(
            f"The table has {width:,} columns; {MOST_COLUMNS:,} is the most that can be read.", "the header",
            "Turn the table (rows to columns), leave out columns, or check the delimiter.",
        )


def clean_names(raw: Sequence[str], where: str, problems: list[dict]) -> list[str]:
    """Names stripped, filled in, and made different from each other; every change is reported.

    >>> clean_names([" a", "a", "", "__row_id__"], "line 1", [])
    ['a', 'a (2)', 'column 3', 'row_id']
    """
    check_width(len(raw))
    taken: set[str] = set()
    wanted = {name.strip() for name in raw}
    names, changes = [], []
    for number, old in enumerate(raw, 1):
        base = old.replace("\ufeff", "").strip() or f"column {number}"
        base = "row_id" if base == RESERVED_NAME else base
        name, copy = base, 2
        while name in taken or (name != old.strip() and name in wanted):
            name, copy = f"{base} ({copy})", copy + 1
        taken.add(name)
        names.append(name)
        if name != old:
            changes.append(f'"{old}" → "{name}"')
    if changes:
        shown = ", ".join(changes[:20]) + (", …" if len(changes) > 20 else "")
        problems.append({
            "what": f"Column names were changed: {shown}.", "where": where,
            "fix": "Rename the columns if you want other names.", "count": len(changes),
        })
    return names
