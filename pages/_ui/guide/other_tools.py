"""What other tools call their operations on tables, with the steps that do the same here beside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dataops_core import steps
from dataops_core.steps._other_tools import OTHER_TOOLS, Operation, OtherTool
from pages._ui.formatting import md

Heading = Callable[[str], Any]


def all_tools(matches: Callable[..., bool], heading: Heading = st.header) -> bool:
    """The operations that match, by tool; whether there are any."""
    found = False
    for tool in OTHER_TOOLS:
        rows = [each for each in tool.operations if matches(tool.name, each.there, *each.steps, *_titles(each))]
        if rows:
            found = True
            heading(tool.name)
            _table(tool, rows)
    return found


def _table(tool: OtherTool, rows: list[Operation]) -> None:
    st.table(
        {
            "There": [md(each.there) for each in rows],
            "The step here": [md(", ".join(_titles(each))) or "–" for each in rows],
            "Also": [each.here[:1].upper() + each.here[1:] for each in rows],
        }
    )
    links = ", ".join(f"[{url.removeprefix('https://')}]({url})" for url in tool.sources)
    st.caption(f"As it is described at {links}")


def _titles(each: Operation) -> list[str]:
    return [steps.get(name).title for name in each.steps]
