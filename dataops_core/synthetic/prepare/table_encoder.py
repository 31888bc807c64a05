"""The coder: a real table as engines learn it (amounts and categories, without gaps, names or rare values), and back
again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.synthetic.constraints.catalog.combination import Combination, combination_keys
from dataops_core.synthetic.constraints.catalog.increment import Increment
from dataops_core.synthetic.constraints.catalog.sum import Sum
from dataops_core.synthetic.constraints.constraint import Constraint, all_hold
from dataops_core.synthetic.prepare.missingness import Gaps, fill
from dataops_core.synthetic.prepare.pseudonyms import made_columns, recipe_of
from dataops_core.synthetic.prepare.rare_values import as_type, stepped, summed, tame, usual
from dataops_core.table import Column
from dataops_core.table.kinds import DTYPES
from dataops_core.values.numbers import in_days, moments_of_days
from dataops_core.wording import counted

LEAST = 10  # rows to learn from
EXACT = 2**53  # whole numbers beyond it have no float64 of their own
CLOCK = (86_400, 3_600, 1_800, 900, 60)  # seconds: a day, an hour, half of one, a quarter, a minute


@dataclass(frozen=True)
class Coder:
    """How cells become what an engine learns, and back. `columns` are plain JSON: name, type, kind, and how each is
    coded.
    """

    columns: tuple[dict[str, Any], ...]
    constraints: tuple[Constraint, ...]
    gaps: Gaps
    tamed: Mapping[str, Mapping[str, Any]]
    dropped: int  # rows that break a constraint and were not learned from

    @property
    def learned(self) -> list[dict[str, Any]]:
        """The columns that an engine learns."""
        return [column for column in self.columns if column["how"] in ("number", "category")]

    @property
    def numbers(self) -> list[str]:
        """The learned columns that are amounts."""
        return [column["name"] for column in self.learned if column["how"] == "number"]

    @property
    def enforced(self) -> list[Constraint]:
        """The constraints on learned columns."""
        names = {column["name"] for column in self.learned}
        return [each for each in self.constraints if each.drawable and set(each.bound) <= names]


def learn(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    decided: Sequence[Mapping[str, Any]],
    constraints: Sequence[Constraint],
    rare: int,
    generator: np.random.Generator,
    groups: pd.Series | None = None,
) -> tuple[Coder, pd.DataFrame]:
    """The coder of a tidy frame (identifying cells emptied already) and the frame as engines see it, whose index tells
    the rows.

    `decided` is the gate's list; `groups` whose row each is, where people have several: rare is then what few people
    have. Rows that break a constraint are not learned from. Raises SettingError where fewer than ten rows are left.
    """
    about = {column.name: column for column in columns}
    treated = {each["column"]: each for each in decided}
    names = [column.name for column in columns if treated[column.name]["as"] != "leave out"]
    inside = [each for each in constraints if set(each.bound) <= set(names)]
    right = all_hold(frame, inside)
    rows = frame[right]
    if len(rows) < LEAST:
        what = (
            f"Only {counted(len(rows), 'row is', 'rows are')} left to learn from"
            if len(rows) < len(frame)
            else f"{counted(len(rows), 'row is', 'rows are')} too few to learn from"
        )
        raise SettingError(
            f"{what}.",
            "synthesize",
            f"Bring a table of at least {2 * LEAST} rows, of which half are learned from, or drop constraints that rows"
            " break.",
        )
    learned = [name for name in names if treated[name]["as"] == "learn" and rows[name].notna().any()]
    coded = _coded_as(rows, learned, about, inside)
    categories, numbers = ([name for name in learned if coded[name] == how] for how in ("category", "number"))
    units = {name: _unit(rows[name], inside, name) for name in numbers}
    tamed, done = tame(rows, categories, units, inside, rare, generator, None if groups is None else groups[right])
    learned = [name for name in learned if tamed[name].notna().any()]
    tamed = tamed[all_hold(tamed, inside)]
    if len(tamed) < LEAST:
        raise SettingError(
            "Too few rows keep to the constraints once extremes are clipped.",
            "synthesize",
            "Drop a constraint, or lower the number for rare values.",
        )
    binding = [each for each in inside if set(each.bound) <= set(learned)]
    filled = fill(tamed[learned], learned, binding, generator)
    filled = filled[all_hold(filled, binding)]
    told = tuple(
        _column(about[name], coded.get(name, ""), treated[name], rows[name], filled, units)
        for name in names
        if name in about
    )
    kept = [
        each.only(sorted(set(combination_keys(filled, each.columns))))
        if isinstance(each, Combination) and each in binding
        else each
        for each in inside
    ]
    encoded = _encoded(filled, told)
    gaps = Gaps(tamed.loc[filled.index, names], encoded, rare)
    return Coder(told, tuple(kept), gaps, done, int((~right).sum())), encoded


def _coded_as(
    rows: pd.DataFrame, learned: Sequence[str], about: Mapping[str, Column], constraints: Sequence[Constraint]
) -> dict[str, str]:
    joint = {name for each in constraints if isinstance(each, Combination) for name in each.columns}
    amounts = {name for each in constraints if each.of_amounts for name in each.bound}
    made = {}
    for name in learned:
        column = about[name]
        number = (
            column.type in ("integer", "decimal", "datetime")
            and column.kind != "category"
            and rows[name].nunique() > 2
            and name not in joint
        )
        made[name] = (
            "number" if number or (name in amounts and name not in joint and column.type != "text") else "category"
        )
    return made


def _unit(cells: pd.Series, constraints: Sequence[Constraint], name: str) -> float:
    """The unit in which a column counts: of times (in days) one of CLOCK or a second, a step, 1 for whole numbers, a
    decimal place, or 0.

    Decimal places are looked for down to six behind the first one of the column's usual amounts, and held to a
    billionth of those.
    """
    step = next((each.by for each in constraints if isinstance(each, Increment) and each.columns[0] == name), None)
    if step:
        return float(step)
    known = in_days(cells)[cells.notna().to_numpy()]
    if str(cells.dtype).startswith("datetime64"):
        ticks = moments_of_days(known).astype("int64")
        return next((seconds for seconds in CLOCK if not (ticks % (seconds * 1_000_000)).any()), 1) / 86_400
    if str(cells.dtype) == "Int64":
        return 1.0
    scale = usual(known)
    with np.errstate(over="ignore", invalid="ignore"):
        near = (
            places
            for places in range(7 - int(np.floor(np.log10(scale))))
            if np.mean(np.abs(known - np.round(known, places)) < 1e-9 * scale) > 0.999
        )
        return next((10.0**-places for places in near), 0.0)


def _column(
    column: Column,
    how: str,
    treated: Mapping[str, Any],
    rows: pd.Series,
    filled: pd.DataFrame,
    units: Mapping[str, float],
) -> dict[str, Any]:
    told: dict[str, Any] = {"name": column.name, "type": column.type, "kind": column.kind}
    if treated["as"] == "make":
        return (
            told | {"how": "made", "maker": recipe_of(rows, treated["maker"])}
            if rows.notna().any()
            else told | {"how": "empty"}
        )
    if column.name not in filled.columns:
        return told | {"how": "empty"}
    if how == "number":
        cells = in_days(filled[column.name])
        told |= {"how": how, "low": float(cells.min()), "high": float(cells.max()), "unit": units[column.name]}
        if column.type == "integer" and max(abs(told["low"]), abs(told["high"])) >= EXACT:
            told["ends"] = [
                int(max(filled[column.name].min(), rows.min())),
                int(min(filled[column.name].max(), rows.max())),
            ]
        return told
    return told | {"how": how, "values": sorted({str(value) for value in filled[column.name].unique()})}


def _encoded(filled: pd.DataFrame, columns: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Amounts as float64, categories as text; shape (rows, learned columns)."""
    made = {
        c["name"]: (
            in_days(filled[c["name"]]) if c["how"] == "number" else filled[c["name"]].astype(str).to_numpy(dtype=object)
        )
        for c in columns
        if c["how"] in ("number", "category")
    }
    return pd.DataFrame(made, index=filled.index)


def decode(coder: Coder, encoded: pd.DataFrame) -> pd.DataFrame:
    """Learned columns as they are in the table, without gaps yet: clipped to the learned range, in the column's unit
    and type.
    """
    made = {}
    for column in coder.learned:
        cells = encoded[column["name"]]
        if column["how"] == "category":
            made[column["name"]] = _typed(cells.astype(str).to_numpy(dtype=object), column["type"])
        else:
            amounts = np.clip(cells.to_numpy(dtype="float64"), column["low"], column["high"])
            if column["unit"]:
                amounts = stepped(amounts, column["unit"])
            cells = as_type(amounts, DTYPES[column["type"]], encoded.index)
            made[column["name"]] = cells.clip(*column["ends"]) if "ends" in column else cells
    out = pd.DataFrame(made, index=encoded.index)
    for each in coder.enforced:
        if isinstance(each, Sum):
            summed(out, each.columns, each.total)
    return out


def _typed(texts: np.ndarray, kind: str) -> pd.Series:
    if kind == "integer":
        return pd.Series(
            [int(text) if text.lstrip("-").isdecimal() else int(float(text)) for text in texts], dtype="Int64"
        )
    if kind == "decimal":
        return pd.Series([float(text) for text in texts], dtype="float64")
    if kind == "boolean":
        return pd.Series([text == "True" for text in texts], dtype="boolean")
    if kind == "datetime":
        return pd.Series(pd.to_datetime(list(texts))).astype("datetime64[us]")
    return pd.Series(texts, dtype=object)


def finished(
    coder: Coder,
    decoded: pd.DataFrame,
    encoded: pd.DataFrame,
    generator: np.random.Generator,
    real: Mapping[str, set[str]],
) -> pd.DataFrame:
    """The synthetic table's rows with made-up columns and gaps, in the table's order of columns; indexed from 0."""
    decoded, encoded = decoded.reset_index(drop=True), encoded.reset_index(drop=True)
    made = made_columns(
        {c["name"]: c["maker"] for c in coder.columns if c["how"] == "made"}, len(decoded), generator, real
    )
    gone = coder.gaps.draw(encoded[coder.gaps.features], generator)
    out = {}
    for column in coder.columns:
        name = column["name"]
        if column["how"] == "empty":
            cells = pd.Series(index=decoded.index, dtype=DTYPES[column["type"]])
        else:
            cells = made[name] if name in made else decoded[name]
        out[name] = cells.mask(pd.Series(gone[name])) if name in gone and len(cells) else cells
        if column["type"] == "text":
            out[name] = out[name].astype(object).where(out[name].notna(), cast(Any, None))
    return pd.DataFrame(out, columns=[column["name"] for column in coder.columns])
