"""What the user thinks of a dataset's findings: which to ignore and why, and how much each side of quality weighs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dataops_core.checks.score import DIMENSIONS
from dataops_core.errors import SettingError, nearest
from dataops_core.store import catalog
from dataops_core.store.store import Store


def key(check: str, columns: Sequence[str]) -> str:
    """A finding's name, whatever rows it has: the check and the columns."""
    return json.dumps([check, list(columns)], ensure_ascii=False)


def ignore(store: Store, dataset: str, check: str, columns: Sequence[str], why: str, actor: str) -> None:
    """Ignore a finding from now on, with the reason; the audit log keeps both."""
    if not why.strip():
        raise SettingError("There is no reason.", "ignore", "Say in a few words why this is not a problem here.")
    _write(
        store,
        dataset,
        f"ignored:{key(check, columns)}",
        why.strip(),
        "finding ignored",
        actor,
        check=check,
        columns=list(columns),
        why=why.strip(),
    )


def unignore(store: Store, dataset: str, check: str, columns: Sequence[str], actor: str) -> None:
    """Take a finding seriously again."""
    about = f"ignored:{key(check, columns)}"
    with store.writing() as connection:
        connection.execute(
            catalog.opinion.delete().where(catalog.opinion.c.dataset == dataset, catalog.opinion.c.about == about)
        )
        store.log(connection, "finding minded again", actor, dataset, check=check, columns=list(columns))


@dataclass(frozen=True)
class Overrides:
    """What people think of a dataset's findings: those that are ignored, by their key (why, who, when), and how much
    each side of quality weighs.
    """

    ignored: Mapping[str, Mapping[str, Any]]
    weights: Mapping[str, float]


def overrides(store: Store, dataset: str) -> Overrides:
    """What people think of a dataset's findings now."""
    told = _read(store, dataset)
    weighed = told.get("weights", {"value": {}})["value"]
    return Overrides(
        {about.removeprefix("ignored:"): each for about, each in told.items() if about.startswith("ignored:")},
        {name: float(weighed.get(name, 1.0)) for name in DIMENSIONS},
    )


def ignored(store: Store, dataset: str) -> dict[str, Mapping[str, Any]]:
    """The findings that are ignored, by their key: why, who, when."""
    return dict(overrides(store, dataset).ignored)


def set_weight(store: Store, dataset: str, weights: Mapping[str, float], actor: str) -> None:
    """Say how much each side of quality weighs; 0 leaves it out."""
    for name, weight in weights.items():
        if name not in DIMENSIONS:
            raise SettingError(f'There is no side of quality called "{name}".', "weights", nearest(name, DIMENSIONS))
        if not 0 <= weight <= 100:
            raise SettingError(f"A weight of {weight:g} makes no sense.", name, "Give a number from 0 to 100.")
    if not any(weights.values()):
        raise SettingError("All weights are 0.", "weights", "Let at least one side weigh something.")
    _write(store, dataset, "weights", dict(weights), "weights set", actor, weights=dict(weights))


def weights(store: Store, dataset: str) -> dict[str, float]:
    """How much each side of quality weighs; 1 unless said otherwise."""
    return dict(overrides(store, dataset).weights)


def _read(store: Store, dataset: str) -> dict[str, dict[str, Any]]:
    table = catalog.opinion
    with store.reading("see", dataset) as connection:
        rows = connection.execute(sa.select(table).where(table.c.dataset == dataset).order_by(table.c.at)).all()
    return {row.about: {"value": row.value, "actor": row.actor, "at": row.at} for row in rows}


def _write(store: Store, dataset: str, about: str, value: Any, what: str, actor: str, **details: Any) -> None:
    table = catalog.opinion
    with store.writing() as connection:
        connection.execute(table.delete().where(table.c.dataset == dataset, table.c.about == about))
        connection.execute(
            table.insert().values(dataset=dataset, about=about, value=value, actor=actor, at=store.clock())
        )
        store.log(connection, what, actor, dataset, **details)
