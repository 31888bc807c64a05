"""How long one fit takes, from a fit on few rows: what a comparison will cost is said before it starts."""

from __future__ import annotations

import time
import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from dataops_core.evaluation.problem import task_of
from dataops_core.models import estimator, features, one_thread, plain
from dataops_core.record import Record
from dataops_core.steps._classes import class_codes
from dataops_core.table import Column
from dataops_core.wording import counted, duration

PILOT = 2_000  # rows
STEPS = 1.5  # so many times the fit of a model alone, with the steps of a recipe before it
START = 2.0  # seconds


@dataclass(frozen=True)
class Cost(Record):
    """What a comparison will cost: so many recipes (doing nothing among them), by so many folds; the fits that are to
    be done, those that are kept from before, and about how many seconds it takes.
    """

    recipes: int
    folds: int
    fits: int
    finished: int
    seconds: float

    @property
    def sentence(self) -> str:
        """The cost in words."""
        kept = f" ({counted(self.finished, 'more is', 'more are')} kept from before)" if self.finished else ""
        return (
            f"{counted(self.recipes, 'recipe')} (doing nothing is one) in {counted(self.folds, 'fold')}:"
            f" {counted(self.fits, 'fit')}{kept}, {duration(self.seconds)}."
        )


def expected_seconds(recipes: int, fits: int, each: float, processes: int = 1) -> float:
    """About how long a comparison takes, where the fit of a model alone takes `each` seconds: its fits, and each recipe
    on the whole table once.

    >>> expected_seconds(2, 20, 0.2), expected_seconds(2, 20, 0.2, processes=2)
    (8.6, 5.6)
    """
    return round(START + STEPS * each * (fits / processes + recipes), 3)


def fit_seconds(
    frame: pd.DataFrame, columns: Sequence[Column], target: str, leave_out: Collection[str], rows: int, model: str
) -> float:
    """About how many seconds one fit on so many rows takes: that of a sample, for time grows with the rows.

    Raises SettingError where the target is no class and no number.
    """
    kinds = {column.name: column.kind for column in columns}
    some = frame[frame[target].notna()]
    task = task_of(some[target], kinds.get(target, ""))
    some = some.sample(min(PILOT, len(some)), random_state=0)
    chosen = features(columns, some, [target, *leave_out])
    answers = class_codes(some[target], "target")[0] if task == "classes" else some[target].to_numpy(dtype="float64")
    if not chosen.names or len(set(answers.tolist())) < 2:
        return 0.05
    kind: Literal["linear", "trees"] = "trees" if model == "trees" else "linear"
    with warnings.catch_warnings(), one_thread():
        warnings.simplefilter("ignore")
        estimator(chosen, task, kind).fit(plain(some[:50], chosen), answers[:50])  # so that imports do not count
        begin = time.perf_counter()
        cells = plain(some, chosen)
        estimator(chosen, task, kind).fit(cells, answers).predict(cells)
        return (time.perf_counter() - begin) * max(1.0, rows / len(some))
