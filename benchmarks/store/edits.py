"""What versions cost where one cell in a hundred of a column is edited: this store, whole files, DVC and Delta.

    make bench-edits

A table of 100,000 rows and 15 columns, and nine versions after it, each with another 1 % of the cells of one column
edited. DVC and Delta are measured where they are found: DATAOPS_DVC names the program, `deltalake` is imported.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.store import datasets, versions
from dataops_core.store.purge import compact
from dataops_core.store.store import Store

ROWS, COLUMNS, EDITS = 100_000, 15, 9


def table() -> pd.DataFrame:
    """Numbers, categories and texts that compress as real ones do."""
    rng = np.random.default_rng(1)
    made: dict[str, object] = {"id": np.arange(ROWS)}
    made |= {f"amount {n}": np.round(rng.lognormal(4, 1, ROWS), 2) for n in range(6)}
    made |= {f"count {n}": rng.integers(0, 500, ROWS) for n in range(4)}
    made |= {f"city {n}": rng.choice([f"city {k}" for k in range(90)], ROWS) for n in range(COLUMNS - 11)}
    return pd.DataFrame(made)


def edited(frame: pd.DataFrame, number: int) -> tuple[pd.DataFrame, dict[str, str], dict[str, str]]:
    """The table with 1 % of the cells of a column edited; the new cells and the old ones, by row number from 1."""
    rng = np.random.default_rng(100 + number)
    rows = np.sort(rng.choice(ROWS, ROWS // 100, replace=False))
    column = "count 0"
    new = rng.integers(1000, 2000, len(rows))
    made = frame.copy()
    old = made[column].to_numpy()[rows]
    made.loc[rows, column] = new
    cells = {str(row + 1): str(value) for row, value in zip(rows.tolist(), new.tolist(), strict=True)}
    return made, cells, {str(row + 1): str(value) for row, value in zip(rows.tolist(), old.tolist(), strict=True)}


def size(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def in_store(frames: list[pd.DataFrame], steps: list[RecipeStep], folder: Path) -> tuple[int, int, int, float]:
    """Bytes of the file as it came, of a store with all versions, and of it compacted, and the seconds until a version
    from the middle is there again.
    """
    folder.mkdir()
    frames[0].to_csv(folder / "table.csv", index=False)
    store = Store(folder / "home")
    made = datasets.add(store, datasets.default_project(store, "ann"), folder / "table.csv", "table.csv", "ann")
    versions.commit(store, made, "first", "ann")
    for number in range(1, len(frames)):
        here = datasets.get(store, made)
        recipe = Recipe(here.recipe.name, 0, tuple(steps[:number]), here.recipe.read)
        datasets.edit(store, made, here.revision, recipe, "edited", "ann")
        versions.commit(store, made, str(number), "ann")
    saved = size(store.home)
    compact(store, made, "ann")
    left = size(store.home)
    began = time.perf_counter()
    fifth = versions.get(store, made, 5)
    assert versions.table(store, fifth).content_hash == fifth.content_hash
    took = time.perf_counter() - began
    store.close()
    return (folder / "table.csv").stat().st_size, saved, left, took


def in_dvc(frames: list[pd.DataFrame], folder: Path) -> int | None:
    """Bytes in DVC's cache with all versions; None where there is no DVC."""
    program = os.environ.get("DATAOPS_DVC")
    if not program:
        return None
    folder.mkdir()
    subprocess.run([program, "init", "--no-scm", "-q"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    for frame in frames:
        frame.to_parquet(folder / "table.parquet", compression="zstd")
        subprocess.run([program, "add", "-q", "table.parquet"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return size(folder / ".dvc" / "cache")


def in_delta(frames: list[pd.DataFrame], folder: Path) -> int | None:
    """Bytes of a Delta table with all versions, written with merge by id; None where `deltalake` is missing."""
    try:
        from deltalake import DeltaTable, write_deltalake
    except ImportError:
        return None
    write_deltalake(str(folder), frames[0])
    for earlier, frame in zip(frames, frames[1:], strict=False):
        changed = frame[frame["count 0"] != earlier["count 0"]]
        merge = DeltaTable(str(folder)).merge(changed, predicate="s.id = t.id", source_alias="s", target_alias="t")
        merge.when_matched_update_all().execute()
    return size(folder)


def main() -> None:
    """Print the megabytes of ten versions."""
    frames, steps = [table()], []
    for number in range(EDITS):
        frame, cells, was = edited(frames[-1], number)
        frames.append(frame)
        steps.append(RecipeStep("set_cells", {"column": "count 0", "cells": cells, "was": was}))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        frames[0].to_parquet(folder / "one.parquet", compression="zstd")
        whole = (folder / "one.parquet").stat().st_size * len(frames)
        (folder / "one.parquet").unlink()
        raw, saved, compacted, took = in_store(frames, steps, folder / "store")
        rows = [
            ("whole Parquet files", whole),
            ("this store, as saved", saved),
            ("this store, compacted", compacted),
            ("DVC", in_dvc(frames, folder / "dvc")),
            ("Delta, merged by id", in_delta(frames, folder / "delta")),
        ]
    print(f"{ROWS:,} x {COLUMNS}, 1 % of a column edited {EDITS} times: MB of {len(frames)} versions")
    for name, number in rows:
        print(f"  {name:24} {'not found' if number is None else f'{number / 1e6:8.1f}'}")
    print(f"  This store also has the file as it came, {raw / 1e6:.1f} MB of the above.")
    print(f"  a compacted version (the fifth edit) is there again, bit for bit, in {took:.1f} s")


if __name__ == "__main__":
    main()
