"""Rules as a data contract (Open Data Contract Standard 3), and back.

Each rule is a quality rule in SQL that counts the rows which break it, as DuckDB runs it (the Data Contract CLI reads
files through DuckDB). Columns are declared as strings, and what they hold is a rule: else one cell that is no number
would keep the tool from reading the file, and from checking any rule. The rule itself stands beside its query as a
custom property, so that it comes back as it was.
"""

from __future__ import annotations

import json
import re
from typing import Any

from dataops_core.errors import DataOpsError, SettingError
from dataops_core.rules.document import RuleSet
from dataops_core.rules.formats.exported import Exported
from dataops_core.rules.kinds.row_count import RowCount
from dataops_core.rules.rule import Rule
from dataops_core.rules.sql import Compiler
from dataops_core.steps._conditions import Node

HOLDS = {
    "text": "Text",
    "integer": "Whole numbers",
    "decimal": "Numbers",
    "boolean": "Yes or no",
    "datetime": "Dates",
}
OURS = {"integer": "integer", "number": "decimal", "boolean": "boolean", "timestamp": "datetime", "date": "datetime"}
PROPERTY, TYPE = "dataopsRule", "dataopsType"


def write(rules: RuleSet) -> Exported:
    """The contract as YAML; what looks at another table is left out."""
    import yaml

    model = re.sub(r"\W+", "_", rules.table.rsplit(".", 1)[0]).strip("_").lower() or "table_1"
    model = model if model[0].isalpha() else f"t_{model}"
    names = dict.fromkeys([*rules.columns, *(name for rule in rules.rules for name in rule.columns)])
    types = {name: rules.columns.get(name, "text") for name in names}
    compiler = Compiler(dict.fromkeys(types, "text"), lambda name: '"' + name.replace('"', '""') + '"')
    quality, left = [], []
    for number, rule in enumerate(rules.rules, 1):
        try:
            query = _query(rule, compiler, model)
        except DataOpsError as error:
            left.append((rule, error.what))
            continue
        if query is None:
            left.append((rule, "It looks at another table or at today, which a query on this one does not."))
            continue
        quality.append(
            {
                "id": f"rule_{number}",
                "name": rule.key,
                "description": rule.sentence,
                "type": "sql",
                "severity": "error" if rule.severity == "block" else "warning",
                "query": query,
                "mustBe": 0,
                "customProperties": [{"property": PROPERTY, "value": json.dumps(rule.to_json(), ensure_ascii=False)}],
            }
        )
    needed = {rule.columns[0] for rule in rules.rules if rule.name == "not_missing" and rule.least >= 1}
    contract = {
        "apiVersion": "v3.0.2",
        "kind": "DataContract",
        "id": model,
        "name": rules.table or model,
        "version": "1.0.0",
        "status": "active",
        "schema": [
            {
                "name": model,
                "physicalName": model,
                "logicalType": "object",
                "properties": [
                    {
                        "name": name,
                        "logicalType": "string",
                        "description": _note(name, kind, needed),
                        "customProperties": [{"property": TYPE, "value": kind}],
                    }
                    for name, kind in types.items()
                ],
                "quality": quality,
            }
        ],
    }
    return Exported(yaml.safe_dump(contract, sort_keys=False, allow_unicode=True, width=110), tuple(left))


def _note(name: str, kind: str, needed: set[str]) -> str:
    return f"{HOLDS[kind]}; {'never missing' if name in needed else 'may be missing'}"


def _query(rule: Rule, compiler: Compiler, model: str) -> str | None:
    """SQL that gives 0 where the rule holds."""
    if isinstance(rule, RowCount):
        low = f"count(*) < {rule.min}" if rule.min is not None else "false"
        high = f"count(*) > {rule.max}" if rule.max is not None else "false"
        return f"SELECT CASE WHEN {low} OR {high} THEN 1 ELSE 0 END FROM {model}"
    condition = rule.condition
    if condition is None or condition.op == "in table":
        return None
    if condition.op in ("unique", "follows"):
        total, broken = _groups(condition, compiler, model)
    else:
        truth = compiler.truth(condition)
        given = f" FILTER (WHERE {compiler.truth(rule.given)})" if rule.given is not None else ""
        broken = f"(SELECT count(*) FROM {model} WHERE ({truth}) IS FALSE)"
        total = f"(SELECT count({truth}){given} FROM {model})"
    if rule.least >= 1:
        return f"SELECT {broken}"
    allowed = f"floor({1 - rule.least!r} * {total} + 1e-9)"
    return f"SELECT CASE WHEN {broken} <= {allowed} THEN 0 ELSE {broken} END"


def _groups(condition: Node, compiler: Compiler, model: str) -> tuple[str, str]:
    """How many rows a key or a dependency speaks of, and how many break it."""
    names = condition.parts if condition.op == "unique" else condition.parts[1:]
    keys = [compiler.column(name).text for name in names]
    by = ", ".join(f"k{at}" for at in range(len(keys)))
    picked = ", ".join(f"{key} AS k{at}" for at, key in enumerate(keys))
    there = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    if condition.op == "unique":
        grouped = f"SELECT {by}, count(*) AS n FROM (SELECT {picked} FROM {model} WHERE {there}) AS r GROUP BY {by}"
        broken = f"(SELECT coalesce(sum(n), 0) FROM ({grouped} HAVING count(*) > 1) AS g)"
        return f"(SELECT count(*) FROM {model} WHERE {there})", broken
    value = compiler.column(condition.parts[0]).text
    there = f"{there} AND {value} IS NOT NULL"
    cells = f"SELECT {picked}, {value} AS v FROM {model} WHERE {there}"
    pairs = f"SELECT {by}, v, count(*) AS n FROM ({cells}) AS r GROUP BY {by}, v"
    groups = f"SELECT sum(n) AS total, max(n, 2) AS tops FROM ({pairs}) AS p GROUP BY {by} HAVING count(*) > 1"
    wrong = "sum(CASE WHEN tops[1] = tops[2] THEN total ELSE total - tops[1] END)"
    broken = f"(SELECT coalesce({wrong}, 0) FROM ({groups}) AS g)"
    return f"(SELECT count(*) FROM ({cells}) AS c)", broken


def read(text: str, where: str) -> tuple[RuleSet, list[str]]:
    """The rules of the first table of a contract: ours as they were, others by what the standard says."""
    import yaml

    try:
        plain = yaml.safe_load(text)
        schema = plain["schema"][0]
        properties = list(schema.get("properties") or [])
    except (yaml.YAMLError, KeyError, TypeError, IndexError, AttributeError):
        raise SettingError(
            "This is not a data contract.", where, 'It has "schema" with the properties of a table.'
        ) from None
    made: list[Rule] = []
    left: list[str] = []
    columns = {}
    for each in properties:
        name = str(each.get("name"))
        known = [one["value"] for one in each.get("customProperties") or [] if one.get("property") == TYPE]
        columns[name] = known[0] if known and known[0] in HOLDS else OURS.get(str(each.get("logicalType")), "text")
        made += _of_property(name, each, left, where)
    for each in schema.get("quality") or []:
        ours = [one["value"] for one in each.get("customProperties") or [] if one.get("property") == PROPERTY]
        if ours:
            made.append(Rule.from_json(json.loads(ours[0]), where))
        else:
            left.append(
                str(each.get("name") or each.get("rule") or each.get("metric") or each.get("type") or "quality")
            )
    return RuleSet(tuple({rule.key: rule for rule in made}.values()), str(schema.get("name") or ""), columns), left


def _of_property(name: str, given: dict[str, Any], left: list[str], where: str) -> list[Rule]:
    plain: list[dict[str, Any]] = []
    if given.get("required"):
        plain.append({"kind": "not_missing", "column": name})
    if given.get("unique") or (given.get("primaryKey") and given.get("primaryKeyPosition", 1) == 1):
        plain.append({"kind": "unique", "key_columns": [name]})
    options = given.get("logicalTypeOptions") or {}
    for kind, low, high in (("range", "minimum", "maximum"), ("length", "minLength", "maxLength")):
        limits = {key: options[name] for key, name in (("min", low), ("max", high)) if options.get(name) is not None}
        if limits:
            plain.append({"kind": kind, "column": name, **limits})
    if options.get("pattern"):
        plain.append(
            {"kind": "pattern", "column": name, "pattern": options["pattern"].removeprefix("^").removesuffix("$")}
        )
    known = ("minimum", "maximum", "minLength", "maxLength", "pattern", "format")
    left += [f"{name}: {key}" for key in options if key not in known]
    left += [f"{name}: quality" for _ in given.get("quality") or []]
    return [Rule.from_json(each, where) for each in plain]
