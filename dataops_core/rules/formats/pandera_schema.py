"""Rules of a pandera schema that pandera wrote as YAML or JSON (`schema.to_yaml()`); out they go as Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.rules.document import RuleSet
from dataops_core.rules.rule import Rule

WORDS = ("dtype", "nullable", "unique", "coerce", "required", "title", "description", "regex", "checks", "metadata")
LOW = {"greater_than_or_equal_to": "min", "less_than_or_equal_to": "max"}


def read(text: str, where: str) -> tuple[RuleSet, list[str]]:
    """The rules of a schema, and what has no rule here: a check that is code, or that leaves its limits out."""
    import yaml

    try:
        plain = yaml.safe_load(text)
        given = {str(name): dict(each or {}) for name, each in plain["columns"].items()}
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError):
        raise SettingError(
            "This is not a pandera schema.", where, "Write it in Python with schema.to_yaml() or schema.to_json()."
        ) from None
    made: list[Rule] = []
    left: list[str] = []
    columns = {}
    for name, each in given.items():
        columns[name], meant = _type(str(each.get("dtype") or ""))
        if meant:
            made.append(Rule.from_json({"kind": "type", "column": name, "type": meant}, where))
        if not each.get("nullable", False):
            made.append(Rule.from_json({"kind": "not_missing", "column": name}, where))
        if each.get("unique"):
            made.append(Rule.from_json({"kind": "unique", "key_columns": [name]}, where))
        made += [Rule.from_json(rule, where) for rule in _checks(name, each, left)]
    if keys := plain.get("unique"):
        keys = [keys] if isinstance(keys, str) else list(keys)
        made.append(Rule.from_json({"kind": "unique", "key_columns": keys}, where))
    if plain.get("checks"):
        left += [f"checks: {name}" for name in plain["checks"]]
    return RuleSet(tuple({rule.key: rule for rule in made}.values()), str(plain.get("name") or ""), columns), left


def _type(dtype: str) -> tuple[str, str]:
    """Our type of a column, and what its cells must be; nothing of it for text and for what is not known."""
    bare = dtype.lower()
    if bare.startswith(("int", "uint")):
        return "integer", "whole number"
    if bare.startswith(("float", "decimal")):
        return "decimal", "number"
    if bare.startswith("bool"):
        return "boolean", "boolean"
    return ("datetime", "date") if bare.startswith("datetime") else ("text", "")


def _checks(name: str, given: Mapping[str, Any], left: list[str]) -> Iterator[dict[str, Any]]:
    """The checks of a column as rules; their names are those of pandera's own."""
    limits: dict[str, Any] = {}
    every = {**given, **(given["checks"] if isinstance(given.get("checks"), Mapping) else {})}
    for check, value in every.items():
        if check in WORDS:
            continue
        value = value["value"] if isinstance(value, Mapping) and "value" in value and "options" in value else value
        if check in LOW:
            limits[LOW[check]] = value
        elif check == "in_range" and value.get("include_min", True) and value.get("include_max", True):
            limits |= {"min": value["min_value"], "max": value["max_value"]}
        elif check == "isin":
            yield {"kind": "allowed", "column": name, "values": list(value)}
        elif check == "equal_to":
            yield {"kind": "allowed", "column": name, "values": [value]}
        elif check == "str_matches":
            pattern = str(value)
            end = "" if pattern.endswith("$") else ".*"
            yield {
                "kind": "pattern",
                "column": name,
                "pattern": f"({pattern.removeprefix('^').removesuffix('$')}){end}",
            }
        elif check == "str_length" and value.get("exact_value") is None:
            ends = {"min": value.get("min_value"), "max": value.get("max_value")}
            yield {"kind": "length", "column": name, **{key: end for key, end in ends.items() if end is not None}}
        elif check == "str_length":
            yield {"kind": "length", "column": name, "min": value["exact_value"], "max": value["exact_value"]}
        else:
            left.append(f"{name}: {check}")
    if limits:
        yield {"kind": "range", "column": name, **limits}
