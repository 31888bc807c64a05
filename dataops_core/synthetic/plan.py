"""The plan of a twin: who learns and who is kept apart, how each column is treated, what must hold, and what each engine would cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.synthetic.constraints import checked, find
from dataops_core.synthetic.engines import DEFAULT, ENGINES, EPOCHS
from dataops_core.synthetic.gate import gate, identifying_cells
from dataops_core.synthetic.sequences import WHY_NOT, chosen
from dataops_core.synthetic.sequences import found as found_sequence
from dataops_core.table import Table, write_table

RARE = 10
LEAST = 20
Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Settings:
    """What somebody decided: all that a twin depends on beside the table. Plain JSON values."""

    rows: int | None = None  # None: as many as the table has
    engine: str = DEFAULT
    seed: int = 0
    epochs: int = EPOCHS
    rare: int = RARE
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # what differs from the gate's proposal
    constraints: Sequence[Mapping[str, Any]] | None = None  # None: all that are found
    where: Sequence[Mapping[str, Any]] = ()  # {"values": {column: value}, "rows"}: rows with these values; empty: as they come
    target: str | None = None
    sensitive: tuple[str, ...] = ()
    sequence: Mapping[str, Any] | None = None  # {"key": column, "index": column or None}; None: as found

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Settings:
        """The settings of a plan. Raises SettingError for an unknown one, or a number out of its range."""
        odd = [name for name in plain if name not in cls.__dataclass_fields__]
        if odd:
            raise SettingError(f'There is no setting "{odd[0]}".', "plan", nearest(odd[0], list(cls.__dataclass_fields__)))
        made = cls(**{**plain, "sensitive": tuple(plain.get("sensitive") or ())})
        bounds = {"rows": (1, 10_000_000), "epochs": (1, 10_000), "rare": (1, 1_000), "seed": (0, 2**63 - 1)}
        for name, (low, high) in bounds.items():
            value = getattr(made, name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high):
                raise SettingError(f'"{name}" must be a whole number from {low:,} to {high:,}, not {value}.', "plan", "Change it.")
        if made.sequence is not None and (not isinstance(made.sequence, Mapping) or not made.sequence.get("key") or set(made.sequence) - {"key", "index"}):
            raise SettingError("The sequence cannot be read.", "sequence", 'Write it as {"key": COLUMN, "index": COLUMN or null}.')
        if made.engine not in ENGINES:
            raise SettingError(f'There is no engine "{made.engine}".', "engine", nearest(made.engine, list(ENGINES)))
        return made

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self) | {"sensitive": list(self.sensitive), "where": [dict(each) for each in self.where]}


def enough(table: Table) -> None:
    """Raises SettingError for fewer than twenty rows."""
    if table.rows < LEAST:
        raise SettingError(f"{table.rows:,} rows are too few for a twin.", "synthesize", f"Bring at least {LEAST} rows: half are learned from, half judge.")


def halves(table: Table, frame: pd.DataFrame, seed: int, key: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Places of the rows that are learned from and of those kept apart from every engine: halves of equal size, drawn by the seed.

    Rows that share a key (`key`, or an "id" that comes several times) stay on one side, so that the halves may differ by a few rows.
    Raises SettingError for fewer than twenty rows.
    """
    enough(table)
    generator = np.random.default_rng([seed, 1])
    keys = [c.name for c in table.columns if c.kind == "id" and frame[c.name].nunique() < 0.9 * max(1, frame[c.name].notna().sum()) and frame[c.name].nunique() >= LEAST]
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


def plan(table: Table, *, seed: int = 0, epochs: int = EPOCHS, progress: Progress = lambda _share, _note: None) -> dict[str, Any]:
    """What is proposed before anything is learned: {"columns", "constraints", "engines", "rows", "learned_rows", "rare", "seed", "default", "ask", "sequence"}.

    Constraints are found in the rows that are learned from; engines tell licence, fitness ("fits", "why_not") and expected seconds. "sequence"
    says which rows follow each other: {"key", "index", "context", "sequences", "rows", "longest", "words"}, or null.
    """
    enough(table)
    progress(0.0, "Looking for personal data")
    columns = gate(table)
    frame = table.frame()
    sequence = found_sequence(table, frame)
    key = sequence["key"] if sequence else None
    learn, _ = halves(table, frame, seed, key)
    progress(0.5, "Looking for what always holds")
    kept = [column for column in table.columns if column.name != key and _treated(columns, column.name) == "learn"]
    found = find(frame.iloc[learn], kept)
    width = len(kept)
    return {
        "columns": columns, "constraints": found, "rows": table.rows, "learned_rows": len(learn), "rare": RARE, "seed": seed,
        "engines": {name: each.to_json(len(learn), max(1, width), epochs, WHY_NOT if each.sequences and not sequence else None) for name, each in ENGINES.items()},
        "default": DEFAULT, "ask": [each["column"] for each in columns if each["ask"]], "sequence": sequence,
    }


def sequence_of(table: Table, frame: pd.DataFrame, settings: Settings, proposed: Mapping[str, Any]) -> dict[str, Any] | None:
    """The sequences that hold for these settings: the chosen ones, or those that were found. Raises SettingError where the engine needs them and there are none."""
    if settings.sequence is not None:
        return chosen(table, frame, settings.sequence)
    told = proposed.get("sequence")
    if told is None and ENGINES[settings.engine].sequences:
        raise SettingError(f"No sequences were found: {WHY_NOT}.", "sequence", "Name the column that says whose row each is, and the one that says when.")
    return dict(told) if told else None


def _treated(columns: Sequence[Mapping[str, Any]], name: str) -> str:
    return next(str(each["as"]) for each in columns if each["column"] == name)


def constraints_of(settings: Settings, proposed: Mapping[str, Any], frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The constraints that are enforced: the chosen ones, checked against the rows that are learned from, or all that were found."""
    if settings.constraints is None:
        return [dict(each) for each in proposed["constraints"]]
    return [checked(frame, each) for each in settings.constraints]


def emptied(table: Table, frame: pd.DataFrame, decided: Sequence[Mapping[str, Any]]) -> tuple[pd.DataFrame, dict[str, int]]:
    """The frame without the single cells that hold a direct identifier in columns that are learned, and how many they were."""
    out, counts = frame.copy(deep=False), {}
    for each in decided:
        if each["as"] == "learn" and each["found"]:
            mask = identifying_cells(table, table.column(each["column"]))
            out[each["column"]] = frame[each["column"]].mask(mask, None)
            counts[str(each["column"])] = int(mask.sum())
    return out, counts


def parts(table: Table, frame: pd.DataFrame, learn: np.ndarray, kept: np.ndarray, folder: Path, key: str | None = None) -> tuple[Table, Table]:
    """The rows that were learned from and those kept apart, as tables of their own; a `key` names rows, whatever else it may look like."""
    kinds = table.kinds | ({key: "id"} if key else {})
    made = [write_table(folder / f"{name}.parquet", [frame.iloc[rows]], kinds) for name, rows in (("learned", learn), ("kept", kept))]
    return made[0], made[1]
