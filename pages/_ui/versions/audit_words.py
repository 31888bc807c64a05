"""Entries of the audit log in the words of the screen, the reason first; the log itself keeps every detail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages._ui.formatting import count

WHAT = {
    "version committed": "version saved",
    "recipe changed": "steps changed",
    "roles set": "column roles set",
    "file read": "file brought in",
}
_FIRST = ("number", "versions", "change", "message", "name", "file", "columns", "reason", "why")
_NAMES = {"number": "version", "why": "reason", "change": "", "message": "", "name": ""}
_LEFT_OUT = {"draft", "entries", "from_state", "to_state"}  # the log's own bookkeeping
_HASH = 32  # signs from which a word of hexadecimal digits is a fingerprint, which says nothing to people


def what(said: str) -> str:
    """What was done, as the screen calls it."""
    return WHAT.get(said, said)


def details(entry: Mapping[str, Any]) -> str:
    """The details of an entry that people can read, the most telling first.

    >>> entry = {"what": "version purged", "details": {"version": "a" * 64, "number": 1, "reason": "Case 12"}}
    >>> details(entry)
    'version 1; reason: Case 12'
    >>> details({"what": "personal data kept", "details": {"columns": ["name", "email"], "reason": "Contract"}})
    'columns: name, email; reason: Contract'
    """
    held = entry["details"]
    order = [*[key for key in _FIRST if key in held], *[key for key in held if key not in {*_FIRST, *_LEFT_OUT}]]
    told = []
    for key in order:
        value = _said(held[key])
        if not value:
            continue
        name = _NAMES.get(key, key.replace("_", " "))
        told.append(f"version {value}" if key == "number" else f"{name}: {value}" if name else value)
    return "; ".join(told)


def _said(value: Any) -> str:
    """A value in words; nothing where it is a fingerprint or empty."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {said}" for key, each in value.items() if (said := _said(each)))
    if isinstance(value, list | tuple):
        kept = [said for each in value if (said := _said(each))]
        return ", ".join(kept[:8]) + (f" and {count(len(kept) - 8, 'more', 'more')}" if len(kept) > 8 else "")
    text = str(value)
    hexadecimal = len(text) >= _HASH and all(sign in "0123456789abcdef" for sign in text)
    return "" if hexadecimal else text
