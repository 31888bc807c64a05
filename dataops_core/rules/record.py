"""What a version keeps of its rules: each with its state when it was saved; and how these words are checked again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dataops_core.rules.check import check_rules
from dataops_core.rules.rule import Rule
from dataops_core.table import Table

STATES = ("passed", "failed", "not checked")


def recorded(results: Sequence[Mapping[str, Any]], today: str) -> dict[str, Any]:
    """The rules with their state, as plain JSON values; `results` as Result.to_json gives them."""
    told = {
        "today": today,
        **{key.replace(" ", "_"): sum(each["status"] == key for each in results) for key in STATES},
        "rules": [
            {"says": each["sentence"], **{key: each[key] for key in ("rule", "status", "severity", "rows", "failing")}}
            for each in results
        ],
    }
    return told | {"blocking": len(blocking(told))}


def blocking(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rules that fail and block, as recorded."""
    return [each for each in told["rules"] if each["status"] == "failed" and each["severity"] == "block"]


def differing(told: Mapping[str, Any], table: Table) -> list[str]:
    """The rules (in words) whose state is not what was recorded, on the table that was rebuilt.

    Those about other tables were not checked when the version was saved, and are not now.
    """
    rules = [Rule.from_json(each["rule"]) for each in told["rules"]]
    again = recorded([each.to_json() for each in check_rules(table, rules, today=told["today"])], told["today"])
    same = {key: again[key] == told.get(key) for key in ("passed", "failed", "not_checked", "blocking")}
    wrong = [each["says"] for each, other in zip(again["rules"], told["rules"], strict=True) if each != other]
    return wrong or ([] if all(same.values()) else ["the counts of rules"])
