"""What projects and datasets may be called: one rule, at every way in."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from dataops_core.errors import SettingError

LONGEST = 120


def check_name(name: str, of: str) -> str:
    """The name, without spaces around it; raises SettingError where no project or dataset may be called so.

    >>> check_name("  Loans 2026 ", "dataset")
    'Loans 2026'
    >>> check_name("..", "dataset")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    dataops_core.errors.SettingError: A dataset cannot be called ".."...
    """
    bare = name.strip()
    shown = "".join(letter if _is_printable(letter) else f"\\u{ord(letter):04x}" for letter in bare[:LONGEST])
    where = f"name of the {of}"
    if not bare:
        raise SettingError(f"A {of} needs a name.", where, "Type a name.")
    if len(bare) > LONGEST:
        raise SettingError(
            f'The name "{shown}…" has {len(bare):,} characters.',
            where,
            f"Use at most {LONGEST} characters.",
        )
    if not all(_is_printable(letter) for letter in bare):
        raise SettingError(
            f'The name "{shown}" holds characters that cannot be seen.',
            where,
            "Use letters, digits, spaces and punctuation: no line breaks, control characters or marks of direction.",
        )
    if "/" in bare or "\\" in bare:
        raise SettingError(f'The name "{shown}" holds a slash.', where, "Use another character instead of / and \\.")
    if not any(letter.isalnum() for letter in bare):
        raise SettingError(f'A {of} cannot be called "{shown}".', where, "Use a name with a letter or digit.")
    return bare


def name_of_file(filename: str) -> str:
    """What a dataset is called that comes from this file: the file's name, as far as the rule allows.

    >>> name_of_file("Loans 2026.csv"), name_of_file("..csv"), name_of_file("a\\nb.csv")
    ('Loans 2026', 'table', 'a b')
    """
    stem = "".join(letter if _is_printable(letter) else " " for letter in Path(filename.replace("\\", "/")).stem)
    name = re.sub(r"\s+", " ", stem).strip()[:LONGEST].strip()
    return name if any(letter.isalnum() for letter in name) else "table"


def _is_printable(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
