"""Deliveries: the files that come after a version was saved, each held against it. One that fails is kept in quarantine
until somebody decides.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from dataops_core.compare.drift import Drift
from dataops_core.errors import ConflictError, DataOpsError, InputError, SettingError
from dataops_core.hashing import canonical, sha256
from dataops_core.monitoring import Check, DeliveryReport, Figures, Limits
from dataops_core.monitoring import judge as judges
from dataops_core.progress import Progress, no_progress
from dataops_core.read import ReadOptions
from dataops_core.recipe.recipe import Recipe, from_json
from dataops_core.store import catalog, dataset_rules, datasets, overview, states, versions
from dataops_core.store.monitoring import alerts
from dataops_core.store.monitoring.quarantine import ACCEPTED, QUARANTINED, REJECTED
from dataops_core.store.new_file import match_columns
from dataops_core.store.people import promotions
from dataops_core.store.people.environments import PRODUCTION
from dataops_core.store.results import analyses
from dataops_core.store.results.profile import profile
from dataops_core.store.store import Store
from dataops_core.store.versions import Version

ABOUT = "limits"
KEPT = ("lenient", "sheet")  # what a person said of the file before, and holds for the next one


@dataclass(frozen=True)
class Delivery:
    """A delivery as it stands: accepted, quarantined or rejected; `fresh` says that it was judged just now."""

    id: str
    dataset: str
    number: int
    standing: str
    report: DeliveryReport
    raw: Mapping[str, Any]
    recipe: Mapping[str, Any] | None
    state: str | None
    actor: str
    at: str
    decided_by: str | None
    decided_at: str | None
    reason: str | None
    fresh: bool = False

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        names = ("number", "standing", "actor", "at", "decided_by", "decided_at", "reason", "fresh")
        told = {name: getattr(self, name) for name in names}
        return told | {"sha256": self.raw["sha256"], "state": self.state} | self.report.to_json()


@dataclass(frozen=True)
class _Seen:
    """What became of a file: the table before and after the recipe; why it cannot be read."""

    checks: tuple[Check, ...]
    figures: Figures
    recipe: Recipe | None = None
    state: str | None = None


def limits_of(store: Store, dataset: str) -> Limits:
    """What deliveries of a dataset are held to."""
    store.require("see", dataset)
    table = catalog.opinion
    with store.reading() as connection:
        kept = connection.scalar(sa.select(table.c.value).where(table.c.dataset == dataset, table.c.about == ABOUT))
    return Limits.from_json(kept or {})


def set_limits(store: Store, dataset: str, limits: Limits, actor: str) -> None:
    """Hold deliveries of a dataset to these limits from now on."""
    table, plain = catalog.opinion, limits.to_json()
    with store.writing() as connection:
        connection.execute(table.delete().where(table.c.dataset == dataset, table.c.about == ABOUT))
        connection.execute(
            table.insert().values(dataset=dataset, about=ABOUT, value=plain, actor=actor, at=store.clock())
        )
        store.log(connection, "limits set", actor, dataset, limits=plain)


def reference(store: Store, dataset: str, number: int | None = None) -> Version:
    """The version that deliveries are held against: the one asked for, the one in production, or the newest that is not
    synthetic.
    """
    number = number if number is not None else promotions.current(store, dataset, PRODUCTION)
    if number is not None:
        return versions.get(store, dataset, number)
    real = [each["number"] for each in versions.log(store, dataset) if not each["synthetic"]]
    if not real:
        raise SettingError("There is no version to compare with.", "watch", "Save a version first (commit).")
    return versions.get(store, dataset, real[0])


def watch(
    store: Store,
    dataset: str,
    raw: Mapping[str, Any],
    actor: str,
    *,
    number: int | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress = no_progress,
) -> Delivery:
    """Hold a stored file (see datasets.store_raw) against a version: schema, volume, steps, rules, drift, freshness and
    quality; keep it as a delivery, in quarantine where it fails, and put its alerts into the outbox.

    The same file, judged by the same version, rules and limits, is one delivery, however often it is asked about.
    """
    version, limits = reference(store, dataset, number), limits_of(store, dataset)
    if version.manifest["kind"] == versions.SYNTHETIC:
        raise SettingError(f"Version {version.number} is synthetic.", "watch", "Compare with a version of real rows.")
    rules, today = dataset_rules.rules_of(store, dataset), store.clock()[:10]
    dated = limits.freshness_days is not None or any(rule.name == "freshness" for rule in rules)
    asked = [raw["sha256"], version.id, limits.to_json(), [rule.to_json() for rule in rules], dict(options or {})]
    key = sha256(canonical([*asked, today if dated else ""]))
    if (known := _find(store, dataset, catalog.delivery.c.key == key)) is not None:
        return known
    seen = _look(store, dataset, version, raw, limits, options or {}, progress)
    report = DeliveryReport(version.number, str(raw["name"]), seen.checks, seen.figures)
    made = secrets.token_urlsafe(8)
    with store.writing() as connection:
        table = catalog.delivery
        if connection.scalar(sa.select(table.c.id).where(table.c.dataset == dataset, table.c.key == key)) is None:
            last = connection.scalar(sa.select(sa.func.max(table.c.n)).where(table.c.dataset == dataset)) or 0
            standing = QUARANTINED if report.verdict == "fail" else ACCEPTED
            store.need(raw["md5"])
            connection.execute(
                table.insert().values(
                    id=made,
                    dataset=dataset,
                    n=last + 1,
                    key=key,
                    raw=dict(raw),
                    recipe=seen.recipe.to_json() if seen.recipe else None,
                    state=seen.state,
                    report=report.to_json(),
                    standing=standing,
                    actor=actor,
                    at=store.clock(),
                )
            )
            store.log(
                connection,
                "delivery judged",
                actor,
                dataset,
                number=last + 1,
                file=raw["name"],
                sha256=raw["sha256"],
                version=version.number,
                verdict=report.verdict,
                standing=standing,
                warnings=sum(check.verdict == "warn" for check in report.checks),
                failures=sum(check.verdict == "fail" for check in report.checks),
            )
            alerts.put(store, connection, dataset, made, last + 1, report, limits)
    found = _find(store, dataset, catalog.delivery.c.key == key)
    assert found is not None
    return replace(found, fresh=found.id == made)


def _look(
    store: Store,
    dataset: str,
    version: Version,
    raw: Mapping[str, Any],
    limits: Limits,
    options: Mapping[str, Any],
    progress: Progress,
) -> _Seen:
    """What is to be seen of a file beside a version."""
    versions.table(store, version)  # computed again where its file is gone
    first = states.root_id(version.manifest["raw"]["sha256"], version.recipe.read or {})
    if not states.known(store, first):
        states.evaluate(store, version.manifest["raw"], replace(version.recipe, steps=()))
    before = states.table(store, first)
    progress(0.05, "Reading the file")
    try:
        read = _read(store, raw, version.recipe, options)
    except DataOpsError as error:
        says = f"The file cannot be read: {error.what} {error.fix}".strip()
        return _Seen(
            (Check("reading", "fail", says, (), "The file cannot be read."),), Figures(rows_before=before.rows)
        )
    root = states.root_id(raw["sha256"], read)
    after = states.table(store, root)
    checks = [_same_file(raw, version, limits)] if raw["sha256"] == version.manifest["raw"]["sha256"] else []
    types, new_types = ({c.name: c.type for c in table.columns} for table in (before, after))
    checks += judges.schema(types, new_types, match_columns(before.names, after.names).proposed, limits)
    checks.append(judges.volume(before.rows, after.rows, limits))
    figures = Figures(rows=after.rows, rows_before=before.rows)
    recipe = Recipe(version.recipe.name, version.recipe.seed, version.recipe.steps, read, version.recipe.tables)
    if not after.rows:
        return _Seen(tuple(checks), figures, recipe, root)
    progress(0.2, "Running the steps")
    results = states.evaluate(store, raw, recipe)
    if recipe.steps:
        outcomes = [(each.entry.sentence, each.outcome.status, each.outcome.reason) for each in results]
        checks += judges.steps(outcomes, limits)
    state = states.head(raw, recipe, results)
    more, figures = _content(store, dataset, version, state, limits, figures, progress)
    return _Seen((*checks, *more), figures, recipe, state)


def _same_file(raw: Mapping[str, Any], version: Version, limits: Limits) -> Check:
    return Check("freshness", limits.same_file, f"It is the very file that version {version.number} was made of.")


def _read(store: Store, raw: Mapping[str, Any], recipe: Recipe, options: Mapping[str, Any]) -> dict[str, Any]:
    """The complete options by which a delivery was read: those of the version where its columns are the same and all
    cells fit them, else found out anew.
    """
    told = dict(recipe.read or {})
    if told.get("columns") and not options:
        try:
            _, source = states.read_raw(store, raw, ReadOptions.from_json(told))
            misfit = any(problem.misfit for problem in source.problems)
            if source.options.columns == tuple(told["columns"]) and not misfit:
                return source.options.to_json()
        except DataOpsError:
            pass  # another sort of file: reading it anew says so if it cannot be read at all
    asked = {key: told[key] for key in KEPT if told.get(key) is not None} | dict(options)
    _, source = states.read_raw(store, raw, ReadOptions.from_json(asked))
    return source.options.to_json()


def _content(
    store: Store,
    dataset: str,
    version: Version,
    state: str,
    limits: Limits,
    figures: Figures,
    progress: Progress,
) -> tuple[list[Check], Figures]:
    """Rules, drift, freshness and quality of the table that the recipe makes of the delivery."""
    here, today = datasets.get(store, dataset), store.clock()[:10]
    progress(0.4, "Checking the rules")
    rules = dataset_rules.rules_of(store, dataset)
    others = dataset_rules.referred(store, dataset, rules)
    checks = judges.rules(dataset_rules.checked(store, state, rules, today, others=others) or [], limits)
    progress(0.5, "Comparing the values")
    told: Drift = analyses.counted(store, "drift", {"reference": version.state, "state": state})
    drifted, large, compared, greatest = judges.drift(told.columns, limits)
    progress(0.6, "Facts and findings")
    context = overview.context(here)
    profiles = [profile(store, each, context) or {} for each in (version.state, state)]
    scores = [overview.quality(store, here, each) for each in profiles]
    found = [len(overview.open_findings(store, here, each)) for each in profiles]
    progress(0.95, "Verdict")
    facts = profiles[1]["facts"].get(limits.freshness_column, {})
    latest = facts.get("max") if facts.get("type") == "datetime" else None
    fresh, age = judges.freshness(latest, today, limits)
    checks += [*drifted, fresh, judges.quality(scores[0], scores[1], limits)]
    counted = replace(
        figures,
        score=scores[1],
        score_before=scores[0],
        findings=found[1],
        findings_before=found[0],
        drifted=large,
        compared=compared,
        drift=greatest,
        age_days=age,
    )
    return checks, counted


def decide(store: Store, dataset: str, number: int, *, accept: bool, reason: str, actor: str) -> Delivery:
    """Let a delivery out of quarantine, or reject it; the audit log keeps who decided and why.

    Raises SettingError without a reason, and ConflictError where it is not in quarantine (somebody was faster).
    """
    if not reason.strip():
        raise SettingError("There is no reason.", "decide", "Say in a few words why it is accepted or rejected.")
    table, standing = catalog.delivery, ACCEPTED if accept else REJECTED
    here = get(store, dataset, number)
    if accept and here.state is None:
        raise SettingError("This file cannot be read.", here.report.file, "Reject it, and ask for another one.")
    with store.writing() as connection:
        moved = connection.execute(
            table.update()
            .where(table.c.dataset == dataset, table.c.n == number, table.c.standing == QUARANTINED)
            .values(standing=standing, decided_by=actor, decided_at=store.clock(), reason=reason.strip())
        )
        if moved.rowcount != 1:
            raise ConflictError(f"Delivery {number} is not in quarantine.", "decide", "Look at how it stands.")
        what = "delivery accepted" if accept else "delivery rejected"
        store.log(connection, what, actor, dataset, number=number, sha256=here.raw["sha256"], reason=reason.strip())
    return get(store, dataset, number)


def use(store: Store, dataset: str, revision: int, number: int, actor: str) -> None:
    """Make an accepted delivery, with the steps that ran on it, the table that is worked on."""
    here = get(store, dataset, number)
    if here.recipe is None or here.standing != ACCEPTED:
        raise SettingError(f"Delivery {number} is {here.standing}.", "delivery", "Only an accepted one is used.")
    what = f"Delivery {number}, {here.report.file}"
    datasets.edit(store, dataset, revision, from_json(here.recipe), what, actor, raw=here.raw)


def get(store: Store, dataset: str, number: int) -> Delivery:
    """A delivery by its number; raises InputError where there is none."""
    store.require("see", dataset)
    found = _find(store, dataset, catalog.delivery.c.n == number)
    if found is None:
        raise InputError(f"There is no delivery {number}.", "deliveries", "See deliveries for those there are.")
    return found


def listed(store: Store, dataset: str) -> list[Delivery]:
    """The deliveries of a dataset, newest first."""
    store.require("see", dataset)
    table = catalog.delivery
    with store.reading() as connection:
        query = sa.select(table).where(table.c.dataset == dataset).order_by(table.c.n.desc())
        return [_delivery(row) for row in connection.execute(query)]


def _find(store: Store, dataset: str, where: sa.ColumnElement[bool]) -> Delivery | None:
    table = catalog.delivery
    with store.reading() as connection:
        row = connection.execute(sa.select(table).where(table.c.dataset == dataset, where)).first()
    return _delivery(row) if row is not None else None


def _delivery(row: Any) -> Delivery:
    report = DeliveryReport.from_json(row.report)
    return Delivery(
        row.id,
        row.dataset,
        row.n,
        row.standing,
        report,
        row.raw,
        row.recipe,
        row.state,
        row.actor,
        row.at,
        row.decided_by,
        row.decided_at,
        row.reason,
    )
