"""A report as one HTML file that loads nothing: its frame, and its tables."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from dataops_core.report.style import CSS

HIDDEN = "suppressed"
_FIGURE = re.compile(rf"|not defined|{HIDDEN}|[-+]?[\d,.]+%?( to [-+]?[\d,.]+%?)?")


def document(kind: str, title: str, intro: str, parts: Sequence[tuple[str, str]]) -> str:
    """The file: `kind` of report and title, a sentence on how to read it, and the parts, each a heading and HTML; a
    part without anything is left out. The same parts give the same bytes.
    """
    name = html.escape(title)
    links = "".join(f'<li><a href="#s{number}">{head}</a></li>' for number, (head, body) in enumerate(parts) if body)
    body = "".join(
        f"<section><h2 id=s{number}>{head}</h2>{body}</section>\n" for number, (head, body) in enumerate(parts) if body
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport"'
        ' content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f'<title>{kind}: {name}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<a class=skip href="#main">Skip to'
        " the report</a>\n"
        f"<header><h1>{kind}: {name}</h1><p class=quiet>{html.escape(intro)}</p></header>\n"
        f'<nav aria-label="Contents"><ul>{links}</ul></nav>\n<main id=main tabindex="-1">\n{body}</main>\n'
        "<footer><div><p>Made by the data quality workbench; this file loads nothing from"
        " anywhere.</p></div></footer>\n</body>\n</html>\n"
    )


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table; the first column names the row, the others stand to the right where they hold figures only."""
    if not rows:
        return ""
    figures = [bool(at) and all(_FIGURE.fullmatch(str(row[at])) for row in rows) for at in range(len(head))]
    top = "".join(
        f"<th scope=col{' class=num' if figures[at] else ''}>{html.escape(name)}</th>" for at, name in enumerate(head)
    )
    lines = "".join(
        "<tr>" + "".join(_cell(head[at], str(cell), at, figures[at]) for at, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table class=wide><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table>"


def _cell(head: str, text: str, at: int, figure: bool) -> str:
    if not at:
        return f"<th scope=row>{html.escape(text)}</th>"
    return f'<td{" class=num" if figure else ""} data-name="{html.escape(head)}">{html.escape(text)}</td>'


def percent(value: float | None, sign: bool = False) -> str:
    """A share in percent.

    >>> percent(0.256), percent(0.1, sign=True), percent(None)
    ('25.6%', '+10.0%', 'not defined')
    """
    return "not defined" if value is None else f"{value:{'+' if sign else ''}.1%}"


def between(ends: Sequence[float] | None, sign: bool = False) -> str:
    """An interval of shares; empty where there is none.

    >>> between((0.1, 0.25))
    '10.0% to 25.0%'
    """
    return "" if not ends else f"{percent(ends[0], sign)} to {percent(ends[1], sign)}"
