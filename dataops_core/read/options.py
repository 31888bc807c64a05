"""The reading options, the problems met, and the source they make together."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from dataops_core.errors import SettingError, nearest
from dataops_core.table import Table


@dataclass(frozen=True)
class ReadOptions:
    """How a file is to be read; what is None is found out from the file.

    `header_row` counts records from 0, blank ones too; -1 means that there is no header.
    `delimiter` may be ", " (spaces after it are skipped), " " (runs of spaces), "␠" (single spaces) or several signs
    such as "||"; `quote` may be "" (none), a backslash and a quote, or a backslash alone (no quotes).
    `sheet` is that of a workbook, or the table of a database.
    `types` gives columns a type (text, integer, decimal, boolean, datetime); cells that do not fit become missing.
    `columns` are the names as they were found; they name the columns of a file without a header.
    `kept` names, by column, missing tokens that are values there ("NA" for Namibia).
    `header_rows` is the number of lines that the header goes over. `table` is the number of the table, from 1, in a
    text file or on a sheet that holds several. `repairs` names what reading may repair (all, if None; see REPAIRS).
    `explode` is the column of JSON records whose arrays make a row for every element.
    `lenient` mends doubled and missing column names and takes a table without rows, where FlawError is raised else.
    """

    format: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header_row: int | None = None
    decimal: str | None = None
    missing_tokens: tuple[str, ...] | None = None
    sheet: str | None = None
    types: dict[str, str] | None = None
    columns: tuple[str, ...] | None = None
    kept: dict[str, tuple[str, ...]] | None = None
    lenient: bool | None = None
    header_rows: int | None = None
    table: int | None = None
    repairs: tuple[str, ...] | None = None
    explode: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The options that are set, as plain JSON values."""
        found: dict[str, Any] = {}
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, tuple):
                value = list(value)
            elif isinstance(value, dict):
                value = {key: list(item) if isinstance(item, tuple) else item for key, item in value.items()}
            if value is not None:
                found[entry.name] = value
        return found

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> ReadOptions:
        """The options from plain JSON values; raises SettingError for a key that there is not.

        >>> ReadOptions.from_json({"delimiter": ";"}).delimiter
        ';'
        """
        known = [entry.name for entry in fields(cls)]
        for key in given:
            if key not in known:
                raise SettingError(f'There is no reading option "{key}".', "reading options", nearest(key, known))
        values = dict(given)
        for key in ("missing_tokens", "columns", "repairs"):
            if values.get(key) is not None:
                values[key] = tuple(values[key])
        if values.get("kept") is not None:
            values["kept"] = {name: tuple(tokens) for name, tokens in values["kept"].items()}
        from dataops_core.read.formats import REGISTRY  # they import the options

        if values.get("format") is not None and values["format"] not in REGISTRY:
            raise SettingError(
                f'There is no format "{values["format"]}".', "format", nearest(values["format"], REGISTRY)
            )
        if values.get("decimal") not in (None, ".", ","):
            raise SettingError(f'"{values["decimal"]}" is not a decimal sign.', "decimal", 'Give "." or ",".')
        return cls(**values)


@dataclass(frozen=True)
class Problem:
    """Something met while reading: what, where, how to fix it, and how often; `misfit`: cells did not fit a type asked
    for.
    """

    what: str
    where: str
    fix: str
    count: int
    misfit: bool = False


@dataclass(frozen=True)
class Blanked:
    """Cells of a column that were read as missing because of what stood there: how often each token, and the rows."""

    tokens: Mapping[str, int]
    rows: np.ndarray

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; the rows as the bits of a mask, packed."""
        mask = np.zeros(int(self.rows.max(initial=-1)) + 1, dtype=bool)
        mask[self.rows] = True
        return {
            "tokens": dict(self.tokens),
            "mask": base64.b85encode(zlib.compress(np.packbits(mask).tobytes())).decode(),
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Blanked:
        """What `to_json` wrote."""
        bits = np.frombuffer(zlib.decompress(base64.b85decode(plain["mask"])), dtype=np.uint8)
        return cls(plain["tokens"], np.flatnonzero(np.unpackbits(bits)))


@dataclass(frozen=True)
class Source:
    """A table as read from a file, with the options that read it again and the problems met.

    `blanked` names, by column, the cells that held a sign for "missing"; it is known for plain text tables only.
    """

    table: Table
    options: ReadOptions
    problems: tuple[Problem, ...]
    blanked: Mapping[str, Blanked] = field(default_factory=dict)

    def assumed(self) -> dict[str, Any]:
        """How the file was read, in the words of the reading options."""
        shown = (
            "format",
            "encoding",
            "delimiter",
            "quote",
            "header_row",
            "decimal",
            "missing_tokens",
            "sheet",
            "types",
            "lenient",
            "header_rows",
            "table",
            "repairs",
            "explode",
        )
        found = self.options.to_json()
        return {name: found.get(name) for name in shown if name in found or name in shown[:3] + shown[4:7]}
