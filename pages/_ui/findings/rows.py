"""The list of findings: one line each, in groups; a click opens one, a tick selects it to be fixed with others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from pages._ui.formatting import SEVERITY, count

_HERE = Path(__file__).parent
_rows = st.components.v2.component(
    "finding_rows",
    html='<div class="findings" role="group"></div>',
    css=(_HERE / "rows.css").read_text(encoding="utf-8"),
    js=(_HERE / "rows.js").read_text(encoding="utf-8"),
)


def rows(
    groups: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]],
    opened: str | None,
    ticked: Sequence[str] | None,
    key: str,
    on_open: Callable[[str], None],
    on_tick: Callable[[str, bool], None],
) -> None:
    """Draw findings in groups, each with its id; `ticked` are the ids that are selected, None offers no boxes."""
    data = {
        "label": "Findings",
        "opened": opened,
        "ticks": ticked is not None,
        "groups": [
            {"title": title, "items": [item(name, finding, ticked or ()) for name, finding in some]}
            for title, some in groups.items()
        ],
    }
    _rows(
        data=data,
        key=key,
        on_opened_change=lambda: on_open(st.session_state[key]["opened"]),
        on_ticked_change=lambda: on_tick(st.session_state[key]["ticked"]["id"], st.session_state[key]["ticked"]["on"]),
    )


def item(name: str, finding: Mapping[str, Any], ticked: Sequence[str]) -> dict[str, Any]:
    """What the line of a finding shows: JSON values only."""
    word = SEVERITY[finding["severity"]][0]
    where = ", ".join(finding["columns"])
    return {
        "id": name,
        "severity": finding["severity"],
        "word": word,
        "title": finding["title"],
        "where": where or "whole rows",
        "message": finding["message"],
        "count": count(finding["count"], "row"),
        "share": finding["share"],
        "fixable": bool(finding["fix"]),
        "ticked": name in ticked,
        "text": f"{word}: {finding['title']} in {where or 'whole rows'}, {count(finding['count'], 'row')}",
    }
