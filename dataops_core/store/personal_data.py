"""What personal data a dataset holds, what somebody settled about it, and the gate on the way out: a version is neither
saved nor exported while direct identifiers are unresolved, unless a reason is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import sqlalchemy as sa

from dataops_core.errors import PersonalDataError, SettingError
from dataops_core.hashing import sha256
from dataops_core.privacy import DIRECT, PersonalData
from dataops_core.privacy.recognize import PersonalColumn, recognize_one
from dataops_core.recipe.recipe import RecipeStep, columns_named
from dataops_core.record import Record
from dataops_core.source_hash import source_hash
from dataops_core.store import catalog, dataset_rules, datasets, states
from dataops_core.store.datasets import Dataset
from dataops_core.store.store import Store
from dataops_core.table import Column, Table
from dataops_core.wording import counted

TREATING = ("pseudonymize", "hash_values", "mask_values", "redact_text")
_ABOUT = "personal:"
RECIPE = "recipe"  # the kind of what stands in settings of steps
RULES = "rules"  # the kind of what stands in rules
SHORTEST = 4  # characters of a value that is looked for in other texts
SAID = "said"  # the kind of what nobody recognized, and somebody said


@dataclass(frozen=True)
class Unresolved(Record):
    """A column with direct identifiers that nobody treated: of what kind, how sure, in how many cells."""

    column: str
    type: str
    state: str
    cells: int
    inside: bool

    @property
    def words(self) -> str:
        """What is in it, in a few words."""
        if self.type == RECIPE:
            return f"{self.column}: settings of steps hold {counted(self.cells, 'cell')} as in the file"
        if self.type == RULES:
            return f"{self.column}: rules hold {counted(self.cells, 'cell')} as in the file"
        what = DIRECT.get(self.type, "personal data, as somebody said")
        return f"{self.column}: {what}{' inside the text' if self.inside else ''} ({self.state})"


def recognized(store: Store, state: str) -> PersonalData:
    """The personal data in the table of a state; columns that were looked at before are looked up."""
    table = states.table(store, state)
    code = source_hash("dataops_core.privacy")
    keys = {column.name: _key(column, code) for column in table.columns}
    known = store.cached_many(list(keys.values()))
    found = {
        name: PersonalColumn.from_json(known[key]) if key in known else recognize_one(table, name)
        for name, key in keys.items()
    }
    if fresh := {key: found[name].to_json() for name, key in keys.items() if key not in known}:
        store.keep(fresh)
    return PersonalData.of(found)


def _key(column: Column, code: str) -> str:
    return f"personal:{sha256(f'{column.hash} {column.kind} {column.type} {column.name}')}:{code}"


def settle(store: Store, here: Dataset, column: str, personal: bool | None, actor: str, why: str = "") -> None:
    """Say that a column is personal data, or that it is not; None takes that back. It is kept with the dataset, under
    the column's name in the file, and the audit log keeps who said it and why.
    """
    first = {now: name for name, now in datasets.names_now(here).items()}.get(column, column)
    table, about = catalog.opinion, f"{_ABOUT}{first}"
    if personal is False and not why.strip():
        raise SettingError("There is no reason.", column, "Say in a few words why this does not name anybody.")
    with store.writing() as connection:
        connection.execute(table.delete().where(table.c.dataset == here.id, table.c.about == about))
        if personal is not None:
            connection.execute(
                table.insert().values(
                    dataset=here.id,
                    about=about,
                    value={"personal": personal, "why": why.strip()},
                    actor=actor,
                    at=store.clock(),
                )
            )
        said = {True: "is personal data", False: "is not personal data", None: "is open again"}[personal]
        store.log(connection, "personal data settled", actor, here.id, column=first, said=said, why=why.strip())


def settled(store: Store, here: Dataset) -> dict[str, dict[str, Any]]:
    """What somebody settled, by the names that columns have now: {"personal", "why", "actor", "at"}."""
    names, table = datasets.names_now(here), catalog.opinion
    query = sa.select(table).where(table.c.dataset == here.id, table.c.about.startswith(_ABOUT, autoescape=True))
    with store.reading() as connection:
        rows = connection.execute(query.order_by(table.c.at)).all()
    told = {row.about.removeprefix(_ABOUT): {**row.value, "actor": row.actor, "at": row.at} for row in rows}
    return {names.get(name, name): each for name, each in told.items()}


def treated(steps: Iterable[RecipeStep]) -> dict[str, str]:
    """The columns, by the names they have in the end, that steps made unreadable, and the last such step of each."""
    done: dict[str, str] = {}
    for entry in steps:
        if entry.off or entry.step is None:
            continue
        names = entry.step.new_names(entry.settings)
        done = {names.get(name, name): op for name, op in done.items()}
        if entry.op in TREATING:
            done |= dict.fromkeys(entry.settings.get("columns") or [], entry.op)
    return done


def unresolved(
    found: PersonalData, steps: Iterable[RecipeStep] = (), said: Mapping[str, Mapping[str, Any]] | None = None
) -> list[Unresolved]:
    """The columns with direct identifiers that are certain or likely (or that somebody said are personal), and that no
    step treats.
    """
    done, known = treated(steps), said or {}
    out = []
    for name, some in found.identifiers.items():
        sure = next((each for each in some if each.state != "ask"), None)
        if sure is None or name in done or known.get(name, {}).get("personal") is False:
            continue
        out.append(Unresolved(name, sure.type, sure.state, sure.matches, sure.inside))
    listed = {each.column for each in out}
    return out + [
        Unresolved(name, SAID, "certain", 0, False)
        for name, each in known.items()
        if each["personal"] and name not in listed and name not in done
    ]


def check_release(
    store: Store, here: Dataset, root: str, state: str, steps: Iterable[RecipeStep], reason: str, *, gate: bool = True
) -> dict[str, Any]:
    """What a version's manifest says of personal data; raises PersonalDataError where identifiers are unresolved and no
    reason is written.

    "hidden" are the columns whose values facts do not show; "raw_left_out" says that the file as it was brought holds
    identifiers that this version does not, so that it does not leave with it.
    """
    done, said = list(steps), settled(store, here)
    names = set(states.table(store, state).names)
    left = leaving(store, here, root, state, done)
    if left and gate and not reason.strip():
        raise refusal(left)
    renamed = datasets.names_now(here)
    raw = {renamed.get(name, name) for name in _sure(recognized(store, root))}
    raw -= {name for name, each in said.items() if not each["personal"]}
    listed = {each.column for each in left}
    old = {now: first for first, now in renamed.items()}
    return {
        "unresolved": [each.to_json() for each in left],
        "reason": reason.strip(),
        "treated": {name: op for name, op in treated(done).items() if name in names},
        "not_personal": {name: each["why"] for name, each in said.items() if not each["personal"]},
        "hidden": sorted(raw | listed | {old.get(name, name) for name in raw | listed}),
        "raw_left_out": bool(raw - listed),
    }


def leaving(store: Store, here: Dataset, root: str, state: str, steps: Iterable[RecipeStep]) -> list[Unresolved]:
    """What would name people in a version of a state: its columns, settings of its steps, its rules. It is not saved
    without a reason.
    """
    done, said = list(steps), settled(store, here)
    names = set(states.table(store, state).names)
    left = [each for each in unresolved(recognized(store, state), done, said) if each.column in names]
    listed = {each.column for each in left}
    return left + _beside(
        store, here, root, done, {name for name, each in said.items() if not each["personal"]}, listed
    )


def _beside(
    store: Store, here: Dataset, root: str, steps: list[RecipeStep], harmless: set[str], listed: set[str]
) -> list[Unresolved]:
    """The columns of which settings of steps, what these learned, or rules hold identifiers as they stand in the file:
    they would leave with the version, whatever became of the column.
    """
    found, now = recognized(store, root), datasets.names_now(here)
    rules = dataset_rules.rules_of(store, here.id)
    table, out = states.table(store, root), []
    for name in sorted(_sure(found) - listed - harmless):
        first = next(each for each in found.identifiers[name] if each.state != "ask")
        texts = {
            RECIPE: [[dict(step.settings), step.learned] for step in steps if name in columns_named(step)],
            RULES: [
                [rule.to_json(), rule.condition, rule.given]
                for rule in rules
                if {name, now.get(name, name)} & set(rule.columns)
            ],
        }
        for kind, settings in texts.items():
            if settings and (cells := _cells(table, name, _texts(settings) - {name, now.get(name, name)})):
                out.append(Unresolved(name, kind, first.state, cells, False))
    return out


def _cells(table: Table, name: str, texts: set[str]) -> int:
    """How many cells of a column are one of some texts."""
    return sum(int(_as_texts(piece, name).isin(texts).sum()) for piece in table.batches([name])) if texts else 0


def _as_texts(piece: pd.DataFrame, name: str) -> pd.Series:
    return piece[name].dropna().astype(str)


def _texts(settings: Any) -> set[str]:
    """All texts in settings, however deep."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, Mapping):
            for key, inner in value.items():
                walk(key)
                walk(inner)
        elif isinstance(value, (list, tuple)):
            for inner in value:
                walk(inner)
        elif isinstance(value, str):
            found.add(value)

    walk(settings)
    return found


def named_in(store: Store, root: str, texts: Iterable[str]) -> list[bool]:
    """Which texts hold an identifier that stands in the file: a value of a column that names people."""
    table, some = states.table(store, root), list(texts)
    hits = [False] * len(some)
    for name in _sure(recognized(store, root)):
        for piece in table.batches([name]):
            values = [value for value in _as_texts(piece, name).unique() if len(value) >= SHORTEST]
            for at, text in enumerate(some):
                hits[at] = hits[at] or any(value in text for value in values)
    return hits


def _sure(found: PersonalData) -> set[str]:
    return {name for name, some in found.identifiers.items() if any(each.state != "ask" for each in some)}


def log_download(store: Store, here: Dataset, left: Iterable[Unresolved], why: str, actor: str) -> None:
    """Write down why people left with a table that was downloaded."""
    with store.writing() as connection:
        columns = [each.column for each in left]
        store.log(connection, "personal data downloaded", actor, here.id, columns=columns, reason=why.strip())


def log_written(
    store: Store, left: Iterable[Unresolved], why: str, actor: str, command: str, content_hash: str
) -> None:
    """Write down why people left with a table that a command wrote beside the store."""
    with store.writing() as connection:
        columns = [each.column for each in left]
        store.log(
            connection,
            "personal data written",
            actor,
            command=command,
            columns=columns,
            content_hash=content_hash,
            reason=why.strip(),
        )


def refusal(left: Iterable[Unresolved]) -> PersonalDataError:
    """The error that names what is unresolved."""
    some = list(left)
    told = "; ".join(each.words for each in some[:8]) + (f" and {len(some) - 8} more" if len(some) > 8 else "")
    return PersonalDataError(
        f"This table still names people. {told}.",
        "personal data",
        "Treat these columns (page Privacy; steps drop_columns, pseudonymize, hash_values, mask_values, redact_text),"
        " settle that they are not personal, or write the reason why they leave (--pii-reason).",
    )
