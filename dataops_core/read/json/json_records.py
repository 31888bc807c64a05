"""The records of a JSON document as columns: objects in them become dotted names, arrays stay or make rows. Embedded in
exported scripts.
"""

from __future__ import annotations

from typing import Any

from dataops_core.errors import InputError, SettingError
from dataops_core.read.bounds import check_cells
from dataops_core.read.names import check_width
from dataops_core.wording import counted

DEEPEST = 8  # objects within objects that become columns; what is deeper stays as it is


def check_explode(given: dict) -> str | None:
    """The column whose arrays make rows of their own, if one is asked for."""
    wanted = given.get("explode")
    if wanted is not None and not isinstance(wanted, str):
        raise SettingError(f"{wanted!r} is not the name of a column.", "explode", "Name a column that holds arrays.")
    return wanted


def json_columns(
    loaded: Any, size: int, problems: list[dict], explode: str | None = None
) -> tuple[list[str], list[list[Any]]]:
    """Names and columns of records, or of an object of columns."""
    path, records = found_records(loaded)
    if path:
        others = [key for key in loaded if key != path[0]] if isinstance(loaded, dict) else []
        left = f" Beside them stand: {', '.join(map(str, others[:20]))}." if others else ""
        problems.append(
            {
                "what": f'The records were found under the key "{".".join(path)}".{left}',
                "where": f'key "{".".join(path)}"',
                "fix": "What stands beside the records is not part of the table." if others else "",
                "count": 1,
            }
        )
    if records is not None:
        return record_columns(records, size, problems, explode)
    if isinstance(loaded, dict) and loaded and all(isinstance(value, dict) for value in loaded.values()):
        keys = list(dict.fromkeys(key for column in loaded.values() for key in column))
        check_width(len(loaded))
        check_cells(len(keys), len(loaded), sum(map(len, loaded.values())), 0, size, "the columns")
        return list(loaded), [[column.get(key) for key in keys] for column in loaded.values()]
    if isinstance(loaded, dict) and loaded and all(isinstance(value, list) for value in loaded.values()):
        rows = max(map(len, loaded.values()))
        check_width(len(loaded))
        check_cells(rows, len(loaded), sum(map(len, loaded.values())), 0, size, "the columns")
        short = [name for name, column in loaded.items() if len(column) < rows]
        if short:
            problems.append(
                {
                    "what": f"{counted(len(short), 'column is', 'columns are')} shorter than the others;"
                    " the rest was left empty.",
                    "where": ", ".join(f'column "{name}"' for name in short[:20]),
                    "fix": "Check the file.",
                    "count": len(short),
                }
            )
        return list(loaded), [column + [None] * (rows - len(column)) for column in loaded.values()]
    raise InputError(
        "The JSON holds no table.",
        "the outermost value",
        'Bring an array of records: [{"a": 1}, {"a": 2}].',
    )


def found_records(loaded: Any) -> tuple[list[str], list[dict] | None]:
    """An array of records, and the keys that lead to it: the outermost value, or the longest one inside of objects."""
    if isinstance(loaded, list):
        return [], loaded if all(isinstance(record, dict) for record in loaded) else None
    best: tuple[list[str], list[dict] | None] = ([], None)
    waiting: list[tuple[list[str], Any]] = [([], loaded)]
    while waiting:
        path, value = waiting.pop(0)
        if not isinstance(value, dict) or len(path) >= DEEPEST:
            continue
        for key, inner in value.items():
            if isinstance(inner, list) and inner and all(isinstance(record, dict) for record in inner):
                if best[1] is None or len(inner) > len(best[1]):
                    best = ([*path, key], inner)
            elif isinstance(inner, dict):
                waiting.append(([*path, key], inner))
    return best


def record_columns(
    records: list[dict], size: int, problems: list[dict], explode: str | None
) -> tuple[list[str], list[list[Any]]]:
    """Names and columns of records; objects in them become columns with dotted names."""
    flat = [flat_record(record) for record in records]
    own = {key for record in records for key in record}
    nested = [name for name in dict.fromkeys(key for record in flat for key in record) if name not in own]
    if nested:
        problems.append(
            {
                "what": "Objects inside of records were read as columns with dotted names.",
                "where": ", ".join(f'column "{name}"' for name in nested[:20]),
                "fix": "",
                "count": len(nested),
            }
        )
    if explode is not None:
        flat = explode_records(flat, explode, problems)
    names = list(dict.fromkeys(key for record in flat for key in record))
    check_width(len(names))
    check_cells(len(flat), len(names), sum(map(len, flat)), 0, size, "the records")
    return names, [[record.get(name) for record in flat] for name in names]


def flat_record(record: dict, before: str = "", depth: int = 0) -> dict[str, Any]:
    """A record without objects in it: {"a": {"b": 1}} becomes {"a.b": 1}; keys that would collide stay as they are.

    >>> flat_record({"id": 1, "at": {"city": "Rome", "geo": {"lat": 41.9}}})
    {'id': 1, 'at.city': 'Rome', 'at.geo.lat': 41.9}
    """
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value and depth < DEEPEST:
            inner = flat_record(value, f"{before}{key}.", depth + 1)
            if not inner.keys() & flat.keys() and not any(name in record for name in inner):
                flat |= inner
                continue
        flat[f"{before}{key}"] = value
    return flat


def explode_records(records: list[dict], column: str, problems: list[dict]) -> list[dict]:
    """A record for every element of an array; objects in it become columns with dotted names."""
    if not any(isinstance(record.get(column), list) for record in records):
        raise SettingError(f'No cell of "{column}" holds an array.', "explode", "Name a column that holds arrays.")
    made: list[dict] = []
    for record in records:
        value = record.get(column)
        for element in (value or [None]) if isinstance(value, list) else [value]:
            own = flat_record({column: element})
            row: dict[str, Any] = {}
            for key, cell in record.items():
                row |= own if key == column else {key: cell}
            made.append(row)
    problems.append(
        {
            "what": f"{counted(len(records), 'record')} became {counted(len(made), 'row')}: one for every element of"
            f' "{column}".',
            "where": f'column "{column}"',
            "fix": "",
            "count": len(made),
        }
    )
    return made
