"""Why cells are missing: what can be seen, what can be tested, and what cannot be known."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dataops_core.errors import SettingError, nearest
from dataops_core.imputation.mcar import Little, little, little_of_scores
from dataops_core.imputation.missingness import Missingness, missingness
from dataops_core.imputation.patterns import (
    MissingInGroup,
    MissingOverTime,
    MissingTogether,
    Patterns,
    levels_of,
    over_time,
    patterns,
    shares_by,
    together,
)
from dataops_core.models import features, one_thread, training
from dataops_core.progress import Progress, no_progress
from dataops_core.record import Record
from dataops_core.steps._mixed import is_number, numbers
from dataops_core.table import Table

MODELLED = 40  # columns with gaps that get a model, those with the most gaps first
UNKNOWN = (
    "What the data cannot tell: whether a value is missing because of what it is (high incomes left out by those who"
    " have them). No test sees that, for the values are not there. Ask how the data came about; if it is likely, treat"
    " every filled value with care."
)


@dataclass(frozen=True, kw_only=True)
class MissingInColumn(Record):
    """The missing cells of a column."""

    missing: int
    share: float


@dataclass(frozen=True, kw_only=True)
class MissingCells(Record):
    """Where cells are missing, and what can be told of the reason."""

    rows: int
    complete_rows: int
    missing_cells: int
    columns: dict[str, MissingInColumn]
    patterns: Patterns
    together: list[MissingTogether]  # the 50 strongest pairs
    by_group: dict[str, dict[str, MissingInGroup]]  # by column and group
    by_target: dict[str, MissingInGroup]
    by_time: MissingOverTime | None
    little: Little
    little_of_scores: Little  # the same on ranks, which holds its level on columns of any shape
    models: dict[str, Missingness]  # of the 40 columns with most gaps
    verdicts: dict[str, str]  # a sentence for each column with gaps
    words: str
    unknown: str  # what cannot be known


def understand(
    table: Table,
    *,
    target: str | None = None,
    groups: Sequence[str] = (),
    time: str | None = None,
    split: str | None = None,
    seed: int = 0,
    progress: Progress = no_progress,
) -> MissingCells:
    """Count, compare and test where cells are missing (in the training rows, where there is a split). Raises
    SettingError where a name is unknown.
    """
    seed %= 2**32
    for name in (*groups, *(each for each in (target, time, split) if each)):
        if name not in table.names:
            raise SettingError(f'There is no column "{name}".', "missing", nearest(name, table.names))
    frame = training(table.frame(), split)
    if time is not None and not is_number(frame[time]):
        raise SettingError(
            f'Column "{time}" holds no dates or numbers.',
            "missing",
            "Name a column of dates, or read it as dates first (parse_dates).",
        )
    counts = {name: int(frame[name].isna().sum()) for name in table.names if name != split}
    names = [name for name, count in counts.items() if count]
    gone = (
        np.column_stack([frame[name].isna().to_numpy(dtype=bool) for name in names])
        if names
        else np.zeros((len(frame), 0), dtype=bool)
    )
    progress(0.1, "counted")
    kinds = table.kinds
    measured = [name for name in table.names if name != split and kinds[name] == "number" and is_number(frame[name])]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        matrix = np.column_stack([numbers(frame[name]) for name in measured]) if measured else np.zeros((len(frame), 0))
        tested, of_scores = little(matrix, measured), little_of_scores(matrix, measured)
        if of_scores.words is not None:  # which holds its level whatever the columns look like
            tested = replace(tested, words=f"{of_scores.words} (Little's test on ranks.)")
    progress(0.2, "Little's test")
    chosen = features(table.columns, frame, [split] if split else [])
    models: dict[str, Missingness] = {}
    asked = sorted(names, key=lambda name: -counts[name])[:MODELLED]
    with one_thread():
        for number, name in enumerate(asked):
            progress(0.2 + 0.8 * number / len(asked), f"what tells where {name} is missing")
            models[name] = missingness(frame, name, chosen, seed)
    progress(1.0, "done")
    complete = int((~gone.any(axis=1)).sum())
    return MissingCells(
        rows=len(frame),
        complete_rows=complete,
        missing_cells=sum(counts.values()),
        columns={
            name: MissingInColumn(missing=count, share=count / len(frame) if len(frame) else 0.0)
            for name, count in counts.items()
        },
        patterns=patterns(gone, names),
        together=together(gone, names),
        by_group={name: shares_by(levels_of(frame[name]), gone, names) for name in groups},
        by_target=shares_by(levels_of(frame[target]), gone, names) if target else {},
        by_time=over_time(frame[time], gone, names) if time else None,
        little=tested,
        little_of_scores=of_scores,
        models=models,
        verdicts={
            name: models[name].words if name in models else "Not looked at: many columns have more gaps."
            for name in names
        },
        words=(
            f"{len(names)} of {len(counts)} columns have gaps; {complete:,} of {len(frame):,} rows"
            f" ({complete / len(frame):.1%}) are complete."
            if names
            else "Nothing is missing."
        ),
        unknown=UNKNOWN if names else "",
    )
