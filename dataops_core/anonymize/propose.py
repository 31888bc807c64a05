"""Proposals to reach k: the steps, what they cost, and how far the risk falls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.anonymize.levels import Level, levels_of
from dataops_core.anonymize.search import Found, Lattice
from dataops_core.errors import SettingError, nearest
from dataops_core.evaluation.two_tables import Side, table_effect
from dataops_core.privacy.risk import Risk, group_codes, measure_risk
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import run_recipe
from dataops_core.scratch import scratch_folder
from dataops_core.table import Table

SUPPRESSED = 0.02  # share of the rows that may be dropped, unless said otherwise
WAYS = {
    "least_lost": "Loses the least information",
    "no_row": "Drops no row",
    "fewest_columns": "Changes the fewest columns",
}


@dataclass(frozen=True)
class Proposal:
    """Steps that make a table k-anonymous: what becomes of each column, rows dropped, share of information lost.

    `precision` is 1 less the mean height in the hierarchies (Sweeney 2002); `below` says for each column how many rows
    would have to go with that column one level lower: all more than allowed, so that no column can be set lower.
    """

    way: str
    columns: dict[str, str]
    steps: tuple[RecipeStep, ...]
    rows_dropped: int
    share_dropped: float
    information_lost: float
    precision: float
    below: dict[str, int]
    model: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        """The proposal as plain JSON values."""
        told = asdict(self) | {"steps": [step.to_json() for step in self.steps]}
        return told | {"sentences": [step.sentence for step in self.steps]}


@dataclass(frozen=True)
class Anonymization:
    """The risk as it is, what was allowed, and the proposals, the one that loses least first."""

    rows: int
    k: int
    before: Risk
    rows_allowed: int
    nodes: int
    looked_at: int
    exhaustive: bool
    proposals: tuple[Proposal, ...]


def propose_anonymization(
    table: Table,
    quasi: Sequence[str],
    k: int,
    *,
    sensitive: str | None = None,
    least: int = 1,
    suppressed: float = SUPPRESSED,
    codes: Mapping[str, str] | None = None,
) -> Anonymization:
    """The weakest generalizations of the quasi-identifiers with which every group has k rows (and `least` different
    values of the sensitive column), dropping at most that share of the rows.

    `codes` says what each quasi-identifier is ("postcode"), where that is known. Raises SettingError where k cannot be
    reached.
    """
    _check(table, quasi, k, sensitive, least, suppressed)
    frame = table.frame(list(dict.fromkeys([*quasi, *([sensitive] if sensitive else [])])))
    rows, levels = [], []
    for name in quasi:
        own, made = levels_of(frame[name], name, k, prefix=(codes or {}).get(name) == "postcode")
        rows.append(own)
        levels.append(made)
    lattice = Lattice(rows, levels, k, group_codes(frame, [sensitive]) if sensitive else None, least)
    allowed = int(suppressed * table.rows)
    nodes = lattice.minimal(allowed)
    if not nodes:
        raise SettingError(
            f"No generalization reaches k = {k}{f' and l = {least}' if least > 1 else ''}.",
            "anonymize",
            "Choose smaller numbers, or allow more rows to be dropped.",
        )
    found = [lattice.found(node) for node in nodes]
    best = {"least_lost": min(found, key=lambda each: (each.loss, each.node))}
    strict = [lattice.found(node) for node in (lattice.minimal(0) if best["least_lost"].suppressed else [])]
    if strict:
        best["no_row"] = min(strict, key=lambda each: (each.loss, each.node))
    best["fewest_columns"] = min(found, key=lambda each: (sum(level > 0 for level in each.node), each.loss))
    different: dict[Any, str] = {}
    for way, each in best.items():
        different.setdefault(each.node, way)
    proposals = tuple(
        _proposal(table, quasi, levels, best[way], way, k, sensitive, least) for way in different.values()
    )
    return Anonymization(
        table.rows,
        k,
        measure_risk(frame, quasi, [sensitive] if sensitive else []),
        allowed,
        lattice.size,
        len(lattice.looked_at),
        len(nodes) > 1 or lattice.size <= len(lattice.looked_at),
        proposals,
    )


def _check(table: Table, quasi: Sequence[str], k: int, sensitive: str | None, least: int, suppressed: float) -> None:
    if not quasi:
        raise SettingError(
            "No quasi-identifiers are named, and none are recognized.", "quasi", "Name columns that others may know."
        )
    for name in (*quasi, *([sensitive] if sensitive else [])):
        if name not in table.names:
            raise SettingError(f'There is no column "{name}".', "quasi", nearest(name, table.names))
    if sensitive in quasi:
        raise SettingError("The sensitive column is a quasi-identifier too.", "quasi", "Leave it out of one of them.")
    if not 2 <= k <= max(2, table.rows):
        raise SettingError(
            f"k = {k} does not fit a table of {table.rows:,} rows.", "k", f"Give a number from 2 to {table.rows:,}."
        )
    if least > 1 and not sensitive:
        raise SettingError("l needs a sensitive column.", "l", "Name it with --sensitive.")
    if not 0 <= suppressed < 1:
        raise SettingError("The share of rows that may be dropped is from 0 to below 1.", "suppressed", "Try 0.02.")


def _proposal(
    table: Table,
    quasi: Sequence[str],
    levels: Sequence[Sequence[Level]],
    found: Found,
    way: str,
    k: int,
    sensitive: str | None,
    least: int,
) -> Proposal:
    chosen = [each[level] for each, level in zip(levels, found.node, strict=True)]
    steps = [level.step for level in chosen if level.step is not None]
    left = [name for name, level in zip(quasi, chosen, strict=True) if not _drops(level)]
    if left:
        settings: dict[str, Any] = {"columns": left, "k": k}
        if least > 1:
            settings |= {"sensitive": sensitive, "different": least}
        steps.append(RecipeStep("suppress_small_groups", settings))
    heights = [level / max(1, len(each) - 1) for each, level in zip(levels, found.node, strict=True)]
    return Proposal(
        way,
        {name: level.words for name, level in zip(quasi, chosen, strict=True)},
        tuple(steps),
        found.suppressed,
        round(found.suppressed / max(1, table.rows), 6),
        round(found.loss, 4),
        round(1 - float(np.mean(heights)), 4),
        {name: rows for name, rows in zip(quasi, found.below, strict=True) if rows is not None},
    )


def _drops(level: Level) -> bool:
    return level.step is not None and level.step.op == "drop_columns"


def model_effect(
    before: Table, after: Table, target: str, *, leave_out: Sequence[str] = (), seed: int = 0
) -> dict[str, Any] | None:
    """The score of the linear baseline model on the rows that stay, before and after, in the same folds, with the 95 %
    interval of the difference; None where no model can be judged on the target.
    """
    if target not in before.names or target not in after.names:
        return None
    labels = after.frame([target])[target]
    rows = np.flatnonzero(labels.notna().to_numpy())
    earlier = pd.Index(before.frame([target]).index).get_indexer(labels.index[rows])
    sides = Side(before, earlier), Side(after, rows)
    try:
        return table_effect(
            *sides, labels.iloc[rows], after.column(target), leave_out=leave_out, repeats=2, seed=seed
        ).to_json()
    except SettingError:
        return None


def applied(table: Table, steps: Sequence[RecipeStep], folder: Path) -> tuple[Table, Recipe]:
    """The table after some steps, and the recipe with what they learned; raises SettingError where a step fails."""
    run = run_recipe(Recipe("anonymize", 0, tuple(steps)), table, folder)
    if run.failed:
        raise SettingError(run.failed.reason, run.failed.op, "Choose another treatment.")
    return run.table, run.recipe


def anonymization(
    table: Table,
    quasi: Sequence[str],
    k: int,
    *,
    sensitive: str | None = None,
    least: int = 1,
    suppressed: float = SUPPRESSED,
    codes: Mapping[str, str] | None = None,
    target: str | None = None,
) -> dict[str, Any]:
    """The proposals as plain JSON values, each with what it does to a model that predicts the target."""
    told = propose_anonymization(table, quasi, k, sensitive=sensitive, least=least, suppressed=suppressed, codes=codes)
    proposals = []
    for each in told.proposals:
        effect = None
        if target:
            with scratch_folder() as folder:
                after, _ = applied(table, each.steps, folder)
                effect = model_effect(table, after, target)
        proposals.append(each.to_json() | {"model": effect})
    return {
        "rows": told.rows,
        "k": told.k,
        "before": told.before.k,
        "rows_allowed": told.rows_allowed,
        "nodes": told.nodes,
        "looked_at": told.looked_at,
        "proposals": proposals,
    }
