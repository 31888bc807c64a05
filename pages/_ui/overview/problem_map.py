"""The problem map: columns by kinds of problem; each square says how many rows, and a click opens its findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from pages._ui.formatting import SEVERITY, count

_HERE = Path(__file__).parent
_map = st.components.v2.component(
    "problem_map",
    html='<div class="map" role="region" tabindex="0"></div>',
    css=(_HERE / "problem_map.css").read_text(encoding="utf-8"),
    js=(_HERE / "problem_map.js").read_text(encoding="utf-8"),
)
Problems = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
WHOLE = "Whole rows"
MOST = 200  # columns on the map, the gravest first


def problem_map(problems: Problems, selected: str | None, key: str, on_open: Callable[[str], None]) -> None:
    """Draw the map of `problems_by_column`; `selected` is the square that is open, named as in `squares`."""
    kinds = sorted({kind for by_kind in problems.values() for kind in by_kind})
    order = sorted(problems, key=lambda name: _weight(problems[name]))[:MOST]
    data = {
        "label": "Findings by column and kind of problem",
        "kinds": kinds,
        "selected": selected,
        "rows": [
            {
                "name": name or WHOLE,
                "cells": [_cell(name, kind, found) if (found := problems[name].get(kind)) else None for kind in kinds],
            }
            for name in order
        ],
    }
    _map(data=data, key=key, on_opened_change=lambda: on_open(st.session_state[key]["opened"]))


def squares(problems: Problems) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The findings of each square by its name."""
    return {_name(name, kind): found for name, by_kind in problems.items() for kind, found in by_kind.items()}


def _name(column: str, kind: str) -> str:
    return f"{kind}\n{column}"


def _weight(by_kind: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[int, float]:
    """What sorts the columns: the gravest first, then those with most rows."""
    found = [finding for some in by_kind.values() for finding in some]
    grave = min(list(SEVERITY).index(finding["severity"]) for finding in found)
    return grave, -sum(finding["share"] for finding in found if finding["severity"] != "note")


def _cell(column: str, kind: str, found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    worst = min((finding["severity"] for finding in found), key=list(SEVERITY).index)
    largest = max(found, key=lambda finding: finding["count"])
    said = "; ".join(f"{SEVERITY[f['severity']][0]}: {f['title']}, {count(f['count'], 'row')}" for f in found)
    return {
        "id": _name(column, kind),
        "severity": worst,
        "label": short(largest["count"]),
        "shade": round(10 + 30 * largest["share"] ** 0.5),
        "text": f"{column or WHOLE}, {kind.lower()}: {said}",
    }


def short(number: int) -> str:
    """A number in few signs.

    >>> short(583), short(1843), short(10771), short(2500000)
    ('583', '1.8k', '11k', '2.5M')
    """
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            amount = number / size
            return f"{amount:.1f}{sign}" if amount < 9.95 else f"{amount:.0f}{sign}"
    return str(number)
