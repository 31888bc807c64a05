"""The rules of a dataset: what its owner requires, how the table as it is now fares, and what a version keeps of it."""

from __future__ import annotations

import csv
import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import sqlalchemy as sa

from dataops_core.checks.column_view import row_ids
from dataops_core.errors import SettingError
from dataops_core.progress import Progress, no_progress
from dataops_core.rules import Result, Rule, check_rules
from dataops_core.rules.kinds.reference import Reference
from dataops_core.rules.record import blocking, recorded
from dataops_core.steps._cells import plain_number
from dataops_core.steps._conditions import Node, condition_text
from dataops_core.store import catalog, datasets, states
from dataops_core.store.results import analyses
from dataops_core.store.store import Store
from dataops_core.table import Table, shown, write_table
from dataops_core.write import write_file

ABOUT = "rules"
MOST_KEYS = 500  # that a step is given to set rows aside by


def rules_of(store: Store, dataset: str) -> tuple[Rule, ...]:
    """The rules of a dataset, in the order in which they were added."""
    with store.reading("see", dataset) as connection:
        return _kept(connection, dataset)


def _kept(connection: sa.Connection, dataset: str) -> tuple[Rule, ...]:
    table = catalog.opinion
    found = connection.scalar(sa.select(table.c.value).where(table.c.dataset == dataset, table.c.about == ABOUT))
    return tuple(Rule.from_json(each) for each in found or ())


def save(store: Store, dataset: str, rules: Sequence[Rule], actor: str, what: str = "rules changed") -> None:
    """Make these the rules of a dataset; the audit log keeps kinds and columns, never values."""
    _change(store, dataset, lambda _: rules, actor, what)


def _change(
    store: Store, dataset: str, change: Callable[[tuple[Rule, ...]], Sequence[Rule]], actor: str, what: str
) -> None:
    """Change the rules that are there now, in one transaction: two people may do so at once."""
    table = catalog.opinion
    with store.writing() as connection:
        kept = list({rule.key: rule for rule in change(_kept(connection, dataset))}.values())
        connection.execute(table.delete().where(table.c.dataset == dataset, table.c.about == ABOUT))
        value = [rule.to_json() for rule in kept]
        connection.execute(
            table.insert().values(dataset=dataset, about=ABOUT, value=value, actor=actor, at=store.clock())
        )
        store.log(connection, what, actor, dataset, rules=len(kept), blocking=sum(r.severity == "block" for r in kept))


def add(store: Store, dataset: str, rules: Sequence[Rule], actor: str, *, instead_of: str | None = None) -> None:
    """Add rules; one about the same takes the place of the one that was there, and so does one `instead_of` a key."""

    def added(there: tuple[Rule, ...]) -> list[Rule]:
        return [*(rule for rule in there if rule.key != instead_of), *rules]

    _change(store, dataset, added, actor, "rules added" if instead_of is None else "rules changed")


def remove(store: Store, dataset: str, key: str, actor: str) -> None:
    """Take a rule away."""
    _change(store, dataset, lambda there: [rule for rule in there if rule.key != key], actor, "rule removed")


def checked(
    store: Store,
    state: str,
    rules: Sequence[Rule],
    today: str,
    *,
    others: Mapping[str, str] = MappingProxyType({}),
    run: bool = True,
    progress: Progress = no_progress,
) -> list[dict[str, Any]] | None:
    """How rules fare on a state (see Result.to_json, with the first 200 failing rows); None where that is not known.

    `others` are the states of the tables that rules refer to (see `related`).
    """
    if not rules:
        return []
    told = analyses.counted(store, "rules", asked(state, rules, today, others), run=run, progress=progress)
    return told["results"] if told else None


def asked(
    state: str, rules: Sequence[Rule], today: str, others: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """What an analysis of rules is asked; the day, and other tables, count only where a rule looks at them."""
    day = today if any(rule.name == "freshness" for rule in rules) else ""
    named = {rule.table for rule in rules if isinstance(rule, Reference)}
    tables = {name: other for name, other in others.items() if name in named}
    told = {"state": state, "rules": [rule.to_json() for rule in rules], "today": day}
    return told | ({"tables": tables} if tables else {})


def related(store: Store, dataset: str) -> dict[str, str]:
    """The states, as they are now, of the other datasets of a dataset's project, by name: rules refer to their keys."""
    from dataops_core.store import overview

    found = {}
    for each in datasets.in_project(store, datasets.get(store, dataset).project):
        if each["id"] != dataset:
            state = overview.current_state(store, datasets.get(store, each["id"]))
            if state is not None:
                found[str(each["name"])] = state
    return found


def referred(store: Store, dataset: str, rules: Sequence[Rule]) -> dict[str, str]:
    """The same where a rule refers to another table; else none is looked for."""
    return related(store, dataset) if any(isinstance(rule, Reference) for rule in rules) else {}


def suggested(
    state: str, today: str, reference: str = "", others: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Any]:
    """What an analysis that suggests rules is asked; `reference` is a state that columns are to be spread as, `others`
    are those whose keys they may hold.
    """
    return {"state": state, "today": today, "reference": reference, **({"tables": dict(others)} if others else {})}


def for_version(
    store: Store,
    dataset: str,
    state: str,
    reason: str,
    progress: Progress = no_progress,
    *,
    rules: Sequence[Rule] | None = None,
) -> dict[str, Any] | None:
    """What the manifest of a version says of its rules (or of these): each with its state; None where there are none.

    Raises SettingError where a rule that blocks fails and no reason is given.
    """
    rules = rules_of(store, dataset) if rules is None else tuple(rules)
    if not rules:
        return None
    today = store.clock()[:10]
    progress(0.0, "Checking the rules")
    others = referred(store, dataset, rules)
    told = recorded(checked(store, state, rules, today, others=others) or [], today)
    failing = blocking(told)
    if failing and not reason.strip():
        first = str(failing[0]["says"])
        more = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
        raise SettingError(
            f"A rule that blocks fails: {first}{more}",
            "rules",
            "Mend or set aside its rows on the page Rules, or give the reason why this version is saved all the same.",
        )
    return told | ({"reason": reason.strip()} if failing else {})


def write_failing(table: Table, results: Sequence[Result], out: Path) -> None:
    """Every failing row of every rule with all its cells: rule, row (from 1), columns of the table."""
    with out.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["Rule", "Row", *table.names])
        for each in results:
            for start in range(0, len(each.failing), 20_000):
                rows = table.rows_by_id(each.failing[start : start + 20_000].tolist())
                said = safe(each.rule.sentence)
                cells = [[safe(cell) for cell in shown(rows[name])] for name in table.names]
                writer.writerows([said, row + 1, *line] for row, *line in zip(rows.index, *cells, strict=True))


def safe(cell: str | None) -> str:
    """A cell that a spreadsheet program does not run as a formula; nothing where it is missing.

    >>> safe("=1+1"), safe("-12.5"), safe(None)
    ("'=1+1", '-12.5', '')
    """
    text = cell or ""
    runs = text[:1] in ("=", "+", "-", "@", "\t", "\r") and plain_number(text) is None
    return f"'{text}" if runs else text


def set_aside(store: Store, before: str, after: str) -> np.ndarray:
    """The ids of the rows of one state that another lacks: those that a step set aside."""
    return np.setdiff1d(row_ids(states.table(store, before)), row_ids(states.table(store, after)))


def set_aside_file(store: Store, args: Mapping[str, Any]) -> dict[str, Any]:
    """The rows that a step set aside, with all their cells, as a CSV file among the objects."""
    table = states.table(store, args["before"])
    rows = table.rows_by_id(set_aside(store, args["before"], args["after"]).tolist())
    part = write_table(store.scratch_file(".parquet"), [rows], table.kinds)
    out = store.scratch_file(".csv")
    write_file(part, out, safe=True)
    return store.objects.put(out).to_json() | {"rows": part.rows}


def failing_file(store: Store, args: Mapping[str, Any], progress: Progress = no_progress) -> dict[str, Any]:
    """The failing rows of some rules on a state as a CSV file among the objects."""
    rules = [Rule.from_json(each) for each in args["rules"]]
    table = states.table(store, args["state"])
    others = {name: states.table(store, state) for name, state in (args.get("tables") or {}).items()}
    results = check_rules(table, rules, tables=others, today=args["today"] or None, progress=progress)
    out = store.scratch_file(".csv")
    write_failing(table, results, out)
    return store.objects.put(out).to_json() | {"rows": sum(len(each.failing) for each in results)}


def setting_keys_aside(store: Store, state: str, rule: Reference, others: Mapping[str, str]) -> dict[str, Any]:
    """The settings of quarantine_rows that set aside the rows whose keys another table does not hold: no step looks
    into another dataset, so it is given the keys that fail now. Raises SettingError where they are too many.
    """
    table = states.table(store, state)
    tables = {name: states.table(store, other) for name, other in others.items()}
    (found,) = check_rules(table, [rule], tables=tables)
    names = list(rule.key_columns)
    if any(table.column(name).type not in ("text", "integer") for name in names):
        raise SettingError("The keys are neither text nor whole numbers.", rule.sentence, "Convert them first.")
    failing = table.rows_by_id(found.failing.tolist())[names].drop_duplicates()
    if len(failing) > MOST_KEYS:
        raise SettingError(
            f"{len(failing):,} different keys are not in {rule.table}, and a step remembers {MOST_KEYS:,} at the most.",
            rule.sentence,
            "So many are no slips: add the missing rows to the other table, or bring its newest state.",
        )
    keys = [
        tuple(str(cell) if isinstance(cell, str) else int(cell) for cell in row)
        for row in failing.itertuples(index=False)
    ]
    if len(names) == 1:
        node = Node("in", (Node("column", (names[0],)), tuple(key[0] for key in keys)))
        return {"conditions": [condition_text(Node("not", (node,)))] if keys else []}
    return {"conditions": [condition_text(Node("not", (_is_key(names, key),))) for key in keys]}


def _is_key(names: Sequence[str], key: Sequence[Any]) -> Node:
    parts = [
        Node("=", (Node("column", (name,)), Node("value", (cell,)))) for name, cell in zip(names, key, strict=True)
    ]
    return functools.reduce(lambda one, other: Node("and", (one, other)), parts)
