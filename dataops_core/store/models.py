"""Fitted models kept with a state of a dataset: what is committed of that state ships with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import SettingError
from dataops_core.fairness.fitted import JUDGED, check, features_of, fit
from dataops_core.hashing import canonical
from dataops_core.progress import Progress, no_progress
from dataops_core.store import catalog, datasets, states
from dataops_core.store.datasets import Dataset
from dataops_core.store.states import Result
from dataops_core.store.store import Store

NO_FEATURES = ("sensitive", "target", "id", "weight", "split")
TOLD = ("method", "title", "needs", "at_prediction", "constraint", "model", "target", "favorable", "sensitive", "seed")


def learn(
    store: Store, dataset: str, state: str, asked: Mapping[str, Any], actor: str, *, progress: Progress = no_progress
) -> str:
    """Fit a way to decide on the table of the draft's state, with what `fairness.fit` is asked, and keep it; returns
    its name.

    Whatever is asked, no sensitive column, target, id, weight or split column becomes a feature. Raises SettingError
    where the draft has moved on meanwhile, or where nothing can be learned.
    """
    here, results = _draft(store, dataset, state)
    table = states.table(store, state)
    others = {name for each in kept(store, dataset, state) for name in each["sensitive"]}
    without = [name for name in {*asked.get("leave_out", ()), *barred(here, results), *others} if name in table.names]
    given = {name: value for name, value in asked.items() if name != "leave_out"}
    return keep(store, dataset, state, fit(table, **given, leave_out=sorted(without), progress=progress), actor)


def keep(store: Store, dataset: str, state: str, model: Mapping[str, Any], actor: str) -> str:
    """Keep a fitted model with the draft's state; returns its name: its method, numbered where there are several.

    Raises SettingError for a model of another table, and for one that decides by a column that it must not see.
    """
    here, results = _draft(store, dataset, state)
    model = check(dict(model), "model")
    if model["learned_from"]["content_hash"] != states.table(store, state).content_hash:
        raise SettingError(
            "This model was learned from another table.",
            model["method"],
            "Fit it on the file and recipe that are committed.",
        )
    others = kept(store, dataset, state)
    why = _unfit(features_of(model), _all_barred(here, results, [*others, model]))
    if why:
        raise SettingError(why, model["method"], "Fit it again and leave that column out.")
    path = store.scratch_file(".json")
    path.write_text(canonical(model), encoding="utf-8")
    stored = store.objects.put(path).to_json()
    same = [each["name"] for each in others if each["sha256"] == stored["sha256"]]
    if same:
        return str(same[0])
    taken, stem, number = {each["name"] for each in others}, model["method"].replace("_", "-"), 2
    name = stem
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    about = {
        "name": name,
        **{key: model[key] for key in TOLD},
        "features": features_of(model),
        "learned_from": model["learned_from"],
        "judged": {key: model["judged"][key] for key in ("rows", *JUDGED)},
        "state": state,
        **stored,
    }
    with store.writing() as connection:
        store.need(stored["md5"])
        connection.execute(
            catalog.model.insert().values(
                dataset=dataset, state=state, name=name, about=about, actor=actor, at=store.clock()
            )
        )
        store.log(connection, "model kept", actor, dataset, name=name, state=state, sha256=stored["sha256"])
    return name


def kept(store: Store, dataset: str, state: str) -> list[dict[str, Any]]:
    """What is known of the models kept with a state, in the order of their names."""
    store.require("see", dataset)
    query = sa.select(catalog.model.c.about).where(catalog.model.c.dataset == dataset, catalog.model.c.state == state)
    with store.reading() as connection:
        return [dict(about) for about in connection.scalars(query.order_by(catalog.model.c.name))]


def drop(store: Store, dataset: str, state: str, name: str, actor: str) -> None:
    """Keep a model no longer; versions that have it still have it."""
    with store.writing() as connection:
        connection.execute(
            catalog.model.delete().where(
                catalog.model.c.dataset == dataset, catalog.model.c.state == state, catalog.model.c.name == name
            )
        )
        store.log(connection, "model dropped", actor, dataset, name=name, state=state)


def shipped(store: Store, here: Dataset, results: Sequence[Result]) -> dict[str, Any]:
    """What the manifest says of the models of the draft's state: "models", and "models_left_out" with the reason.

    A model is left out whose features hold a column that has become sensitive since. "x" names the files of its
    features: models that take the same features share them. Without models it is empty.
    """
    every = kept(store, here.id, states.head(here.raw, here.recipe, results))
    never = _all_barred(here, results, every)
    why = {each["name"]: _unfit(each["features"], never) for each in every}
    listed = [each for each in every if not why[each["name"]]]
    sets = list(dict.fromkeys(tuple(each["features"]) for each in listed))
    files = {features: "X" if not number else f"X-{number + 1}" for number, features in enumerate(sets)}
    told = [each | {"x": files[tuple(each["features"])]} for each in listed]
    left_out = {name: reason for name, reason in why.items() if reason}
    return ({"models": told} if told else {}) | ({"models_left_out": left_out} if left_out else {})


def barred(here: Dataset, results: Sequence[Result]) -> dict[str, str]:
    """The columns that are no feature of any model, with what they are: by their role, or because a step
    made them so.
    """
    roles, settled = datasets.roles_now(here), states.earlier(results)
    made = [*((name, "weight") for name in settled.weights), (settled.split, "split")]
    for role in reversed(NO_FEATURES):
        value = roles.get(role)
        made += [(name, role) for name in (value if isinstance(value, list) else [value])]
    return {name: role for name, role in made if name}


def _all_barred(here: Dataset, results: Sequence[Result], every: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The same with the columns that any of these models calls sensitive."""
    return barred(here, results) | {name: "sensitive" for each in every for name in each["sensitive"]}


def _unfit(features: Sequence[str], never: Mapping[str, str]) -> str:
    """Why a model with these features is not shipped; empty where it may be."""
    return next(
        (
            (
                f'It decides by "{name}", which is the {never[name]} column.'
                if never[name] != "sensitive"
                else f'It decides by "{name}", which is sensitive.'
            )
            for name in features
            if name in never
        ),
        "",
    )


def _draft(store: Store, dataset: str, state: str) -> tuple[Dataset, list[Result]]:
    """The dataset as it stands, with its evaluated recipe; raises SettingError where it does not end in that state."""
    here = datasets.get(store, dataset)
    results = states.evaluate(store, here.raw, here.recipe, run=False)
    if states.head(here.raw, here.recipe, results) != state:
        raise SettingError("The table has changed meanwhile.", "model", "Look at it again, then keep the model.")
    return here, results
