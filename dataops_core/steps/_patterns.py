"""Patterns that users write, run beside this process with a limit: some take time that doubles with every letter of a
cell.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from dataops_core.errors import SettingError

SECONDS = 20  # of computing, for one column
LONGEST = 1000  # characters of a pattern
CHILD = r"""
import json, re, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))
except ImportError:
    pass  # on Windows; the parent's limit holds
given = json.load(sys.stdin)
pairs = [(re.compile(old, re.IGNORECASE if given["ignore_case"] else 0), new) for old, new in given["pairs"]]
def put(new):
    return lambda found: re.sub(r"\\([1-9])", lambda number: found[int(number[1])] or "", new)
def replaced(text):
    for old, new in pairs:
        text = old.sub(put(new), text)
    return text
json.dump([replaced(text) for text in given["texts"]], sys.stdout)
"""


def replaced_by_patterns(
    texts: Sequence[str], pairs: Sequence[tuple[str, str]], ignore_case: bool, name: str
) -> list[str]:
    r"""The texts after one pattern after the other; \1 to \9 in a new text stand for what the groups caught, other
    backslashes stay.

    Raises SettingError for a pattern that is none, or that names a group it has not, and where all of it takes over
    SECONDS of computing. `name` is the column's, for the message.
    """
    for old, new in pairs:
        _check(old, new)
    given: dict[str, Any] = {"pairs": pairs, "ignore_case": ignore_case, "texts": texts}
    try:
        done = subprocess.run(  # noqa: S603 - our own lines; pattern and texts are data
            [sys.executable, "-I", "-S", "-c", CHILD, str(SECONDS)],
            input=json.dumps(given),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=30 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode < 0:
        raise SettingError(
            (
                f'Column "{name}": the pattern "{pairs[0][0][:100]}" takes more than {SECONDS} seconds.'
                if len(pairs) == 1
                else f'Column "{name}": the patterns take more than {SECONDS} seconds.'
            ),
            "replace_values",
            r"Write it so that a text can be matched in one way only: \d+,\d+ instead of .*,.*, and no repetition of a"
            r" repetition, as in (a+)+.",
        )
    if done.returncode:
        raise SettingError(
            f'Column "{name}": the pattern "{pairs[0][0][:100]}" failed:'
            f" {(done.stderr.strip().splitlines() or ['no reason given'])[-1]}.",
            "replace_values",
            "Make the pattern simpler.",
        )
    replaced: list[str] = json.loads(done.stdout)
    return replaced


def _check(old: str, new: str) -> None:
    """Refuse what is not a pattern, and a new value that names a group which the pattern has not."""
    try:
        groups = re.compile(old).groups
    except (re.error, RecursionError, OverflowError) as error:
        raise SettingError(
            f'"{old}" is not a pattern: {error}.',
            "replace_values",
            'To look for the text as it stands, choose "part of the text".',
        ) from error
    if len(old) > LONGEST:
        raise SettingError(
            f'The pattern "{old[:100]}…" is too long: over {LONGEST:,} characters.',
            "replace_values",
            "Split it in two.",
        )
    wanted = max(map(int, re.findall(r"\\([1-9])", new)), default=0)
    if wanted > groups:
        raise SettingError(
            f'"{new}" names group {wanted}, but the pattern "{old}" has {groups}.',
            "replace_values",
            "Put ( ) around the part of the pattern to keep.",
        )
