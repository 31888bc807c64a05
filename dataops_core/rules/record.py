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

    Those about other tables, which are not here, are taken as they were when the version was saved.
    """
    rules = [Rule.from_json(each["rule"]) for each in told["rules"]]
    again = recorded([each.to_json() for each in check_rules(table, rules, today=told["today"])], told["today"])
    about = [rule.name == "reference" for rule in rules]
    pairs = list(zip(again["rules"], told["rules"], about, strict=True))
    wrong = [each["says"] for each, other, elsewhere in pairs if each != other and not elsewhere]
    wrong += [each["says"] for each, other, elsewhere in pairs if elsewhere and each["says"] != other["says"]]
    counts = {key.replace(" ", "_"): sum(each["status"] == key for each in told["rules"]) for key in STATES}
    counts |= {"blocking": len(blocking(told))}
    return wrong or ([] if all(told.get(key) == count for key, count in counts.items()) else ["the counts of rules"])
