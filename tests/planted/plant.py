"""Plant known faults into a clean table: what a fault is, the table being spoiled, and the order of work.

A setting (retail, clinic, sensors) makes a clean table of text cells and a list of `Plant`s; `plant` applies them one
by one and keeps the books, so that no cell gets two faults. What rows a fault has is said at the very end, when every
plant has been applied: a copied row may also repeat an identifier, a blanked cell is one more missing cell.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

TODAY = "2026-06-30"
CHECKS = (
    "constant_column",
    "near_constant",
    "missing_cells",
    "disguised_missing",
    "spaces_around_text",
    "case_variants",
    "spelling_variants",
    "mojibake",
    "control_characters",
    "homoglyphs",
    "numbers_as_text",
    "numbers_mixed_with_words",
    "mixed_units",
    "out_of_locale",
    "unusual_pattern",
    "dates_as_text",
    "mixed_date_formats",
    "ambiguous_dates",
    "future_dates",
    "absurd_dates",
    "impossible_values",
    "outliers",
    "rounding_heaping",
    "skewed",
    "rare_categories",
    "too_many_categories",
    "row_identifier",
    "duplicate_ids",
    "direct_identifiers",
    "drift_in_file",
    "stuck_values",
    "duplicate_rows",
    "near_duplicate_records",
    "duplicate_columns",
    "missing_together",
    "end_before_start",
    "broken_dependency",
    "broken_sum",
    "constant_per_group",
    "class_imbalance",
    "target_leakage",
    "outcome_gap",
    "sorted_rows",
)
LEAST = 3  # rows of a fault


@dataclass(frozen=True)
class Fault:
    """Rows (0 = first data row) that a check must give; the first column is the one at fault, no column:
    the whole row.
    """

    check: str
    columns: tuple[str, ...]
    rows: frozenset[int]


@dataclass(frozen=True)
class Planted:
    """A clean table, its dirty twin of as many rows, and the truth.

    `also` are findings that a fault makes arguably true (1850 as a birth date is an outlier, too): to give them is no
    false alarm, to leave them out is no miss.
    """

    name: str
    clean: pd.DataFrame
    dirty: pd.DataFrame
    faults: tuple[Fault, ...]
    target: str | None
    favorable: str | None
    sensitive: tuple[str, ...]
    also: tuple[Fault, ...] = ()


@dataclass
class Draft:
    """The table while it is being spoiled, and who has which cell."""

    frame: pd.DataFrame
    target: str | None
    favorable: str | None
    rng: np.random.Generator = field(default_factory=np.random.default_rng)
    taken: dict[str, np.ndarray] = field(default_factory=dict)
    claims: dict[tuple[bool, str, tuple[str, ...]], list] = field(default_factory=dict)
    touched: np.ndarray = field(init=False)
    fences: list[int] = field(default_factory=list)  # rows at which a column changes for good: no row is copied across

    def __post_init__(self):
        self.touched = np.zeros(len(self.frame), dtype=bool)

    def present(self, column: str) -> np.ndarray:
        return self.frame[column].notna().to_numpy()

    def values(self, column: str) -> np.ndarray:
        return self.frame[column].to_numpy(dtype=object).copy()

    def free(self, columns: Iterable[str]) -> np.ndarray:
        """Rows whose cells in these columns are present and have no fault yet."""
        free = np.ones(len(self.frame), dtype=bool)
        for column in columns:
            free &= self.present(column) & ~self.taken.get(column, np.False_)
        return free

    def choose(self, pool: np.ndarray, share: float) -> np.ndarray:
        """Some of the rows of a mask, in order."""
        rows, count = np.flatnonzero(pool), max(LEAST, round(share * len(self.frame)))
        if len(rows) < count:
            raise ValueError(f"{count} rows are to be spoiled, but only {len(rows)} are free: make a longer table.")
        return np.sort(self.rng.choice(rows, count, replace=False))

    def take(self, columns: Iterable[str], rows: np.ndarray, *, whole: bool = False) -> None:
        """Keep other plants off these cells; unless the fault is of the whole column, keep copied rows off, too."""
        for column in columns:
            self.taken.setdefault(column, np.zeros(len(self.frame), dtype=bool))[rows] = True
        if not whole:
            self.touched[rows] = True

    def write(self, column: str, rows: np.ndarray, cells: list) -> None:
        values = self.values(column)
        values[rows] = np.array([*cells, None], dtype=object)[:-1]
        self.frame[column] = pd.Series(values, dtype=object)

    def add(self, column: str, values: Iterable[str | None]) -> None:
        place = int(self.rng.integers(1, self.frame.shape[1] + 1))
        self.frame.insert(place, column, pd.Series(np.asarray(values, dtype=object), dtype=object))

    def claim(
        self, check: str, columns: Iterable[str], rows: np.ndarray | Callable[[Draft], np.ndarray], *, sure: bool = True
    ) -> None:
        """Say what is wrong where: row numbers, or a function that gives a mask once all is planted."""
        self.claims.setdefault((sure, check, tuple(columns)), []).append(rows)

    def settled(self, sure: bool) -> tuple[Fault, ...]:
        everything = frozenset(range(len(self.frame)))  # one set for all faults of whole columns

        def rows(claimed: list) -> frozenset[int]:
            mask = np.zeros(len(self.frame), dtype=bool)
            for part in claimed:
                mask[part(self) if callable(part) else part] = True
            return everything if mask.all() else frozenset(np.flatnonzero(mask).tolist())

        return tuple(
            Fault(check, columns, rows(claimed))
            for (kind, check, columns), claimed in self.claims.items()
            if kind == sure
        )


@dataclass(frozen=True)
class Plant:
    """One act of spoiling, by the name of the check that must find it."""

    check: str
    apply: Callable[[Draft], None]


def plant(
    name: str,
    clean: pd.DataFrame,
    plants: Iterable[Plant],
    seed: int,
    *,
    target: str | None,
    favorable: str | None,
    sensitive: tuple[str, ...] = (),
    checks: Iterable[str] | None = None,
) -> Planted:
    """Apply the plants (or those of some checks) to a copy of the clean table."""
    chosen = None if checks is None else set(checks)
    draft = Draft(clean.copy(deep=False), target, favorable)
    for number, each in enumerate(plants):
        if chosen is None or each.check in chosen:
            draft.rng = np.random.default_rng([seed, number, zlib.crc32(each.check.encode())])
            each.apply(draft)
    return Planted(name, clean, draft.frame, draft.settled(True), target, favorable, sensitive, draft.settled(False))


def only(planted: Callable[..., Planted], check: str, rows: int = 20_000, seed: int = 1) -> Planted:
    """A setting with the faults of this one check, and nothing else planted; no faults if the setting has none."""
    if check not in CHECKS:
        raise ValueError(f"There is no check {check!r}: choose one of CHECKS.")
    return planted(rows, seed, checks=(check,))
