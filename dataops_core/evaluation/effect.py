"""What a candidate's steps do to the whole table: rows and cells kept, cells left missing, drift from before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dataops_core.compare.measure import compare_samples
from dataops_core.compare.sample import comparison_of, sample_of
from dataops_core.evaluation.candidates import Candidate
from dataops_core.recipe.frames import columns_after, fit_frame
from dataops_core.recipe.recipe import names_after
from dataops_core.recipe.replay import Tables, no_tables
from dataops_core.record import Record
from dataops_core.table import Column, differs


@dataclass(frozen=True)
class Effect(Record):
    """Counts over the whole table; `drifted` are the columns with a large difference from before, `drift` is the mean
    Jensen-Shannon distance over the columns that both have.
    """

    rows_before: int
    rows_kept: int
    rows_added: int
    cells_kept: float
    missing_left: int
    columns: int
    drift: float
    drifted: tuple[str, ...]


def effect_of(
    candidate: Candidate, frame: pd.DataFrame, columns: Sequence[Column], tables: Tables = no_tables
) -> Effect:
    """The effect of a candidate's own steps on the frame after the shared ones; raises the error of a step that cannot
    be done.
    """
    _, after = fit_frame(replace(candidate.recipe, steps=candidate.own), frame, tables)
    rows = frame.index.intersection(after.index)
    names = names_after(candidate.own)
    before = frame.loc[rows]
    now = after.loc[~after.index.duplicated()].loc[rows]
    later = {column.name: column for column in columns_after(columns, candidate.own, after)}
    same, total, apart, drifted = 0, 0, [], []
    for column in columns:
        new = names.get(column.name, column.name)
        total += len(rows)
        if new not in later:
            continue
        same += int((~differs(before[column.name], now[new])).sum())
        if later[new].type != column.type:
            continue
        kind = comparison_of(column, later[new])
        compared = compare_samples(sample_of(frame[column.name], kind), sample_of(after[new], kind), kind)
        if "js" in compared.measures:
            apart.append(compared.measures["js"].value)
        if compared.verdict == "large":
            drifted.append(new)
    return Effect(
        len(frame),
        len(rows),
        len(after) - len(rows),
        same / total if total else 1.0,
        int(after.isna().sum().sum()),
        len(after.columns),
        float(np.mean(apart)) if apart else 0.0,
        tuple(drifted),
    )
