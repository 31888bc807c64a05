"""What must hold in every row of a synthetic table: what was found in the real rows, and what somebody adds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from dataops_core.errors import SettingError
from dataops_core.synthetic.constraints.constraint import TYPES as CONSTRAINTS
from dataops_core.synthetic.constraints.constraint import counted
from dataops_core.synthetic.constraints.reading import from_json
from pages._ui import allowed, page_layout
from pages._ui.formatting import count, md
from pages._ui.synthesize.settings import Asked, name_of

LOOKED = 50_000  # rows in which an added one is counted
TYPES = {
    "order": "One column is never above another",
    "between": "A column lies between two values",
    "sum": "Some columns add up to another",
    "combination": "Only combinations that exist",
    "one_hot": "Exactly one of some columns is 1",
    "increment": "A column comes in even steps",
    "unique": "A column is different in every row",
    "together": "Columns are missing together",
}
HELP = {
    "order": "Such as start and end: choose them from the smallest to the greatest",
    "between": "Numbers, or dates as 2024-12-31",
    "sum": "Such as net + tax = gross",
    "combination": "Such as city and country: the synthetic data has no pair that no real row has",
    "one_hot": "Columns of 0 and 1 that answer one question",
    "increment": "Such as prices in steps of 5",
    "unique": "Such as a customer number",
    "together": "Such as the two parts of an address",
}


def panel(wanted: Asked) -> None:
    """Each constraint with a switch, then a form for another one."""
    st.markdown(
        "What always holds in the real rows must hold in every row of the synthetic data. Switch off what holds"
        " by chance only, and add what you know to be true."
    )
    found, added = wanted.plan["constraints"], wanted.draft["added"]
    if not found and not added:
        st.info("Nothing was found that always holds.", icon=":material/info:")
    for place, each in enumerate(found):
        name = name_of(each)
        with st.container(border=True, key=f"synthesize-holds-{place}", gap="xxsmall"):
            st.toggle(
                md(each["words"]),
                value=name not in wanted.draft["off"],
                key=wanted.key(f"holds.{name}"),
                on_change=_switch,
                args=(wanted, name),
            )
            st.caption(_counted(wanted, each))
    for place, each in enumerate(added):
        with st.container(border=True, key=f"synthesize-added-{place}", gap="xxsmall"):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f":material/person: {md(each['words'])}")
                allowed.button(
                    "form changed",
                    "Remove",
                    key=f"synthesize.remove.{place}",
                    on_click=_remove,
                    args=(wanted, place),
                    icon=":material/delete:",
                )
            st.caption(_counted(wanted, each))
    _form(wanted)


def _counted(wanted: Asked, each: Mapping[str, Any]) -> str:
    names = set(from_json(each).bound)
    gone = sorted(name for name in names if wanted.treated.get(name, {}).get("as") != "learn")
    unlike = (
        f" {md(', '.join(gone))} {'is' if len(gone) == 1 else 'are'} not learned: it is kept where makers can keep it."
        if gone and each["type"] != "unique"
        else ""
    )
    broken = (
        f"{count(each['violations'], 'row')} of {each['rows']:,} real ones"
        f" break{'s' if each['violations'] == 1 else ''} it, and will not be learned from."
    )
    return (broken if each["violations"] else f"Holds in all {each['rows']:,} real rows that were looked at.") + unlike


def _switch(wanted: Asked, name: str) -> None:
    on = st.session_state[wanted.key(f"holds.{name}")]
    wanted.change(off=[each for each in wanted.draft["off"] if each != name] + ([] if on else [name]))


def _remove(wanted: Asked, place: int) -> None:
    wanted.change(added=[each for at, each in enumerate(wanted.draft["added"]) if at != place])


def _form(wanted: Asked) -> None:
    with st.container(border=True, key="synthesize-constraint"):
        st.header("Add what must hold")
        kind = st.selectbox(
            "Constraint",
            list(TYPES),
            format_func=TYPES.get,
            key="synthesize.constraint.type",
            width=420,
            help="Statisticians call these constraints",
        )
        able = [
            c.name
            for c in wanted.table.columns
            if not CONSTRAINTS[kind].of_amounts or c.type in ("integer", "decimal", "datetime", "boolean")
        ]
        key = f"synthesize.constraint.{kind}"
        if not able:
            st.caption("It takes columns of numbers or dates, and there are none.")
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if kind in ("increment", "between", "unique"):
                st.selectbox("Column", able, index=None, key=f"{key}.column", placeholder="Choose a column", width=300)
            else:
                st.multiselect(
                    "Columns, from the smallest to the greatest" if kind == "order" else "Columns",
                    able,
                    key=f"{key}.columns",
                    placeholder="Choose columns",
                    width=430,
                    help=HELP[kind],
                )
            if kind == "sum":
                st.selectbox(
                    "Their total", able, index=None, key=f"{key}.total", placeholder="Choose a column", width=240
                )
            if kind == "increment":
                st.number_input("Steps of", min_value=0.0, value=10.0, key=f"{key}.by", width=160, help=HELP[kind])
            if kind == "between":
                st.text_input("Smallest", key=f"{key}.min", width=170, help=HELP[kind])
                st.text_input("Greatest", key=f"{key}.max", width=170, help=HELP[kind])
        allowed.button(
            "form changed",
            "Add",
            key="synthesize.constraint.add",
            on_click=_add,
            args=(wanted, kind),
            icon=":material/add:",
        )


def _add(wanted: Asked, kind: str) -> None:
    state, key = st.session_state, f"synthesize.constraint.{kind}"
    column = state.get(f"{key}.column")
    made: dict[str, Any] = {"type": kind, "columns": list(state.get(f"{key}.columns") or ([column] if column else []))}

    def kept() -> None:
        names = [*made["columns"], *([made["total"]] if made.get("total") else [])]
        types = {wanted.table.column(name).type for name in names}
        if len(made["columns"]) < CONSTRAINTS[kind].least or not made.get("total", 1) or not made.get("by", 1):
            raise SettingError(
                "Something is missing.",
                "Constraint",
                "Choose the columns"
                + ("." if kind not in ("sum", "increment", "between") else ", and what stands beside them."),
            )
        if kind in ("order", "sum") and "datetime" in types and len(types) > 1:
            raise SettingError("Dates and amounts cannot be compared.", ", ".join(names), "Choose columns of one sort.")
        if kind == "between":
            made.update({end: _end(state[f"{key}.{end}"], dates="datetime" in types) for end in ("min", "max")})
        frame, constraint = wanted.table.page(0, LOOKED, names), from_json(made)
        constraint.check(frame)
        told = counted(frame, constraint).to_json()
        if name_of(told) not in [name_of(each) for each in wanted.constraints]:
            wanted.change(added=[*wanted.draft["added"], told])
        state.update(
            {each: [] for each in (f"{key}.columns",) if each in state}
            | {each: None for each in (f"{key}.column", f"{key}.total") if each in state}
        )

    if kind == "sum":
        made["total"] = state[f"{key}.total"]
    if kind == "increment":
        made["by"] = _short(state[f"{key}.by"])
    page_layout.act(kept)


def _end(typed: str, *, dates: bool) -> float | int | str:
    """An end of a range as it was typed: a number, or a date as 2024-12-31. Raises SettingError where it is neither."""
    try:
        return date.fromisoformat(typed.strip()).isoformat() if dates else _short(float(typed))
    except ValueError as error:
        raise SettingError(
            f"“{typed}” is not a {'date' if dates else 'number'}.",
            "Constraint",
            "Write a date as 2024-12-31." if dates else "Write a number, such as 12.5.",
        ) from error


def _short(number: float) -> float | int:
    """A number without a decimal point where it needs none."""
    return int(number) if number.is_integer() else number
