"""Drafts of forms that must outlive a refresh: plain JSON, one for each dataset and subject. They are no part of any
state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from dataops_core.store import catalog
from dataops_core.store.store import Store


def get(store: Store, dataset: str, about: str) -> dict[str, Any]:
    """The draft about something; empty where there is none."""
    table = catalog.opinion
    with store.reading("see", dataset) as connection:
        found = connection.scalar(
            sa.select(table.c.value).where(table.c.dataset == dataset, table.c.about == f"draft:{about}")
        )
    return dict(found or {})


def change(store: Store, dataset: str, about: str, changes: Mapping[str, Any], actor: str) -> None:
    """Change some of a draft; what is None is forgotten. Nothing is logged: what is done with a draft is."""
    table = catalog.opinion
    mine = table.c.dataset == dataset, table.c.about == f"draft:{about}"
    with store.writing() as connection:
        store.allow(connection, "form changed", actor, dataset)
        before = connection.scalar(sa.select(table.c.value).where(*mine)) or {}
        after = {name: value for name, value in {**before, **changes}.items() if value is not None}
        connection.execute(table.delete().where(*mine))
        connection.execute(
            table.insert().values(dataset=dataset, about=f"draft:{about}", value=after, actor=actor, at=store.clock())
        )
