"""The treatment of each column: what was found in each column, what is proposed, and what somebody decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.errors import SettingError
from dataops_core.synthetic import MAKERS
from dataops_core.synthetic.prepare.column_treatments import WHOLE
from pages._ui import allowed, current_table, method_results, page_layout
from pages._ui.formatting import KINDS, count, md
from pages._ui.synthesize.settings import Asked

MOST = 30  # columns with a card of their own
EXAMPLES = 200  # rows in which examples are looked for
CHOICES: dict[str, dict[str, Any]] = {
    "Learn its values": {"as": "learn", "maker": None},
    **{f"Make up: {says}": {"as": "make", "maker": maker} for maker, says in MAKERS.items()},
    "Leave it out": {"as": "leave out", "maker": None},
}
WORDS = {(each["as"], each["maker"]): words for words, each in CHOICES.items()}
DIRTY = {
    "numbers_as_text": "amounts",
    "numbers_mixed_with_words": "amounts",
    "number_forms": "amounts",
    "mixed_units": "amounts",
    "dates_as_text": "dates",
    "date_forms": "dates",
    "mixed_date_formats": "dates",
}


def panel(wanted: Asked) -> None:
    """A card for each column that somebody should look at, then all others in one table."""
    st.markdown(
        "No real name, address or number of a person may be learned. Columns that name people, or may do so, are **made"
        " up** anew: no real value is used. All others are **learned**: values that few rows have are merged, and"
        " extremes clipped."
    )
    ask = [each for each in wanted.plan["columns"] if each["ask"]]
    dirty = _dirty(wanted)
    if ask:
        _head(wanted, ask)
    for each in ask[:MOST]:
        _card(wanted, each, dirty.get(each["column"]))
    _others(wanted, [each for each in wanted.plan["columns"] if not each["ask"]] + ask[MOST:])


def _head(wanted: Asked, ask: list[Mapping[str, Any]]) -> None:
    left = len(wanted.undecided)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Please decide" if left else "Decided")
        if left > 1:
            allowed.button(
                "form changed",
                f"Take all {left} proposals",
                key="synthesize.all",
                icon=":material/done_all:",
                on_click=_take_all,
                args=(wanted,),
                help="Decides those below that are still open as proposed; each can be changed afterwards",
            )
    st.caption(
        f"{count(left, 'column')} of {len(ask)} to be decided."
        if left
        else (
            f"{count(len(ask), 'column')} that may name people {'is' if len(ask) == 1 else 'are'} decided; change your"
            " mind whenever you like."
        )
    )


def _take_all(wanted: Asked) -> None:
    wanted.change(
        columns={
            **wanted.draft["columns"],
            **{each["column"]: {"as": each["as"], "maker": each["maker"]} for each in wanted.undecided},
        }
    )
    st.session_state.pop(wanted.key(f"base.{wanted.state}"), None)


def _card(wanted: Asked, each: Mapping[str, Any], dirty: tuple[str, Mapping[str, Any] | None] | None) -> None:
    name, decided = each["column"], wanted.draft["columns"].get(each["column"])
    at = [column["column"] for column in wanted.plan["columns"]].index(name)
    with st.container(border=True, key=f"synthesize-card-{at}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(
                "Decided" if decided else "To decide",
                icon=":material/check:" if decided else ":material/help:",
                color="green" if decided else "orange",
            )
            st.markdown(f"**{md(name)}**: {md(each['why'])}")
        if examples := _examples(wanted, name):
            st.caption(f"For example: {examples}")
        if dirty:
            _repair_first(*dirty, at)
        options = [words for words in CHOICES if _allowed(each, CHOICES[words])]
        proposed = WORDS[each["as"], each["maker"]]
        with st.container(horizontal=True, vertical_alignment="bottom"):
            key = wanted.key(f"column.{at}")
            now = WORDS.get((decided["as"], decided["maker"])) if decided else None
            if now != st.session_state.get(key, now):
                del st.session_state[key]  # decided by another button meanwhile
            st.selectbox(
                f"Treatment of {md(name)}",
                options,
                index=options.index(now) if now in options else None,
                key=key,
                placeholder="Choose",
                width=430,
                on_change=_decide,
                args=(wanted, name, key),
            )
            if not decided:
                allowed.button(
                    "form changed",
                    "As proposed",
                    key=f"synthesize.proposed.{at}",
                    on_click=_put,
                    args=(wanted, name, proposed),
                    icon=":material/done:",
                    help=proposed,
                )
        if not decided:
            st.caption(f"Proposed: {proposed[0].lower()}{md(proposed[1:])}.")


def _decide(wanted: Asked, name: str, key: str) -> None:
    _put(wanted, name, st.session_state[key])


def _put(wanted: Asked, name: str, words: str | None) -> None:
    rest = {column: each for column, each in wanted.draft["columns"].items() if column != name}
    wanted.change(columns=rest | ({name: CHOICES[words]} if words else {}))


def _allowed(each: Mapping[str, Any], choice: Mapping[str, Any]) -> bool:
    """Whether a column can be treated so: text by all makers, whole numbers as keys and numbers of the same shape, all
    others not at all.
    """
    return choice["as"] != "make" or each["type"] == "text" or (each["type"] == "integer" and choice["maker"] in WHOLE)


def _examples(wanted: Asked, name: str) -> str:
    cells = wanted.table.page(0, EXAMPLES, [name])[name].dropna().astype(str).unique()[:3]
    # no link to send mail by
    return "; ".join(md(cell if len(cell) <= 60 else f"{cell[:59]}…").replace("@", "\u200b@") for cell in cells)


def _dirty(wanted: Asked) -> dict[str, tuple[str, Mapping[str, Any] | None]]:
    """The columns of text that seem to hold amounts or dates, with the step that mends them, as the findings of the
    page Profile say.
    """
    profile = current_table.profile(wanted.here, wanted.state)
    if profile is None and any(
        each["type"] == "text" and each["ask"] and not each["found"] for each in wanted.plan["columns"]
    ):
        looking = "Looking for amounts and dates that are written as text"
        profile = current_table.profiled(wanted.here, wanted.state, looking)
    texts = {each["column"] for each in wanted.plan["columns"] if each["type"] == "text"}
    found = sorted(
        (each for each in (profile or {}).get("findings", ()) if each["check"] in DIRTY),
        key=lambda each: each["fix"] is not None,
    )
    return {name: (DIRTY[each["check"]], each["fix"]) for each in found for name in each["columns"] if name in texts}


def _repair_first(what: str, fix: Mapping[str, Any] | None, at: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f":material/healing: These look like {what} written as text. Repair them first: then they are learned as"
            f" {what}."
        )
        if fix:
            method_results.use(fix, "Repair …", f"synthesize.repair.{at}")
        elif st.button("Go to Clean", key=f"synthesize.clean.{at}", icon=":material/arrow_forward:"):
            st.switch_page("pages/clean.py", query_params=st.query_params.to_dict())


def _others(wanted: Asked, others: list[Mapping[str, Any]]) -> None:
    if not others:
        return
    st.header("All other columns")
    st.caption("Click a cell under “Treatment” twice to choose otherwise.")
    # a table whose cells change by themselves would forget its edits
    base = st.session_state.setdefault(wanted.key(f"base.{wanted.state}"), dict(wanted.draft["columns"]))
    shown = pd.DataFrame(
        [
            {
                "Column": each["column"],
                "Treatment": _now(each, base),
                "Why": "it tells nobody apart" if each["as"] == "learn" and not each["found"] else each["why"],
                "Kind": KINDS.get(each["kind"], each["kind"]),
            }
            for each in others
        ]
    )
    key = wanted.key(f"editor.{wanted.state}")
    st.data_editor(
        shown,
        key=key,
        hide_index=True,
        disabled=["Column", "Kind", "Why"],
        alt="All other columns, with what becomes of each",
        on_change=_edited,
        args=(wanted, [each["column"] for each in others], key),
        column_config={
            "Treatment": st.column_config.SelectboxColumn("Treatment", options=list(CHOICES), required=True, width=300),
            "Column": st.column_config.TextColumn("Column", width=150),
            "Kind": st.column_config.TextColumn("Kind", width=110),
            "Why": st.column_config.TextColumn("Why", width=280),
        },
        height=min(560, 42 + 35 * len(others)),
        placeholder="",
    )


def _now(each: Mapping[str, Any], base: Mapping[str, Any]) -> str | None:
    decided = base.get(each["column"]) or (None if each["ask"] else each)
    return WORDS.get((decided["as"], decided["maker"])) if decided else None


def _edited(wanted: Asked, names: list[str], key: str) -> None:
    changed = {
        names[row]: cells["Treatment"]
        for row, cells in st.session_state[key]["edited_rows"].items()
        if cells.get("Treatment")
    }
    about = {each["column"]: each for each in wanted.plan["columns"]}

    def kept() -> None:
        for name, words in changed.items():
            if not _allowed(about[name], CHOICES[words]):
                raise SettingError(
                    f"“{name}” cannot be made up so.",
                    name,
                    "Text can be made up in every way, whole numbers as keys and numbers of the same shape; learn other"
                    " columns, or leave them out.",
                )
        wanted.change(columns={**wanted.draft["columns"], **{name: CHOICES[words] for name, words in changed.items()}})

    page_layout.act(kept)
