"""What somebody decides about synthetic data: kept in the store as it is decided, so that a refresh loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dataops_core.errors import DataOpsError
from dataops_core.hashing import canonical
from dataops_core.store import datasets
from dataops_core.store.choices import form_state
from dataops_core.store.datasets import Dataset
from dataops_core.synthetic import ENGINES, Settings
from dataops_core.synthetic.constraints.reading import all_from_json
from dataops_core.synthetic.engines.engine import EPOCHS
from dataops_core.synthetic.engines.registry import DEFAULT
from dataops_core.synthetic.plan.conditions import balanced, filled, groups
from dataops_core.synthetic.plan.plan import RARE
from dataops_core.synthetic.sequences.detection import WHY_NOT
from dataops_core.table import Table
from pages._ui import job, page_layout

STARTS: dict[str, Any] = {
    "columns": {},
    "off": [],
    "added": [],
    "engine": DEFAULT,
    "seed": 0,
    "epochs": EPOCHS,
    "rare": RARE,
    "how": "as it is",
    "requests": [],
}


@dataclass(frozen=True)
class Asked:
    """A synthetic table to be: of which table, what is proposed for it, and what somebody decided."""

    here: Dataset
    state: str
    table: Table
    plan: Mapping[str, Any]
    draft: Mapping[str, Any]

    @property
    def undecided(self) -> list[Mapping[str, Any]]:
        """The columns that somebody should look at, and nobody has."""
        return [each for each in self.plan["columns"] if each["ask"] and each["column"] not in self.draft["columns"]]

    @property
    def treated(self) -> dict[str, Mapping[str, Any]]:
        """How each column is treated: as decided, or else as proposed."""
        return {
            each["column"]: self.draft["columns"].get(each["column"]) or {"as": each["as"], "maker": each["maker"]}
            for each in self.plan["columns"]
        }

    @property
    def learned(self) -> list[str]:
        """The columns that are learned."""
        return [name for name, each in self.treated.items() if each["as"] == "learn"]

    @property
    def sequence(self) -> Mapping[str, Any] | None:
        """Which rows follow each other: as somebody said, or as was found; None where none do."""
        return self.draft.get("sequence") or self.plan["sequence"]

    @property
    def in_sequences(self) -> bool:
        """Whether the engine makes whole sequences."""
        return ENGINES[self.draft["engine"]].sequences

    @property
    def constraints(self) -> list[Mapping[str, Any]]:
        """What must hold: what was found and not switched off, and what was added."""
        return [each for each in self.plan["constraints"] if name_of(each) not in self.draft["off"]] + list(
            self.draft["added"]
        )

    def key(self, name: str) -> str:
        """The key of a widget: another dataset has widgets of its own."""
        return f"synthesize.{name}.{self.here.id}"

    def change(self, **changes: Any) -> None:
        """Keep some decisions."""
        store, actor = page_layout.store(), page_layout.actor()
        page_layout.act(lambda: form_state.change(store, self.here.id, "synthesize", changes, actor))

    def take(self, name: str) -> None:
        """Keep what a widget holds; for its callback."""
        self.change(**{name: st.session_state[self.key(name)]})


def asked(here: Dataset, state: str, table: Table) -> Asked | None:
    """What is proposed and decided about synthetic data of a state's table; None while the proposal is being made."""
    said = roles(here, table)
    groups = {"columns": [*said["sensitive"][:1], *([said["target"]] if said["target"] else [])]}
    starts = STARTS | {
        "rows": None,
        "balance": groups | {"total": table.rows},
        "fill": {"columns": said["sensitive"][:1]},
    }
    draft = starts | said | form_state.get(page_layout.store(), here.id, "synthesize")
    plan = job.counted(
        "synthesis plan",
        {"state": state, "seed": draft["seed"], "epochs": EPOCHS},
        "Looking for personal data, and for what always holds",
        table.cells * 8,
    )
    if plan is None:
        return None
    if draft["engine"] not in ENGINES:
        draft["engine"] = DEFAULT
    if not {name for name in (draft.get("sequence") or {}).values() if name} <= set(table.names):
        draft["sequence"] = None
    draft["columns"] = {name: each for name, each in draft["columns"].items() if name in table.names}
    return Asked(here, state, table, plan, draft)


def roles(here: Dataset, table: Table) -> dict[str, Any]:
    """The outcome and the sensitive columns, as the roles of the columns say."""
    said = datasets.roles_now(here)
    return {
        "target": said.get("target") if said.get("target") in table.names else "",
        "sensitive": [name for name in said.get("sensitive") or [] if name in table.names],
    }


def settings(wanted: Asked) -> Settings:
    """All that the synthetic data depends on, as the engine takes it. Raises SettingError where rows are asked for that
    nobody can make.
    """
    draft, proposed = (
        wanted.draft,
        {each["column"]: {"as": each["as"], "maker": each["maker"]} for each in wanted.plan["columns"]},
    )
    edited = bool(draft["added"]) or any(name_of(each) in draft["off"] for each in wanted.plan["constraints"])
    return Settings(
        rows=draft["rows"],
        engine=draft["engine"],
        seed=draft["seed"],
        epochs=draft["epochs"],
        rare=draft["rare"],
        columns={name: dict(each) for name, each in draft["columns"].items() if dict(each) != proposed[name]},
        constraints=all_from_json(wanted.constraints) if edited else None,
        where=requests(wanted),
        target=draft["target"] if draft["target"] in wanted.table.names else None,
        sensitive=tuple(name for name in draft["sensitive"] if name in wanted.table.names),
        sequence=draft.get("sequence"),
    )


def requests(wanted: Asked) -> list[dict[str, Any]]:
    """The rows that are asked for by their values; empty for a synthetic table as the table is. Raises SettingError
    where that cannot be.
    """
    how, draft = wanted.draft["how"], wanted.draft
    if wanted.in_sequences:
        return []
    if how == "values":
        return list(draft["requests"])
    if how == "balance" and draft["balance"]["columns"]:
        return balanced(groups_of(wanted, draft["balance"]["columns"]), draft["balance"]["total"])
    if how == "fill" and draft["fill"]["columns"]:
        known, values, wished = thin(wanted)
        return filled(known, values, wished)
    return []


def thin(wanted: Asked) -> tuple[list[dict[str, Any]], dict[str, Any], int]:
    """The groups that may be filled, thinnest first; the one that is, and the wished number: the thinnest to the size
    of the largest, unless it was said.
    """
    now = wanted.draft["fill"]
    known = [each for each in reversed(groups_of(wanted, now["columns"])) if each["learned"]]
    values = (
        now.get("values")
        if any(each["values"] == now.get("values") for each in known)
        else known[0]["values"]
        if known
        else {}
    )
    return known, dict(values or {}), now.get("wished") or max((each["rows"] for each in known), default=1)


def groups_of(wanted: Asked, columns: list[str]) -> list[dict[str, Any]]:
    """The groups that columns make, with their rows."""
    return _groups(
        str(page_layout.store().home),
        wanted.state,
        tuple(columns),
        wanted.draft["seed"],
        wanted.draft["rare"],
        (wanted.sequence or {"key": None})["key"],
        wanted.table,
    )


@st.cache_data(max_entries=64, show_spinner="Counting the groups …")
def _groups(
    home: str, state: str, columns: tuple[str, ...], seed: int, rare: int, key: str | None, _table: Table
) -> list[dict[str, Any]]:
    return groups(_table, columns, seed=seed, rare=rare, key=key)


def lacks(wanted: Asked) -> list[str]:
    """What stands in the way of making the synthetic data, in words."""
    said = [f"The column “{each['column']}” waits for your decision: {each['why']}." for each in wanted.undecided]
    if not wanted.learned:
        said.append("No column is learned: choose at least one.")
    about = wanted.plan["engines"].get(wanted.draft["engine"])
    if about is None or not about["there"]:
        said.append("The engine that was chosen is not installed: choose another one.")
    if wanted.in_sequences and wanted.sequence is None:
        said.append(
            f"{ENGINES[wanted.draft['engine']].title} makes sequences, and {WHY_NOT}: say which rows follow each other,"
            " or choose another engine."
        )
    if wanted.draft["how"] != "as it is" and not wanted.in_sequences:
        try:
            if not requests(wanted):
                said.append("It is not said yet which rows are asked for.")
            said += [
                f"Rows are asked for by “{name}”, which is not learned."
                for name in sorted({name for each in requests(wanted) for name in each["values"]} - set(wanted.learned))
            ]
        except DataOpsError as error:
            said.append(f"{error.what} {error.fix}")
    return said


def name_of(constraint: Mapping[str, Any]) -> str:
    """What tells one constraint from another, whatever was counted."""
    return canonical(
        {
            name: value
            for name, value in constraint.items()
            if name not in ("words", "rows", "violations", "combinations")
        }
    )
