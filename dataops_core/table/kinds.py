"""Storage types and kinds of columns, and the one shape in which frames travel.

A frame on its way through the engine has one pandas dtype per storage type, so that every step, in the app, on the
command line and in an exported script, meets the same thing:

    text      object of str or None          integer   Int64
    decimal   float64 (NaN = missing)        boolean   boolean
    datetime  datetime64[us], no time zone
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pandas as pd

TYPES = ("text", "integer", "decimal", "boolean", "datetime")
KINDS = ("number", "category", "text", "datetime", "boolean", "id")
DTYPES = {
    "text": "object",
    "integer": "Int64",
    "decimal": "float64",
    "boolean": "boolean",
    "datetime": "datetime64[us]",
}


def type_of(column: pd.Series) -> str:
    """The storage type of a column: text, integer, decimal, boolean or datetime."""
    dtype = column.dtype
    if pd.api.types.is_bool_dtype(dtype) and not pd.api.types.is_object_dtype(dtype):
        return "boolean"
    if pd.api.types.is_integer_dtype(dtype):
        return "integer"
    if pd.api.types.is_float_dtype(dtype):
        return "decimal"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return "datetime"
    return "text"


def as_text(value: Any) -> str:
    """One cell as text: nested values as JSON, bytes and broken Unicode with a replacement sign."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, bytes):
        text = value.decode("utf-8", "replace")
    elif isinstance(value, (list, tuple, dict, np.ndarray)):
        plain = value.tolist() if isinstance(value, np.ndarray) else value
        text = json.dumps(plain, ensure_ascii=False, default=str)
    else:
        text = str(value)
    return text if _whole(text) else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole(text: str) -> bool:
    """Whether a text has no lone surrogate, which no file could hold."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def whole_texts(values: np.ndarray) -> np.ndarray | None:
    """Texts as they are, with None for whatever is missing; None where one has a lone surrogate.

    >>> lone = chr(0xD800)
    >>> whole_texts(np.array(["a", np.nan], dtype=object)).tolist(), whole_texts(np.array([lone], dtype=object))
    (['a', None], None)
    """
    gone = pd.isna(values)
    if gone.any():
        values = values.copy()
        values[gone] = ""
    if not "".join(values).isascii() and not all(map(_whole, values)):
        return None
    if gone.any():
        values[gone] = None
    return values


def text_column(column: pd.Series) -> pd.Series:
    """A column as plain text: every cell a str or None."""
    values = column.to_numpy(dtype=object)
    if pd.api.types.infer_dtype(values, skipna=True) in ("string", "empty"):
        plain = whole_texts(values)
        if plain is not None:
            return pd.Series(plain, index=column.index, dtype=object, name=column.name)
    gone = column.isna().to_numpy()
    return pd.Series(
        [None if missing else as_text(value) for value, missing in zip(values, gone, strict=True)],
        index=column.index,
        dtype=object,
        name=column.name,
    )


def tidy_column(column: pd.Series) -> pd.Series:
    """A column in the one dtype that its storage type has (see the module's table)."""
    kind = type_of(column)
    if kind == "text":
        return text_column(column)
    if kind == "datetime":
        if getattr(column.dtype, "tz", None) is not None:
            column = column.dt.tz_convert("UTC").dt.tz_localize(None)
        return column.astype("datetime64[us]")
    if kind == "decimal":
        return column.astype("float64") if column.dtype != np.float64 else column
    wanted: Any = {"integer": "Int64", "boolean": "boolean"}[kind]
    return column if str(column.dtype) == wanted else column.astype(wanted)


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows and columns in the engine's own dtypes; the index (row ids) is kept.

    >>> tidy(pd.DataFrame({"a": [1, 2], "b": ["x", float("nan")]})).dtypes.astype(str).to_dict()
    {'a': 'Int64', 'b': 'object'}
    """
    columns = {name: tidy_column(frame[name]) for name in frame.columns}
    return pd.DataFrame(columns, index=frame.index, columns=list(frame.columns))


ID_NAME = re.compile(r"(^|[_\s-])(id|uuid|guid|key|code|nr|no|number)$|Id$|ID$", re.IGNORECASE)


def guess_kind(name: str, kind_of_storage: str, rows: int, distinct: int, mean_length: float = 0.0) -> str:
    """The kind that a column most likely is, from its name, storage type and counts.

    >>> guess_kind("customer_id", "integer", rows=100, distinct=100)
    'id'
    >>> guess_kind("sex", "text", rows=100, distinct=2)
    'category'
    """
    if kind_of_storage in ("boolean", "datetime"):
        return kind_of_storage
    unique = rows > 1 and distinct == rows
    # a few doubles are a fault in an identifier, not a reason to take it for a measure
    named_as_id = rows > 1 and distinct >= 0.95 * rows and ID_NAME.search(name)
    if kind_of_storage == "integer" and named_as_id:
        return "id"
    if kind_of_storage in ("integer", "decimal"):
        return "number"
    if named_as_id and mean_length <= 40:
        return "id"
    if distinct <= max(20, min(1000, rows // 20)) and not (rows > 1 and unique) and mean_length <= 60:
        return "category"
    return "text"


def shown(column: pd.Series) -> pd.Series:
    """A tidy column as people read it: whole decimals without ".0", midnight without a time, missing as None.

    >>> shown(pd.Series([1.0, 2.5, None])).tolist()
    ['1', '2.5', None]
    """
    kind = type_of(column)
    if kind == "text":
        return column
    cells: list[Any] = list(column.to_numpy(dtype="datetime64[us]")) if kind == "datetime" else column.tolist()
    missing = column.isna().to_numpy(dtype=bool)
    values = [None if gone else shown_value(cell, kind) for cell, gone in zip(cells, missing, strict=True)]
    return pd.Series(values, index=column.index, dtype=object, name=column.name)


def shown_value(value: Any, kind: str) -> str | None:
    """One value of a storage type as people read it, as `shown` has it.

    >>> shown_value(3.0, "decimal"), shown_value(None, "text")
    ('3', None)
    >>> shown_value(np.datetime64("2024-02-29T08:30:00"), "datetime")
    '2024-02-29 08:30:00'
    """
    if value is None or value != value:  # noqa: PLR0124 - a decimal that is not a number
        return None
    if kind == "decimal":
        return f"{value + 0.0:.0f}" if abs(value) < 1e15 and value == int(value) else repr(float(value))
    if kind == "datetime":
        text = str(np.datetime64(value, "us").astype("datetime64[s]"))
        return text[:10] if np.datetime64(value, "us").astype("int64") % 86_400_000_000 == 0 else text.replace("T", " ")
    return str(value)
