"""Columns of Python values (from JSON, Excel, Parquet) as columns of the five types. Embedded in exported scripts."""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.read.cells import (
    CELL_ERROR,
    COLUMN_STORES,
    MISSING_CANDIDATES,
    ZONE_AT_END,
    ColumnSurvey,
    cell_value,
    column_of,
    column_type,
    keeps_na,
    survey_column,
)
from dataops_core.read.changed import BLANKED, SURROGATES, ZONED, blanked_cells, changed_problem, note_cells
from dataops_core.read.text.sniff import check_decimal
from dataops_core.table.kinds import as_text
from dataops_core.wording import counted

VALUE_TYPES = ("text", "integer", "decimal", "boolean", "datetime")


def plain_value(value: Any) -> Any:
    """A cell as None, bool, int, float, datetime (UTC, no zone) or str; nested values as JSON text."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - tables hold no zones
    return as_text(value)


def type_of_values(values: Sequence[Any]) -> str:
    """The type that holds all these plain values without loss; text where none does."""
    found = {type(value) for value in values}
    if found == {bool}:
        return "boolean"
    if found == {datetime.datetime}:
        return "datetime"
    if found == {int} and all(-(2**63) <= value < 2**63 for value in values):
        return "integer"
    if found in ({float}, {int, float}):
        whole = (value for value in values if isinstance(value, int))
        return "decimal" if all(abs(value) <= 2**53 for value in whole) else "text"
    if found == {str} and column_type(text_shapes(values), ".") == "datetime":
        return "datetime"  # text that says "12" was meant as text; an ISO moment has no other way to be written
    return "text"


def text_shapes(values: Sequence[str]) -> set[str]:
    """The shapes of texts."""
    survey = ColumnSurvey()
    survey_column(survey, values, frozenset())
    return set(survey.shapes)


def value_as(value: Any, kind: str, decimal: str) -> Any:
    """A plain value as the given type, or CELL_ERROR where it does not fit."""
    if kind == "text":
        midnight = isinstance(value, datetime.datetime) and value.time() == datetime.time()
        return value.date().isoformat() if midnight else as_text(value)
    if kind == "decimal" and isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e300 or isinstance(value, float) else CELL_ERROR
    if kind == "integer" and isinstance(value, float):
        value = int(value) if math.isfinite(value) and value == int(value) else as_text(value)
    if kind == "datetime" and isinstance(value, datetime.datetime):
        return value
    return cell_value(as_text(value), kind, decimal)


def value_frame(
    names: Sequence[str],
    columns: Sequence[Sequence[Any]],
    given: dict,
    problems: list[dict],
    row_word: str = "record",
    row_numbers: Sequence[int] | None = None,
    tokens_in_text: bool = True,
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The tidy frame of columns of values, and the facts about it: types, decimal sign, missing tokens, kept.

    `row_numbers` say what each row is called in the file; rows count from 1 without them.
    """
    wanted = dict(given.get("types") or {})
    for name, kind in wanted.items():
        if kind not in VALUE_TYPES:
            raise SettingError(f'There is no type "{kind}".', f'column "{name}"', nearest(kind, VALUE_TYPES))
        if name not in names and name not in (given.get("columns") or ()):
            raise SettingError(f'There is no column "{name}".', "types", nearest(name, names))
    plain = [[plain_value(value) for value in column] for column in columns]
    nested = [n for n, c in zip(names, columns, strict=True) if any(isinstance(v, (list, dict)) for v in c)]
    if nested:
        problems.append(
            {
                "what": "Cells hold lists or records; they were kept as JSON text.",
                "where": ", ".join(f'column "{name}"' for name in nested[:20]),
                "fix": "Unfold them before bringing the file, if you need what is inside.",
                "count": len(nested),
            }
        )
    kept, tokens = value_tokens(names, plain, given, problems, tokens_in_text)
    types: dict[str, str] = {}
    decimal = check_decimal(given) or "."
    series: dict[str, pd.Series] = {}
    zoned, halves = ({name: [0, []] for name in names} for _ in range(2))
    gone: dict[str, Counter[str]] = {}
    mixed: list[str] = []
    rows = len(plain[0]) if plain else 0
    numbers = row_numbers if row_numbers is not None else range(1, rows + 1)
    for name, values in zip(names, plain, strict=True):
        own = (frozenset(tokens) | {""} if tokens_in_text else frozenset()) - set(kept.get(name, ()))
        cells = [None if isinstance(v, str) and v.strip() in own else v for v in values]
        gone[name] = Counter(
            v.strip() or "(empty text)" for v, cell in zip(values, cells, strict=True) if cell is None and v is not None
        )
        there = [cell for cell in cells if cell is not None]
        kind = types[name] = wanted.get(name) or (type_of_values(there) if there else "text")
        done = [None if cell is None else value_as(cell, kind, decimal) for cell in cells]
        if kind == "datetime":
            note_cells(
                zoned[name], Counter(cell for cell in there if isinstance(cell, str) and ZONE_AT_END.search(cell))
            )
        if kind == "text":
            note_cells(
                halves[name],
                Counter(broken_text(cell) for cell in there if isinstance(cell, str) and not is_whole(cell)),
            )
        wrong = [at for at, cell in enumerate(done) if cell is CELL_ERROR]
        if wrong:
            shown = ", ".join(f'{row_word} {numbers[at]} "{as_text(cells[at])}"' for at in wrong[:20])
            problems.append(
                {
                    "misfit": True,
                    "what": (
                        f"{counted(len(wrong), 'cell is', 'cells are')} no {kind} and left empty: {shown}"
                        f"{', …' * (len(wrong) > 20)}."
                    ),
                    "where": f'{row_word} {numbers[wrong[0]]}, column "{name}"',
                    "fix": "Read the column as text, and repair these cells.",
                    "count": len(wrong),
                }
            )
        if kind == "text" and name not in wanted and len({type(cell) for cell in there}) > 1:
            mixed.append(name)
        numpy_type, empty = COLUMN_STORES[kind]
        mask = np.array([cell is None or cell is CELL_ERROR for cell in done], dtype=bool)
        filled = [empty if gone else cell for cell, gone in zip(done, mask, strict=True)]
        array = np.empty(rows, dtype=numpy_type)
        array[:] = np.array(filled, dtype=numpy_type) if rows else array
        series[name] = column_of(kind, [array], [mask])
    if mixed:
        problems.append(
            {
                "what": "Cells of these columns are partly text, partly numbers or dates; all were kept as text.",
                "where": ", ".join(f'column "{name}"' for name in mixed[:20]) + ", …" * (len(mixed) > 20),
                "fix": "See the findings of the profile; a step reads them as numbers or dates.",
                "count": len(mixed),
            }
        )
    for name, given_values in zip(names, columns, strict=True):
        empty = sum(1 for value in given_values if isinstance(value, float) and math.isnan(value))
        gone[name].update({"NaN": empty} if empty else {})
    problems += (
        changed_problem(BLANKED, blanked_cells(gone))
        + changed_problem(ZONED, zoned)
        + changed_problem(SURROGATES, halves)
    )
    frame = pd.DataFrame(series, columns=list(names), index=pd.RangeIndex(rows))
    return frame, {"types": types, "decimal": decimal, "missing_tokens": tokens, "columns": list(names), "kept": kept}


def is_whole(text: str) -> bool:
    """Whether a text has no half of a character (a lone surrogate)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def broken_text(text: str) -> str:
    """A text with half a character, as it can be shown."""
    return text.encode("utf-8", "backslashreplace").decode()


def value_tokens(
    names: Sequence[str],
    columns: Sequence[Sequence[Any]],
    given: dict,
    problems: list[dict],
    tokens_in_text: bool,
) -> tuple[dict[str, list[str]], list[str]]:
    """Which missing tokens stay values in which columns, and which tokens mean missing."""
    if "missing_tokens" in given:
        return dict(given.get("kept", {})), list(given["missing_tokens"])
    kept, seen = dict(given.get("kept", {})), set()
    for name, values in zip(names, columns, strict=True):
        if not tokens_in_text:
            break
        survey = ColumnSurvey()
        survey_column(survey, [v for v in values if isinstance(v, str)], frozenset(MISSING_CANDIDATES))
        if keeps_na(survey):
            kept[name] = ["NA"]
            problems.append(
                {
                    "what": '"NA" was kept as a value: nearly all other values are codes of two capital letters.',
                    "where": f'column "{name}"',
                    "fix": 'Give the missing tokens yourself if "NA" means missing there.',
                    "count": 1,
                }
            )
        seen |= survey.tokens - set(kept.get(name, ()))
    return kept, [token for token in MISSING_CANDIDATES if token in seen or (token == "" and tokens_in_text)]
