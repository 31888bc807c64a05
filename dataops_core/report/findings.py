"""The findings of a report, gravest first; many of one check are told together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dataops_core.privacy.masking import shape
from dataops_core.report.draw import share, within
from dataops_core.report.mask import Words
from dataops_core.steps import REGISTRY
from dataops_core.templates import render

if TYPE_CHECKING:
    from markupsafe import Markup

GRADES = {
    "error": ("Error", "Errors", "almost surely wrong"),
    "warning": ("Warning", "Warnings", "probably needs mending"),
    "note": ("Note", "Notes", "good to know"),
}
BUDGET = 1_000_000  # bytes
LINES = 40  # of a table of findings of one check
ROWS = 10
Finding = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One article of the report: a finding, or several of one check, with the number that its address has."""

    number: int
    findings: tuple[Finding, ...]


def entries(findings: Sequence[Finding], bundle: int) -> list[Entry]:
    """The findings in their order; more than `bundle` of one check and severity become one entry, where the first
    stood.
    """
    alike: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        alike[finding["check"], finding["severity"]].append(finding)
    made: list[Entry] = []
    for finding in findings:
        group = alike[finding["check"], finding["severity"]]
        if len(group) <= bundle:
            made.append(Entry(len(made) + 1, (finding,)))
        elif group[0] is finding:
            made.append(Entry(len(made) + 1, tuple(group)))
    return made


def articles(told: Sequence[Entry], words: Words, rows: int) -> list[Markup]:
    """The first entries, as many as there is room for."""
    return within((_article(entry, words, rows) for entry in told), BUDGET)


def _article(entry: Entry, words: Words, rows: int) -> Markup:
    first, many = entry.findings[0], len(entry.findings) > 1
    where = f"{len(entry.findings):,} places" if many else words.text(", ".join(first["columns"]) or "whole rows", 160)
    return render(
        "report/templates/finding.html",
        number=entry.number,
        grade=first["severity"],
        name=GRADES[first["severity"]][0],
        title=words.text(first["title"]),
        where=where,
        why=words.text(first["why"], 600),
        rows=rows,
        several=[_line(finding, words) for finding in entry.findings[:LINES]] if many else [],
        more=len(entry.findings) - LINES,
        message=words.text(words.message(first), 400),
        count=first["count"],
        share=share(first["share"], 1),
        named="Row" if first["count"] == 1 else "Rows" if first["count"] <= ROWS else "First rows",
        places=", ".join(f"{row + 1:,}" for row in first["rows"][:ROWS]),
        **_offer(first, words),
    )


def _line(finding: Finding, words: Words) -> dict[str, Any]:
    """One of many findings of a check, in their table."""
    return {
        "columns": words.text(", ".join(finding["columns"]) or "whole rows", 80),
        "what": words.text(words.message(finding), 160),
        "count": finding["count"],
        "share": share(finding["share"], 1),
    }


def _offer(finding: Finding, words: Words) -> dict[str, str]:
    """The step that mends it with its settings, or why there is none."""
    fix = finding["fix"]
    if not fix:
        no_step = words.text(finding["no_fix"] or "somebody who knows the data has to look.", 400)
        return {"step": "", "settings": "", "no_step": no_step}
    step = REGISTRY.get(fix["op"])
    labels = {setting.name: (setting.label, setting.shape) for setting in step.settings} if step else {}
    parts = []
    for name, value in fix["with"].items():
        label, kind = labels.get(name, (name, ""))
        if value not in (None, "", [], {}) and kind not in ("column", "columns"):
            parts.append(f"{words.text(label)}: {words.text(_setting(finding, value, kind, words), 120)}")
    return {"step": words.text(step.title if step else fix["op"]), "settings": "; ".join(parts)}


def _setting(finding: Finding, value: Any, kind: str, words: Words) -> str:
    """A setting as text; the values of columns that are hidden stay hidden."""
    if isinstance(value, Mapping) and not words.show:
        return f"{len(value):,} values" if len(value) != 1 else "1 value"
    if isinstance(value, Mapping):
        return ", ".join(f"{old} → {new}" for old, new in value.items())
    listed = [str(each) for each in value] if isinstance(value, list) else [str(value)]
    if kind in ("texts", "text", "value", ""):
        listed = [_least(finding["columns"], text, words) for text in listed]
    return ", ".join(listed)


def _least(columns: Sequence[str], text: str, words: Words) -> str:
    if any(words.hides(name) for name in columns):
        return shape(text)
    return next((told for told in (words.quoted(name, text) for name in columns) if told != text), text)
