"""How datasets stand: size, score, open findings, steps, versions; what is known already, nothing is computed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dataops_core.checks import REGISTRY, Context
from dataops_core.checks.fix_effects import loses_nothing
from dataops_core.checks.score import scores, total
from dataops_core.store import catalog, datasets, states, versions
from dataops_core.store.choices import finding_overrides
from dataops_core.store.choices.finding_overrides import Overrides
from dataops_core.store.datasets import Dataset
from dataops_core.store.results import profile as profiles
from dataops_core.store.store import Store
from dataops_core.table import Table


@dataclass(frozen=True)
class Standing:
    """How a dataset stands now. What has not been computed yet is None; `score` is a share from 0 to 1.

    `findings` counts those that are not ignored, by severity; `saved` says whether the table as it is now is the last
    version's, `synthetic` whether there is a version of synthetic data.
    """

    state: str | None
    rows: int | None
    columns: int | None
    steps: int
    score: float | None
    findings: Mapping[str, int] | None
    version: int | None
    saved: bool
    synthetic: bool = False

    @property
    def open_findings(self) -> int | None:
        """The number of findings that are not ignored."""
        return None if self.findings is None else sum(self.findings.values())


def context(dataset: Dataset) -> Context:
    """What the checks know of the dataset besides its cells: its columns' roles, and the day it was brought in."""
    return Context.of(dataset.roles, dataset.created[:10])


def names_in_file(dataset: Dataset, columns: Sequence[str]) -> tuple[str, ...]:
    """Columns by their names in the file: an opinion outlives a renaming."""
    first = _first_names(dataset)
    return tuple(first.get(name, name) for name in columns)


def _first_names(dataset: Dataset) -> dict[str, str]:
    return {now: name for name, now in datasets.names_now(dataset).items()}


def open_findings(
    store: Store, dataset: Dataset, profile: Mapping[str, Any], known: Overrides | None = None
) -> list[dict[str, Any]]:
    """The findings of a profile that are not ignored; `known` is what people think of them, where it was looked up."""
    ignored = (known or finding_overrides.overrides(store, dataset.id)).ignored
    if not ignored:
        return list(profile["findings"])
    first = _first_names(dataset)
    return [
        finding
        for finding in profile["findings"]
        if finding_overrides.key(finding["check"], [first.get(name, name) for name in finding["columns"]])
        not in ignored
    ]


def quality(store: Store, dataset: Dataset, profile: Mapping[str, Any], known: Overrides | None = None) -> float | None:
    """The overall score of a profile, by the dataset's weights and without the findings that are ignored."""
    known = known or finding_overrides.overrides(store, dataset.id)
    kept = {**profile, "findings": open_findings(store, dataset, profile, known)}
    return total(scores(kept), known.weights)


def current_state(store: Store, dataset: Dataset) -> str | None:
    """The state in which the draft recipe ends, if it has been computed."""
    results = states.evaluate(store, dataset.raw, dataset.recipe, run=False)
    if any(result.outcome.status == "pending" for result in results):
        return None
    state = states.head(dataset.raw, dataset.recipe, results)
    return state if states.known(store, state) else None


def standing(
    store: Store, dataset: Dataset, state: str | None, table: Table | None, profile: Mapping[str, Any] | None
) -> Standing:
    """How a dataset stands, given its current state with its table and profile as far as they are known."""
    made = versions.log(store, dataset.id)
    saved = [each for each in made if not each["synthetic"]]
    grades = score = None
    if profile is not None:
        known = finding_overrides.overrides(store, dataset.id)
        score = quality(store, dataset, profile, known)
        counted = Counter(finding["severity"] for finding in open_findings(store, dataset, profile, known))
        grades = {grade: counted[grade] for grade in ("error", "warning", "note")}
    return Standing(
        state=state,
        rows=table.rows if table else None,
        columns=len(table.columns) if table else None,
        steps=len(dataset.recipe.active),
        score=score,
        findings=grades,
        version=saved[0]["number"] if saved else None,
        saved=bool(saved) and saved[0]["state"] == state,
        synthetic=len(saved) < len(made),
    )


def look_up(store: Store, dataset: Dataset) -> Standing:
    """How a dataset stands, as far as it is known."""
    state = current_state(store, dataset)
    if state is None:
        return standing(store, dataset, None, None, None)
    asked = store, state, context(dataset)
    known = profiles.compared(*asked, run=False) or profiles.profile(*asked, run=False)
    return standing(store, dataset, state, states.table(store, state), known)


def score_history(store: Store, dataset: Dataset) -> list[dict[str, Any]]:
    """The scores of the versions, oldest first: number, message, created, score (None where it was not profiled)."""
    told, opinions = [], finding_overrides.overrides(store, dataset.id)
    for each in reversed(versions.log(store, dataset.id)):
        if each["synthetic"]:
            continue
        known = profiles.profile(store, each["state"], context(dataset), run=False)
        score = quality(store, dataset, known, opinions) if known is not None else None
        told.append({**{key: each[key] for key in ("number", "message", "created", "state")}, "score": score})
    return told


def versions_made(store: Store, dataset: str) -> int:
    """How many versions a dataset has."""
    query = sa.select(sa.func.count()).select_from(catalog.version).where(catalog.version.c.dataset == dataset)
    with store.reading() as connection:
        return connection.scalar(query) or 0


def problems_by_column(
    findings: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> dict[str, dict[str, list[Mapping[str, Any]]]]:
    """The findings of each column by their kind; those of whole rows stand under "". Columns without any are left out.

    >>> finding = {"check": "missing_cells", "columns": ["a"]}
    >>> problems_by_column([finding], ["a", "b"]) == {"a": {"Missing values": [finding]}}
    True
    """
    told: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for finding in findings:
        check = REGISTRY.get(finding["check"])
        for name in dict.fromkeys(finding["columns"] or ("",)):
            told.setdefault(name, {}).setdefault(check.group if check else "Other", []).append(finding)
    return {name: told[name] for name in ("", *names) if name in told}


@dataclass(frozen=True)
class NextStep:
    """What is worth doing next: the page where it is done, what, why, and the finding it is about, if it is one."""

    page: str
    what: str
    why: str
    harmless: bool = False
    finding: Mapping[str, Any] | None = None


def next_steps(now: Standing, findings: Sequence[Mapping[str, Any]], roles: Mapping[str, Any]) -> list[NextStep]:
    """What is worth doing next, the most urgent first: three things at most."""
    told = []
    harmless = [f for f in findings if loses_nothing(f)]
    if harmless:
        titles = ", ".join(dict.fromkeys(f["title"].lower() for f in harmless))
        told.append(NextStep("profile", f"Make the fixes that lose nothing ({len(harmless)})", titles, harmless=True))
    grave = [f for f in findings if f["severity"] == "error"] or [f for f in findings if f["severity"] == "warning"]
    grave = sorted((f for f in grave if f not in harmless), key=lambda f: not f["fix"])
    if grave:
        first = grave[0]
        where = ", ".join(first["columns"]) or "whole rows"
        why = f"{where}: {first['message']}"
        told.append(NextStep("profile", f"Look at {first['title'].lower()}", why, finding=first))
    if not roles.get("target") and not roles.get("sensitive"):
        why = "the outcome and groups of people, so that Bias, Resample and Synthesize know what to judge"
        told.append(NextStep("data", "Say what the columns are for", why))
    if now.steps and not now.saved:
        told.append(NextStep("versions", "Save a version", "it keeps the table as it is now, and how it came about"))
    elif not now.steps and now.version is None and not harmless:
        told.append(NextStep("versions", "Save a version", "it keeps the table as it came, to compare with later"))
    elif now.saved:
        told.append(
            NextStep("versions", f"Export version {now.version}", "one zip with data, steps, script and data card")
        )
    gaps = [f for f in findings if f["check"] == "missing_cells"]
    if gaps:
        columns = f"{len(gaps)} column{'' if len(gaps) == 1 else 's'}"
        told.append(NextStep("impute", "Find out how to fill the gaps", f"missing cells in {columns}"))
    return told[:3]


def project_overview(store: Store, project: str) -> list[dict[str, Any]]:
    """The datasets of a project with who brought them and when they were changed last: id, name, owner, changed."""
    changed = (
        sa.select(catalog.audit.c.dataset, sa.func.max(catalog.audit.c.at).label("at"))
        .group_by(catalog.audit.c.dataset)
        .subquery()
    )
    query = (
        sa.select(catalog.dataset.c.id, catalog.dataset.c.name, catalog.dataset.c.actor, changed.c.at)
        .outerjoin(changed, changed.c.dataset == catalog.dataset.c.id)
        .where(catalog.dataset.c.project == project)
        .order_by(changed.c.at.desc())
    )
    with store.reading("see", project=project) as connection:
        return [
            {"id": row.id, "name": row.name, "owner": row.actor, "changed": row.at} for row in connection.execute(query)
        ]
