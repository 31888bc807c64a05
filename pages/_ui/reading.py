"""How a file was read: what was assumed, what could not be read, and how to read it differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.store import datasets, states
from dataops_core.store.datasets import Dataset
from pages._ui import grid, job, page_layout
from pages._ui.formatting import KINDS, md

_NAMES = {
    "format": "File format",
    "encoding": "Encoding",
    "delimiter": "Delimiter",
    "quote": "Quote",
    "header_row": "Header line",
    "header_rows": "Lines of the header",
    "table": "Table of the file",
    "decimal": "Decimal sign",
    "missing_tokens": "Means missing",
    "sheet": "Sheet",
}
_DELIMITERS = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    ":": "colon",
    " ": "spaces",
    "␠": "single spaces",
}
_FORMATS = {
    "csv": "Delimited text (CSV)",
    "excel": "Excel",
    "parquet": "Parquet",
    "json": "JSON",
    "jsonl": "JSON Lines",
}


def root_state(here: Dataset) -> str | None:
    """The state of the file as read; read again (as a job, if large) where the store has lost it."""
    root = states.root_id(here.raw["sha256"], here.recipe.read or {})
    if not states.known(page_layout.store(), root):
        job.do(
            "evaluate",
            {"raw": dict(here.raw), "recipe": replace(here.recipe, steps=()).to_json()},
            "Reading the file",
            cells=here.raw["size"] // 8,
        )
        if not states.known(page_layout.store(), root):
            return None
    return root


def panel(here: Dataset, root: str) -> None:
    """What was assumed, what went wrong, and the form to read it differently."""
    read = dict(here.recipe.read or {})
    assumed, columns = st.columns([1, 1], gap="large")
    with assumed:
        st.markdown("**Found out from the whole file**")
        rows = [(name, _said(key, read[key])) for key, name in _NAMES.items() if read.get(key) is not None]
        st.table(pd.DataFrame(rows, columns=["What", "Found"]).set_index("What"))
        problems = page_layout.store().cached(f"problems:{root}") or []
        if not problems:
            st.success("Every line and every cell could be read.", icon=":material/check_circle:")
        for problem in problems:
            st.warning(f"{md(problem['where'])}. {md(problem['fix'])}", title=md(problem["what"]))
    with columns:
        st.markdown("**Columns**")
        table = grid.table(root)
        st.dataframe(
            pd.DataFrame(
                {
                    "Column": table.names,
                    "Kind": [KINDS[c.kind] for c in table.columns],
                    "Stored as": [c.type for c in table.columns],
                }
            ),
            hide_index=True,
            key="reading.columns",
            alt="The columns with their kinds",
        )
    if read.get("format") in ("csv", "excel"):
        with st.expander("Read it differently"):
            _again(here, read)


def _again(here: Dataset, read: Mapping[str, Any]) -> None:
    with st.form("reading.again", border=False):
        left, right = st.columns(2)
        changed: dict[str, Any] = {}
        if read["format"] == "csv":
            options = list(dict.fromkeys([read.get("delimiter") or ",", *_DELIMITERS]))
            changed["delimiter"] = left.selectbox("Delimiter", options, format_func=lambda d: _DELIMITERS.get(d, d))
            encodings = list(dict.fromkeys([read.get("encoding") or "utf-8", "utf-8", "cp1252", "latin-1", "utf-16"]))
            changed["encoding"] = right.selectbox("Encoding", encodings, accept_new_options=True)
            changed["decimal"] = left.selectbox(
                "Decimal sign", list(dict.fromkeys([read.get("decimal") or ".", ".", ","]))
            )
        else:
            changed["sheet"] = left.text_input("Sheet", value=read.get("sheet") or "")
        changed["header_row"] = right.number_input(
            "Header line",
            value=int(read.get("header_row") or 0),
            min_value=-1,
            help="Counts from 0; -1 means that there is none",
        )
        if read.get("table"):
            changed["table"] = left.number_input(
                "Table", value=int(read["table"]), min_value=1, help="The file holds several tables; this one is read"
            )
        tokens = list(dict.fromkeys([token for token in read.get("missing_tokens") or [] if token]))
        changed["missing_tokens"] = st.multiselect(
            "Cells that mean: nothing here",
            list(dict.fromkeys([*tokens, "?", "NA", "N/A", "null", "-"])),
            default=tokens,
            accept_new_options=True,
            help="Empty cells always do",
        )
        if st.form_submit_button("Read it again", icon=":material/refresh:"):
            st.session_state["reading.asked"] = {
                "raw": dict(here.raw),
                "options": {"format": read["format"], "lenient": read.get("lenient"), **changed},
            }
    asked = st.session_state.get("reading.asked")
    if not asked:
        return
    options = job.do("reread", asked, "Reading the file again", cells=here.raw["size"] // 8)
    if options:
        del st.session_state["reading.asked"]
        recipe = replace(here.recipe, read=options)
        datasets.edit(
            page_layout.store(), here.id, here.revision, recipe, "Read the file differently", page_layout.actor()
        )
        page_layout.say("Read again. Undo on the Clean page takes it back.")
        st.rerun()


def _said(key: str, value: Any) -> str:
    if key == "format":
        return _FORMATS.get(value, value)
    if key == "delimiter":
        return _DELIMITERS.get(value, value)
    if key == "header_row":
        return "none" if value < 0 else f"line {value + 1}"
    if key == "missing_tokens":
        return ", ".join(token or "empty cells" for token in value)
    return {"": "none", ".": "point", ",": "comma"}.get(value, str(value)) if key == "decimal" else str(value) or "none"
