"""Read JSON (records, or an object of columns) and JSON Lines into a frame. Embedded in exported scripts."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from dataops_core.errors import InputError
from dataops_core.read.cells import rounds
from dataops_core.read.json.json_records import check_explode, json_columns
from dataops_core.read.names import check_flaws, clean_names, nameless, table_flaws
from dataops_core.read.text.encodings import sniff_encoding
from dataops_core.read.text.sniff import check_encoding, undecodable
from dataops_core.read.values import broken_text, is_whole, value_frame
from dataops_core.table.kinds import as_text

LONGEST_INTEGER = 4000  # digits; Python refuses to read or write many more


def read_json_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read JSON or JSON Lines: a tidy frame, the complete options, and the problems met.

    >>> frame, options, problems = read_json_frame(b'[{"a": 1, "b": "007"}, {"a": null}]')
    >>> frame["a"].tolist(), frame["b"].tolist()
    ([1, <NA>], ['007', None])
    """
    given = {key: value for key, value in (options or {}).items() if value is not None}
    problems: list[dict] = []
    if not data.strip():
        raise InputError("The file is empty.", "the whole file", "Bring a file with at least one record.")
    encoding = check_encoding(given["encoding"], data) if "encoding" in given else sniff_encoding(data, problems)
    problems += undecodable(data, encoding)
    text = data.decode(encoding, "replace")
    repeated: list[str] = []

    def whole(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """An object whose repeated keys are kept under other names; JSON readers drop all but the last."""
        record = dict(pairs)
        if len(record) < len(pairs):
            record = {}
            for key, value in pairs:
                name, copy = key, 2
                while name in record:
                    name, copy = f"{key} ({copy})", copy + 1
                repeated.extend([key] * (name != key))
                record[name] = value
        return record

    rounded: list[str] = []

    def decimal(cell: str) -> Any:
        """A number with a fraction; noted where it loses digits, and the text that it is where it is beyond all
        decimals.
        """
        rounded.extend([cell] * rounds(cell))
        return cell if math.isinf(float(cell)) else float(cell)

    def integer(cell: str) -> Any:
        """A whole number; one of thousands of digits stays the text that it is."""
        return int(cell) if len(cell) <= LONGEST_INTEGER else cell

    lines = given.get("format") == "jsonl"
    hooks = {"object_pairs_hook": whole, "parse_float": decimal, "parse_int": integer}
    loaded = json_lines(text, hooks) if lines else json_document(text, hooks)
    if rounded:
        problems.append(
            {
                "what": (
                    f"{len(rounded):,} numbers have more digits than a decimal holds; they were rounded to about 17."
                ),
                "where": ", ".join(rounded[:20]) + ", …" * (len(rounded) > 20),
                "fix": "Write them as text to keep every digit.",
                "count": len(rounded),
            }
        )
    explode = check_explode(given)
    keys, columns = json_columns(loaded, len(data), problems, explode)
    raw = [as_text(key) for key in keys]
    halves = [broken_text(key) for key in keys if not is_whole(key)]
    if halves:
        problems.append(
            {
                "what": "Column names hold half a character (a lone surrogate), which was replaced by U+FFFD.",
                "where": ", ".join(f'"{name}"' for name in halves[:20]),
                "fix": "Write the file again with whole characters.",
                "count": len(halves),
            }
        )
    if repeated:
        problems.append(
            {
                "what": f"{len(repeated):,} keys stand twice in their record; the later ones got a number.",
                "where": ", ".join(f'key "{key}"' for key in dict.fromkeys(repeated[:20])),
                "fix": "Give each value its own key.",
                "count": len(repeated),
            }
        )
    names = clean_names(raw, "the keys", problems)
    if not columns or not columns[0]:
        problems.append(
            {"what": "The table has no rows.", "where": "the whole file", "fix": "Check the file.", "count": 1}
        )
    frame, facts = value_frame(names, columns, given, problems)
    held = {at for at in nameless(raw) if frame[names[at]].notna().any()}
    flaws = [(f'Two columns are called "{key}".', list[int]()) for key in dict.fromkeys(repeated)]
    flawed = check_flaws(flaws + table_flaws(raw, held, len(frame)), "the keys", given.get("lenient"))
    complete = {"format": "jsonl" if lines else "json", "encoding": encoding, **facts}
    complete |= {"explode": explode} if explode else {}
    return frame, {**complete, **({"lenient": True} if flawed else {})}, problems


def json_document(text: str, hooks: dict[str, Any]) -> Any:
    """The value that a JSON text holds; an error names line and column."""
    try:
        return json.loads(text, **hooks)
    except json.JSONDecodeError as error:
        raise InputError(
            f"The JSON is broken: {error.msg}.",
            f"line {error.lineno}, column {error.colno}",
            "Repair that place.",
        ) from None
    except RecursionError:
        raise InputError("The JSON is nested too deeply.", "the whole file", "Bring an array of records.") from None


def json_lines(text: str, hooks: dict[str, Any]) -> list[Any]:
    """The records of JSON Lines; an error names the lines that are broken."""
    records, broken = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                record = json.loads(line, **hooks)
            except (ValueError, RecursionError):
                broken.append(number)
            else:
                records.append(record)
                broken += [] if isinstance(record, dict) else [number]
    if broken:
        shown = ", ".join(map(str, broken[:20]))
        raise InputError(f"{len(broken):,} lines hold no JSON record.", f"line {shown}", "Repair these lines.")
    return records
