"""Synthetic tables in the store: made by a job, kept as versions of kind "synthetic" with their parent, opened as
datasets of their own.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from dataops_core.errors import InputError, SettingError
from dataops_core.hashing import canonical
from dataops_core.progress import Progress, no_progress
from dataops_core.recipe.recipe import Recipe
from dataops_core.rules import Rule
from dataops_core.rules.record import recorded
from dataops_core.store import dataset_rules, datasets, jobs, personal_data, states, versions
from dataops_core.store.results import analyses
from dataops_core.store.store import Store
from dataops_core.synthetic import Settings, card, save_model, script, synthesize
from dataops_core.synthetic import model_file as signing
from dataops_core.synthetic.engines.engine import version_of
from dataops_core.table import Table, open_table
from dataops_core.write import write_file

KIND = "synthesize"


def plan(
    store: Store, state: str, *, seed: int = 0, epochs: int, run: bool = True, progress: Progress = no_progress
) -> dict[str, Any] | None:
    """What is proposed for a synthetic table of a state's table; kept once it is known. None with `run=False` where it
    is not.
    """
    return analyses.counted(
        store, "synthesis plan", {"state": state, "seed": seed, "epochs": epochs}, run=run, progress=progress
    )


def make(
    store: Store,
    dataset: str,
    state: str,
    settings: Mapping[str, Any],
    actor: str,
    *,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Make and judge a synthetic table of a state's table: {"table", "told", "model"}, the md5 of its table, of what
    was told, and of the signed model.

    The model is kept only where there is a key to sign it with, and the synthetic data does not reveal anyone.
    """
    asked = Settings.from_json(settings)
    proposed = plan(
        store, state, seed=asked.seed, epochs=asked.epochs, progress=lambda share, note: progress(share / 10, note)
    )
    out = store.scratch_file(".parquet")
    synthetic, told, model = synthesize(
        states.table(store, state),
        out,
        asked,
        proposed=proposed,
        progress=lambda share, note: progress(0.1 + 0.9 * share, note),
    )
    signed = None
    if signing.key(required=False) and not refused(told):
        path = store.scratch_file(".model")
        save_model(model, path)
        signed = store.objects.put(path).md5
    made = {"table": store.objects.put(synthetic.path).md5, "told": store.put_json(told), "model": signed}
    with store.writing() as connection:
        store.log(
            connection,
            "synthetic data made",
            actor,
            dataset,
            state=state,
            engine=told["engine"]["name"],
            seed=asked.seed,
            rows=told["rows"]["made"],
            privacy=told["judge"]["privacy"]["verdict"],
            content_hash=told["content_hash"],
        )
    return made


def last(store: Store, dataset: str) -> jobs.Job | None:
    """The dataset's last job that makes a synthetic table, whatever its settings and the state that it learns."""
    return jobs.last(store, KIND, dataset)


def told(store: Store, job: jobs.Job) -> dict[str, Any]:
    """All that was told of the synthetic data that a job made. Raises InputError where it has not made one."""
    return told_of(store, _made(job))


def told_of(store: Store, made: Mapping[str, Any]) -> dict[str, Any]:
    """All that was told of what `make` made."""
    return dict(json.loads(store.objects.local(made["told"]).read_text(encoding="utf-8")))


def table(store: Store, job: jobs.Job) -> Table:
    """The synthetic data that a job made. Raises InputError where it has not made one."""
    return open_table(store.objects.local(_made(job)["table"]))


def model(store: Store, job: jobs.Job) -> Path | None:
    """The signed model of the synthetic data that a job made, None where there is none."""
    return store.objects.local(_made(job)["model"]) if _made(job)["model"] else None


def _made(job: jobs.Job) -> Mapping[str, Any]:
    if job.kind != KIND or job.state != "done":
        raise InputError("No synthetic data yet.", f"job {job.id}", "Make one first.")
    return dict(job.result)


def refused(told: Mapping[str, Any]) -> str:
    """Why a synthetic table must not leave; empty where it may."""
    return "It gives real people away." if told["judge"]["privacy"]["verdict"] == "leak" else ""


def files(told: Mapping[str, Any], name: str, purpose: str = "") -> dict[str, str | None]:
    """What goes with a synthetic table, as texts: "card" (Markdown), "script" (None where the engine is not SDV's) and
    "report" (JSON, without the drawn shares of real values).
    """
    return {
        "card": card(told, name=name, purpose=purpose, versions=packages(told)),
        "script": script(told),
        "report": json.dumps(_lean(told), ensure_ascii=False, indent=2) + "\n",
    }


def packages(told: Mapping[str, Any]) -> dict[str, str]:
    """The versions of what made the synthetic data."""
    package = told["engine"]["package"]
    named = (
        ("sdv", "rdt", "copulas", "ctgan", "deepecho", "torch") if package == "sdv" else (package,) if package else ()
    )
    found = {each: version_of(each) for each in (*named, "scikit-learn")}
    return versions.packages() | {name: version for name, version in found.items() if version}


def _lean(told: Mapping[str, Any]) -> dict[str, Any]:
    """What was told without what is there for charts only."""
    judge = dict(told["judge"])
    judge["fidelity"] = {name: value for name, value in judge["fidelity"].items() if name != "draw"}
    return {**told, "judge": judge}


def keep(
    store: Store,
    dataset: str,
    job: str,
    message: str,
    purpose: str,
    actor: str,
    *,
    reason: str = "",
    progress: Progress = no_progress,
) -> versions.Version:
    """Keep the synthetic data that a job made, as `keep_made` does."""
    found = jobs.get(store, job)
    if found is None or found.args.get("dataset") != dataset:
        raise InputError("This dataset has no such synthetic data.", f"job {job}", "Make one first.")
    made, state = _made(found), found.args["state"]
    return keep_made(store, dataset, state, made, message, purpose, actor, reason=reason, progress=progress)


def keep_made(
    store: Store,
    dataset: str,
    state: str,
    made: Mapping[str, Any],
    message: str,
    purpose: str,
    actor: str,
    *,
    reason: str = "",
    progress: Progress = no_progress,
) -> versions.Version:
    """Keep what `make` made of a state as the dataset's next version, of kind "synthetic"; its parent is the version it
    learned from.

    The draft is committed first where it is what the synthetic data learned from and no version yet. The rules of the
    dataset are checked on the synthetic data and kept with their state (see `rules_for`). Raises SettingError for a
    synthetic table that gives real people away, without a message, where the table it learned from is neither a version
    nor the draft, and where a rule that blocks fails and there is no reason.
    """
    if not message.strip():
        raise SettingError(
            "A version needs a message.", "commit", "Say in a few words what this synthetic data is for."
        )
    about = told_of(store, made)
    if why := refused(about):
        raise SettingError(
            f"This synthetic data is not kept. {why}",
            "privacy",
            "Make another one: leave columns out, raise the limit for rare values, or choose another engine.",
        )
    here = datasets.get(store, dataset)
    progress(0.1, "Writing the version")
    path = store.scratch_file(".parquet")
    write_file(open_table(store.objects.local(made["table"])), path)
    raw = {"name": f"{Path(here.raw['name']).stem}-synthetic.parquet", **store.objects.put(path).to_json()}
    root, source = states.read_raw(store, raw, None)
    if source.table.content_hash != about["content_hash"]:
        raise InputError(
            "The synthetic data cannot be kept: its file reads as another table.", raw["name"], "Make it again."
        )
    names = set(source.table.names)
    applied, left_out = rules_for(store, here, names)
    ruled = dataset_rules.for_version(store, dataset, root, reason, rules=applied)
    if left_out:
        nothing = recorded([], store.clock()[:10])
        ruled = (ruled or nothing) | {"left_out": left_out}
    parent = _parent(store, dataset, state, actor, reason, progress)
    here = datasets.get(store, dataset)
    entered = {
        "kind": versions.SYNTHETIC,
        "raw": raw,
        "roles": {role: value for role, value in datasets.roles_now(here).items() if _there(role, value, names)},
        "data": versions.data_of(source.table),
        "recipe": Recipe(Path(raw["name"]).stem, 0, (), source.options.to_json()).to_json(),
        "steps": [],
        "packages": packages(about),
        "synthetic": {**_lean(about), "purpose": purpose.strip()},
        **({"rules": ruled} if ruled else {}),
    }
    with store.writing() as connection:
        store.need(raw["md5"])
        number = versions.enter(store, connection, here, parent, message, actor, entered, root)
    return versions.get(store, dataset, number)


def rules_for(store: Store, here: datasets.Dataset, names: Collection[str]) -> tuple[list[Rule], dict[str, str]]:
    """The rules of a dataset that its synthetic table with these columns is held to; and the others, with the reason.

    A rule in which an identifier stands that the real file holds would carry it out with the synthetic data: it is left
    out, and not even said.
    """
    known = dataset_rules.rules_of(store, here.id)
    texts = [canonical(rule.to_json()) + rule.sentence for rule in known]
    named = personal_data.named_in(store, states.root_id(here.raw["sha256"], here.recipe.read or {}), texts)
    applied, left = [], {}
    for number, (rule, tells) in enumerate(zip(known, named, strict=True), 1):
        missing = sorted(set(rule.columns) - set(names))
        if tells:
            left[f"Rule {number}"] = "It holds a value that names somebody in the real table."
        elif missing:
            left[rule.sentence] = f"The synthetic table has no column {', '.join(missing)}."
        else:
            applied.append(rule)
    return applied, left


def _there(role: str, value: Any, names: set[str]) -> bool:
    return role == "favorable" or (set(value) <= names if isinstance(value, list) else value in names)


def _parent(store: Store, dataset: str, state: str, actor: str, reason: str, progress: Progress) -> str:
    """The id of the version that the synthetic data learned from; the draft becomes one where it is that table."""
    same = [each for each in versions.log(store, dataset) if each["state"] == state and not each["synthetic"]]
    if same:
        return str(same[0]["id"])
    here = datasets.get(store, dataset)
    if states.head(here.raw, here.recipe, states.evaluate(store, here.raw, here.recipe, run=False)) != state:
        raise SettingError(
            "The table has changed since the synthetic data was made, and what it learned from is not a version.",
            "versions",
            "Make the synthetic data of the table as it is now, or undo the changes.",
        )
    return versions.commit(
        store,
        dataset,
        "What a synthetic table was learned from",
        actor,
        revision=here.revision,
        reason=reason,
        gate=False,
        progress=lambda share, note: progress(0.2 + 0.8 * share, note),
    ).id


def open_as_dataset(store: Store, dataset: str, number: int, actor: str) -> str:
    """A new dataset of the same project whose raw file is the synthetic data of a synthetic version; returns its id."""
    version = versions.get(store, dataset, number)
    if version.manifest["kind"] != versions.SYNTHETIC:
        raise SettingError(f"Version {number} is not synthetic.", "versions", "Restore it instead.")
    here, raw = datasets.get(store, dataset), version.manifest["raw"]
    name = datasets.free_name(store, here.project, f"{here.name} (synthetic)")
    made = datasets.add(store, here.project, store.raw_file(raw), raw["name"], actor, name=name)
    with store.writing() as connection:
        store.log(connection, "synthetic data opened", actor, made, version=version.id)
    opened = datasets.get(store, made)
    for left in personal_data.unresolved(personal_data.recognized(store, version.state)):
        personal_data.settle(store, opened, left.column, False, actor, "Synthetic: these people do not exist.")
    return made
