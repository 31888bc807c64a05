"""Quarantine rows."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._condition_rows import broken_rows
from dataops_core.steps._conditions import parse_condition
from dataops_core.steps._pieces import EqualRows, Rows
from dataops_core.steps.step import Label, step


@step(
    "Quarantine rows",
    group="Rows",
    reach="table",
    drops_rows=True,
    says="Set aside rows that break: {conditions}",
    also="rules, requirements, invalid, reject, contract, filter",
)
def quarantine_rows(
    df: pd.DataFrame,
    conditions: Annotated[
        list[str],
        Label(
            "Conditions",
            "What every row must meet, one on each line: age between 17 and 90; unique(order_id);"
            " if status = 'closed' then closed_on is not missing",
        ),
    ],
) -> pd.DataFrame:
    """Set aside the rows that break a rule, and keep the others.

    Nothing is lost: the rows set aside are those that were in the table before this step and are not after it; the page
    Rules lists them and offers them as a file. A row is set aside only where a condition is known to be false: a
    missing cell breaks none but "is not missing". Use it when wrong rows must not go on, and cannot be repaired; the
    preview tells which groups lose most.

    >>> people = pd.DataFrame({"age": pd.array([17, 400, None], dtype="Int64")})
    >>> quarantine_rows(people, conditions=["age between 0 and 120"])["age"].tolist()
    [17, <NA>]
    >>> quarantine_rows(people, conditions=["age is not missing", "age <= 120"])["age"].tolist()
    [17]
    """
    asked = [text for text in conditions if text.strip()]
    if not asked:
        raise SettingError("There is no condition.", "quarantine_rows", "Give one: age between 17 and 90.")
    broken = np.zeros(len(df), dtype=bool)
    for text in asked:
        broken |= broken_rows(df, parse_condition(text))
    return df.loc[~broken]


@quarantine_rows.piecewise
def pieces_of_quarantine(conditions: list[str], **_settings: object) -> Rows | EqualRows | None:
    """Conditions on a row need nothing else; unique(…) and follows(…) need the rows that share their columns."""
    nodes = [parse_condition(text) for text in conditions if text.strip()]
    shared = {
        node.parts if node.op == "unique" else node.parts[1:] for node in nodes if node.op in ("unique", "follows")
    }
    if len(shared) > 1:
        return None
    return EqualRows(tuple(shared.pop())) if shared else Rows()
