"""Addresses in the place of files: what they name is fetched before a command begins, and goes when it ends."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BUCKET = re.compile("s3[an]?://")
ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True)
class Address:
    """What was given in the place of a file."""

    text: str


def file_or_address(text: str) -> Path | Address:
    """The path of a file, or an address."""
    return Address(text) if ADDRESS.match(text) else Path(text)


@contextmanager
def fetched(args: argparse.Namespace) -> Iterator[None]:
    """The files that the addresses among the arguments name, in their place; what lies in a bucket is left to Spark
    where that is asked for: its workers fetch it.
    """
    if (
        getattr(args, "on", None) == "spark"
        and isinstance(getattr(args, "file", None), Address)
        and _BUCKET.match(args.file.text)
    ):
        args.file = Path(args.file.text)
    if not any(_addresses(value) for value in vars(args).values()):
        yield
        return
    from dataops_core.scratch import scratch_folder

    with scratch_folder() as folder:
        for name, value in vars(args).items():
            setattr(args, name, _fetched(value, folder / name))
        yield


def _addresses(value: Any) -> list[Address]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, Address)]


def _fetched(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_fetched(each, folder / str(number)) for number, each in enumerate(value)]
    return fetch_address(value.text, folder) if isinstance(value, Address) else value


def fetch_address(text: str, folder: Path) -> Path:
    """Fetch what an address names into a folder, which is made; on a terminal, with progress."""
    from dataops_core.read.places import Rules, fetch

    folder.mkdir(parents=True)
    if not sys.stderr.isatty():
        return fetch(text, folder, Rules.of_environment(own=True))
    try:
        return fetch(
            text,
            folder,
            Rules.of_environment(own=True),
            progress=lambda _share, note: print(f"\r{note}", end="", file=sys.stderr, flush=True),
        )
    finally:
        print(file=sys.stderr)
