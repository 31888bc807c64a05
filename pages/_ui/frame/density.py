"""How close things stand: comfortable, or compact for those who look at much at a time; the address keeps it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_PARAM, _KEY = "compact", "frame.compact"
ROW = 27  # pixels of a grid's row; comfortable is Streamlit's own height
_LOOK = Path(__file__).with_name("compact.css")


def choose() -> None:
    """The switch in the sidebar, and what it does to all that is drawn."""
    st.session_state.setdefault(_KEY, is_compact())
    st.sidebar.toggle(
        "Compact",
        key=_KEY,
        persist_state="session",
        on_change=_put_into_address,
        help="Smaller distances and rows, so that more fits the screen. The address of the page keeps it.",
    )
    if is_compact():
        st.html(_LOOK)


def _put_into_address() -> None:
    st.query_params.from_dict({**{k: v for k, v in st.query_params.to_dict().items() if k != _PARAM}, **kept()})


def is_compact() -> bool:
    """Whether things are to stand closer together."""
    return bool(st.session_state.get(_KEY, st.query_params.get(_PARAM) == "yes"))


def row_height() -> int | None:
    """The height of a grid's rows in pixels; None for the usual one."""
    return ROW if is_compact() else None


def kept() -> dict[str, str]:
    """What of it an address has to hold."""
    return {_PARAM: "yes"} if is_compact() else {}
