"""Profiles as they leave: of columns that name people, counts only, and no value."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

_COUNTS = (
    "type", "kind", "rows", "missing", "distinct", "distinct_error", "singles", "entropy", "shortest", "longest",
    "mean_length", "classes",
)  # fmt: skip
_SAID = ("check", "title", "columns", "count", "share", "rows", "severity", "why", "no_fix")


def hide_values(profile: Mapping[str, Any], hidden: Collection[str]) -> dict[str, Any]:
    """The same profile without the values of some columns: neither frequent ones nor those that findings name.

    >>> profile = {"facts": {"a": {"type": "text", "top": [{"value": "jo", "count": 2}], "bottom": []}}, "findings": []}
    >>> hide_values(profile, ["a"])["facts"]
    {'a': {'type': 'text', 'top': [], 'bottom': []}}
    """
    if not hidden or not profile:
        return dict(profile)
    facts = {
        name: {key: fact[key] for key in _COUNTS if key in fact} | {"top": [], "bottom": []} if name in hidden else fact
        for name, fact in profile["facts"].items()
    }
    findings = [
        _counted(finding) if set(finding["columns"]) & set(hidden) else finding for finding in profile["findings"]
    ]
    return {**profile, "facts": facts, "findings": findings}


def _counted(finding: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: finding[key] for key in _SAID if key in finding}
    return told | {"message": f"{finding['count']:,} rows.", "fix": None}
