"""What an export gives."""

from __future__ import annotations

from dataclasses import dataclass

from dataops_core.rules.rule import Rule


@dataclass(frozen=True)
class Exported:
    """The text of the file, and the rules that the tool cannot hold, each with the reason."""

    text: str
    left_out: tuple[tuple[Rule, str], ...] = ()
