"""Our own report of a profile: one HTML file without scripts, readable anywhere, that names nobody unless asked to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataops_core.report import columns, findings
from dataops_core.report.draw import share
from dataops_core.report.mask import Words, masked_document
from dataops_core.table import Table
from dataops_core.templates import render

BUNDLE = 12


def html_report(
    profile: Mapping[str, Any],
    *,
    title: str,
    table: Table | None = None,
    show_values: bool = False,
    bundle: int = BUNDLE,
) -> str:
    """The report of a profile as one HTML file; the same profile gives the same bytes.

    `table` adds its content hash, by which a reader knows what was counted, and lets more categories be named: without
    it, a message names only those of which the facts say that they have enough rows. Values that may name a person are
    shown as shapes unless `show_values`. More than `bundle` findings of one check are told together.
    """
    words = Words.of(profile, show=show_values, table=table)
    entries = findings.entries(profile["findings"], bundle)
    articles = findings.articles(entries, words, profile["rows"])
    document = render(
        "report/templates/profile.html",
        kind="Data quality report",
        title=words.text(title, 120),
        words=words,
        profile=profile,
        cards=_cards(profile),
        lines=_counted(profile, words),
        grades=findings.GRADES,
        articles=articles,
        untold=sum(len(entry.findings) for entry in entries[len(articles) :]),
        columns=columns.section(profile["facts"], columns.found_in(entries), words, len(articles)),
        content_hash=table.content_hash if table else None,
    )
    return str(document) if show_values else masked_document(document)


def _cards(profile: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What is counted of the whole table: what, how many, and what that means."""
    rows, missing, repeated = profile["rows"], profile["missing_cells"], profile["duplicate_rows"]
    of_cells = "" if missing is None else f"{share(missing, rows * profile['columns'])} of all cells"
    return [
        ("Rows", f"{rows:,}", ""),
        ("Columns", f"{profile['columns']:,}", ""),
        ("Missing cells", "not counted" if missing is None else f"{missing:,}", of_cells),
        ("Duplicate rows", f"{repeated:,}", f"{share(repeated, rows)} of all rows"),
        *(
            (many, f"{sum(f['severity'] == grade for f in profile['findings']):,}", means)
            for grade, (_, many, means) in findings.GRADES.items()
        ),
    ]


def _counted(profile: Mapping[str, Any], words: Words) -> list[str]:
    """What was counted, on which day, and for whom."""
    facts, context = profile["facts"], profile["context"]
    lines = [
        (
            f"Counted and checked on all {profile['rows']:,} rows: nothing was sampled."
            if profile["rows"] != 1
            else "Counted and checked on the one row."
        )
    ]
    about = [name for name, fact in facts.items() if fact.get("distinct_error")]
    failed = [name for name, fact in facts.items() if "failed" in fact]
    if about:
        told = "The number of different values is an estimate, as there are too many to count each, in"
        lines = [f"Counted and checked on all {profile['rows']:,} rows. {told} {_named(about, words)}."]
    if failed:
        lines.append(f"Could not be counted: {_named(failed, words)}.")
    if context.get("today"):
        lines.append(
            f"Dates were judged as of {words.text(context['today'])}: what lies after that day had not happened yet."
        )
    if context.get("target"):
        good = (
            f", where {words.text(words.quoted(context['target'], context['favorable']))} is the good outcome"
            if context.get("favorable")
            else ""
        )
        lines.append(f"The outcome is the column {words.text(context['target'])}{good}.")
    if context.get("sensitive"):
        lines.append(f"Columns that tell groups of people apart: {_named(context['sensitive'], words)}.")
    return lines


def _named(names: list[str], words: Words) -> str:
    return ", ".join(words.text(name) for name in names[:8]) + (
        f" and {len(names) - 8:,} more" if len(names) > 8 else ""
    )
