"""The column strip above a grid: per column its name, meant type, spread, share of missing cells and misfits, and
findings; a click selects it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from pages._ui.formatting import KINDS, SEVERITY, count, md, share

_HERE = Path(__file__).parent
_strip = st.components.v2.component(
    "column_strip",
    html='<div class="strip" role="group"></div>',
    css=(_HERE / "strip.css").read_text(encoding="utf-8"),
    js=(_HERE / "strip.js").read_text(encoding="utf-8"),
)
TOPS = 3
NAMED = 40  # characters of a value


def strip(
    profile: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    selected: str | None,
    key: str,
) -> str | None:
    """Draw the columns; returns the name of the one that was clicked in this run."""
    cards = [card(name, profile["facts"][name], findings) for name in names]
    data = {"label": "Columns of the table", "columns": cards, "selected": selected}
    return _strip(data=data, key=key, on_clicked_change=lambda: None).clicked


def card(name: str, facts: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the card of a column shows: JSON values only.

    `fit` and `misfit` are shares of all cells between 0 and 1; `counts` are those of a histogram, `tops` pairs of a
    value and its share of all cells.
    """
    about = [finding for finding in findings if name in finding["columns"]]
    worst = next((grade for grade in SEVERITY if any(f["severity"] == grade for f in about)), "")
    rows = max(1, facts.get("rows") or 1)
    shown = {
        "name": name,
        "type": type_of(facts),
        "findings": count(len(about), "finding") if about else "",
        "severity": worst,
        "counts": [],
        "tops": [],
        "fit": 0.0,
        "misfit": 0.0,
        "note": "not counted",
    }
    if facts.get("missing") is not None:
        seen = facts_as_meant(facts)
        misfits = (facts.get("meant") or {}).get("misfits", 0)
        histogram = seen.get("histogram") or {}
        if len(histogram.get("counts") or []) > 1 and seen["distinct"] > len(seen["top"]):
            shown["counts"] = histogram["counts"]
        else:
            shown["tops"] = [[str(top["value"])[:NAMED], top["count"] / rows] for top in seen["top"][:TOPS]]
        shown["fit"] = (rows - facts["missing"] - misfits) / rows
        shown["misfit"] = misfits / rows
        shown["note"] = _note(facts, misfits, rows)
    worst_word = f" (the worst: {SEVERITY[worst][0].lower()})" if worst else ""
    shown["text"] = ", ".join(
        part for part in (name, shown["type"], shown["note"], f"{shown['findings']}{worst_word}".strip()) if part
    )
    return shown


def facts_as_meant(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts of a column's values as meant: those of the parsed values where it is stored as text."""
    return (facts.get("meant") or {}).get("facts") or facts


def spread_of(facts: Mapping[str, Any]) -> list[int]:
    """Counts of a small chart of the values as meant: those of the histogram, or of the most frequent values."""
    seen = facts_as_meant(facts)
    return (seen.get("histogram") or {}).get("counts") or [top["count"] for top in seen["top"]]


def type_of(facts: Mapping[str, Any]) -> str:
    """The meant type of a column as people call it, and how it is stored where this differs."""
    meant = facts.get("meant") or {}
    if meant.get("facts"):
        return f"{KINDS[meant['type']]} (stored as text)"
    return KINDS.get(meant.get("type", facts["kind"]), KINDS[facts["kind"]])


def _note(facts: Mapping[str, Any], misfits: int, rows: int) -> str:
    said = [f"{share(facts['missing'], rows)} missing"] if facts["missing"] else []
    said += [count(misfits, "misfit")] if misfits else []
    if not said:
        said = [f"{facts['distinct']:,} distinct" if facts["distinct"] != 1 else "1 value"]
    return ", ".join(said)


def misfits(facts: Mapping[str, Any]) -> None:
    """The values that are not what the column is meant to hold, the most frequent first."""
    meant = facts.get("meant") or {}
    if meant.get("misfits"):
        listed = ", ".join(f'"{md(each["value"])}" ({each["count"]:,})' for each in meant["misfit_values"][:8])
        st.markdown(f"{count(meant['misfits'], 'cell')} not read as {_article(meant['type'])}: {listed}.")


def _article(kind: str) -> str:
    return {"boolean": "yes or no", "time": "a time of day"}.get(kind, f"a {kind}")
