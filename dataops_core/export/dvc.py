"""The files by which DVC (dvc.org) fetches the raw file of a version from the store, and makes its table again.

DVC itself is not needed for writing them.
"""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from dataops_core.export.bundle import raw_name, table_name, tables_of

FOLDER = ".dvc"
MADE = "data.csv"  # what the stage makes: the script writes the same bytes again
_CONFIG = """\
[core]
    analytics = false
    remote = store
['remote "store"']
    url = "{url}"
    verify = true
"""
_PARAMS = """\
# The recipe, for `dvc params diff`. Its steps run in clean.py: change them in the workbench, and check out again.
"""


def in_git(out: Path) -> bool:
    """Whether a folder lies in a Git repository."""
    return any((each / ".git").exists() for each in (out, *out.parents))


def write(folder: Path, version: Mapping[str, Any], remote: str, *, with_git: bool) -> None:
    """Write DVC's files into a checkout: remote, raw file, stage, its lock, and the recipe as parameters.

    `remote` is where the objects of the store lie, as seen from the folder .dvc. DVC checks what it fetches. Without
    Git, a local setting says so; it does not travel.
    """
    raw = raw_name(version)
    files = {
        **config(remote),
        f"{raw}.dvc": pointer(folder / raw),
        "raw/.gitignore": f"/{Path(raw).name}\n",
        **pipeline(folder, version, cached=False),
        ".gitignore": "".join(f"/{name}\n" for name in _large(folder)),
    }
    if not with_git:
        files[f"{FOLDER}/config.local"] = "[core]\n    no_scm = true\n"
    (folder / FOLDER).mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def config(remote: str) -> dict[str, str]:
    """The files of the folder .dvc, by name: the remote, and what Git leaves out."""
    return {
        f"{FOLDER}/config": _CONFIG.format(url=remote),
        f"{FOLDER}/.gitignore": "/config.local\n/tmp\n/cache\n",
    }


def pointer(path: Path) -> str:
    """The text of the file NAME.dvc by which DVC knows a file."""
    return _text({"outs": [_entry(path, path.name)]})


def pipeline(folder: Path, version: Mapping[str, Any], *, cached: bool) -> dict[str, str]:
    """The stage that makes the table again, its lock, and the recipe as parameters, by name. `cached`: the table that
    it makes lies in the remote, too.
    """
    stage = _stage(version, cached=cached)
    return {
        "dvc.yaml": _text({"params": ["params.yaml"], "stages": {"clean": stage}}),
        "dvc.lock": _text({"schema": "2.0", "stages": {"clean": _locked(folder, stage)}}),
        "params.yaml": _PARAMS + _text(parameters(version)),
    }


def parameters(version: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe as a mapping, in which each step has a name of its own: a difference then names the setting."""
    recipe = version["recipe"]
    steps = {
        f"s{number * 10:03d}_{step['op']}": {**step["with"], **({"off": True} if step.get("off") else {})}
        for number, step in enumerate(recipe["steps"], 1)
    }
    return {"recipe": {"name": recipe["name"], "seed": recipe["seed"], "steps": steps}}


def _stage(version: Mapping[str, Any], *, cached: bool) -> dict[str, Any]:
    raw, others = raw_name(version), tables_of(version)
    words = ["python", "clean.py", raw, MADE, *(f"{name}={table_name(content)}" for content, name in others.items())]
    return {
        "cmd": shlex.join(words),
        "deps": ["clean.py", raw, *map(table_name, others)],
        "outs": [MADE if cached else {MADE: {"cache": False}}],
    }


def _locked(folder: Path, stage: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "cmd": stage["cmd"],
        "deps": [_entry(folder / name, name) for name in stage["deps"]],
        "outs": [_entry(folder / MADE, MADE)],
    }


def md5(path: Path) -> str:
    """The MD5 of a file: what DVC knows it by."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _entry(path: Path, name: str) -> dict[str, Any]:
    return {"path": name, "hash": "md5", "md5": md5(path), "size": path.stat().st_size}


def _large(folder: Path) -> list[str]:
    """Tables that are made again, and so need no place in Git."""
    return sorted(path.name for ending in ("*.csv", "*.parquet") for path in folder.glob(ending))


def _text(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True)
