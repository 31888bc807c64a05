"""What the files of a published version say of themselves: their hashes, and the id of the version."""

from __future__ import annotations

import json
from pathlib import Path


def read_sums(text: str) -> dict[str, str]:
    """The SHA-256 of each file, from the lines of SHA256SUMS.

    >>> read_sums("ab12  raw/raw.csv\\n")
    {'raw/raw.csv': 'ab12'}
    """
    parts = (line.partition("  ") for line in text.splitlines())
    return {name: wanted for wanted, _, name in parts if name}


def manifest_id(file: Path | bytes) -> str | None:
    """The id of the version that a bundle's manifest describes; None where it is none."""
    try:
        text = file if isinstance(file, bytes) else file.read_bytes()
        return str(json.loads(text)["version_id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
