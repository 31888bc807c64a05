"""Rules as a YAML file that people read, edit and keep beside their data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.printable import printable
from dataops_core.rules.rule import Rule
from dataops_core.table import TYPES

FORMAT = "dataops-rules/1"
LARGEST = 10_000_000  # bytes


@dataclass(frozen=True)
class RuleSet:
    """The rules of a table, what it is called, and the storage types of its columns where they are known."""

    rules: tuple[Rule, ...]
    table: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "format": FORMAT,
            "table": self.table,
            **({"columns": dict(self.columns)} if self.columns else {}),
            "rules": [{**rule.to_json(), "says": printable(rule.sentence, one_line=True)} for rule in self.rules],
        }

    @classmethod
    def from_json(cls, plain: Any, where: str = "rules") -> RuleSet:
        """The rules that `to_json` wrote; raises SettingError that names the rule which makes no sense."""
        if not isinstance(plain, dict) or plain.get("format") != FORMAT or not isinstance(plain.get("rules"), list):
            raise SettingError("This is not a file of rules.", where, f'It begins with "format: {FORMAT}".')
        rules = [Rule.from_json(each, f"{where}, rule {number}") for number, each in enumerate(plain["rules"], 1)]
        columns = plain.get("columns") or {}
        if not isinstance(columns, dict) or not all(each in TYPES for each in columns.values()):
            raise SettingError("The columns of the file have no known types.", where, f"Types: {', '.join(TYPES)}.")
        return cls(tuple(rules), str(plain.get("table") or ""), {str(name): each for name, each in columns.items()})


def dumps(rules: Sequence[Rule], table: str = "", columns: Mapping[str, str] = MappingProxyType({})) -> str:
    """The YAML of rules; each with the sentence that a person reads, which is not read back."""
    import yaml

    return yaml.safe_dump(
        RuleSet(tuple(rules), table, columns).to_json(), sort_keys=False, allow_unicode=True, width=110
    )


def loads(text: str, where: str = "rules") -> RuleSet:
    """The rules of a YAML (or JSON) text; raises SettingError where it holds none."""
    import yaml

    if len(text) > LARGEST:
        raise SettingError("This file is too large to be one of rules.", where, "Name a file that the workbench wrote.")
    try:
        plain = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{where}, line {mark.line + 1}" if mark else where
        raise SettingError("The file of rules is not YAML.", place, "Correct it, or export the rules again.") from None
    return RuleSet.from_json(plain, where)


def load(path: Path) -> RuleSet:
    """The rules in a file; raises SettingError where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingError("The file of rules cannot be read.", str(path), "Name a .yaml file of rules.") from None
    return loads(text, str(path))
