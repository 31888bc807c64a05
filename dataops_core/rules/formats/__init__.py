"""Rules in the files of other tools: out, and where it is possible in. One file per tool."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import cast

from dataops_core.errors import SettingError, nearest
from dataops_core.rules.document import RuleSet
from dataops_core.rules.formats.exported import Exported

MODULES = {
    "pandera": "to_pandera",
    "great-expectations": "great_expectations_suite",
    "frictionless": "frictionless_schema",
    "odcs": "data_contract",
}
READ = MODULES | {"pandera": "pandera_schema"}  # what pandera reads as Python, it writes as YAML
IMPORTED = ("pandera", "great-expectations", "frictionless", "odcs")


def export_rules(rules: RuleSet, to: str) -> Exported:
    """The rules as a file of another tool, and those that it cannot hold, with the reason."""
    return cast("Exported", _module(to, MODULES).write(rules))


def import_rules(path: Path, origin: str) -> tuple[RuleSet, list[str]]:
    """The rules in a file of another tool, and what has no rule here; raises SettingError where it holds none."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingError("The file cannot be read.", str(path), "Name a file that the tool wrote.") from None
    return cast("tuple[RuleSet, list[str]]", _module(origin, READ).read(text, str(path)))


def _module(name: str, known: Mapping[str, str]) -> ModuleType:
    if name not in known:
        raise SettingError(f'There is no format "{name}".', "rules", nearest(name, known))
    return importlib.import_module(f"{__name__}.{known[name]}")
