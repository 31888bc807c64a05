"""States: every table that a recipe leads to, found again by id instead of computed again.

    state id = sha256(parent state id + canonical JSON of the step, learned values and seed included + source hash)

The root is the hash of the raw file with the options it was read with. So running a recipe again is a look-up, and
undo is moving a pointer.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dataops_core.engines import bounded_for
from dataops_core.errors import DataOpsError, InputError, IntegrityError, SecretError, SettingError
from dataops_core.hashing import canonical, sha256
from dataops_core.privacy.keys import key_fingerprint, pseudonym_key
from dataops_core.progress import Progress, no_progress
from dataops_core.read import ReadOptions, Source, read_file
from dataops_core.recipe.embed import Sources
from dataops_core.recipe.recipe import Recipe, RecipeContext, RecipeStep, from_json
from dataops_core.recipe.replay import other_table, take
from dataops_core.recipe.walk import Outcome, settled_by, walk
from dataops_core.steps import get
from dataops_core.store import catalog, jobs
from dataops_core.store.store import Store, whoami
from dataops_core.table import Difference, Table, open_table


@dataclass(frozen=True)
class Result:
    """One step of an evaluated recipe: the states before and after it, and what became of it ("pending":
    not yet run).
    """

    entry: RecipeStep
    before: str
    after: str
    outcome: Outcome


def root_id(raw_sha256: str, options: Mapping[str, Any]) -> str:
    """The id of the state that a raw file has when read with these complete options."""
    return sha256("root" + raw_sha256 + canonical(dict(options)))


@functools.cache
def source_hash(op: str) -> str:
    """The hash of all source text that a step runs: its function, what it learns with, and what these name."""
    made = get(op)
    sources = Sources()
    sources.add(made)
    if made.learner:
        sources.add(made.learner)
    kinds = inspect.getsource(made.kind_function) if made.kind_function else ""
    return sha256(sources.import_lines() + sources.text() + kinds)


def table(store: Store, state: str) -> Table:
    """The table of a state, rebuilt from the raw file on where its file is gone or damaged.

    Raises InputError where the store has no such state, and IntegrityError where it cannot be rebuilt.
    """
    row = _row(store, state)
    try:
        return open_table(store.objects.local(row.md5))
    except IntegrityError:
        return _rebuild_in_worker(store, row) if store.is_server else _rebuild(store, row)


def _row(store: Store, state: str) -> Any:
    with store.reading() as connection:
        row = connection.execute(sa.select(catalog.state).where(catalog.state.c.id == state)).first()
    if row is None:
        raise InputError(
            "This state has not been computed here.", f"state {state[:12]}", "Open the dataset's page once."
        )
    return row


def _rebuild_in_worker(store: Store, row: Any) -> Table:
    ended = jobs.wait(store, jobs.start(store, "rebuild", {"state": row.id}, whoami()))
    if ended.error is not None:
        raise IntegrityError(ended.error["what"], ended.error["where"], ended.error["fix"])
    return open_table(store.objects.local(_row(store, row.id).md5))


def _rebuild(store: Store, row: Any) -> Table:
    """Compute the table of a state again, and keep it."""
    out = store.scratch_file(".parquet")
    try:
        remake(store, row.id, out)
        stored = store.objects.put(out)
    finally:
        out.unlink(missing_ok=True)
    with store.writing() as connection:
        store.need(stored.md5)
        connection.execute(catalog.removed_object.delete().where(catalog.removed_object.c.md5 == stored.md5))
        connection.execute(catalog.compacted.delete().where(catalog.compacted.c.state == row.id))
        connection.execute(catalog.state.update().where(catalog.state.c.id == row.id).values(md5=stored.md5))
    return open_table(store.objects.local(stored.md5))


def remake(store: Store, state: str, out: Path) -> Table:
    """Compute the table of a state again as it was computed first, into a file.

    Raises IntegrityError where it has not the content that was recorded then, or cannot be computed any more.
    """
    row = _row(store, state)
    origin = row.origin
    if row.parent is None:
        raw = origin["raw"]
        found = read_file(store.raw_file(raw), out, ReadOptions.from_json(origin["read"]), name=raw["name"]).table
    else:
        entry = from_json({"steps": [origin["step"]]}).steps[0]
        settled = RecipeContext(origin["split"], tuple(origin["weights"]))
        entry, other = other_table(entry, functools.partial(table_of_content, store))
        here = table(store, row.parent)
        found, outcome = take(
            entry, here, out, seed=origin["seed"], earlier=settled, other=other, bounded=bounded_for(here)
        )
        if outcome.status != "done":
            raise IntegrityError(
                f"A table is to be computed again, and the step that made it no longer works: {outcome.reason}",
                f"state {row.id[:12]}",
                "Restore the objects folder from a backup.",
            )
    if found.content_hash != row.content_hash:
        raise IntegrityError(
            "A table was computed again, and what this version of the program makes is not the same.",
            f"state {row.id[:12]}",
            "Restore the objects folder from a backup.",
        )
    return found


def table_of_content(store: Store, _name: str, content: str) -> Table | None:
    """The table with this content, whatever state of whatever dataset it is; None where the store has none."""
    with store.reading() as connection:
        state = connection.scalar(
            sa.select(catalog.state.c.id).where(catalog.state.c.content_hash == content).order_by(catalog.state.c.id)
        )
    return table(store, state) if state else None


def known(store: Store, state: str) -> bool:
    """Whether the store holds the table of that state."""
    with store.reading() as connection:
        return connection.scalar(sa.select(catalog.state.c.id).where(catalog.state.c.id == state)) is not None


def read_raw(
    store: Store, raw: Mapping[str, Any], options: ReadOptions | None, progress: Progress = no_progress
) -> tuple[str, Source]:
    """Read a stored raw file; returns the root state's id and the source (options complete, problems listed)."""
    out = store.scratch_file(".parquet")
    try:
        source = read_file(store.raw_file(raw), out, options, name=raw["name"], progress=progress)
        return keep_source(store, raw, source), source
    finally:
        out.unlink(missing_ok=True)


def keep_source(store: Store, raw: Mapping[str, Any], source: Source) -> str:
    """Take in, by moving its file, what reading made of a stored raw file; returns the root state's id."""
    read = source.options.to_json()
    root = root_id(raw["sha256"], read)
    _keep(store, root, None, source.table.path, source.table.content_hash, {"raw": dict(raw), "read": read})
    problems = [vars(problem) for problem in source.problems]
    blanked = {name: cells.to_json() for name, cells in source.blanked.items()}
    store.keep({f"problems:{root}": problems, f"blanked:{root}": blanked})
    return root


def evaluate(
    store: Store, raw: Mapping[str, Any], recipe: Recipe, *, run: bool = True, progress: Progress = no_progress
) -> list[Result]:
    """Walk a recipe from the raw file on; what was computed before is looked up.

    A step that fails or skips leaves the state as it was, says why, and the next ones go on from there. With
    `run=False` nothing is computed: from the first step that would have to be, all are "pending".
    """
    root = root_id(raw["sha256"], recipe.read or {})
    if run and not known(store, root):
        read_raw(store, raw, ReadOptions.from_json(recipe.read or {}), progress)
    pending = False

    def do(place: int, entry: RecipeStep, here: str, settled: RecipeContext) -> tuple[RecipeStep, str, Outcome]:
        nonlocal pending
        found = None if pending else _look_up(store, here, entry, recipe.seed)
        if found is None and run:
            progress(place / len(recipe.steps), entry.sentence)
            found = _run(store, here, entry, recipe.seed, settled, progress)
        if found is None:
            pending = True
            found = here, Outcome(entry.op, entry.sentence, "pending")
        return entry, *found

    return [
        Result(each.entry, each.before, each.after, each.outcome)
        for each in walk(recipe, root, do, on_failure="continue")
    ]


def step_after(store: Store, before: str, entry: RecipeStep) -> tuple[str, Outcome]:
    """Where one step leads from a state, beside any recipe; what was computed before is looked up."""
    found = _look_up(store, before, entry, 0)
    return found or _run(store, before, entry, 0, RecipeContext(), no_progress)


def earlier(results: Sequence[Result]) -> RecipeContext:
    """What the done steps of an evaluated recipe have settled."""
    return settled_by((result.entry, result.outcome) for result in results)


def head(raw: Mapping[str, Any], recipe: Recipe, results: Sequence[Result]) -> str:
    """The state in which an evaluated recipe ends."""
    return results[-1].after if results else root_id(raw["sha256"], recipe.read or {})


def _request(before: str, entry: RecipeStep, seed: int) -> str:
    try:
        source = source_hash(entry.op)
    except SettingError:
        source = "unknown"
    asked = {"op": entry.op, "with": dict(entry.settings), "learned": entry.learned, "seed": seed}
    if entry.step is not None and entry.step.keyed and entry.learned is None:
        try:  # another key gives another result
            asked["key"] = key_fingerprint(pseudonym_key())
        except SecretError:
            asked["key"] = None
    return sha256(before + canonical(asked) + source)


def _look_up(store: Store, before: str, entry: RecipeStep, seed: int) -> tuple[str, Outcome] | None:
    with store.reading() as connection:
        row = connection.execute(
            sa.select(catalog.result).where(catalog.result.c.key == _request(before, entry, seed))
        ).first()
    return (row.state, _outcome(entry, row.outcome)) if row else None


def _outcome(entry: RecipeStep, plain: Mapping[str, Any]) -> Outcome:
    changed = Difference.from_json(plain["difference"]) if plain["difference"] else None
    return Outcome(entry.op, entry.sentence, plain["status"], plain["reason"], plain["learned"], changed)


def _run(
    store: Store, before: str, entry: RecipeStep, seed: int, settled: RecipeContext, progress: Progress
) -> tuple[str, Outcome]:
    try:
        entry, other = other_table(entry, functools.partial(table_of_content, store))
    except DataOpsError as error:  # it may be here tomorrow, so nothing is written down
        return before, Outcome(entry.op, entry.sentence, "failed", str(error))
    out = store.scratch_file(".parquet")
    after = before
    try:
        here = table(store, before)
        made, outcome = take(
            entry, here, out, seed=seed, earlier=settled, other=other, progress=progress, bounded=bounded_for(here)
        )
        if outcome.status == "done":
            learned = {"op": entry.op, "with": dict(entry.settings), "learned": outcome.learned, "seed": seed}
            after = sha256(before + canonical(learned) + source_hash(entry.op))
            origin = {
                "step": replace(entry, learned=outcome.learned).to_json(),
                "seed": seed,
                "split": settled.split,
                "weights": list(settled.weights),
            }
            _keep(store, after, before, out, made.content_hash, origin)
    except SecretError as error:  # the key may be here tomorrow
        return before, Outcome(entry.op, entry.sentence, "failed", str(error))
    except DataOpsError as error:
        outcome = Outcome(entry.op, entry.sentence, "failed", str(error))
    finally:
        out.unlink(missing_ok=True)
    plain = {
        "status": outcome.status,
        "reason": outcome.reason,
        "learned": outcome.learned,
        "difference": outcome.difference and outcome.difference.to_json(),
    }
    key = _request(before, entry, seed)
    with store.writing() as connection:
        if connection.scalar(sa.select(catalog.result.c.key).where(catalog.result.c.key == key)) is None:
            connection.execute(catalog.result.insert().values(key=key, state=after, outcome=plain))
    return after, outcome


def _keep(
    store: Store, state: str, parent: str | None, path: Path, content_hash: str, origin: Mapping[str, Any]
) -> None:
    stored = store.objects.put(path)
    plain = json.loads(json.dumps(origin))
    with store.writing() as connection:
        if connection.scalar(sa.select(catalog.state.c.id).where(catalog.state.c.id == state)) is None:
            store.need(stored.md5)
            connection.execute(
                catalog.state.insert().values(
                    id=state,
                    parent=parent,
                    md5=stored.md5,
                    created=store.clock(),
                    content_hash=content_hash,
                    origin=plain,
                )
            )
