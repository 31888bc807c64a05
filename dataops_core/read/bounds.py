"""How much memory reading one file may take, refused before it is taken. Embedded in exported scripts: standard library
only.
"""

from __future__ import annotations

import os
import re

from dataops_core.errors import InputError, SettingError

READ_MEMORY = "DATAOPS_READ_MEMORY"
MOST_MEMORY = 4_000_000_000
MOST_RATIO = 250  # bytes of memory for a byte of the file; real tables need 5 to 100
UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def memory_limit() -> int:
    """The memory in bytes that reading one file may take: DATAOPS_READ_MEMORY, else 4 GB or half of the machine's,
    whichever is less.
    """
    given = os.environ.get(READ_MEMORY, "").strip()
    if not given:
        return min(MOST_MEMORY, machine_memory() // 2 or MOST_MEMORY)
    match = re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)\s*([KMGT]?B?)", given.upper())
    unit = match and (match[2] if match[2].endswith("B") or not match[2] else match[2] + "B")
    amount = int(float(match[1]) * UNITS[unit or ""]) if match else 0
    if amount < 10**7:
        raise SettingError(
            f'"{given}" is not an amount of memory that a file can be read with.',
            READ_MEMORY,
            'Give an amount such as "8 GB"; the least is 10 MB.',
        )
    return amount


def machine_memory() -> int:
    """The machine's memory in bytes; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


def spelled_bytes(number: float) -> str:
    """A number of bytes as people say it.

    >>> spelled_bytes(4_000_000_000), spelled_bytes(1_500_000), spelled_bytes(300)
    ('4 GB', '1.5 MB', '300 bytes')
    """
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if number >= size:
            return f"{number / size:.3g} {unit}" if number < 1000 * size else f"{number / size:,.0f} {unit}"
    return f"{number:.0f} bytes"


def check_memory(needed: int, size: int, what: str, where: str, fix: str) -> None:
    """Refuse what needs more memory than reading may take, or very much for a file of this size (such as one packed to
    do harm).

    `what` begins the message, without a full stop; up to an eighth of the allowed memory, any size of file is harmless.
    """
    limit = memory_limit()
    if needed > limit or (needed > limit // 8 and needed > MOST_RATIO * size):
        allowed = (
            f"{spelled_bytes(limit)} are allowed"
            if needed > limit
            else f"very much for a file of {spelled_bytes(size)}"
        )
        more = spelled_bytes(max(2 * needed, 2 * limit) if needed > limit else 8 * needed)
        raise InputError(
            f"{what}; reading it takes about {spelled_bytes(needed)} of memory ({allowed}).",
            where,
            f'{fix} If the file is right, allow more memory: {READ_MEMORY}="{more}".',
        )


def check_cells(rows: int, columns: int, held: int, characters: int, size: int, where: str) -> None:
    """Refuse a table that would take too much memory as rows times columns, however few of its cells hold anything."""
    cells = rows * columns
    few = f", of which only {held:,} hold anything" if held * 2 < cells else ""
    check_memory(
        100 * cells + 60 * held + 4 * characters,
        size,
        f"The table is {rows:,} rows by {columns:,} columns{few}",
        where,
        (
            "Look for cells that stray far from the table, or keys that differ from record to record, and remove them."
            if few
            else "Split the file."
        ),
    )
