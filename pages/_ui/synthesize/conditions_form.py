"""Which rows somebody wishes for: as the table is, with certain values, as many of each group, or what a thin group
lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.errors import DataOpsError, SettingError
from pages._ui import allowed, page_layout
from pages._ui.formatting import count, md
from pages._ui.synthesize.settings import Asked, groups_of, requests, thin

HOW = {
    "as it is": ("As the table is", "each group as large as among the real rows"),
    "values": ("Rows with certain values", "for example 800 rows of group F with the outcome yes"),
    "balance": (
        "As many rows of each group",
        "every value of a column, or every group with every outcome, equally often",
    ),
    "fill": ("Fill a thin group", "only as many rows of one group as it lacks to a number that you wish for"),
}
VALUES = 60  # that are offered by name


def panel(wanted: Asked) -> None:
    """The choice, the form that belongs to it, and what it comes to."""
    if wanted.in_sequences:
        _rows(
            wanted, "About so many: sequences come whole. As many sequences as in the table, unless you say otherwise"
        )
        return
    how = st.radio(
        "Which rows",
        list(HOW),
        index=list(HOW).index(wanted.draft["how"]),
        format_func=lambda name: HOW[name][0],
        captions=[says for _, says in HOW.values()],
        key=wanted.key("how"),
        on_change=wanted.take,
        args=("how",),
    )
    if how == "as it is":
        _rows(wanted, "How many rows the synthetic data has; as many as the table, unless you say otherwise")
        return
    able = [name for name in wanted.table.names if name in wanted.learned]
    with st.container(border=True, key="synthesize-wish"):
        {"values": _values, "balance": _balance, "fill": _fill}[how](wanted, able)
        _comes_to(wanted)


def _rows(wanted: Asked, help_text: str) -> None:
    st.number_input(
        "Rows",
        1,
        10_000_000,
        value=int(wanted.draft["rows"] or wanted.table.rows),
        step=100,
        key=wanted.key("rows"),
        on_change=wanted.take,
        args=("rows",),
        width=200,
        help=help_text,
    )


def _values(wanted: Asked, able: list[str]) -> None:
    st.markdown("Choose columns and the value that each shall have. Several wishes are made one after the other.")
    names = st.multiselect(
        "Columns", able, key=wanted.key("wish.columns"), max_selections=4, placeholder="Choose columns", width=480
    )
    for name in names:
        st.selectbox(
            f"Value of {md(name)}",
            _known(wanted, name),
            index=None,
            key=wanted.key(f"wish.{name}"),
            placeholder="Choose or type a value",
            accept_new_options=True,
            width=330,
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input("Rows", 1, 10_000_000, value=100, step=100, key=wanted.key("wish.rows"), width=200)
        allowed.button(
            "form changed",
            "Add this wish",
            key="synthesize.wish.add",
            on_click=_wish,
            args=(wanted, names),
            icon=":material/add:",
            disabled=not names,
        )
    for place, each in enumerate(wanted.draft["requests"]):
        with st.container(horizontal=True, vertical_alignment="center", key=f"synthesize-wish-{place}"):
            st.markdown(f"{count(each['rows'], 'row')} with {md(said(each['values']))}")
            allowed.button(
                "form changed",
                "Remove",
                key=f"synthesize.wish.remove.{place}",
                on_click=_unwish,
                args=(wanted, place),
                icon=":material/delete:",
            )


def _known(wanted: Asked, name: str) -> list[str]:
    try:
        return [str(each["values"][name]) for each in groups_of(wanted, [name]) if each["learned"]][:VALUES]
    except DataOpsError:  # too many to be listed: it is typed
        return []


def _wish(wanted: Asked, names: list[str]) -> None:
    values = {name: st.session_state.get(wanted.key(f"wish.{name}")) for name in names}

    def kept() -> None:
        empty = [name for name, value in values.items() if not value]
        if empty:
            raise SettingError("A value is missing.", empty[0], f"Choose the value of {empty[0]}.")
        wanted.change(
            requests=[*wanted.draft["requests"], {"values": values, "rows": st.session_state[wanted.key("wish.rows")]}]
        )

    page_layout.act(kept)


def _unwish(wanted: Asked, place: int) -> None:
    wanted.change(requests=[each for at, each in enumerate(wanted.draft["requests"]) if at != place])


def _balance(wanted: Asked, able: list[str]) -> None:
    now, keys = wanted.draft["balance"], {name: wanted.key(f"balance.{name}") for name in ("columns", "total")}

    def take() -> None:
        wanted.change(balance={name: st.session_state[key] for name, key in keys.items()})

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            "Equally many of each",
            able,
            default=[name for name in now["columns"] if name in able],
            max_selections=3,
            key=keys["columns"],
            on_change=take,
            placeholder="Choose columns",
            width=480,
            help="Several columns: every group with every outcome, such as sex and approved",
        )
        st.number_input(
            "Rows in all",
            1,
            10_000_000,
            value=int(now["total"]),
            step=100,
            key=keys["total"],
            on_change=take,
            width=200,
        )


def _fill(wanted: Asked, able: list[str]) -> None:
    key = wanted.key("fill.columns")
    names = st.multiselect(
        "Groups by",
        able,
        default=[name for name in wanted.draft["fill"]["columns"] if name in able],
        max_selections=3,
        key=key,
        placeholder="Choose columns",
        width=480,
        on_change=lambda: wanted.change(fill={"columns": st.session_state[key]}),
    )
    if not names:
        return
    known, values, wished = thin(wanted)
    labels = {said(each["values"]): each for each in known}
    keys = {name: wanted.key(f"fill.{name}.{'.'.join(names)}") for name in ("group", "wished")}

    def take() -> None:
        wanted.change(
            fill={
                "columns": names,
                "values": labels[st.session_state[keys["group"]]]["values"],
                "wished": st.session_state[keys["wished"]],
            }
        )

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Group",
            list(labels),
            index=list(labels).index(said(values)) if values else None,
            format_func=lambda label: f"{label}: {count(labels[label]['rows'], 'row')}",
            key=keys["group"],
            on_change=take,
            width=400,
        )
        st.number_input(
            "Rows wished for",
            1,
            10_000_000,
            value=int(wished),
            step=100,
            key=keys["wished"],
            on_change=take,
            width=200,
            help="Real and made rows together",
        )


def said(values: Mapping[str, Any]) -> str:
    """Values as people read them: sex = F, approved = yes."""
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def _comes_to(wanted: Asked) -> None:
    """What will be asked for, in a table."""
    asked = requests(wanted)
    if not asked:
        st.caption("Nothing is asked for yet.")
        return
    how = wanted.draft["how"]
    if how != "values":  # those stand above, one by one
        shown = pd.DataFrame(
            [
                {**{name: str(value) for name, value in each["values"].items()}, "Rows to make": each["rows"]}
                for each in asked
            ]
        )
        st.dataframe(
            shown,
            hide_index=True,
            key="synthesize.wishes",
            alt="The rows that will be asked for",
            placeholder="any",
            height=min(300, 40 + 35 * len(shown)),
        )
    alone = (
        " The synthetic data has these rows only: they are there to stand beside the real ones."
        if how == "fill"
        else ""
    )
    st.caption(
        f"{count(sum(each['rows'] for each in asked), 'row')} in all.{alone} Where so many cannot be made, the result"
        " says how many are short."
    )
