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

from dataops_core.compare.measure import CHANCE
from dataops_core.errors import DataOpsError, SettingError
from dataops_core.rules.document import RuleSet
from dataops_core.rules.formats.exported import Exported
from dataops_core.rules.kinds.distribution import Distribution
from dataops_core.rules.kinds.freshness import Freshness
from dataops_core.rules.kinds.reference import Reference
from dataops_core.rules.kinds.row_count import RowCount
from dataops_core.rules.rule import Rule
from dataops_core.rules.sql import Compiler, as_date, as_number, as_text, quoted
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
    """The contract as YAML; a table that rules refer to is its second one, with the columns of its key."""
    import yaml

    model = _model(rules.table)
    names = dict.fromkeys([*rules.columns, *(name for rule in rules.rules for name in rule.columns)])
    types = {name: rules.columns.get(name, "text") for name in names}
    compiler = Compiler(dict.fromkeys(types, "text"), lambda name: '"' + name.replace('"', '""') + '"')
    quality, left = [], []
    others: dict[str, list[str]] = {}
    for number, rule in enumerate(rules.rules, 1):
        try:
            query = _query(rule, compiler, model, types[rule.columns[0]] if rule.columns else "text")
        except DataOpsError as error:
            left.append((rule, error.what))
            continue
        if isinstance(rule, Reference):
            known = others.setdefault(_model(rule.table), [])
            known += [name for name in rule.table_columns if name not in known]
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
            },
            *(_other(name, keys) for name, keys in others.items() if name != model),
        ],
    }
    return Exported(yaml.safe_dump(contract, sort_keys=False, allow_unicode=True, width=110), tuple(left))


def _model(table: str) -> str:
    """A table as a query calls it."""
    model = re.sub(r"\W+", "_", table.rsplit(".", 1)[0]).strip("_").lower() or "table_1"
    return model if model[0].isalpha() else f"t_{model}"


def _other(model: str, keys: list[str]) -> dict[str, Any]:
    """A table that rules refer to: the columns of its key are all that is known of it."""
    properties = [{"name": name, "logicalType": "string", "description": "Part of a key"} for name in keys]
    return {"name": model, "physicalName": model, "logicalType": "object", "properties": properties}


def _note(name: str, kind: str, needed: set[str]) -> str:
    return f"{HOLDS[kind]}; {'never missing' if name in needed else 'may be missing'}"


def _query(rule: Rule, compiler: Compiler, model: str, kind: str) -> str:
    """SQL that gives 0 where the rule holds; `kind` is the storage type of the rule's first column."""
    if isinstance(rule, Freshness):
        latest = f"max({as_date(compiler.column(rule.column))})::date"
        return (
            f"SELECT CASE WHEN date_diff('day', {latest}, current_date) <= {rule.days} THEN 0 ELSE 1 END FROM {model}"
        )
    if isinstance(rule, Distribution):
        return _spread(rule, compiler, model, kind)
    if isinstance(rule, RowCount):
        low = f"count(*) < {rule.min}" if rule.min is not None else "false"
        high = f"count(*) > {rule.max}" if rule.max is not None else "false"
        return f"SELECT CASE WHEN {low} OR {high} THEN 1 ELSE 0 END FROM {model}"
    condition = rule.condition
    assert condition is not None
    if isinstance(rule, Reference):
        total, broken = _unknown(rule, compiler, model)
    elif condition.op in ("unique", "follows"):
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


def _unknown(rule: Reference, compiler: Compiler, model: str) -> tuple[str, str]:
    """How many keys a reference speaks of, and how many are not in the other table."""
    mine = [as_text(compiler.column(name)) for name in rule.key_columns]
    theirs = ['"' + name.replace('"', '""') + '"' for name in rule.table_columns]
    picked = ", ".join(f"{key} AS k{at}" for at, key in enumerate(mine))
    there = " AND ".join(f"{key} IS NOT NULL" for key in mine)
    same = " AND ".join(f"o.{key}::varchar = r.k{at}" for at, key in enumerate(theirs))
    cells = f"SELECT {picked} FROM {model} WHERE {there}"
    missing = f"NOT EXISTS (SELECT 1 FROM {_model(rule.table)} AS o WHERE {same})"
    return f"(SELECT count(*) FROM ({cells}) AS c)", f"(SELECT count(*) FROM ({cells}) AS r WHERE {missing})"


def _spread(rule: Distribution, compiler: Compiler, model: str, kind: str) -> str:
    """Whether a column is spread as in the reference of a rule, as `Distribution.measure` says it."""
    from scipy.stats import chi2

    cells, counts = compiler.column(rule.column), list(rule.reference["counts"])
    if "edges" in rule.reference:
        value = f"epoch_us({as_date(cells)})::double" if kind == "datetime" else as_number(cells)
        above = [f"(CASE WHEN v > {float(edge)!r}::double THEN 1 ELSE 0 END)" for edge in rule.reference["edges"]]
        place = " + ".join(above) or "0"
    else:
        numbers = kind in ("integer", "decimal")
        value = as_number(cells) if numbers else f"lower({as_text(cells)})" if kind == "boolean" else as_text(cells)
        said = [f"{float(each)!r}::double" if numbers else quoted(str(each)) for each in rule.reference["values"]]
        cases = " ".join(f"WHEN v = {each} THEN {at}" for at, each in enumerate(said))
        place = f"CASE {cases} ELSE {len(said)} END" if said else "0"
    chances = " ".join(f"WHEN {k + 1} THEN {float(chi2.isf(CHANCE, k))!r}" for k in range(1, len(counts)))
    chance = f"CASE k {chances} ELSE {float(chi2.isf(CHANCE, 1))!r} END"
    found = f"SELECT {place} AS place, count(*) AS n FROM (SELECT {value} AS v FROM {model}) AS s"
    found += " WHERE v IS NOT NULL GROUP BY 1"
    known = " UNION ALL ".join(f"SELECT {at} AS place, {count} AS r" for at, count in enumerate(counts))
    both = f"SELECT r, coalesce(n, 0) AS n FROM ({known}) AS e LEFT JOIN ({found}) AS f ON e.place = f.place"
    sized = f"SELECT r, n, count(*) OVER () AS k, sum(n) OVER () AS total FROM ({both}) AS b WHERE r + n > 0"
    shares = f"(r + 0.5) / ({sum(counts)} + 0.5 * k) AS p, (n + 0.5) / (total + 0.5 * k) AS q"
    index = "sum((p - q) * ln(p / q)) AS psi, max(total) AS total, max(k) AS k"
    told = f"SELECT {index} FROM (SELECT k, total, {shares} FROM ({sized}) AS z) AS y"
    noise = f"(1.0 / {sum(counts)} + 1.0 / total) * {chance}"
    fine = f"total < 30 OR psi <= {float(rule.limit)!r} OR psi <= {noise}"
    return f"SELECT CASE WHEN {fine} THEN 0 ELSE 1 END FROM ({told}) AS x"


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
