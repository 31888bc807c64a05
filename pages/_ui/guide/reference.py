"""Every step and every check, explained from the code itself; what is closed is not drawn."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any, TypeVar

import streamlit as st

from dataops_core import checks, steps
from dataops_core.checks.check import Check
from dataops_core.steps import Step
from pages._ui.formatting import SEVERITY, md

T = TypeVar("T")
Heading = Callable[[str], Any]


def all_steps(matches: Callable[..., bool], heading: Heading = st.header) -> bool:
    """The steps that match, by group; whether there are any."""
    known = sorted({id(s): s for s in steps.REGISTRY.values()}.values(), key=lambda s: (s.group, s.title))
    found = [s for s in known if matches(s.title, s.name, s.doc, s.group, s.also)]
    for group, members in groupby(found, lambda s: s.group):
        heading(group)
        with st.container(gap="xsmall"):
            for step in members:
                _entry(f"step.{step.name}", f"{md(step.title)}: {md(step.summary)}", _step, step)
    return bool(found)


def all_checks(matches: Callable[..., bool], heading: Heading = st.header) -> bool:
    """The checks that match, by group; whether there are any."""
    known = sorted(checks.REGISTRY.values(), key=lambda c: (c.group, c.title))
    found = [c for c in known if matches(c.title, c.name, c.doc, c.group)]
    for group, members in groupby(found, lambda c: c.group):
        heading(group)
        with st.container(gap="xsmall"):
            for check in members:
                _entry(f"check.{check.name}", f"{md(check.title)}: {md(check.summary)}", _check, check)
    return bool(found)


def totals() -> tuple[int, int]:
    """How many steps and checks there are."""
    return len({id(s) for s in steps.REGISTRY.values()}), len(checks.REGISTRY)


def _entry(key: str, label: str, draw: Callable[[T], None], what: T) -> None:
    box = st.expander(label, key=f"guide.{key}", on_change="rerun")
    if box.open:
        with box:
            draw(what)


def _step(step: Step) -> None:
    text, _, _example = step.doc.partition(">>>")
    st.markdown(text.strip().partition("\n\n")[2].strip() or md(step.summary))
    reach = "each row by itself" if step.reach == "row" else "the whole table"
    learns = "; it learns from the data first, and the learned values are kept with it" if step.learner else ""
    st.markdown(f"Package: pandas. Looks at {reach}{learns}. Name in recipes and on the command line: `{step.name}`")
    st.table(
        {
            "Setting": [s.label for s in step.settings],
            "Meaning": [
                s.help or (f"One of: {', '.join(map(str, s.choices))}" if s.choices else "") for s in step.settings
            ],
            "If not given": ["needed" if s.required else _said(s.default) for s in step.settings],
        }
    )
    st.code(step.source, language="python", wrap_lines=True)  # scrolling sideways needs a mouse


def _check(check: Check) -> None:
    st.markdown(md(check.why))
    fix = f"Fixed by the step: {md(check.fix.title)}." if check.fix else "No step fixes it by itself."
    st.markdown(f"{fix} Severity: {SEVERITY[check.severity][0].lower()} or graver. Name: `{check.name}`")


def _said(default: Any) -> str:
    return (
        {True: "yes", False: "no"}[default]
        if isinstance(default, bool)
        else "none"
        if default in (None, "", [], {})
        else str(default)
    )
