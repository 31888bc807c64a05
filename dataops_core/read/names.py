"""Column names as a table needs them: each there, each once, none reserved. Embedded in exported scripts."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dataops_core.errors import FlawError, InputError

MOST_COLUMNS = 10_000
RESERVED_NAME = "__row_id__"
EXTRA_CELLS = "extra cells"


def check_width(width: int) -> None:
    """Refuse a table with more columns than anybody can look at."""
    if width > MOST_COLUMNS:
        raise InputError(
            f"The table has {width:,} columns; {MOST_COLUMNS:,} is the most that can be read.",
            "the header",
            "Turn the table (rows to columns), leave out columns, or check the delimiter.",
        )


def nameless(raw: Sequence[str]) -> list[int]:
    """The positions of names that are empty."""
    return [at for at, name in enumerate(raw) if not name.replace("\ufeff", "").strip()]


def table_flaws(raw: Sequence[str], held: Collection[int], rows: int) -> list[tuple[str, list[int]]]:
    """What is wrong with a table, and the numbers of the columns: doubled names, missing names, no rows.

    `held` are the positions of nameless columns that hold data; others come from delimiters at line ends.

    >>> table_flaws(["a", " a", ""], {2}, 5)
    [('Two columns are called "a".', [1, 2]), ('Column 3 has no name.', [3])]
    """
    places: dict[str, list[int]] = {}
    for number, name in enumerate(raw, 1):
        places.setdefault(name.replace("\ufeff", "").strip(), []).append(number)
    unnamed = [at + 1 for at in nameless(raw) if at in held]
    words = {2: "Two", 3: "Three"}
    flaws = [
        (f'{words.get(len(numbers), len(numbers))} columns are called "{name}".', numbers)
        for name, numbers in places.items()
        if name and len(numbers) > 1
    ]
    flaws += [(f"Column {number} has no name.", [number]) for number in unnamed]
    return flaws if rows else [*flaws, ("The file has a header but no rows.", [])]


def check_flaws(flaws: Sequence[tuple[str, list[int]]], where: str, lenient: bool | None) -> bool:
    """Whether there are flaws; refuses them, all at once, unless they are to be mended."""
    if flaws and not lenient:
        numbers = sorted({number for _, some in flaws for number in some})
        shown = ", ".join(map(str, numbers[:20])) + (", …" if len(numbers) > 20 else "")
        more = [f"And {len(flaws) - 20:,} more."] if len(flaws) > 20 else []
        raise FlawError(
            " ".join([what for what, _ in flaws[:20]] + more),
            where + (f", column{'s' * (len(numbers) > 1)} {shown}" if numbers else ""),
            'Mend the file, or read it anyway: doubles get a number, nameless columns get "column 3" (--lenient).',
        )
    return bool(flaws)


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
        problems.append(
            {
                "what": f"Column names were changed: {shown}.",
                "where": where,
                "fix": "Rename the columns if you want other names.",
                "count": len(changes),
            }
        )
    return names
