"""How a file was read: what was assumed, what could not be read, and how to read it differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.read import FORMATS
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
    "decimal": "Decimal sign",
    "missing_tokens": "Means missing",
    "sheet": "Sheet or table",
    "table": "Number of the table",
    "explode": "A row for each element of",
    "repairs": "Repairs allowed",
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
_SHEETS = {"excel": "Sheet", "sqlite": "Table", "duckdb": "Table"}
_TABLES = ("csv", "excel")  # formats that may hold several tables in one place
WIDEST = 400  # characters of a line that are shown
_REPAIRS = {
    "csv": ("bytes", "preamble", "header", "tables", "footnotes", "quotes", "delimiters", "widths"),
    "excel": ("blank rows", "totals", "footnotes", "merged cells"),
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


def panel(here: Dataset, root: str, types: Mapping[str, str]) -> None:
    """What was assumed, what went wrong, and the form to read it differently; `types` are the meant types of columns,
    where they are known.
    """
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
                    "Type": [types.get(c.name, KINDS[c.kind]) for c in table.columns],
                    "Stored as": [c.type for c in table.columns],
                }
            ),
            hide_index=True,
            key="reading.columns",
            alt="The columns with their types",
        )
    if read.get("encoding"):
        with st.expander("The file as it is, and the table that was read from it"):
            _beside(here, root, str(read["encoding"]))
    if read.get("format") in ("csv", "json", "jsonl", *_SHEETS):
        with st.expander("Read it differently"):
            _again(here, read)


def _beside(here: Dataset, root: str, encoding: str) -> None:
    """The first lines of the file beside the first rows of the table."""
    left, right = st.columns(2)
    lines = datasets.first_lines(page_layout.store(), here.raw, encoding)
    with left:
        st.caption("The first lines of the file")
        st.code("\n".join(line[:WIDEST] for line in lines), language=None, line_numbers=True, wrap_lines=True)
    with right:
        st.caption("The first rows of the table")
        st.dataframe(
            grid.numbered(grid.table(root).page(0, len(lines))),
            key="reading.beside",
            alt="The first rows of the table that was read",
            height=420,
        )


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
        if read["format"] in _SHEETS:
            changed["sheet"] = left.text_input(_SHEETS[read["format"]], value=read.get("sheet") or "")
        if read["format"] in ("json", "jsonl"):
            changed["explode"] = left.text_input(
                "A row for each element of",
                value=read.get("explode") or "",
                help="The name of a column that holds arrays; empty: arrays stay as they are",
            )
        if read["format"] in _TABLES:
            changed["header_row"] = right.number_input(
                "Header line",
                value=int(read.get("header_row") or 0) + 1,
                min_value=0,
                help="Counts from 1; 0 means that there is none",
            )
            changed["table"] = left.number_input(
                "Number of the table",
                value=read.get("table"),
                min_value=1,
                help="Where the file or sheet holds several tables; counts from 1. Empty: the largest one",
            )
            known = _REPAIRS[read["format"]]
            changed["repairs"] = right.multiselect(
                "Repairs",
                known,
                default=known if read.get("repairs") is None else [name for name in read["repairs"] if name in known],
                help="What reading may put right; each repair is listed with its rows",
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
                "options": _options(read, changed),
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


def _options(read: Mapping[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """The reading options that the form asks for; what it leaves open is found out anew."""
    if "header_row" in changed:  # people count from 1
        changed["header_row"] -= 1
    known = _REPAIRS.get(read["format"], ())
    if set(changed.get("repairs", known)) == set(known):
        changed.pop("repairs", None)
    if changed.get("sheet") != read.get("sheet") or changed.get("table") != read.get("table"):
        changed.pop("header_row", None)  # that of the other table
    kept = {name: value for name, value in changed.items() if value not in ("", None)}
    return {"format": read["format"], "lenient": read.get("lenient"), **kept}


def _said(key: str, value: Any) -> str:
    if key == "format":
        return FORMATS[value].title if value in FORMATS else value
    if key == "delimiter":
        return _DELIMITERS.get(value, value)
    if key == "header_row":
        return "none" if value < 0 else f"line {value + 1}"
    if key == "missing_tokens":
        return ", ".join(token or "empty cells" for token in value)
    return {"": "none", ".": "point", ",": "comma"}.get(value, str(value)) if key == "decimal" else str(value) or "none"
