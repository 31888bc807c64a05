"""Rename columns."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.steps.step import Label, step


@step("Rename columns", group="Columns", says="Renamed {names}", also="header, field name")
def rename_columns(
    df: pd.DataFrame,
    names: Annotated[dict[str, str], Label("New names", "The present name of a column, and its new name")],
) -> pd.DataFrame:
    """Give columns other names; their content stays as it is.

    All columns are renamed at once, so two columns can trade names. A new name must not be blank, nor taken.

    >>> rename_columns(pd.DataFrame({"a": [1], "b": [2]}), names={"a": "b", "b": "a"}).columns.tolist()
    ['b', 'a']
    """
    present = [str(name) for name in df.columns]
    after = [names.get(name, name) for name in present]
    unknown = [name for name in names if name not in present]
    taken = sorted({name for name in after if after.count(name) > 1})
    if not names:
        raise SettingError("No new name is given.", "rename_columns", "Name a column, and what to call it.")
    if unknown:
        hints = " ".join(dict.fromkeys(nearest(name, present) for name in unknown))
        raise SettingError(f"There is no column {_quoted(unknown)}.", "rename_columns", hints)
    blank = [name for name, new in names.items() if not new.strip()]
    if blank:
        raise SettingError(f"The new name of {_quoted(blank)} is blank.", "rename_columns", "Give it a name.")
    if "__row_id__" in names.values():
        raise SettingError('The name "__row_id__" is reserved.', "rename_columns", "Choose another name.")
    if taken:
        raise SettingError(
            f"Two columns would be called {_quoted(taken)}.",
            "rename_columns",
            "Choose another name, or drop or rename the other column first.",
        )
    out = df.copy(deep=False)
    out.columns = pd.Index(after, dtype=object)
    return out


@rename_columns.renames
def renamed(names: dict[str, str], **_: Any) -> dict[str, str]:
    """Which columns get which new names."""
    return dict(names)


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
