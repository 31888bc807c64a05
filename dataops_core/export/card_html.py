"""The data card as a page: the Markdown that `card` writes, as HTML that can be read, printed and sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dataops_core.templates import render

FILE = "DATA_CARD.html"
_INLINE = re.compile(
    r"\\(?P<plain>[\\`*\[\]<>|_])|`(?P<code>[^`]*)`|\*\*(?P<strong>.+?)\*\*|\*(?P<em>.+?)\*(?!\*)|(?P<dash>—)"
)
Parts = list[tuple[str, Any]]  # "text", "code" or "br" with its text, "strong" or "em" with its parts
Block = tuple[str, Any]  # the tag, and what stands in it


def page(markdown: str) -> str:
    """The card as one HTML file without scripts; nothing in it is fetched from anywhere.

    >>> "<h2>At a glance</h2>" in page("# Loans\\n\\n## At a glance\\n") and "<title>Loans</title>" in page("# Loans")
    True
    """
    lines = markdown.split("\n")
    title = inline(next((line[2:] for line in lines if line.startswith("# ")), "Data card"))
    return str(render("export/templates/card.html", title=_plain(title), blocks=_blocks(lines)))


def inline(text: str) -> Parts:
    """The parts of a line of Markdown; what was escaped stays text.

    >>> inline("**a** `b<c` \\\\*d")
    [('strong', [('text', 'a')]), ('text', ' '), ('code', 'b<c'), ('text', ' '), ('text', '*'), ('text', 'd')]
    """
    parts: Parts = []
    at = 0
    for match in _INLINE.finditer(text):
        parts.append(("text", text[at : match.start()]))
        kind, inside = next((name, value) for name, value in match.groupdict().items() if value is not None)
        if kind in ("strong", "em"):
            parts.append((kind, inline(inside)))
        else:
            parts.append(("code" if kind == "code" else "text", inside))
        at = match.end()
    return [each for each in (*parts, ("text", text[at:])) if each != ("text", "")]


def _plain(parts: Parts) -> str:
    return "".join(told if isinstance(told, str) else _plain(told) for _, told in parts)


def _blocks(lines: list[str]) -> Iterator[Block]:
    at = 0
    while at < len(lines):
        line, start = lines[at], at
        at += 1
        if line == "```":
            while lines[at] != "```":
                at += 1
            yield "pre", "\n".join(lines[start + 1 : at])
            at += 1
        elif match := re.match(r"(#+) (.*)", line):
            yield f"h{len(match[1])}", inline(match[2])
        elif line.startswith("> "):
            yield "blockquote", inline(line[2:])
        elif re.match(r"\||- |\d+\. ", line):
            whole = _table if line.startswith("|") else _list
            same = r"\|" if line.startswith("|") else r"- |\d+\. | {2,}\S"
            while at < len(lines) and re.match(same, lines[at]):
                at += 1
            yield whole(lines[start:at])
        elif line:
            while at < len(lines) and lines[at] and not re.match(r"[|#>`]|- |\d+\. ", lines[at]):
                at += 1
            yield "p", inline(" ".join(lines[start:at]))


def _table(lines: list[str]) -> Block:
    """A table: its head, the line below it, its rows."""
    head, _, *rows = (re.split(r"(?<!\\)\|", line)[1:-1] for line in lines)
    return "table", [[inline(cell.strip()) for cell in row] for row in (head, *rows)]


def _list(lines: list[str]) -> Block:
    """A list; lines below an entry that stand further in belong to it."""
    entries: list[Parts] = []
    for line in lines:
        match = re.match(r"(?:- |\d+\. )(.*)", line)
        if match:
            entries.append(inline(match[1]))
        else:
            entries[-1] += [("br", ""), *inline(re.sub(r"^- ", "", line.strip()))]
    return "ul" if lines[0].startswith("-") else "ol", entries
