"""Folds that are finished are kept, so that work that was stopped goes on where it was; so are the hidings of the
imputation bench, the folds of the resampling bench, and the ways and refits of the mitigation lab.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from dataops_core.hashing import canonical, sha256
from dataops_core.scratch import replaced
from dataops_core.source_hash import source_hash
from dataops_core.table import Table

KeptJson = dict[str, Any]  # what came of a part, as it is kept


class KeptFolds(Protocol):
    """A place for finished folds: JSON values by key."""

    def read(self, key: str) -> Any:
        """The value kept under that key, or None."""

    def write(self, key: str, value: Any) -> None:
        """Keep a value."""


class InMemory:
    """Keeps folds as long as the process runs."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}

    def read(self, key: str) -> Any:
        """The value kept under that key, or None."""
        return self.values.get(key)

    def write(self, key: str, value: Any) -> None:
        """Keep a value."""
        self.values[key] = value


class InFolder:
    """Keeps each fold as a small JSON file in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self, key: str) -> Any:
        """The value kept under that key, or None where it is missing or damaged."""
        try:
            return json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def write(self, key: str, value: Any) -> None:
        """Keep a value; the file appears whole or not at all."""
        with replaced(self.folder / f"{key}.json") as part:
            part.write_text(json.dumps(value), encoding="utf-8")


@dataclass(frozen=True)
class KeptWork:
    """The finished parts of one piece of work; `about` is the hash of all that every part depends on."""

    place: KeptFolds
    about: str

    @classmethod
    def of(cls, place: KeptFolds | None, table: Table, asked: Mapping[str, Any], *code: str) -> KeptWork:
        """Work on a table with so much asked (JSON values), by the code of some packages; kept in memory without a
        place.
        """
        kinds = [[column.name, column.kind] for column in table.columns]
        return cls(place or InMemory(), sha256(canonical([table.content_hash, kinds, dict(asked), source_hash(*code)])))

    def read(self, *part: Any) -> Any:
        """What came of a part, or None."""
        return self.place.read(self._key(part))

    def write(self, value: Any, *part: Any) -> None:
        """Keep what came of a part."""
        self.place.write(self._key(part), value)

    def once(self, do: Callable[[], Any], *part: Any) -> Any:
        """What came of a part: as it was kept, else as `do` gives it, which is kept."""
        known = self.read(*part)
        if known is None:
            known = do()
            self.write(known, *part)
        return known

    def _key(self, part: Sequence[Any]) -> str:
        return sha256(canonical([self.about, *part]))


def array_to_json(values: np.ndarray) -> KeptJson:
    """An array as JSON values: its bytes, compressed, in base64.

    >>> array_from_json(array_to_json(np.array([[True, False]])))
    array([[ True, False]])
    """
    data = zlib.compress(np.ascontiguousarray(values).tobytes())
    return {"type": values.dtype.str, "shape": list(values.shape), "data": base64.b64encode(data).decode("ascii")}


def array_from_json(value: Mapping[str, Any]) -> np.ndarray:
    """The array that `array_to_json` made into JSON values."""
    flat = np.frombuffer(zlib.decompress(base64.b64decode(value["data"])), dtype=np.dtype(value["type"]))
    return flat.reshape(value["shape"])
