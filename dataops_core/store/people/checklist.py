"""The checklist of the review board: the gates "data understanding" and "data preparation" of the Quality AI Framework,
each with what was measured and what only a person knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dataops_core.record import Record

Gate = Literal["data understanding", "data preparation"]
GATES: tuple[Gate, ...] = ("data understanding", "data preparation")
QUESTIONS: dict[str, tuple[Gate, str]] = {  # what only a person knows
    "purpose": ("data understanding", "What is the data used for?"),
    "decisions": ("data understanding", "Which decisions are made with it?"),
    "harmed": ("data understanding", "Who may be harmed, and how?"),
    "owner": ("data understanding", "Who owns the data, and is answerable for it?"),
    "population": ("data understanding", "Which population should it represent?"),
    "quality": ("data understanding", "Which quality score does it need, in per cent?"),
    "unsuitable": ("data preparation", "What must it not be used for?"),
}
MEASURED: dict[str, tuple[Gate, str]] = {
    "source": ("data understanding", "Where it comes from"),
    "outcome": ("data understanding", "Outcome and groups of people"),
    "representativeness": ("data understanding", "Groups against the population"),
    "recipe": ("data preparation", "How it was prepared"),
    "score": ("data preparation", "Quality"),
    "findings": ("data preparation", "Open findings"),
    "rules": ("data preparation", "Rules"),
    "bias": ("data preparation", "Outcomes of groups, before and after"),
    "privacy": ("data preparation", "Personal data"),
    "changes": ("data preparation", "Since the last sign-off"),
}
SHARES = "shares"  # not a question of its own: group=number, for `representativeness`


@dataclass(frozen=True)
class Item(Record):
    """One line of the checklist. What was measured and does not do may be accepted, with a reason."""

    key: str
    gate: Gate
    question: str
    says: str
    met: bool
    measured: bool
    accepted: str = ""

    @property
    def title(self) -> str:
        """The question, or what was measured with a colon."""
        return self.question if not self.measured else f"{self.question}:"

    @property
    def is_open(self) -> bool:
        """Whether the gate cannot be signed because of it."""
        return not self.met and not self.accepted


@dataclass(frozen=True)
class Signature(Record):
    """Who signed a gate of a version, and when; `sha256` is that of the checklist as it was then."""

    gate: str
    signer: str
    at: str
    sha256: str


@dataclass(frozen=True)
class Checklist(Record):
    """The checklist of a version with its signatures; JSON also has `open`, the keys of the lines that keep each gate
    from being signed.
    """

    dataset: str
    version: int
    items: tuple[Item, ...]
    signatures: tuple[Signature, ...] = ()

    def open(self, gate: str) -> tuple[Item, ...]:
        """The lines that keep a gate from being signed."""
        return tuple(item for item in self.items if item.gate == gate and item.is_open)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "dataset": self.dataset,
            "version": self.version,
            "items": [item.to_json() for item in self.items],
            "open": {gate: [item.key for item in self.open(gate)] for gate in GATES},
            "signatures": [each.to_json() for each in self.signatures],
        }

    def to_markdown(self) -> str:
        """As a document for people who were not there."""
        lines = [f"# Sign-off: {_plain(self.dataset)}, version {self.version}"]
        for gate in GATES:
            lines += ["", f"## {gate.capitalize()}", ""]
            for item in self.items:
                if item.gate == gate:
                    mark = "x" if not item.is_open else " "
                    why = f" Accepted: {_plain(item.accepted)}" if item.accepted and not item.met else ""
                    how = "measured" if item.measured else "answered"
                    lines.append(f"- [{mark}] **{item.title}** {_plain(item.says)}{why} ({how})")
            signed = next((each for each in self.signatures if each.gate == gate), None)
            told = (
                f"Signed by {_plain(signed.signer)}, {signed.at}, SHA-256 {signed.sha256}." if signed else "Not signed."
            )
            lines += ["", told]
        return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    """Text on one line that Markdown leaves as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>|#" else c for c in " ".join(text.split()))


def items_of(measured: Mapping[str, tuple[str, bool]], answers: Mapping[str, str]) -> tuple[Item, ...]:
    """All lines: the questions with their answers, and what was measured as (says, met)."""
    asked = [
        Item(key, gate, question, answers.get(key) or "Not answered yet.", bool(answers.get(key)), measured=False)
        for key, (gate, question) in QUESTIONS.items()
    ]
    seen = [
        Item(key, gate, title, *measured[key], measured=True, accepted=answers.get(key, ""))
        for key, (gate, title) in MEASURED.items()
    ]
    return tuple(sorted([*asked, *seen], key=lambda item: GATES.index(item.gate)))
