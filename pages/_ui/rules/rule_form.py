"""Write a rule, or edit one: a form made from the settings of its kind, tried on all rows before it is kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core.rules import KINDS, Rule
from dataops_core.rules.rule import COMMON, ordered_fields
from dataops_core.store import dataset_rules
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import grid, page_layout, redaction
from pages._ui.formatting import count, md
from pages._ui.rules import states

OF_OTHER = ("table", "table_columns")  # the settings that say which key of which other table
WRITTEN = [name for name in KINDS if name != "distribution"]  # which is made from another table


def panel(here: Dataset, state: str) -> None:
    """The form, and what the rule that it makes would find."""
    if redaction.is_viewer():
        st.info("Editors write rules here.", icon=":material/lock:")
        return
    start: dict[str, Any] = st.session_state.get("rules.form") or {}
    number = st.session_state.get("rules.form.n", 0)
    table = grid.table(state)
    names = WRITTEN if start.get("kind") in (None, *WRITTEN) else [start["kind"]]
    names = sorted(names, key=lambda name: KINDS[name].title)
    if start.get("replaces"):
        st.markdown(f"You are changing: **{md(_plain_rule(start).sentence)}**")
    name = st.selectbox(
        "What do you require?",
        names,
        index=names.index(start["kind"]) if start.get("kind") in names else None,
        format_func=lambda each: KINDS[each].title,
        key=f"rules.kind.{number}",
        placeholder="Choose a kind of rule",
    )
    if name is None:
        st.caption("For example: a range for a number, a list of allowed values, or your own condition.")
        return
    st.caption(KINDS[name].about)
    given = start if start.get("kind") == name else {}
    others = dataset_rules.related(page_layout.store(), here.id) if name == "reference" else {}
    values = {
        each.name: _of_other(each.name, given, others, f"rules.{name}.{each.name}.{number}")
        if each.name in OF_OTHER
        else _field(each, given.get(each.name), table, f"rules.{name}.{each.name}.{number}")
        for each in ordered_fields(KINDS[name])
        if each.name not in COMMON
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        severity = st.radio(
            "If it fails",
            ["block", "warn"],
            index=["block", "warn"].index(given.get("severity", "block")),
            format_func=lambda each: "Blocks saving" if each == "block" else "Warns",
            key=f"rules.severity.{name}.{number}",
            horizontal=True,
            width=260,
        )
        least = st.number_input(
            "At least … % of rows must meet it",
            0.0,
            100.0,
            100 * float(given.get("least", 1.0)),
            0.1,
            key=f"rules.least.{name}.{number}",
            width=230,
            help="100: every row. Less leaves room for rows that are known to break it",
        )
    made = {"kind": name, **{key: value for key, value in values.items() if value not in (None, "", [], ())}}
    made |= {"severity": severity, "least": round(least / 100, 6), "note": given.get("note", "")}
    asked = f"rules.try.{number}"
    with st.container(horizontal=True):
        tried = st.button("Try it", icon=":material/play_arrow:", key=f"rules.try_it.{number}")
        st.button(
            "Save changes" if start.get("replaces") else "Add rule",
            type="primary",
            icon=":material/add:",
            key=f"rules.add.{number}",
            on_click=_keep,
            args=(here.id, made, start.get("replaces")),
        )
        if start:
            st.button("Never mind", key=f"rules.never_mind.{number}", on_click=_forget)
    if tried:
        st.session_state[asked] = made
    if st.session_state.get(asked) == made:
        _try(here, state, made)


def _field(about: dataclasses.Field[Any], value: Any, table: Table, key: str) -> Any:
    """The widget of one setting."""
    shape, label, tip = about.metadata["shape"], about.metadata["label"], about.metadata["help"] or None
    if shape == "column":
        index = table.names.index(value) if value in table.names else None
        return st.selectbox(label, table.names, index=index, key=key, help=tip, placeholder="Choose a column")
    if shape == "columns":
        start = [each for each in value or [] if each in table.names]
        return st.multiselect(label, table.names, start, key=key, help=tip, placeholder="Choose columns")
    if shape.startswith("choice:"):
        options = shape.removeprefix("choice:").split("|")
        index = options.index(value) if value in options else 0
        return st.selectbox(label, options, index=index, key=key, help=tip)
    if shape == "flag":
        return st.checkbox(label, bool(value), key=key, help=tip)
    if shape == "whole":
        return st.number_input(label, value=value, step=1, key=key, help=tip, width=230, placeholder="No limit")
    if shape == "values":
        text = st.text_area(label, "\n".join(str(each) for each in value or []), key=key, help=tip, height=120)
        numbers = any(not isinstance(each, str) for each in value or [])
        return [_number(line) if numbers else line for line in text.splitlines() if line != ""]
    if shape == "number":
        default = about.default if isinstance(about.default, float) else None
        start = value if value is not None else default
        text = st.text_input(label, "" if start is None else str(start), key=key, help=tip, width=230).strip()
        return _number(text) if text else None
    if shape == "plain":
        st.caption("The reference is kept as it is.")
        return value
    return st.text_input(label, value or "", key=key, help=tip)


def _of_other(setting: str, given: Mapping[str, Any], others: Mapping[str, str], key: str) -> Any:
    """The widget of the other table, or of its key columns."""
    names = list(dict.fromkeys([*others, *([given["table"]] if given.get("table") else [])]))
    table_key = key.replace(".table_columns.", ".table.")
    if setting == "table":
        return st.selectbox(
            "Table",
            names,
            index=names.index(given["table"]) if given.get("table") else None,
            key=table_key,
            help="Another dataset of this project, as it is now",
            placeholder="Choose a dataset" if names else "Upload the other table first, on Data",
        )
    chosen = st.session_state.get(table_key)
    columns = grid.table(others[chosen]).names if chosen in others else list(given.get("table_columns") or [])
    start = [each for each in given.get("table_columns") or [] if each in columns]
    return st.multiselect(
        "Its key columns", columns, start, key=key, help="As many, in the same order", placeholder="Choose columns"
    )


def _number(text: str) -> Any:
    """A number as it was typed, or the text itself: a date."""
    from dataops_core.steps._cells import plain_number

    found = plain_number(text)
    return text if found is None else found


def _plain_rule(start: Mapping[str, Any]) -> Rule:
    return Rule.from_json({key: value for key, value in start.items() if key != "replaces"})


def _try(here: Dataset, state: str, made: Mapping[str, Any]) -> None:
    """What the rule would find, without keeping it."""
    rule = Rule.from_json(made)
    told = states.checked(here, state, [rule])
    if not told:
        return
    each = told[0]
    word, icon, color = states.LOOK[states.state_of(each)]
    with st.container(border=True, key="rule-trial"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(word, icon=icon, color=color)
            st.markdown(f"**{md(rule.sentence)}**")
        st.markdown(md(each["message"] or f"All {each['rows']:,} rows that it speaks of meet it."))
        if each["failing"]:
            shown = each["failing_rows"][: states.FEW]
            st.caption(f"{count(each['failing'], 'failing row')}; the first {len(shown)}:")
            grid.some_rows(state, shown, "rules.trial", f"Rows that break: {rule.sentence}", rule.columns, height=220)


def _keep(dataset: str, made: Mapping[str, Any], replaces: str | None) -> None:
    def keep() -> None:
        rule = Rule.from_json(made)
        dataset_rules.add(page_layout.store(), dataset, [rule], page_layout.actor(), instead_of=replaces)
        page_layout.say("The rule is kept.")
        _forget()
        st.session_state["rules.go"] = "Your rules"

    page_layout.act(keep)


def _forget() -> None:
    st.session_state.pop("rules.form", None)
    st.session_state["rules.form.n"] = st.session_state.get("rules.form.n", 0) + 1
