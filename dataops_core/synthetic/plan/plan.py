"""The plan of a synthetic table: who learns and who is kept apart, how each column is treated, what must hold, and what
each engine would cost.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.progress import Progress, no_progress
from dataops_core.synthetic.constraints.constraint import Constraint
from dataops_core.synthetic.constraints.reading import all_from_json, from_json
from dataops_core.synthetic.constraints.search import find
from dataops_core.synthetic.engines.engine import EPOCHS
from dataops_core.synthetic.engines.registry import DEFAULT, ENGINES
from dataops_core.synthetic.prepare.column_treatments import identifying_cells, propose_treatments
from dataops_core.synthetic.sequences.detection import WHY_NOT, chosen
from dataops_core.synthetic.sequences.detection import found as found_sequence
from dataops_core.table import Table, write_table
from dataops_core.wording import counted

RARE = 10
LEAST = 20
_BOUNDS = {"rows": (1, 10_000_000), "epochs": (1, 10_000), "rare": (1, 1_000), "seed": (0, 2**63 - 1)}


@dataclass(frozen=True)
class Settings:
    """What somebody decided: all that a synthetic table depends on beside the table. Plain JSON values."""

    rows: int | None = None  # None: as many as the table has
    engine: str = DEFAULT
    seed: int = 0
    epochs: int = EPOCHS
    rare: int = RARE
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what differs from the gate's proposal
    constraints: Sequence[Constraint] | None = None  # None: all that are found
    where: Sequence[
        Mapping[str, Any]
    ] = ()  # {"values": {column: value}, "rows"}: rows with these values; empty: as they come
    target: str | None = None
    sensitive: tuple[str, ...] = ()
    sequence: Mapping[str, Any] | None = None  # {"key": column, "index": column or None}; None: as found

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Settings:
        """The settings of a plan. Raises SettingError for an unknown one, a number out of its range, or one that is
        written otherwise.
        """
        odd = [name for name in plain if name not in cls.__dataclass_fields__]
        if odd:
            raise SettingError(
                f'There is no setting "{odd[0]}".', "plan", nearest(odd[0], list(cls.__dataclass_fields__))
            )
        given = plain.get("sensitive") or ()
        made = cls(
            **{
                **plain,
                "constraints": None if plain.get("constraints") is None else all_from_json(plain["constraints"]),
                "sensitive": (
                    (given,) if isinstance(given, str) else tuple(given) if isinstance(given, Sequence) else given
                ),
            }
        )
        for name, (low, high) in _BOUNDS.items():
            if getattr(made, name) is not None:
                _whole(getattr(made, name), f'"{name}"', "plan", low, high)
        _columns(made.columns)
        _where(made.where)
        _names(made.target, made.sensitive)
        if made.sequence is not None and not _sequence(made.sequence):
            raise SettingError(
                "The sequence cannot be read.", "sequence", 'Write it as {"key": COLUMN, "index": COLUMN or null}.'
            )
        if made.engine not in list(ENGINES):
            raise SettingError(
                f'There is no engine "{made.engine}".', "engine", nearest(str(made.engine), list(ENGINES))
            )
        return made

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        return plain | {
            "constraints": None if self.constraints is None else [each.to_json() for each in self.constraints],
            "columns": {name: dict(each) for name, each in self.columns.items()},
            "sensitive": list(self.sensitive),
            "where": [dict(each) for each in self.where],
            "sequence": None if self.sequence is None else dict(self.sequence),
        }


def _whole(value: Any, what: str, where: str, low: int, high: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SettingError(
            f"{what} must be a whole number from {low:,} to {high:,}, not {_shown(value)}.", where, "Change it."
        )


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _columns(given: Any) -> None:
    """Raises SettingError where columns are not decided as {COLUMN: {"as", "maker"}}."""
    good = isinstance(given, Mapping) and all(
        isinstance(choice, Mapping)
        and all(choice.get(part) is None or isinstance(choice[part], str) for part in ("as", "maker"))
        and choice.get("as", "") is not None
        for choice in given.values()
    )
    if not good:
        raise SettingError(
            f"How columns are treated cannot be read: {_shown(given)}.",
            "columns",
            'Write it as {COLUMN: {"as": "learn", "make" or "leave out"}}.',
        )


def _where(given: Any) -> None:
    """Raises SettingError where conditions are no list of {"values": {COLUMN: a text, number, true or
    false}, "rows"}.
    """
    like = 'Write them as [{"values": {COLUMN: VALUE}, "rows": 100}].'
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise SettingError(f"The conditions cannot be read: {_shown(given)}.", "where", like)
    for each in given:
        values = each.get("values") if isinstance(each, Mapping) else None
        if (
            not isinstance(values, Mapping)
            or any(
                not isinstance(value, (str, int, float)) or (isinstance(value, float) and math.isnan(value))
                for value in values.values()
            )
            or set(each) - {"values", "rows"}
        ):
            raise SettingError(f"This condition cannot be read: {_shown(each)}.", "where", like)
        if "rows" not in each:
            raise SettingError("A condition does not say how many rows it asks for.", "where", like)
        _whole(each["rows"], '"rows" of a condition', "where", *_BOUNDS["rows"])


def _names(target: Any, sensitive: Any) -> None:
    if target is not None and not isinstance(target, str):
        raise SettingError(f"The target cannot be read: {_shown(target)}.", "target", "Name one column.")
    if not isinstance(sensitive, tuple) or not all(isinstance(name, str) for name in sensitive):
        raise SettingError(
            f"The sensitive columns cannot be read: {_shown(sensitive)}.",
            "sensitive",
            "Write them as [COLUMN, COLUMN].",
        )


def _sequence(given: Any) -> bool:
    return (
        isinstance(given, Mapping)
        and set(given) <= {"key", "index"}
        and isinstance(given.get("key"), str)
        and bool(given["key"])
        and isinstance(given.get("index", ""), str | None)
    )


def enough(table: Table) -> None:
    """Raises SettingError for fewer than twenty rows."""
    if table.rows < LEAST:
        raise SettingError(
            f"{counted(table.rows, 'row is', 'rows are')} too few for a synthetic table.",
            "synthesize",
            f"Bring at least {LEAST} rows: half are learned from, half judge.",
        )


def halves(table: Table, frame: pd.DataFrame, seed: int, key: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Places of the rows that are learned from and of those kept apart from every engine: halves of equal size, drawn
    by the seed.

    Rows that share a key (`key`, or an "id" that comes several times) stay on one side, so that the halves may differ
    by a few rows. Raises SettingError for fewer than twenty rows.
    """
    enough(table)
    generator = np.random.default_rng([seed, 1])
    keys = [
        c.name
        for c in table.columns
        if c.kind == "id"
        and frame[c.name].nunique() < 0.9 * max(1, frame[c.name].notna().sum())
        and frame[c.name].nunique() >= LEAST
    ]
    keys = [key] if key else keys
    if not keys:
        order = generator.permutation(len(frame))
        half = len(frame) // 2
        return np.sort(order[:half]), np.sort(order[half : 2 * half])
    codes = pd.factorize(frame[keys[0]], use_na_sentinel=False)[0]
    order = generator.permutation(int(codes.max()) + 1)
    sizes = np.bincount(codes)[order].cumsum()
    ours = order[: int(np.searchsorted(sizes, len(frame) / 2)) + 1]
    mine = np.isin(codes, ours)
    return np.flatnonzero(mine), np.flatnonzero(~mine)


def plan(table: Table, *, seed: int = 0, epochs: int = EPOCHS, progress: Progress = no_progress) -> dict[str, Any]:
    """What is proposed before anything is learned: {"columns", "constraints", "engines", "rows", "learned_rows",
    "rare", "seed", "default", "ask", "sequence"}.

    Constraints are found in the rows that are learned from; engines tell licence, fitness ("fits", "why_not") and
    expected seconds. "sequence" says which rows follow each other: {"key", "index", "context", "sequences", "rows",
    "longest", "words"}, or null.
    """
    enough(table)
    progress(0.0, "Looking for personal data")
    columns = propose_treatments(table)
    frame = table.frame()
    sequence = found_sequence(table, frame)
    key = sequence["key"] if sequence else None
    learn, _ = halves(table, frame, seed, key)
    progress(0.5, "Looking for what always holds")
    kept = [column for column in table.columns if column.name != key and _treated(columns, column.name) == "learn"]
    found = find(frame.iloc[learn], kept)
    width = len(kept)
    return {
        "columns": columns,
        "constraints": [each.to_json() for each in found],
        "rows": table.rows,
        "learned_rows": len(learn),
        "rare": RARE,
        "seed": seed,
        "engines": {
            name: each.to_json(len(learn), max(1, width), epochs, WHY_NOT if each.sequences and not sequence else None)
            for name, each in ENGINES.items()
        },
        "default": DEFAULT,
        "ask": [each["column"] for each in columns if each["ask"]],
        "sequence": sequence,
    }


def sequence_of(
    table: Table, frame: pd.DataFrame, settings: Settings, proposed: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The sequences that hold for these settings: the chosen ones, or those that were found. Raises SettingError where
    the engine needs them and there are none.
    """
    if settings.sequence is not None:
        return chosen(table, frame, settings.sequence)
    told = proposed.get("sequence")
    if told is None and ENGINES[settings.engine].sequences:
        raise SettingError(
            f"No sequences were found: {WHY_NOT}.",
            "sequence",
            "Name the column that says whose row each is, and the one that says when.",
        )
    return dict(told) if told else None


def _treated(columns: Sequence[Mapping[str, Any]], name: str) -> str:
    return next(str(each["as"]) for each in columns if each["column"] == name)


def constraints_of(settings: Settings, proposed: Mapping[str, Any], frame: pd.DataFrame) -> list[Constraint]:
    """The constraints that are enforced: the chosen ones, checked against the rows that are learned from, or all that
    were found.
    """
    if settings.constraints is None:
        return [from_json(each) for each in proposed["constraints"]]
    for each in settings.constraints:
        each.check(frame)
    return list(settings.constraints)


def emptied(
    table: Table, frame: pd.DataFrame, decided: Sequence[Mapping[str, Any]]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """The frame without the single cells that hold a direct identifier in columns that are learned, and how many they
    were.
    """
    out, counts = frame.copy(deep=False), {}
    for each in decided:
        if each["as"] == "learn" and each["found"]:
            mask = identifying_cells(table, table.column(each["column"]))
            out[each["column"]] = frame[each["column"]].mask(mask, None)
            counts[str(each["column"])] = int(mask.sum())
    return out, counts


def parts(
    table: Table, frame: pd.DataFrame, learn: np.ndarray, kept: np.ndarray, folder: Path, key: str | None = None
) -> tuple[Table, Table]:
    """The rows that were learned from and those kept apart, as tables of their own; a `key` names rows, whatever else
    it may look like.
    """
    kinds = table.kinds | ({key: "id"} if key else {})
    made = [
        write_table(folder / f"{name}.parquet", [frame.iloc[rows]], kinds)
        for name, rows in (("learned", learn), ("kept", kept))
    ]
    return made[0], made[1]
