"""Deleting the files of what was purged or deleted: in a transaction of its own, and gone on with where it was broken
off.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from dataops_core.store import catalog, fsck
from dataops_core.store.store import Store


def name(store: Store, connection: sa.Connection, some: Collection[str]) -> None:
    """Name files that are to be deleted, in the transaction that says why."""
    table = catalog.removed_object
    connection.execute(table.delete().where(table.c.md5.in_(sorted(some))))
    if some:
        connection.execute(table.insert(), [{"md5": md5, "at": store.clock(), "done": False} for md5 in sorted(some)])


def finish(store: Store) -> int:
    """Delete the files that a purge has named and nothing needs any more; returns how many.

    It is done while nobody else writes: who stores a file that is here already sees in the transaction in which it
    is used whether it still is.
    """
    table = catalog.removed_object
    with store.reading() as connection:
        left = connection.scalars(sa.select(table.c.md5).where(table.c.done.is_(False))).all()
    if not left:
        return 0
    removed = 0
    with store.writing() as connection:
        wanted = fsck.needed(store)
        for md5 in left:
            if md5 in wanted:
                connection.execute(table.delete().where(table.c.md5 == md5))
                continue
            store.objects.remove(md5)
            removed += 1
            connection.execute(table.update().where(table.c.md5 == md5).values(done=True))
    return removed
