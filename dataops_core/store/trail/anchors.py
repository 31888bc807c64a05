"""Anchors of the audit log: after each write, the hash of the last entry goes into a file outside the catalog, signed
if a signing key is set. A chain of hashes alone cannot tell that its tail was cut off.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataops_core.errors import IntegrityError
from dataops_core.export.signature import sign
from dataops_core.store.trail.verify_audit import anchor_problems, message, read_lines

FILE = "DATAOPS_ANCHORS"


def anchor_file(home: Path) -> Path:
    """Where anchors are written: DATAOPS_ANCHORS, or anchors.jsonl in the home folder."""
    return Path(os.environ.get(FILE) or home / "anchors.jsonl")


def write(path: Path, head: Mapping[str, Any]) -> None:
    """Add an anchor for the last entry ("seq", "hash", "at") that was written."""
    anchor = {key: head[key] for key in ("seq", "hash", "at")}
    if made := sign(message(anchor)):
        anchor |= dict(zip(("public_key", "signature"), made, strict=True))
    with path.open("ab") as file:
        file.write((json.dumps(anchor) + "\n").encode())


def check(path: Path, entries: list[dict[str, Any]]) -> None:
    """Raise IntegrityError where the log is not the one that was anchored."""
    if not path.exists():
        return
    try:
        problems = anchor_problems(entries, read_lines(path))
    except (ValueError, KeyError, TypeError) as error:
        problems = [f"The anchors cannot be read: {error!r}."]
    if problems:
        raise IntegrityError(
            "The audit log is not the one that was anchored. " + problems[0],
            str(path),
            "Restore the catalog from a backup.",
        )
