"""What a fix costs: nothing that anybody could want back, something that can be named, or a guess."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataops_core.checks.check import REGISTRY

DECIDE = ("drop_columns", "fill_missing", "treat_outliers", "replace_values", "filter_rows", "drop_rows_with_missing")


def loses_nothing(finding: Mapping[str, Any]) -> bool:
    """Whether the fix of a finding loses nothing that anybody could want back.

    A number such as 99999 may be a code for a missing value, and may be the top of a scale (in the census table Adult
    it is): to empty such cells is a decision. Words such as "unknown" and codes below zero are not.

    >>> fix = {"op": "mark_missing", "with": {"columns": ["gain"], "tokens": ["99999"]}}
    >>> loses_nothing({"check": "disguised_missing", "fix": fix})
    False
    >>> fix["with"]["tokens"] = ["?", "-999"]
    >>> loses_nothing({"check": "disguised_missing", "fix": fix})
    True
    """
    check = REGISTRY.get(finding["check"])
    if not finding["fix"] or check is None or not check.harmless:
        return False
    return not any(_is_amount(str(token)) for token in finding["fix"]["with"].get("tokens") or ())


def decides_nothing(finding: Mapping[str, Any]) -> bool:
    """Whether a fix can be taken without a second look at what goes: it drops no column and no row that somebody may
    need, and guesses no value.

    >>> decides_nothing({"check": "direct_identifiers", "fix": {"op": "drop_columns", "with": {"columns": ["name"]}}})
    False
    """
    if not finding["fix"] or finding["check"] == "wrong_values":  # the new values are probable, not certain
        return False
    if finding["check"] in ("blank_rows", "total_rows"):
        return True
    check = REGISTRY.get(finding["check"])
    return finding["fix"]["op"] not in DECIDE and (check is None or not check.harmless or loses_nothing(finding))


def _is_amount(token: str) -> bool:
    """Whether a token is a number from 0 upwards, or a day: what real cells may hold as well."""
    return token[:1].isdigit()
