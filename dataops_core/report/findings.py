"""The findings of a report, gravest first; many of one check are told together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dataops_core.privacy.masking import shape
from dataops_core.report.draw import share, within
from dataops_core.report.mask import Words
from dataops_core.steps import REGISTRY

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


def section(told: Sequence[Entry], words: Words, rows: int) -> tuple[str, int]:
    """All findings as HTML, and how many entries of them there was room for."""
    if not told:
        return "<p>The checks looked at every cell and found nothing. That is no proof that there is nothing.</p>", 0
    articles = within((_article(entry, words, rows) for entry in told), BUDGET)
    left = sum(len(entry.findings) for entry in told[len(articles) :])
    more = (
        f"<p>{left:,} more findings are not told here: the report would become too long. The command line lists them"
        " all.</p>"
        if left
        else ""
    )
    return (
        "<p class=quiet>The most serious come first. "
        + "; ".join(f"{name}: {means}" for name, _, means in GRADES.values())
        + ". Row 1 is the first row below the header.</p>"
        + "".join(articles)
        + more
    ), len(articles)


def _article(entry: Entry, words: Words, rows: int) -> str:
    first, grade = entry.findings[0], entry.findings[0]["severity"]
    if len(entry.findings) > 1:
        head, body = (
            f"{words.text(first['title'])} in {len(entry.findings):,} places",
            _lines(entry.findings, words, rows),
        )
    else:
        where = words.text(", ".join(first["columns"]) or "whole rows", 160)
        head, body = f"{words.text(first['title'])} in {where}", _one(first, words, rows)
    return (
        f'<article class="{grade}" id="f{entry.number}"><h3><span class=grade>{GRADES[grade][0]}:</span> {head}</h3>'
        f"{body}<p class=quiet>Why it matters: {words.text(first['why'], 600)}</p></article>"
    )


def _one(finding: Finding, words: Words, rows: int) -> str:
    places = ", ".join(f"{row + 1:,}" for row in finding["rows"][:ROWS])
    of = f" of {rows:,}" if rows else ""
    named = "Row" if finding["count"] == 1 else "Rows" if finding["count"] <= ROWS else "First rows"
    return (
        f"<p>{words.text(words.message(finding), 400)}</p><p>{finding['count']:,}{of} {'row' if rows == 1 else 'rows'}"
        f" ({share(finding['share'], 1)}). <span class=quiet>{named}:"
        f" {places}</span></p><p>{_offer(finding, words)}</p>"
    )


def _offer(finding: Finding, words: Words) -> str:
    """The step that mends it with its settings, or why there is none."""
    fix = finding["fix"]
    if not fix:
        return f"No step is offered: {words.text(finding['no_fix'] or 'somebody who knows the data has to look.', 400)}"
    step = REGISTRY.get(fix["op"])
    labels = {setting.name: (setting.label, setting.shape) for setting in step.settings} if step else {}
    parts = []
    for name, value in fix["with"].items():
        label, kind = labels.get(name, (name, ""))
        if value not in (None, "", [], {}) and kind not in ("column", "columns"):
            parts.append(f"{words.text(label)}: {words.text(_setting(finding, value, kind, words), 120)}")
    settings = f" ({'; '.join(parts)})" if parts else ""
    return f"Step that mends it: <strong>{words.text(step.title if step else fix['op'])}</strong>{settings}"


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


def _lines(findings: Sequence[Finding], words: Words, rows: int) -> str:
    """Many findings of one check as a table."""
    lines = "".join(
        f"<tr><th scope=row>{words.text(', '.join(f['columns']) or 'whole rows', 80)}</th><td"
        f' data-name="What">{words.text(words.message(f), 160)}</td><td class=num data-name="Rows">{f["count"]:,}'
        f" ({share(f['share'], 1)})</td></tr>"
        for f in findings[:LINES]
    )
    more = f"<p>And {len(findings) - LINES:,} more.</p>" if len(findings) > LINES else ""
    mended = (
        f"<p>{_offer(findings[0], words).split(' (')[0]}</p>"
        if findings[0]["fix"]
        else f"<p>{_offer(findings[0], words)}</p>"
    )
    return (
        f"<table class=wide><caption>Where, of {rows:,} rows</caption><thead><tr><th scope=col>Columns</th><th"
        " scope=col>What</th><th scope=col"
        f" class=num>Rows</th></tr></thead><tbody>{lines}</tbody></table>{more}{mended}"
    )
