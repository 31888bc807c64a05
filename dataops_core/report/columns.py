"""The columns of a report: what each holds, how its values are spread, and what was found in it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dataops_core.privacy.masking import shape
from dataops_core.report.draw import figure, histogram, share, within
from dataops_core.report.findings import GRADES, Entry
from dataops_core.report.mask import RARE, Words
from dataops_core.templates import render
from dataops_core.wording import counted

if TYPE_CHECKING:
    from markupsafe import Markup

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


@dataclass(frozen=True)
class Section:
    """The lines of the table of all columns, and the columns one by one, as many as there is room for."""

    lines: list[Markup]
    articles: list[Markup]


def section(facts: Mapping[str, Facts], found: Found, words: Words, linked: int) -> Section:
    """A table of all columns, then each of them; `linked` entries of findings have an address."""
    columns = [(number, name, fact, found.get(name, ())) for number, (name, fact) in enumerate(facts.items(), 1)]
    articles = within((_article(*each, words, linked) for each in columns), BUDGET)
    return Section(within((_line(*each, words, len(articles)) for each in columns), LIST_BUDGET), articles)


def _label(name: str, words: Words) -> str:
    return words.text(name) or "(no name)"


def _line(number: int, name: str, fact: Facts, found: Sequence[Any], words: Words, linked: int) -> Markup:
    return render(
        "report/templates/column_line.html",
        number=number,
        linked=number <= linked,
        label=_label(name, words),
        kind=KINDS[fact["kind"]],
        missing=_missing(fact),
        distinct=_distinct(fact),
        findings=len(found),
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
) -> Markup:
    return render(
        "report/templates/column.html",
        number=number,
        label=_label(name, words),
        chart=_chart(name, fact, words),
        facts=_facts(name, fact, words),
        found=[
            {
                "grade": finding["severity"],
                "name": GRADES[finding["severity"]][0],
                "number": entry.number,
                "linked": entry.number <= linked,
                "title": words.text(finding["title"]),
                "count": finding["count"],
            }
            for entry, finding in found
        ],
    )


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


def _chart(name: str, fact: Facts, words: Words) -> Markup:
    drawn = fact.get("histogram")
    why = ""
    if "failed" in fact:
        reason = words.text(fact["failed"], 200) if words.show else words.text(re.split(r"\W", fact["failed"])[0])
        why = f"This column could not be counted ({reason})."
    elif not fact["distinct"]:
        why = "Every cell is missing: there is nothing to draw."
    elif words.hides(name):
        seen = Counter(shape(top["value"]) for top in fact["top"])
        examples = [words.text(each) for each, _ in seen.most_common(5)]
        return render("report/templates/shapes.html", examples=examples)
    elif drawn and len(drawn["counts"]) > 1 and fact["distinct"] > 12:
        return histogram(drawn, _label(name, words), fact["rows"])
    elif not fact["top"]:
        why = "The values differ too much to show the most frequent ones."
    return render("report/templates/no_chart.html", why=why) if why else _tops(name, fact, words)


def _tops(name: str, fact: Facts, words: Words) -> Markup:
    told = [(words.value(name, top["value"], top["count"]), top["count"]) for top in fact["top"]]
    bars = [(words.text(_edged(value), 40), count) for value, count in told if value != RARE]
    most = max((count for _, count in bars), default=1) or 1
    return render(
        "report/templates/values.html",
        label=_label(name, words),
        bars=[
            {
                "label": value,
                "count": count,
                "rows": counted(count, "row"),
                "share": share(count, fact["rows"]),
                "width": f"{100 * count / most:.3g}",
            }
            for value, count in bars
        ],
        spaced=any("␣" in value for value, _ in bars),
        rare=RARE,
        few=len(told) - len(bars),
        rest=fact["distinct"] - len(told),
    )


def _edged(text: str) -> str:
    """A text with its spaces at the ends made visible."""
    inner = text.strip()
    return (
        text
        if inner == text and text
        else "␣" * (len(text) - len(text.lstrip())) + inner + "␣" * (len(text) - len(text.rstrip()) if inner else 0)
        or "(empty)"
    )
