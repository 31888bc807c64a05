"""The cells of a column as numbers: amounts, and days since the first of January of year 1."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from dataops_core.repair.encoding import EncodedColumn
from dataops_core.repair.notation.formats import Format

DATES = ("date", "date and time")  # kinds of forms
EPOCH = date(1970, 1, 1).toordinal()


def numbers_of(column: EncodedColumn, form: Format | None) -> tuple[str, np.ndarray]:
    """What the cells of a column are ("number", "date", ""), and each as a number, NaN where it is none (rows,)."""
    if column.type in ("integer", "decimal"):
        return "number", np.append(column.numbers(), np.nan)[column.codes]
    if column.type == "datetime":
        days = pd.to_datetime(pd.Series(list(column.values)), errors="coerce", format="ISO8601")
        known = ((days - pd.Timestamp(0)) / pd.Timedelta(days=1)).to_numpy(dtype=float) + EPOCH
        return "date", np.append(known, np.nan)[column.codes]
    if column.type != "text" or form is None or form.kind.number is None:
        return "", np.zeros(0)
    read = [[value for value, own in form.kind.read(text) if own == form.main] for text in list(column.values)]
    known = np.array([form.kind.number(some[-1]) if some else np.nan for some in read])
    kind = "date" if form.kind.name in DATES else "number" if form.kind.name == "amount" else ""
    return kind, np.append(known, np.nan)[column.codes]
