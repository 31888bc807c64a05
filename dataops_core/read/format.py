"""What a format of files says of itself: its endings, the bytes that tell it, and its reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

Reader = Callable[[bytes, dict[str, Any]], tuple[pd.DataFrame, dict[str, Any], list[dict[str, Any]]]]


@dataclass(frozen=True)
class Format:
    """A format: `read` makes bytes and options into a frame, complete options and problems. Its source goes into
    exported scripts, so it imports `needs`, pandas, numpy and what is embedded with it.
    """

    name: str
    title: str
    read: Reader
    suffixes: tuple[str, ...]
    marks: tuple[bytes, ...] = ()  # how the content of a file begins
    marks_at: int = 0  # the byte at which they stand
    needs: tuple[str, ...] = ()  # packages that an exported script needs for it
    place: int = 1000  # where it stands among the others


REGISTRY: dict[str, Format] = {}


def register(*formats: Format) -> None:
    """Register formats, so that their files are recognized and read."""
    known = sorted((*REGISTRY.values(), *formats), key=lambda each: each.place)
    REGISTRY.clear()
    REGISTRY.update((each.name, each) for each in known)
