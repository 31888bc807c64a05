"""A step's form, made from its settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.steps import Setting, Step
from dataops_core.table import Column, Table

_CHOICES = {"iqr": "interquartile range", "zscore": "standard deviations (z-score)", "percentile": "percentiles"}


def label(step: Step) -> str:
    """A step in a list that people search: its group and title, and other words by which they look for it."""
    return f"{step.group}: {step.title}" + (f" ({step.also})" if step.also else "")


Others = Mapping[str, tuple[str, Table]]  # what people call a table: its name in recipes, and the table


def fields(
    step: Step, columns: Sequence[Column], given: Mapping[str, Any], key: str, others: Others | None = None
) -> dict[str, Any]:
    """Draw the widgets of a step's settings; returns what they hold, for the step to check.

    `others` are the tables that a step with a second table can work with.
    """
    values: dict[str, Any] = {}
    for setting in step.settings:
        if step.needs_table and setting.name in ("table", "content", "their_keys", "columns"):
            values |= _of_other(setting, given, values, others or {}, key)
            continue
        if setting.when and values.get(setting.when.setting) not in setting.when.values:
            continue
        start = given.get(setting.name, setting.default)
        values[setting.name] = _field(setting, start, columns, f"{key}.{setting.name}")
    return {name: value for name, value in values.items() if value is not None}


def _of_other(
    setting: Setting, given: Mapping[str, Any], values: Mapping[str, Any], others: Others, key: str
) -> dict[str, Any]:
    """The settings that are about the second table: which one it is, and which of its columns."""
    tip = setting.help or None
    chosen = st.session_state.get(f"{key}.table")
    if setting.name == "content":
        return {}
    if setting.name == "table":
        known = next((name for name, (_, table) in others.items() if table.content_hash == given.get("content")), None)
        label = st.selectbox(
            setting.label,
            list(others),
            index=list(others).index(known) if known else None,
            help=tip,
            key=f"{key}.table",
            placeholder="Choose a dataset or version" if others else "Upload the other table first, on Data",
        )
        if label is None:
            return {}
        return {"table": others[label][0], "content": others[label][1].content_hash}
    names = others[chosen][1].names if chosen in others else []
    picked = st.multiselect(
        setting.label,
        names,
        default=[name for name in given.get(setting.name) or [] if name in names],
        help=tip,
        key=f"{key}.{setting.name}.{chosen}",
        placeholder="None chosen",
    )
    return {setting.name: picked}


def _field(setting: Setting, start: Any, columns: Sequence[Column], key: str) -> Any:
    label, tip = setting.label, setting.help or None
    if setting.shape in ("columns", "column"):
        return _columns(setting, start, columns, key)
    if setting.shape == "choice":
        at = setting.choices.index(start) if start in setting.choices else 0
        return st.selectbox(label, setting.choices, index=at, format_func=_choice, help=tip, key=key)
    if setting.shape == "flag":
        return st.checkbox(label, value=bool(start), help=tip, key=key)
    if setting.shape in ("number", "whole"):
        return _number(setting, start, key)
    if setting.shape == "choices":
        return st.multiselect(
            label,
            setting.choices,
            default=list(start or []),
            format_func=_choice,
            help=tip,
            key=key,
            placeholder="None",
        )
    if setting.shape == "texts":
        known = [str(item) for item in start or []]
        return st.multiselect(
            label,
            known,
            default=known,
            accept_new_options=True,
            help=tip,
            key=key,
            placeholder="Type a value and press Enter",
        )
    if setting.shape == "mapping":
        return _mapping(setting, start or {}, columns, key)
    typed = st.text_input(label, value="" if start is None else str(start), help=tip, key=key)
    return typed if typed or setting.required else None


def _columns(setting: Setting, start: Any, columns: Sequence[Column], key: str) -> Any:
    names = [column.name for column in columns if setting.columns.takes(column)]
    if setting.shape == "column":
        at = names.index(start) if start in names else None
        return st.selectbox(
            setting.label, names, index=at, help=setting.help or None, key=key, placeholder="Choose a column"
        )
    chosen = [name for name in start or [] if name in names]
    empty = "Choose columns" if setting.required else "None chosen"
    return st.multiselect(setting.label, names, default=chosen, help=setting.help or None, key=key, placeholder=empty)


def _number(setting: Setting, start: Any, key: str) -> Any:
    kind = int if setting.shape == "whole" else float
    low, high = (kind(setting.span.low), kind(setting.span.high)) if setting.span else (None, None)
    first = None if start is None else kind(start)
    return st.number_input(
        setting.label, value=first, min_value=low, max_value=high, help=setting.help or None, key=key
    )


def _mapping(setting: Setting, start: Mapping[str, str], columns: Sequence[Column], key: str) -> dict[str, str]:
    st.markdown(setting.label)
    rows = pd.DataFrame({"Old": list(start) or [None], "New": list(start.values()) or [None]}, dtype="object")
    edited = st.data_editor(
        rows,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        alt=setting.label,
        column_config={
            "Old": st.column_config.TextColumn("Now", help="The value or name as it is now"),
            "New": st.column_config.TextColumn("New value", help="What it becomes"),
        },
        placeholder="",
    )
    pairs = zip(edited["Old"], edited["New"], strict=True)
    return {str(old): "" if pd.isna(new) else str(new) for old, new in pairs if not pd.isna(old)}


def _choice(choice: Any) -> str:
    return _CHOICES.get(choice, str(choice).replace("_", " "))
