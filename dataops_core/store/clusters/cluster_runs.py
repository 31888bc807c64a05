"""The steps of a dataset on a cluster that an administrator set up; what comes out is a version like any other.

Which clusters there are stands in a TOML file that DATAOPS_CLUSTERS names, never in a recipe:

    [warehouse]
    master = "spark://HOST:7077"
    input = "/shared/in"        # files and folders here can be chosen
    output = "/shared/out"      # results come to lie here
"""

from __future__ import annotations

import functools
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dataops_core.engines import EngineRun, check_plan, plan
from dataops_core.engines.spark.session import check_installed, check_master
from dataops_core.errors import InputError, IntegrityError, SettingError, nearest
from dataops_core.progress import Progress, no_progress
from dataops_core.recipe.recipe import Recipe
from dataops_core.store import dataset_rules, datasets, personal_data, states, versions
from dataops_core.store.new_file import fitted_recipe
from dataops_core.store.store import Store
from dataops_core.table import ARROW, Table
from dataops_core.table.table import ROW_GROUP

CONFIG = "DATAOPS_CLUSTERS"
ACTION = "cluster run"
KIND = "cluster run"


@dataclass(frozen=True)
class Cluster:
    """A cluster with the folder that tables are taken from and the one that results are put into."""

    name: str
    master: str
    input: Path
    output: Path


def clusters() -> tuple[Cluster, ...]:
    """The clusters that an administrator set up; raises SettingError where the file cannot be understood."""
    named = os.environ.get(CONFIG)
    if not named:
        return ()
    try:
        plain = tomllib.loads(Path(named).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingError(
            f"The file with the clusters cannot be read: {error}.", CONFIG, "Ask the administrator to mend it."
        ) from error
    return tuple(_cluster(name, given) for name, given in plain.items())


@functools.cache
def missing() -> str:
    """What is not installed here for running anything on a cluster, with what to do; empty where all is there."""
    try:
        check_installed()
    except SettingError as error:
        return f"{error.what} {error.fix}"
    return ""


def named(name: str) -> Cluster:
    """The cluster of that name."""
    known = {each.name: each for each in clusters()}
    if name not in known:
        raise SettingError(f'There is no cluster "{name}".', CONFIG, nearest(name, known))
    return known[name]


def inputs(cluster: Cluster) -> list[str]:
    """The files and folders that can be chosen, by name."""
    if not cluster.input.is_dir():
        raise SettingError(
            f'The input folder of "{cluster.name}" is not there.', CONFIG, "Ask the administrator to mount or name it."
        )
    return sorted(path.name for path in cluster.input.iterdir() if not path.name.startswith((".", "_")))


def run(
    store: Store,
    dataset: str,
    cluster: str,
    source: str,
    message: str,
    actor: str,
    *,
    reason: str = "",
    pii_reason: str = "",
    progress: Progress = no_progress,
) -> versions.Version:
    """Run the steps of a dataset's draft on a file or folder of a cluster, and keep the result as the next version.

    The steps use what they have learned here. The result stays in the cluster's output folder, and is copied into the
    store; its content hash must be the one that the cluster computed. Raises SettingError, before anything starts,
    where a step cannot run there, and where a rule that blocks fails on the result and there is no reason; where the
    draft, or in the end the result, names people and no `pii_reason` says why, PersonalDataError.
    """
    store.require(ACTION, dataset)
    here, where = datasets.get(store, dataset), named(cluster)
    if not message.strip():
        raise SettingError("A version needs a message.", "commit", "Say in a few words what this version is.")
    if source not in inputs(where):
        raise InputError(f'There is no "{source}" on {cluster}.', "input", nearest(source, inputs(where)))
    recipe = fitted_recipe(store, here)
    check_plan(plan(recipe, "spark"), "spark")
    _check_people(store, here, pii_reason)
    check_installed()
    check_master(where.master)
    out = _free(where.output, here.name)
    done = _on_cluster(store, where, recipe, source, out, progress)
    progress(0.92, "Copying the result")
    raw, state, table, read = _copied(store, done, out)
    released = personal_data.check_release(store, here, state, state, done.recipe.steps, pii_reason)
    rules = dataset_rules.for_version(store, dataset, state, reason, lambda _, note: progress(0.95, note))
    after = Recipe(here.recipe.name, here.recipe.seed, (), read)
    told = {
        "kind": "raw",
        "raw": raw,
        "roles": datasets.roles_now(here),
        "data": versions.data_of(table),
        "recipe": after.to_json(),
        "steps": [],
        "packages": versions.packages(),
        "privacy": released,
        "ran_on": {
            "cluster": where.name,
            "input": source,
            "output": out.name,
            "recipe": done.recipe.to_json(),
            "steps": [outcome.to_json() for outcome in done.outcomes],
            "content_hash": done.content_hash,
        },
        **({"rules": rules} if rules else {}),
    }
    with store.writing() as connection:
        if released["unresolved"]:
            columns = [each["column"] for each in released["unresolved"]]
            store.log(connection, "personal data kept", actor, dataset, columns=columns, reason=pii_reason.strip())
        store.log(connection, ACTION, actor, dataset, cluster=where.name, input=source, output=out.name)
        parent = versions.last_id(connection, dataset)
        number = versions.enter(store, connection, here, parent, message, actor, told, state)
    return versions.get(store, dataset, number)


def _check_people(store: Store, here: datasets.Dataset, reason: str) -> None:
    """Raise PersonalDataError, before a cluster works for an hour, where the draft names people and nobody says why."""
    results = states.evaluate(store, here.raw, here.recipe, run=False)
    if reason.strip() or any(result.outcome.status == "pending" for result in results):
        return
    root, state = (
        states.root_id(here.raw["sha256"], here.recipe.read or {}),
        states.head(here.raw, here.recipe, results),
    )
    done = [replace(r.entry, learned=r.outcome.learned) for r in results if r.outcome.status == "done"]
    left = personal_data.leaving(store, here, root, state, done)
    if left:
        raise personal_data.refusal(left)


def _cluster(name: str, given: Any) -> Cluster:
    if not isinstance(given, Mapping) or not all(
        isinstance(given.get(key), str) for key in ("master", "input", "output")
    ):
        raise SettingError(
            f'The cluster "{name}" is not described in full.', CONFIG, "Give master, input and output, each as a text."
        )
    return Cluster(name, given["master"], Path(given["input"]), Path(given["output"]))


def _free(folder: Path, name: str) -> Path:
    """A folder in the output folder that is not there yet."""
    stem, number = re.sub(r"[^\w-]+", "-", name).strip("-") or "table", 1
    while (folder / f"{stem}-{number}").exists():
        number += 1
    return folder / f"{stem}-{number}"


def _on_cluster(store: Store, where: Cluster, recipe: Recipe, source: str, out: Path, progress: Progress) -> EngineRun:
    from dataops_core.engines.spark import run_on_spark, spark_session
    from dataops_core.engines.spark.stages import stages
    from dataops_core.scratch import scratch_folder

    tables = {
        step.settings["table"]: found
        for step in recipe.active
        if step.settings.get("table")
        and (found := states.table_of_content(store, step.settings["table"], step.settings.get("content") or ""))
    }
    progress(0.0, f"Connecting to {where.name}")
    with scratch_folder() as folder, spark_session(folder, where.master) as spark:
        with stages(spark, lambda share, note: progress(0.02 + 0.9 * share, note)) as tell:
            return run_on_spark(spark, recipe, where.input / source, out, tables=tables, progress=tell)


def _copied(store: Store, done: EngineRun, out: Path) -> tuple[dict[str, Any], str, Table, dict[str, Any]]:
    """The result as one file of the store, read: the file, its state, its table, and how it was read."""
    schema = pa.schema([(name, ARROW[kind]) for name, kind in done.types.items()])
    path = store.scratch_file(".parquet")
    with pq.ParquetWriter(path, schema) as writer:
        for part in sorted(out.glob("part-*.parquet")):
            with pq.ParquetFile(part) as file:
                for batch in file.iter_batches(10 * ROW_GROUP):
                    writer.write_batch(batch.cast(schema))
    raw = datasets.store_raw(store, path, f"{out.name}.parquet")
    path.unlink()
    state, source = states.read_raw(store, raw, None)
    if source.table.content_hash != done.content_hash:
        raise IntegrityError(
            "What was copied from the cluster is not what it wrote.", str(out), "Look at the folder, and run it again."
        )
    return raw, state, source.table, source.options.to_json()
