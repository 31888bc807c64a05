"""Sign-off: the checklist of a version filled from what is known of it, answers of people, and signatures for each
gate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from dataops_core.errors import ConflictError, SettingError, nearest
from dataops_core.fairness import groups
from dataops_core.hashing import canonical, sha256
from dataops_core.progress import Progress, no_progress
from dataops_core.store import catalog, datasets, overview, states, versions
from dataops_core.store.people import gates as conditions
from dataops_core.store.people.checklist import GATES, MEASURED, QUESTIONS, SHARES, Checklist, Signature, items_of
from dataops_core.store.people.environments import PRODUCTION
from dataops_core.store.results.profile import profile
from dataops_core.store.store import Store
from dataops_core.store.trail import audit
from dataops_core.store.versions import Version
from dataops_core.wording import counted

ABOUT = "formulation"
APART = 0.05  # the most by which a group's share may differ from the population's, as a share
WORSE = 0.02  # the most by which the gap between groups may grow by preparing the data


def answers_of(store: Store, dataset: str) -> dict[str, str]:
    """What people answered, by the question's key."""
    store.require("see", dataset)
    table = catalog.opinion
    with store.reading() as connection:
        found = connection.scalar(sa.select(table.c.value).where(table.c.dataset == dataset, table.c.about == ABOUT))
    return dict(found or {})


def answer(store: Store, dataset: str, given: Mapping[str, str], actor: str) -> None:
    """Answer questions, or accept what was measured and does not do, with the reason; an empty text takes it back.

    "shares" states the population: `group=number, …`, as counts or shares. Raises SettingError for an unknown key and
    for what is not a number where one is asked for.
    """
    known = [*QUESTIONS, *MEASURED, SHARES]
    for key, text in given.items():
        if key not in known:
            raise SettingError(f'There is no question "{key}".', "sign-off", nearest(key, known))
        if key == "quality" and text.strip():
            _percent(text)
        if key == SHARES and text.strip():
            population(text)
    table = catalog.opinion
    with store.writing() as connection:
        mine = (table.c.dataset == dataset, table.c.about == ABOUT)
        before = connection.scalar(sa.select(table.c.value).where(*mine)) or {}
        after = {key: text for key, text in {**before, **given}.items() if text.strip()}
        connection.execute(table.delete().where(*mine))
        connection.execute(
            table.insert().values(dataset=dataset, about=ABOUT, value=after, actor=actor, at=store.clock())
        )
        store.log(connection, "questions answered", actor, dataset, questions=sorted(given))


def accept(store: Store, dataset: str, key: str, why: str, actor: str) -> None:
    """Accept what was measured and does not do; raises SettingError without a reason."""
    if not why.strip():
        raise SettingError("There is no reason.", "sign-off", "Say in a few words why this is acceptable.")
    answer(store, dataset, {key: why.strip()}, actor)


def stamp(store: Store, dataset: str, number: int) -> str:
    """A text that changes whenever the checklist of a version may: with each entry about the dataset in the log, and
    with the day.
    """
    with store.reading("see", dataset) as connection:
        return f"{number}:{audit.count(connection, dataset)}:{store.clock()[:10]}"


def _percent(text: str) -> float:
    try:
        number = float(text.strip().rstrip("%").strip())
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:
        raise SettingError(f'"{text}" is not a percentage.', "quality", "Give a number from 0 to 100, such as 95.")
    return number / 100


def population(text: str) -> dict[str, float]:
    """The stated population, from `group=number, …`.

    >>> population("Female=51, Male=49")
    {'Female': 51.0, 'Male': 49.0}
    """
    try:
        pairs = [part.rpartition("=") for part in text.split(",") if part.strip()]
        found = {name.strip(): float(number) for name, _, number in pairs}
    except ValueError:
        found = {}
    if not found or "" in found or min(found.values()) < 0 or not sum(found.values()):
        raise SettingError("This is not a population.", SHARES, "Write it as Female=51, Male=49.")
    return found


def stated_population(store: Store, dataset: str, groups: Iterable[str]) -> dict[str, float]:
    """The stated population of these groups, by their names as they are in the table; letter case is no matter. Empty
    where none was stated, or fewer than two of the groups are in it.
    """
    told = answers_of(store, dataset).get(SHARES, "").strip()
    stated = {name.casefold(): number for name, number in population(told).items()} if told else {}
    found = {name: stated[name.casefold()] for name in groups if name.casefold() in stated}
    return found if len(found) > 1 else {}


def required_quality(store: Store, dataset: str) -> float | None:
    """The quality score that the data needs, as a share; None where nobody said."""
    told = answers_of(store, dataset).get("quality", "").strip()
    return _percent(told) if told else None


def checklist(store: Store, dataset: str, number: int, *, progress: Progress = no_progress) -> Checklist:
    """The checklist of a version, measured now."""
    version, here = versions.get(store, dataset, number), datasets.get(store, dataset)
    if version.manifest["kind"] == versions.SYNTHETIC:
        raise SettingError(f"Version {number} is synthetic.", "sign-off", "Sign off the version that it stands in for.")
    answers = answers_of(store, dataset)
    versions.table(store, version)
    root = states.root_id(version.manifest["raw"]["sha256"], version.recipe.read or {})
    progress(0.1, "Replaying the recipe")
    found = {gate.name: gate for gate in conditions.gates(store, dataset, version, PRODUCTION)}
    progress(0.5, "Facts and findings")
    told = profile(store, version.state, overview.context(here)) or {}
    progress(0.8, "Groups of people")
    signed = _signed(store, dataset)
    recipe, rules, privacy = (found[name] for name in ("recipe", "rules", "personal data"))
    done = sum(step["status"] == "done" for step in version.manifest["steps"])
    measured = {
        "source": (_source(version), True),
        "outcome": _outcome(version.manifest["roles"]),
        "representativeness": _representativeness(store, root, here.roles, answers),
        "recipe": (f"{counted(done, 'step was', 'steps were')} done. {recipe.says}", recipe.passed),
        "score": _score(overview.quality(store, here, told), answers),
        "findings": _findings(overview.open_findings(store, here, told)),
        "rules": (rules.says, rules.passed),
        "bias": _bias(store, root, version, here.roles),
        "privacy": (privacy.says, privacy.passed),
        "changes": (_changes(store, dataset, number, signed), True),
    }
    mine = tuple(Signature(row.gate, row.signer, row.at, row.sha256) for row in signed if row.version == number)
    return Checklist(here.name, number, items_of(measured, answers), mine)


def sign(
    store: Store, dataset: str, number: int, gate: str, actor: str, *, progress: Progress = no_progress
) -> Checklist:
    """Sign a gate of a version: the checklist as it is now is kept, and its hash goes to the audit log.

    Raises SettingError where something is open, and ConflictError where it is signed.
    """
    if gate not in GATES:
        raise SettingError(f'There is no gate "{gate}".', "sign-off", nearest(gate, GATES))
    now, table = checklist(store, dataset, number, progress=progress), catalog.sign_off
    if left := now.open(gate):
        raise SettingError(
            f"Not all of {gate} is settled: {', '.join(item.question for item in left)}",
            "sign-off",
            "Answer what is asked, mend what was measured, or accept it with a reason.",
        )
    plain = [item for item in now.to_json()["items"] if item["gate"] == gate]
    digest = sha256(canonical({"dataset": dataset, "version": number, "gate": gate, "items": plain}))
    with store.writing() as connection:
        mine = (table.c.dataset == dataset, table.c.version == number, table.c.gate == gate)
        if connection.scalar(sa.select(table.c.signer).where(*mine)) is not None:
            raise ConflictError(f"{gate.capitalize()} of version {number} is signed.", "sign-off", "See the checklist.")
        values = {"dataset": dataset, "version": number, "gate": gate, "signer": actor, "items": plain}
        connection.execute(table.insert().values(**values, at=store.clock(), sha256=digest))
        store.log(connection, "gate signed", actor, dataset, version=number, gate=gate, sha256=digest)
    return checklist(store, dataset, number)


def _signed(store: Store, dataset: str) -> list[Any]:
    table = catalog.sign_off
    with store.reading() as connection:
        query = sa.select(table).where(table.c.dataset == dataset).order_by(table.c.version, table.c.gate)
        return list(connection.execute(query))


def _source(version: Version) -> str:
    raw = version.manifest["raw"]
    return (
        f"{raw['name']} (SHA-256 {raw['sha256'][:16]}…), saved as version {version.number} by {version.actor},"
        f" {version.created[:10]}."
    )


def _outcome(roles: Mapping[str, Any]) -> tuple[str, bool]:
    target, sensitive = roles.get("target"), roles.get("sensitive") or []
    if not sensitive:
        return "No column was said to tell groups of people apart.", False
    outcome = f'outcome "{target}", good where "{roles.get("favorable")}"' if target else "no outcome"
    return f"Groups by {', '.join(sensitive)}; {outcome}.", True


def _representativeness(
    store: Store, root: str, roles: Mapping[str, Any], answers: Mapping[str, str]
) -> tuple[str, bool]:
    """The shares of the groups in the file as it came against those of the stated population."""
    sensitive = roles.get("sensitive") or []
    if not sensitive:
        return "There are no groups to compare.", True
    if not answers.get(SHARES):
        return "The shares of the groups in the population were not stated.", False
    stated = population(answers[SHARES])
    try:
        told = groups(states.table(store, root), sensitive[:1], population=stated).population
    except SettingError as error:
        return str(error), False
    apart = {name: (each.share or 0.0, each.stated) for name, each in told.groups.items()} if told else {}
    worst = max(apart, key=lambda name: abs(apart[name][0] - apart[name][1]))
    here, there = apart[worst]
    says = f"Furthest from the population: {worst}, {here:.0%} of the rows and {there:.0%} of the population."
    return says.replace("%", " %"), abs(here - there) <= APART


def _score(score: float | None, answers: Mapping[str, str]) -> tuple[str, bool]:
    if score is None:
        return "There is no quality score.", False
    needed = _percent(answers["quality"]) if answers.get("quality") else None
    if needed is None:
        return f"{100 * score:.1f} %; it was not said how much is needed.", False
    return f"{100 * score:.1f} %, and {100 * needed:g} % are needed.", score >= needed


def _findings(found: list[dict[str, Any]]) -> tuple[str, bool]:
    counted = Counter(each["severity"] for each in found)
    says = f"{counted['error']:,} errors, {counted['warning']:,} warnings and {counted['note']:,} notes are open."
    return says, not counted["error"]


def _bias(store: Store, root: str, version: Version, roles: Mapping[str, Any]) -> tuple[str, bool]:
    """The widest gap between the rates of two groups that are large enough, in the file as it came and in the
    version.
    """
    now = version.manifest["roles"]
    before = _gap(store, root, roles)
    after = _gap(store, version.state, now)
    if before is None or after is None:
        return "It cannot be told without an outcome and groups of people in the table.", not roles.get("target")
    says = f"The widest gap between two groups was {100 * before:.1f} points and is {100 * after:.1f}."
    return says, after <= before + WORSE


def _gap(store: Store, state: str, roles: Mapping[str, Any]) -> float | None:
    sensitive, target, favorable = ([*(roles.get("sensitive") or [])], roles.get("target"), roles.get("favorable"))
    table = states.table(store, state)
    if not (sensitive and target and favorable) or not {*sensitive, target} <= set(table.names):
        return None
    told = groups(table, sensitive[:1], target=target, favorable=favorable).groups.values()
    rates = [each.rate for each in told if each.rate is not None and not each.thin and not each.unknown]
    return max(rates) - min(rates) if len(rates) > 1 else None


def _changes(store: Store, dataset: str, number: int, signed: list[Any]) -> str:
    before = [row.version for row in signed if row.version < number]
    if not before:
        return "This is the first sign-off."
    found = versions.compare(store, dataset, before[-1], number)
    assert found is not None
    cells = sum(found.cells_changed.values())
    return (
        f"Since version {before[-1]}: {counted(found.rows_dropped, 'row')} dropped, {found.rows_added:,} added,"
        f" {counted(cells, 'cell')} changed,"
        f" {counted(len(found.columns_added), 'column')} added, {len(found.columns_removed):,} removed."
    )
