"""Our own report of a profile: one HTML file without scripts, readable anywhere, that names nobody unless asked to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataops_core.report import columns, findings
from dataops_core.report.draw import share
from dataops_core.report.mask import Words, masked_document
from dataops_core.report.style import CSS
from dataops_core.table import Table

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
    told = findings.entries(profile["findings"], bundle)
    wrong, linked = findings.section(told, words, profile["rows"])
    name = words.text(title, 120)
    document = (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport"'
        ' content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>Data quality report: {name}</title>\n<style>{CSS}</style>\n</head>\n<body>\n"
        '<a class=skip href="#main">Skip to the report</a>\n'
        f"<header><h1>Data quality report: {name}</h1>{_told_how(words)}</header>\n"
        '<nav aria-label="Contents"><ul><li><a href="#overview">Overview</a></li><li><a'
        ' href="#findings">Findings</a></li>'
        '<li><a href="#columns">Columns</a></li></ul></nav>\n<main id=main tabindex="-1">\n'
        f"<section><h2 id=overview>Overview</h2>{_overview(profile, words)}</section>\n"
        f"<section><h2 id=findings>Findings</h2>{wrong}</section>\n"
        "<section><h2"
        " id=columns>Columns</h2>"
        f"{columns.section(profile['facts'], columns.found_in(told), words, linked)}</section>\n"
        f"</main>\n<footer><div>{_footer(table)}</div></footer>\n</body>\n</html>\n"
    )
    return document if show_values else masked_document(document)


def _told_how(words: Words) -> str:
    if words.show:
        return (
            "<p><strong>This report shows values as they are in the table.</strong> Whoever gets it may learn of"
            " persons.</p>"
        )
    return (
        "<p class=quiet>Values that may name a person (identifiers, free text, e-mail addresses, phone numbers) are"
        " shown as shapes, each letter as a and each digit as 9: an e-mail address becomes aa@aaaaaaa.aaa. Categories"
        " of fewer than 10 rows are not named.</p>"
    )


def _overview(profile: Mapping[str, Any], words: Words) -> str:
    rows, cells = profile["rows"], profile["rows"] * profile["columns"]
    cards = [
        ("Rows", f"{rows:,}", ""),
        ("Columns", f"{profile['columns']:,}", ""),
        (
            "Missing cells",
            *(
                ("not counted", "")
                if profile["missing_cells"] is None
                else (f"{profile['missing_cells']:,}", f"{share(profile['missing_cells'], cells)} of all cells")
            ),
        ),
        ("Duplicate rows", f"{profile['duplicate_rows']:,}", f"{share(profile['duplicate_rows'], rows)} of all rows"),
    ]
    for grade, (_, many, means) in findings.GRADES.items():
        cards.append((many, f"{sum(f['severity'] == grade for f in profile['findings']):,}", means))
    boxes = "".join(
        f"<div><dt>{what}</dt><dd>{number}{f'<small>{more}</small>' if more else ''}</dd></div>"
        for what, number, more in cards
    )
    return f"<dl class=cards>{boxes}</dl>" + "".join(f"<p>{line}</p>" for line in _counted(profile, words))


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


def _footer(table: Table | None) -> str:
    content = (
        f"<p>Content hash of the table: <code>{table.content_hash}</code></p>" if table and table.content_hash else ""
    )
    return (
        f"{content}<p>Made by the data quality workbench from the table alone; this file loads nothing from anywhere. "
        "No error and no warning is no proof that there is none.</p>"
    )
