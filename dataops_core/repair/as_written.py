"""Repairs of dates and decimals as the file writes them, not as the table holds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd

from dataops_core.repair.encoding import EncodedColumn
from dataops_core.repair.notation import formats
from dataops_core.repair.proposal import Repair
from dataops_core.table import Table

DATES = ("date", "date and time")  # kinds of forms


def as_written(
    repairs: Sequence[Repair], table: Table, rows: Iterable[Sequence[str]], decimal: str = "."
) -> list[Repair]:
    """The repairs with dates in the form that their column has in the file, and decimals with its `decimal` sign;
    `rows` are its header and its rows as text, as reading them without types gives them. Columns of dates that have no
    one form there stay as they are.
    """
    if decimal != ".":
        decimals = {column.name for column in table.columns if column.type == "decimal"}
        repairs = [_with_sign(each, decimal) if each.column in decimals else each for each in repairs]
    places = {column.name: at for at, column in enumerate(table.columns) if column.type == "datetime"}
    wanted = {each.column for each in repairs} & set(places)
    if not wanted:
        return list(repairs)
    held: dict[str, list[str]] = {name: [] for name in wanted}
    for row in rows:
        for name, texts in held.items():
            texts.append(row[places[name]] if places[name] < len(row) else "")
    cells = {name: texts[-table.rows :] for name, texts in held.items() if len(texts) > table.rows}  # without header
    forms = {name: _form(name, texts) for name, texts in cells.items()}
    return [_written(each, cells[each.column], form) if (form := forms.get(each.column)) else each for each in repairs]


def _with_sign(each: Repair, decimal: str) -> Repair:
    old, new = (text and text.replace(".", decimal) for text in (each.old, each.new))
    return replace(each, old=old, new=new)


def _form(name: str, texts: Sequence[str]) -> formats.Format | None:
    codes, values = pd.factorize(np.array([text or None for text in texts], dtype=object))
    found = formats.learn(EncodedColumn(name, "text", list(values), codes.astype("int32")))
    return found if found is not None and found.kind.name in DATES else None


def _written(each: Repair, texts: Sequence[str], form: formats.Format) -> Repair:
    """A repair in a form; as it is where the file holds something else there than the table, or a person gave a value
    that is no date.
    """
    old, wanted = texts[each.row] or None, _value(each.new, form)
    new = form.kind.write(wanted, form.main) if wanted else None
    if (new is None) != (each.new is None) or (each.old is None) != (old is None):
        return each
    if old is not None and _value(each.old, form) not in {value for value, _ in form.kind.read(old)}:
        return each
    return replace(each, old=old, new=new)


def _value(text: str | None, form: formats.Format) -> tuple | None:
    """A date as the table holds it, as a value of the form's kind; None where it is none."""
    try:
        moment = datetime.fromisoformat(text or "").timetuple()
    except ValueError:
        return None
    return tuple(moment[:3]) if form.kind.name == "date" else tuple(moment[:6])
