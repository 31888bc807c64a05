"""Catalogs of stores in tests: copies of one that was made as everybody's is, for which nothing waits for the disk.

To make the tables of a catalog and to compile its queries takes longer than most tests of the store. What everybody's
connection does is in `AS_EVERYBODY`, for the tests that hold it.
"""

import functools
import os
import shutil
from pathlib import Path

from dataops_core.store import catalog

AS_EVERYBODY = {name: getattr(catalog, name) for name in ("connect", "make_engine", "_tune")}


@functools.cache
def _first(folder: Path, _format: str):
    """The engine of the one catalog that is made; the others are copies of its file and share what it compiled."""
    engine = AS_EVERYBODY["connect"](f"sqlite:///{folder / 'catalog.sqlite'}")
    engine.dispose()  # all that was written is in the one file now
    return engine


def copied(folder: Path) -> dict:
    """What takes the place of functions of `catalog` in tests; the one catalog is made in that folder."""

    def connect(url):
        path = Path(url.removeprefix("sqlite:///"))
        if url.startswith("sqlite:///") and path.parent.is_dir() and not path.exists():
            first = Path(_first(folder, catalog.FORMAT).url.database)
            unfinished = path.with_name(f"{path.name}.{os.getpid()}.{id(url)}.copy")
            try:
                shutil.copyfile(first, unfinished)
                os.link(unfinished, path)  # fails where somebody else opened the same catalog meanwhile
            except OSError:
                pass  # whoever opens it says why it cannot be written
            unfinished.unlink(missing_ok=True)
        return AS_EVERYBODY["connect"](url)

    def make_engine(url):
        engine = AS_EVERYBODY["make_engine"](url)
        if engine.dialect.name == "sqlite" and _first.cache_info().currsize:
            first = _first(folder, catalog.FORMAT)
            engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache
        return engine

    def tune(connection, record):
        AS_EVERYBODY["_tune"](connection, record)
        connection.execute("PRAGMA synchronous=OFF")

    return {"connect": connect, "make_engine": make_engine, "_tune": tune}
