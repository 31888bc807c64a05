"""The columns of a report: what each holds, how its values are spread, and what was found in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from dataops_core.privacy.masking import shape
from dataops_core.report.draw import figure, histogram, lying, share, within
from dataops_core.report.findings import GRADES, Entry
from dataops_core.report.mask import RARE, Words

KINDS = {
    "number": "Number",
    "category": "Category",
    "text": "Text",
    "datetime": "Date or time",
    "boolean": "Yes or no",
    "id": "Identifier",
}
LIST_BUDGET, BUDGET = 400_000, 1_400_000  # bytes
Facts = Mapping[str, Any]
Found = Mapping[str, list[tuple[Entry, Mapping[str, Any]]]]


def found_in(told: Sequence[Entry]) -> Found:
    """The findings of each column, with the entries that tell them."""
    made: dict[str, list[tuple[Entry, Mapping[str, Any]]]] = defaultdict(list)
    for entry in told:
        for finding in entry.findings:
            for name in finding["columns"]:
                made[name].append((entry, finding))
    return made


def section(facts: Mapping[str, Facts], found: Found, words: Words, linked: int) -> str:
    """A table of all columns, then each of them; `linked` entries of findings have an address."""
    articles = within(
        (
            _article(n, name, fact, found.get(name, ()), words, linked)
            for n, (name, fact) in enumerate(facts.items(), 1)
        ),
        BUDGET,
    )
    lines = within(
        (
            _line(n, name, fact, len(found.get(name, ())), words, len(articles))
            for n, (name, fact) in enumerate(facts.items(), 1)
        ),
        LIST_BUDGET,
    )
    more = (
        f"<p>{len(facts) - len(lines):,} more columns are not listed: the report would become too long.</p>"
        if len(facts) > len(lines)
        else ""
    )
    some = f"<p>The first {len(articles):,} columns follow one by one.</p>" if len(facts) > len(articles) else ""
    return (
        "<table class=wide><caption>All columns, in the order of the table</caption><thead><tr><th"
        " scope=col>Column</th><th scope=col>Kind</th><th scope=col class=num>Missing</th><th scope=col"
        " class=num>Different values</th><th scope=col"
        f" class=num>Findings</th></tr></thead><tbody>{''.join(lines)}</tbody></table>{more}{some}{''.join(articles)}"
    )


def _line(number: int, name: str, fact: Facts, findings: int, words: Words, linked: int) -> str:
    label = words.text(name) or "(no name)"
    head = f'<a href="#c{number}">{label}</a>' if number <= linked else label
    return (
        f'<tr><th scope=row>{head}</th><td data-name="Kind">{KINDS[fact["kind"]]}</td><td class=num'
        f' data-name="Missing">{_missing(fact)}</td><td class=num data-name="Different'
        f' values">{_distinct(fact)}</td><td class=num data-name="Findings">{findings:,}</td></tr>'
    )


def _missing(fact: Facts) -> str:
    if fact["missing"] is None:
        return "not counted"
    return f"{fact['missing']:,} ({share(fact['missing'], fact['rows'])})" if fact["missing"] else "none"


def _distinct(fact: Facts) -> str:
    return (
        "not counted"
        if fact["distinct"] is None
        else f"{'about ' if fact.get('distinct_error') else ''}{fact['distinct']:,}"
    )


def _article(
    number: int, name: str, fact: Facts, found: Sequence[tuple[Entry, Mapping[str, Any]]], words: Words, linked: int
) -> str:
    label = words.text(name) or "(no name)"
    rows = "".join(
        f"<tr><th scope=row>{what}</th><td class=num>{told}</td></tr>" for what, told in _facts(name, fact, words)
    )
    return (
        f'<article id="c{number}"><h3>{label}</h3><div'
        f" class=two><div>{_chart(name, label, fact, words)}{_found(found, words, linked)}</div><table><caption>Facts"
        f" of {label}</caption><tbody>{rows}</tbody></table></div></article>"
    )


def _found(found: Sequence[tuple[Entry, Mapping[str, Any]]], words: Words, linked: int) -> str:
    if not found:
        return "<p class=quiet>Nothing was found here.</p>"
    lines = []
    for entry, finding in found[:12]:
        title = words.text(finding["title"])
        told = f'<a href="#f{entry.number}">{title}</a>' if entry.number <= linked else title
        grade = finding["severity"]
        lines.append(
            f'<li><span class="grade {grade}">{GRADES[grade][0]}:</span> {told}, {finding["count"]:,}'
            f" {'row' if finding['count'] == 1 else 'rows'}</li>"
        )
    more = f"<li>and {len(found) - 12:,} more</li>" if len(found) > 12 else ""
    return f"<ul>{''.join(lines)}{more}</ul>"


def _facts(name: str, fact: Facts, words: Words) -> list[tuple[str, str]]:
    """What is known of a column, in words, as pairs for a table."""
    told: list[tuple[str, str]] = [("Kind", KINDS[fact["kind"]]), ("Missing cells", _missing(fact))]
    if "failed" in fact:
        return told
    told.append(("Different values", _distinct(fact)))
    if fact.get("singles"):
        told.append(("Unique values", f"{fact['singles']:,}"))
    if not words.hides(name):
        told += (
            _numbers(fact)
            if fact["type"] in ("integer", "decimal")
            else _dates(fact)
            if fact["type"] == "datetime"
            else []
        )
    if fact.get("longest") is not None:
        ends = {fact["shortest"], fact["longest"]}
        told.append(("Length", f"{' to '.join(f'{end:,}' for end in sorted(ends))} signs"))
    if fact.get("monotonic") and not words.hides(name):
        told.append(("Order", f"{fact['monotonic']} from row to row"))
    return told


def _numbers(fact: Facts) -> list[tuple[str, str]]:
    if fact.get("mean") is None:
        return []
    quantiles = fact["quantiles"]
    told: list[tuple[str, str]] = [
        ("Smallest", figure(fact["min"])),
        ("Largest", figure(fact["max"])),
        ("Average (mean)", figure(fact["mean"])),
    ]
    if quantiles["0.5"] is not None:
        told.append(("Middle value (median)", figure(quantiles["0.5"])))
    for low, high, what in (("0.25", "0.75", "Middle half lies between"), ("0.05", "0.95", "Nine in ten lie between")):
        if quantiles[low] is not None and quantiles[high] is not None:
            told.append((what, f"{figure(quantiles[low])} and {figure(quantiles[high])}"))
    if fact["sd"] is not None:
        told.append(("Standard deviation", figure(float(f"{fact['sd']:.4g}"))))
    told += [
        (what, f"{fact[key]:,}")
        for key, what in (("zeros", "Zeros"), ("negatives", "Below zero"), ("infinite", "Infinite"))
        if fact[key]
    ]
    return told


def _dates(fact: Facts) -> list[tuple[str, str]]:
    if not fact.get("min"):
        return []
    told: list[tuple[str, str]] = [("Earliest", fact["min"]), ("Latest", fact["max"])]
    if fact.get("step"):
        told.append(("Usual time to the next", _span(fact["step"]["seconds"])))
    if fact.get("gap"):
        told.append(("Longest gap", f"{_span(fact['gap']['seconds'])}, from {fact['gap']['from'][:10]}"))
    return told


def _span(seconds: float) -> str:
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            number = round(seconds / size, 1)
            return f"{figure(number)} {unit}{'' if number == 1 else 's'}"
    return f"{figure(seconds)} second{'' if seconds == 1 else 's'}"


def _chart(name: str, label: str, fact: Facts, words: Words) -> str:
    if "failed" in fact:
        reason = words.text(fact["failed"], 200) if words.show else words.text(re.split(r"\W", fact["failed"])[0])
        return f"<p>This column could not be counted ({reason}).</p>"
    if not fact["distinct"]:
        return "<p>Every cell is missing: there is nothing to draw.</p>"
    if words.hides(name):
        return _shapes(fact, words)
    drawn = fact.get("histogram")
    if drawn and len(drawn["counts"]) > 1 and fact["distinct"] > 12:
        return histogram(drawn, label, fact["rows"])
    if not fact["top"]:
        return "<p>The values differ too much to show the most frequent ones.</p>"
    return _tops(name, label, fact, words)


def _tops(name: str, label: str, fact: Facts, words: Words) -> str:
    told = [(words.value(name, top["value"], top["count"]), top["count"]) for top in fact["top"]]
    bars = [(words.text(_edged(value), 40), count) for value, count in told if value != RARE]
    few = len(told) - len(bars)
    rest = fact["distinct"] - len(told)
    more = (
        ""
        if not few
        else f"<p class=quiet>{RARE}: {few} {'value is' if few == 1 else 'values are'} not named here.</p>"
    )
    more += (
        f"<p class=quiet>{rest:,} {'value is' if rest == 1 else 'values are'} less frequent.</p>" if rest > 0 else ""
    )
    spaced = "; ␣ is a space at an end" if any("␣" in label for label, _ in bars) else ""
    return (
        f"<p class=quiet>Most frequent values, with rows{spaced}</p>{lying(bars, label, fact['rows'])}" if bars else ""
    ) + more


def _edged(text: str) -> str:
    """A text with its spaces at the ends made visible."""
    inner = text.strip()
    return (
        text
        if inner == text and text
        else "␣" * (len(text) - len(text.lstrip())) + inner + "␣" * (len(text) - len(text.rstrip()) if inner else 0)
        or "(empty)"
    )


def _shapes(fact: Facts, words: Words) -> str:
    seen = Counter(shape(top["value"]) for top in fact["top"])
    examples = "".join(f"<li><code>{words.text(each)}</code></li>" for each, _ in seen.most_common(5))
    how = "How the most frequent values are built: every letter as a, every digit as 9." if examples else ""
    return (
        f"<p>Values are not shown: they may name a person.</p><p class=quiet>{how}</p><ul>{examples}</ul>"
        if examples
        else "<p>Values are not shown: they may name a person.</p>"
    )
