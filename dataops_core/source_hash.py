"""The hash of the code that a result comes from: that of some modules, and of all that they import from
this package.
"""

from __future__ import annotations

import functools
import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parent
NAME = ROOT.name
_IMPORT = re.compile(rf"^[ \t]*(?:from ({NAME}[\w.]*) import (\([^)]*\)|[^\n]*)|import ({NAME}[\w.]+))", re.MULTILINE)
_TEXTS = ".sql", ".html", ".css"  # of a package, beside its modules


@functools.cache
def source_hash(*names: str, without: tuple[str, ...] = ()) -> str:
    """The SHA-256 (16 hexadecimal digits) of the source of modules and packages, and of what they import; `without` are
    passed by.

    A package that is named, or that imports its modules by itself, counts with all its files, SQL and templates
    among them.

    >>> len(source_hash("dataops_core.errors")), source_hash("dataops_core.errors") == source_hash("dataops_core.table")
    (16, False)
    """
    total = hashlib.sha256()
    for path in sorted(reached(*names, without=without)):
        total.update(f"{path.relative_to(ROOT).as_posix()}\n".encode() + path.read_bytes())
    return total.hexdigest()[:16]


def reached(*names: str, without: tuple[str, ...] = ()) -> set[Path]:
    """The files of modules and packages, and of what they import, however far away.

    Raises LookupError where there is no such module or package.
    """
    found: set[Path] = set()
    waiting = [path for name in names for path in _files(name) or _missing(name)]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        if path.suffix == ".py":
            waiting += [
                each
                for name in _imports(path)
                if not name.startswith(without or "\0")
                for each in _files(name, whole=False)
            ]
    return found


def _missing(name: str) -> list[Path]:
    raise LookupError(f"There is no module {name}.")


@functools.cache
def _files(name: str, *, whole: bool = True) -> list[Path]:
    """The files of a module, or of a package (`whole`: with all its modules, as one that imports them by itself always
    is).
    """
    place = ROOT.joinpath(*name.split(".")[1:])
    if place.with_suffix(".py").is_file():
        return [place.with_suffix(".py")]
    start = place / "__init__.py"
    if not start.is_file() or place == ROOT:
        return []
    if whole or "import_all" in start.read_text("utf-8"):
        return [path for path in place.rglob("*") if path.suffix in (".py", *_TEXTS)]
    return [start, *(path for path in place.rglob("*") if path.suffix in _TEXTS)]


@functools.cache
def _imports(path: Path) -> set[str]:
    """The modules and packages of this package that a file imports, at its top or within a function."""
    named: set[str] = set()
    for package, inside, module in _IMPORT.findall(path.read_text("utf-8")):
        full = package or module
        parts = full.split(".")
        named |= {".".join(parts[:size]) for size in range(2, len(parts) + 1)}
        named |= {f"{package}.{name}" for name in re.findall(r"(\w+)(?:\s+as\s+\w+)?", inside)} if package else set()
    return named
