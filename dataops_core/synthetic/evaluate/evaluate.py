"""The verdict on a synthetic table: is it alike, is it useful, and does it give anybody away."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from dataops_core import __version__
from dataops_core.errors import SettingError, nearest
from dataops_core.progress import Progress, no_progress, part_of
from dataops_core.record import Record, key
from dataops_core.synthetic.evaluate.align_columns import Aligned, align
from dataops_core.synthetic.evaluate.conditional_reference import wished
from dataops_core.synthetic.evaluate.fidelity import Fidelity, fidelity
from dataops_core.synthetic.evaluate.privacy import Privacy, privacy
from dataops_core.synthetic.evaluate.utility import Utility, unjudged, utility
from dataops_core.table import Table


@dataclass(frozen=True, kw_only=True)
class TableRows(Record):
    """How many rows there were."""

    real: int
    synthetic: int
    holdout: int | None


@dataclass(frozen=True, kw_only=True)
class JudgedRows(Record):
    """How many rows are judged."""

    real: int
    synthetic: int
    holdout: int | None
    of: TableRows
    split: bool  # no holdout was given, so the real rows were halved by the seed
    words: list[str]


@dataclass(frozen=True, kw_only=True)
class TreatedColumn(Record):
    """What a column is compared as; only numbers, dates and categories are measured, text and ids verbatim."""

    treated: str = key("as")  # number, date, category, text, id or empty
    why: str


@dataclass(frozen=True, kw_only=True)
class Verdict(Record):
    """The verdict on a synthetic table."""

    rows: JudgedRows
    columns: dict[str, TreatedColumn]
    problems: list[str]  # columns that are missing or added, cells that could not be read
    fidelity: Fidelity
    utility: Utility
    privacy: Privacy
    words: list[str]  # for somebody who owns a shop
    seed: int
    versions: dict[str, str]


def judge(
    real: Table,
    synthetic: Table,
    *,
    holdout: Table | None = None,
    target: str | None = None,
    by: Sequence[str] = (),
    requests: Sequence[Mapping[str, Any]] = (),
    made_up: Collection[str] = (),
    key: str | None = None,
    seed: int = 0,
    progress: Progress = no_progress,
) -> Verdict:
    """Judge a synthetic table by the real rows it was made from: fidelity, usefulness, privacy.

    `holdout` are real rows that the generator never saw: without them nothing can be said of membership, and one half
    of the real rows (by the seed) stands in as the reference of fidelity and as the rows that test models. `target` and
    `by` name columns of the real table: what is to be predicted, and by whose groups that is told; `key` a column of
    kind id that says whose row each is, where people have several: privacy is then weighed by people. Raises
    SettingError where a name is unknown, where no column is common, or where the real table or the holdout has no rows.

    Columns that were `made_up` are compared verbatim only. `requests` say which rows were asked for ({"values",
    "made"}): likeness is then judged by real rows with these values, in these shares.
    """
    for name in (*([target] if target else []), *by, *([key] if key else [])):
        if name not in real.names:
            raise SettingError(f'There is no column "{name}".', "judge-synthetic", nearest(name, real.names))
    for table, what in ((real, "real table"), *([(holdout, "holdout")] if holdout else [])):
        if not table.rows:
            raise SettingError(
                f"The {what} has no rows.",
                "judge-synthetic",
                "Bring the rows that the synthetic ones were made from, and a holdout of rows like them.",
            )
    progress(0.0, "Bringing the tables together")
    found = _drawn(align(real, synthetic, holdout, made_up), seed)
    learned, reference = _sides(found)
    told_privacy = privacy(found, target, seed, part_of(progress, 0.05, 0.4), key)
    mix, words = wished(found, requests)
    mine, other = _sides(mix)
    told_fidelity = fidelity(mix, other, mine, seed, part_of(progress, 0.4, 0.7))
    if words:
        told_fidelity = replace(told_fidelity, words=[words, *told_fidelity.words])
    told_utility = (
        utility(found, learned, reference, target, by, seed, part_of(progress, 0.7, 1.0))
        if holdout is not None
        else unjudged(target)
    )
    progress(1.0, "Done")
    return Verdict(
        rows=_rows(found, real, synthetic, holdout),
        columns={name: TreatedColumn(treated=found.treated[name], why=found.why[name]) for name in found.treated},
        problems=found.problems,
        fidelity=told_fidelity,
        utility=told_utility,
        privacy=told_privacy,
        words=[*told_privacy.words, *told_fidelity.words, *told_utility.words],
        seed=seed,
        versions={
            "dataops": __version__,
            **{name: version(name) for name in ("numpy", "pandas", "scipy", "scikit-learn")},
        },
    )


def _drawn(found: Aligned, seed: int) -> Aligned:
    """The same rows in an order drawn by the seed, so that any first rows of a table are a sample of it; a larger
    holdout is cut to size.
    """

    def mixed(frame: pd.DataFrame, number: int) -> pd.DataFrame:
        return frame.iloc[np.random.default_rng([seed % 2**32, number]).permutation(len(frame))].reset_index(drop=True)

    holdout = None if found.holdout is None else mixed(found.holdout, 2)[: len(found.real)]
    return replace(found, real=mixed(found.real, 0), synthetic=mixed(found.synthetic, 1), holdout=holdout)


def _sides(found: Aligned) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows that were learned from, and those that judge: the holdout, or one half of the real rows."""
    if found.holdout is not None:
        return found.real, found.holdout
    half = len(found.real) // 2
    return found.real[:half], found.real[half:].reset_index(drop=True)


def _rows(found: Aligned, real: Table, synthetic: Table, holdout: Table | None) -> JudgedRows:
    words = ["Copies are counted on all rows; distances, models and shares on samples drawn by the seed."]
    if holdout is None:
        words.append(
            "There is no holdout: the real rows were halved by the seed, one half to learn from and one to judge."
        )
    elif holdout.rows > real.rows:
        words.append(
            f"The holdout has more rows than the real table: {real.rows:,} of {holdout.rows:,} were drawn by the seed."
        )
    elif holdout.rows < real.rows:
        words.append(
            f"The real table has more rows than the holdout: where both are compared, {holdout.rows:,} of {real.rows:,}"
            " were drawn by the seed."
        )
    return JudgedRows(
        real=len(found.real),
        synthetic=len(found.synthetic),
        holdout=None if found.holdout is None else len(found.holdout),
        of=TableRows(real=real.rows, synthetic=synthetic.rows, holdout=holdout.rows if holdout else None),
        split=holdout is None,
        words=words,
    )
