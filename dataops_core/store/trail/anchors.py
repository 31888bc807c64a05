"""Anchors of the audit log: after each write, the hash of the last entry goes into a file outside the catalog, signed
if a signing key is set. A chain of hashes alone cannot tell that its tail was cut off.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping, Sequence
from io import FileIO
from pathlib import Path
from typing import Any

from dataops_core.errors import IntegrityError
from dataops_core.export.signature import sign
from dataops_core.store.trail.verify_audit import anchor_problems, message, read_lines

FILE = "DATAOPS_ANCHORS"


def anchor_file(home: Path) -> Path:
    """Where anchors are written: DATAOPS_ANCHORS, or anchors.jsonl in the home folder."""
    return Path(os.environ.get(FILE) or home / "anchors.jsonl")


def line(head: Mapping[str, Any]) -> bytes:
    """The anchor of the last entry ("seq", "hash", "at"), as a line of the file; raises SettingError for a key that is
    none.
    """
    anchor = {key: head[key] for key in ("seq", "hash", "at")}
    if made := sign(message(anchor)):
        anchor |= dict(zip(("public_key", "signature"), made, strict=True))
    return (json.dumps(anchor) + "\n").encode()


def opened(path: Path) -> FileIO:
    """The file, to add an anchor to; raises IntegrityError where nothing can be added."""
    try:
        return path.open("ab", buffering=0)
    except OSError as error:
        raise IntegrityError(
            f"The audit log cannot be anchored: {error.strerror}.",
            str(path),
            f"Name a file that can be written ({FILE}).",
        ) from error


def add(file: FileIO, line: bytes) -> None:
    """Add an anchor, whole or not at all; raises OSError where the disk is full."""
    before = os.fstat(file.fileno()).st_size
    written = file.write(line)
    if written != len(line):
        if os.fstat(file.fileno()).st_size == before + written:  # nobody has added another one meanwhile
            os.ftruncate(file.fileno(), before)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read(path: Path) -> list[dict[str, Any]]:
    """All anchors, in order. They are read before the log: what is anchored meanwhile is in the log by then."""
    try:
        return read_lines(path) if path.exists() else []
    except ValueError as error:
        raise IntegrityError(
            f"The anchors of the audit log cannot be read: {error}.", str(path), "Restore the file from a backup."
        ) from error


def check(path: Path, kept: Sequence[Mapping[str, Any]], log: Sequence[Mapping[str, Any]]) -> None:
    """Raise IntegrityError where the log is not the one that was anchored."""
    try:
        problems = anchor_problems(log, kept)
    except (KeyError, TypeError) as error:
        problems = [f"An anchor is not whole: {error!r}."]
    if problems:
        raise IntegrityError(
            "The audit log is not the one that was anchored. " + problems[0],
            str(path),
            "Restore the catalog from a backup.",
        )
