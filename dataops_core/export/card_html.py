"""The data card as a page: the Markdown that `card` writes, as HTML that can be read, printed and sent."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from dataops_core.report.style import CSS

FILE = "DATA_CARD.html"
_INLINE = re.compile(
    r"\\(?P<plain>[\\`*\[\]<>|_])|`(?P<code>[^`]*)`|\*\*(?P<strong>.+?)\*\*|\*(?P<em>.+?)\*(?!\*)|(?P<dash>—)"
)
_LOOK = (
    "main{padding:28px 20px}pre{overflow-x:auto;background:var(--soft);padding:12px}"
    "blockquote{margin:0;color:var(--quiet)}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(markdown: str) -> str:
    """The card as one HTML file without scripts; nothing in it is fetched from anywhere.

    >>> "<h2>At a glance</h2>" in page("# Loans\\n\\n## At a glance\\n") and "<title>Loans</title>" in page("# Loans")
    True
    """
    lines = markdown.split("\n")
    title = inline(next((line[2:] for line in lines if line.startswith("# ")), "Data card"))
    name = re.sub("<[^>]*>", "", title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f"<title>{name}</title>\n<style>{CSS}{_LOOK}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(_blocks(lines))
        + "\n</main>\n</body>\n</html>\n"
    )


def inline(text: str) -> str:
    """A line of Markdown as HTML; what was escaped stays text.

    >>> inline("**a** `b<c` \\\\*d\\\\* *e* <f>")
    '<strong>a</strong> <code>b&lt;c</code> *d* <em>e</em> &lt;f&gt;'
    """
    parts, at = [], 0
    for match in _INLINE.finditer(text):
        parts.append(html.escape(text[at : match.start()], quote=False))
        kind, inside = next((name, value) for name, value in match.groupdict().items() if value is not None)
        if kind in ("strong", "em"):
            parts.append(f"<{kind}>{inline(inside)}</{kind}>")
        elif kind == "code":
            parts.append(f"<code>{html.escape(inside, quote=False)}</code>")
        else:
            parts.append(html.escape(inside, quote=False))
        at = match.end()
    return "".join([*parts, html.escape(text[at:], quote=False)])


def _blocks(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line, start = lines[at], at
        at += 1
        if line == "```":
            while lines[at] != "```":
                at += 1
            yield f"<pre><code>{html.escape(chr(10).join(lines[start + 1 : at]), quote=False)}</code></pre>"
            at += 1
        elif match := re.match(r"(#+) (.*)", line):
            yield f"<h{len(match[1])}>{inline(match[2])}</h{len(match[1])}>"
        elif line.startswith("> "):
            yield f"<blockquote>{inline(line[2:])}</blockquote>"
        elif re.match(r"\||- |\d+\. ", line):
            whole = _table if line.startswith("|") else _list
            same = r"\|" if line.startswith("|") else r"- |\d+\. | {2,}\S"
            while at < len(lines) and re.match(same, lines[at]):
                at += 1
            yield whole(lines[start:at])
        elif line:
            while at < len(lines) and lines[at] and not re.match(r"[|#>`]|- |\d+\. ", lines[at]):
                at += 1
            yield f"<p>{inline(' '.join(lines[start:at]))}</p>"


def _table(lines: list[str]) -> str:
    """A table: its head, the line below it, its rows."""
    head, _, *rows = (re.split(r"(?<!\\)\|", line)[1:-1] for line in lines)
    heads = "".join(f'<th scope="col">{inline(cell.strip())}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{inline(cell.strip())}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"


def _list(lines: list[str]) -> str:
    """A list; lines below an entry that stand further in belong to it."""
    kind, entries = ("ul" if lines[0].startswith("-") else "ol"), list[str]()
    for line in lines:
        match = re.match(r"(?:- |\d+\. )(.*)", line)
        if match:
            entries.append(inline(match[1]))
        else:
            entries[-1] += "<br>" + inline(re.sub(r"^- ", "", line.strip()))
    return f"<{kind}>\n" + "".join(f"<li>{entry}</li>\n" for entry in entries) + f"</{kind}>"
