"""Rules as a Frictionless Table Schema, and back: constraints that look at one cell each, and keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.rules.document import RuleSet
from dataops_core.rules.formats.exported import Exported
from dataops_core.rules.kinds.reference import Reference
from dataops_core.rules.rule import Rule

TYPES = {"text": "string", "integer": "integer", "decimal": "number", "boolean": "boolean", "datetime": "datetime"}
MEANT = {"whole number": "integer", "number": "number", "date": "datetime", "boolean": "boolean"}
OURS = {theirs: ours for ours, theirs in MEANT.items()} | {"date": "date"}
WITHOUT = {  # kinds of rules that a schema cannot hold, and why
    "distribution": "A schema looks at one cell at a time, not at how all are spread.",
    "row_count": "A schema does not count rows.",
    "freshness": "A schema does not know which day is today.",
}
WORDS = {"trueValues": ["true", "True", "yes", "1"], "falseValues": ["false", "False", "no", "0"]}


def write(rules: RuleSet) -> Exported:
    """The schema as JSON; rules that look at several cells, or allow exceptions, are left out."""
    fields: dict[str, dict[str, Any]] = {
        name: {"name": name, "type": TYPES[kind], **({"format": "any"} if kind == "datetime" else {})}
        for name, kind in rules.columns.items()
    }
    keys: list[str] = []
    foreign: list[dict[str, Any]] = []
    left: list[tuple[Rule, str]] = []
    for rule in rules.rules:
        why = _add(rule, fields, keys, foreign)
        if why:
            left.append((rule, why))
    schema: dict[str, Any] = {"fields": list(fields.values()), "missingValues": [""]}
    if keys:
        schema["primaryKey"] = keys
    if foreign:
        schema["foreignKeys"] = foreign
    return Exported(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", tuple(left))


def _add(rule: Rule, fields: dict[str, dict[str, Any]], keys: list[str], foreign: list[dict[str, Any]]) -> str:
    """Write a rule into the fields; why not, where it cannot be."""
    if rule.least < 1:
        return "A schema allows no exceptions."
    if rule.severity == "warn" and rule.name != "length":
        return "A schema does not warn."
    if isinstance(rule, Reference):
        reference = {"resource": rule.table, "fields": list(rule.table_columns)}
        foreign.append({"fields": list(rule.key_columns), "reference": reference})
        return ""
    if rule.name == "unique" and len(rule.columns) > 1:
        if keys:
            return "A schema has one key of several columns."
        keys.extend(rule.columns)
        return ""
    if rule.name not in ("type", "not_missing", "unique", "range", "allowed", "pattern", "length"):
        return WITHOUT.get(rule.name, "A schema looks at one cell at a time.")
    name = rule.columns[0]
    field = fields.setdefault(name, {"name": name, "type": "string"})
    given = rule.to_json()
    if rule.name == "type":
        field |= {"type": MEANT[given["type"]]} | (WORDS if given["type"] == "boolean" else {})
        if given["type"] == "date":
            field["format"] = "any"
        return ""
    constraints = field.setdefault("constraints", {})
    if rule.name in ("pattern", "length") and field["type"] != "string":
        return "Only text has a pattern or a length there."
    if rule.name == "range" and field["type"] == "string":
        return "Text has no order there."
    if rule.name == "pattern" and "pattern" in constraints:
        return "A field has one pattern."
    constraints |= {
        "not_missing": {"required": True},
        "unique": {"unique": True},
        "range": {"minimum": given.get("min"), "maximum": given.get("max")},
        "allowed": {"enum": list(given.get("values", ()))},
        "pattern": {"pattern": given.get("pattern")},
        "length": {"minLength": given.get("min"), "maxLength": given.get("max")},
    }[rule.name]
    for key in [key for key, value in constraints.items() if value is None]:
        del constraints[key]
    return ""


def read(text: str, where: str) -> tuple[RuleSet, list[str]]:
    """The rules of a schema, or of the first resource of a data package."""
    try:
        plain = json.loads(text)
        if "resources" in plain:
            plain = plain["resources"][0]["schema"]
        fields = [dict(each) for each in plain["fields"]]
    except (ValueError, KeyError, TypeError, IndexError):
        raise SettingError("This is not a Table Schema.", where, 'It has "fields" with names and types.') from None
    made: list[Rule] = []
    left: list[str] = []
    columns = {}
    for field in fields:
        name, kind = str(field.get("name")), str(field.get("type", "string"))
        columns[name] = next((ours for ours, theirs in TYPES.items() if theirs == kind), "text")
        meant = {
            "integer": "whole number",
            "number": "number",
            "date": "date",
            "datetime": "date",
            "boolean": "boolean",
        }
        if kind in meant:
            made.append(Rule.from_json({"kind": "type", "column": name, "type": meant[kind]}, where))
        elif kind not in ("string", "any"):
            left.append(f"{name}: type {kind}")
        made += _constraints(name, field.get("constraints") or {}, left, where)
    keys = plain.get("primaryKey") or []
    if keys:
        keys = [keys] if isinstance(keys, str) else list(keys)
        made.append(Rule.from_json({"kind": "unique", "key_columns": keys}, where))
    made += _references(plain.get("foreignKeys") or [], left, where)
    return RuleSet(tuple({rule.key: rule for rule in made}.values()), "", columns), left


def _references(given: Any, left: list[str], where: str) -> list[Rule]:
    """The rules of foreign keys; those that point to the table itself have no rule here."""
    made: list[Rule] = []
    for each in given if isinstance(given, list) else []:
        try:
            reference = each["reference"]
            mine, theirs = each["fields"], reference["fields"]
        except (KeyError, TypeError):
            left.append("foreignKeys")
            continue
        mine, theirs = ([some] if isinstance(some, str) else list(some) for some in (mine, theirs))
        if not reference.get("resource"):
            left.append(f"foreignKeys: {', '.join(map(str, mine))}")
            continue
        plain = {"kind": "reference", "key_columns": mine, "table": reference["resource"], "table_columns": theirs}
        made.append(Rule.from_json(plain, where))
    return made


def _constraints(name: str, given: Mapping[str, Any], left: list[str], where: str) -> list[Rule]:
    plain: list[dict[str, Any]] = []
    if given.get("required"):
        plain.append({"kind": "not_missing", "column": name})
    if given.get("unique"):
        plain.append({"kind": "unique", "key_columns": [name]})
    for kind, low, high in (("range", "minimum", "maximum"), ("length", "minLength", "maxLength")):
        limits = {"min": given.get(low), "max": given.get(high)}
        if any(each is not None for each in limits.values()):
            plain.append({"kind": kind, "column": name, **{k: v for k, v in limits.items() if v is not None}})
    if given.get("enum"):
        plain.append({"kind": "allowed", "column": name, "values": list(given["enum"])})
    if given.get("pattern"):
        plain.append({"kind": "pattern", "column": name, "pattern": given["pattern"]})
    known = ("required", "unique", "minimum", "maximum", "minLength", "maxLength", "enum", "pattern")
    left += [f"{name}: {key}" for key in given if key not in known]
    return [Rule.from_json(each, where) for each in plain]
