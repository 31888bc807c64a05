"""How a file was read: what was assumed, what could not be read, and how to read it differently."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.errors import DataOpsError
from dataops_core.read import FORMATS, ReadOptions
from dataops_core.read.preview import SheetView
from dataops_core.read.text.text import COLUMN_TYPES
from dataops_core.store import datasets, states
from dataops_core.store.datasets import Dataset
from dataops_core.store.store import Store
from dataops_core.table import Table
from pages._ui import grid, job, page_layout
from pages._ui.formatting import KINDS, count, md

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
HEIGHT = 380  # pixels of the lines and the rows beside each other
SHOWN = 3  # remarks that are open at once
WIDEST = 400  # characters of a line that are shown
_FOUND_ANEW = {"quote", "header_rows", "types"}  # unless somebody chose them
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
    """What was assumed, what went wrong, and controls to read it differently; `types` are the meant types of columns,
    where they are known.
    """
    read = dict(here.recipe.read or {})
    table = grid.table(root)
    _problems(page_layout.store().cached(f"problems:{root}") or [])
    if read.get("format") in ("csv", "json", "jsonl", *_SHEETS):
        _differently(here, root, read, table)
        _reread(here)
        return
    assumed, columns = st.columns([1, 1], gap="large")
    with assumed:
        st.markdown("**Found out from the whole file**")
        rows = [(name, _said(key, read[key])) for key, name in _NAMES.items() if read.get(key) is not None]
        st.table(pd.DataFrame(rows, columns=["What", "Found"]).set_index("What"))
    with columns:
        st.markdown("**Columns**")
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
            placeholder="",
        )


def _problems(problems: Sequence[Mapping[str, Any]]) -> None:
    """What was met on the way, the first three open."""
    if not problems:
        st.success("Every line and every cell could be read.", icon=":material/check_circle:")
    for problem in problems[:SHOWN]:
        _problem(problem)
    if len(problems) > SHOWN:
        with st.expander(f"{count(len(problems) - SHOWN, 'more remark')} on the reading"):
            for problem in problems[SHOWN:]:
                _problem(problem)


def _problem(problem: Mapping[str, Any]) -> None:
    where = md(problem["where"])
    st.warning(f"{where[:1].upper()}{where[1:]}. {md(problem['fix'])}", title=md(problem["what"]))


@st.fragment
def _differently(here: Dataset, root: str, read: Mapping[str, Any], table: Table) -> None:
    """A control for each assumption; the file as it is beside the table that would be read, at every change."""
    st.caption(
        "Each change shows at once how the beginning of the file would be read. Nothing is kept before you say so."
    )
    was = _unchanged(read, table)
    key = f"reading.{here.id}.{root[:12]}"
    sheet = _sheet(here, str(was["sheet"])) if read["format"] == "excel" else None
    said = _controls(key, read, was, sheet.names if sheet else ())
    with st.container(horizontal=True):
        if read["format"] == "csv":
            said["types"] = _types(key, was["types"])
        asked = st.button(
            "Read the whole file this way",
            type="primary",
            icon=":material/refresh:",
            disabled=said == was,
            help="Nothing was changed yet." if said == was else "Undo takes it back.",
        )
    options = _options(read, said, was)
    encoding = str(said.get("encoding") or read.get("encoding") or "")
    if encoding or sheet is not None:
        left, right = st.columns(2)
        with left:
            _lines(here, encoding) if encoding else _cells(here, str(said["sheet"]))
        with right:
            _preview(here, options, changed=said != was)
    else:
        _preview(here, options, changed=said != was)
    if asked:
        st.session_state["reading.asked"] = {"raw": dict(here.raw), "options": options}
        st.rerun()


def _types(key: str, types: Mapping[str, str]) -> dict[str, str]:
    """The types of columns, each to be chosen."""
    with st.popover("Types of columns", icon=":material/category:"):
        edited = st.data_editor(
            pd.DataFrame({"Column": list(types), "Read as": list(types.values())}),
            hide_index=True,
            disabled=["Column"],
            key=f"{key}.types",
            column_config={"Read as": st.column_config.SelectboxColumn(options=COLUMN_TYPES, required=True)},
            placeholder="",
        )
        st.caption("Cells that do not fit a type are left empty and listed.")
    return dict(zip(edited["Column"], edited["Read as"], strict=True))


def _controls(key: str, read: Mapping[str, Any], was: Mapping[str, Any], sheets: Sequence[str]) -> dict[str, Any]:
    """What the widgets say, as reading options; the number of the header line counts from 1. `sheets`: the names of a
    workbook's sheets, where they are known.
    """
    changed: dict[str, Any] = {}
    one, two, three = st.columns(3)
    if read["format"] == "csv":
        encodings = list(dict.fromkeys([was["encoding"], "utf-8", "cp1252", "latin-1", "utf-16"]))
        changed["encoding"] = one.selectbox("Encoding", encodings, key=f"{key}.encoding", accept_new_options=True)
        options = list(dict.fromkeys([was["delimiter"], *_DELIMITERS]))
        changed["delimiter"] = two.selectbox(
            "Delimiter",
            options,
            key=f"{key}.delimiter",
            format_func=lambda sign: _DELIMITERS.get(sign, sign),
            accept_new_options=True,
        )
        quotes = list(dict.fromkeys([was["quote"], '"', "'", ""]))
        changed["quote"] = three.selectbox(
            "Quote",
            quotes,
            key=f"{key}.quote",
            format_func=lambda sign: sign or "none",
            help="The sign around cells that hold the delimiter",
        )
        signs = list(dict.fromkeys([was["decimal"], ".", ","]))
        changed["decimal"] = one.selectbox(
            "Decimal sign", signs, key=f"{key}.decimal", format_func=lambda sign: {".": "point", ",": "comma"}[sign]
        )
    if sheets:
        at = sheets.index(was["sheet"]) if was["sheet"] in sheets else 0
        changed["sheet"] = one.selectbox("Sheet", sheets, index=at, key=f"{key}.sheet")
    elif read["format"] in _SHEETS:
        changed["sheet"] = one.text_input(_SHEETS[read["format"]], value=was["sheet"], key=f"{key}.sheet")
    if read["format"] in ("json", "jsonl"):
        changed["explode"] = one.text_input(
            "A row for each element of",
            value=was["explode"],
            key=f"{key}.explode",
            help="The name of a column that holds arrays; empty: arrays stay as they are",
        )
    if read["format"] in _TABLES:
        changed["header_row"] = two.number_input(
            "Header line",
            value=was["header_row"],
            min_value=0,
            key=f"{key}.header_row",
            help="Counts from 1; 0 means that there is none",
        )
        changed["header_rows"] = three.number_input(
            "Lines of the header",
            value=was["header_rows"],
            min_value=1,
            max_value=9,
            key=f"{key}.header_rows",
            help="Where the names of the columns go over several lines",
        )
        changed["table"] = one.number_input(
            "Number of the table",
            value=was["table"],
            min_value=1,
            key=f"{key}.table",
            help="Where the file or sheet holds several tables; counts from 1. Empty: the largest one",
        )
    tokens = was["missing_tokens"]
    changed["missing_tokens"] = two.multiselect(
        "Cells that mean: nothing here",
        list(dict.fromkeys([*tokens, "?", "NA", "N/A", "null", "-"])),
        default=tokens,
        key=f"{key}.missing",
        accept_new_options=True,
        help="Empty cells always do",
    )
    if read["format"] in _TABLES:
        changed["repairs"] = three.multiselect(
            "Repairs",
            _REPAIRS[read["format"]],
            default=was["repairs"],
            key=f"{key}.repairs",
            help="What reading may put right; each repair is listed with its rows",
        )
    return changed


def _unchanged(read: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """What the widgets say before anything is changed."""
    known = _REPAIRS.get(read["format"], ())
    plain: dict[str, Any] = {"missing_tokens": [token for token in read.get("missing_tokens") or [] if token]}
    if read["format"] == "csv":
        plain |= {
            "encoding": read.get("encoding") or "utf-8",
            "delimiter": read.get("delimiter") or ",",
            "quote": '"' if read.get("quote") is None else read["quote"],
            "decimal": read.get("decimal") or ".",
            "types": {column.name: column.type for column in table.columns},
        }
    if read["format"] in _SHEETS:
        plain["sheet"] = read.get("sheet") or ""
    if read["format"] in ("json", "jsonl"):
        plain["explode"] = read.get("explode") or ""
    if read["format"] in _TABLES:
        plain |= {
            "header_row": int(read.get("header_row") or 0) + 1,
            "header_rows": int(read.get("header_rows") or 1),
            "table": read.get("table"),
            "repairs": [name for name in known if read.get("repairs") is None or name in read["repairs"]],
        }
    return plain


def _lines(here: Dataset, encoding: str) -> None:
    """The first lines of a file of text."""
    st.caption("The first lines of the file")
    with page_layout.errors():
        lines = datasets.first_lines(page_layout.store(), here.raw, encoding)
        st.dataframe(
            pd.DataFrame(
                {"As it stands": [line[:WIDEST] for line in lines]},
                index=pd.Index(range(1, len(lines) + 1), name="Line"),
            ),
            key="reading.lines",
            alt="The first lines of the file as they stand there",
            height=HEIGHT,
            column_config={"As it stands": st.column_config.TextColumn(width="large")},
            placeholder="",
        )


def _sheet(here: Dataset, name: str) -> SheetView | None:
    """The beginning of a sheet; None where it cannot be shown, which the preview says as well."""
    return _first_cells(page_layout.store(), here.raw["md5"], here.raw["name"], name or None)


@st.cache_data(max_entries=16, show_spinner=False)
def _first_cells(_store: Store, md5: str, name: str, sheet: str | None) -> SheetView | None:
    try:
        return datasets.first_sheet_cells(_store, {"md5": md5, "name": name}, sheet)
    except DataOpsError:
        return None


def _cells(here: Dataset, name: str) -> None:
    """The first cells of a sheet as they stand there."""
    st.caption("The first cells of the sheet")
    shown = _sheet(here, name)
    if shown is not None:
        st.dataframe(
            shown.cells,
            key="reading.cells",
            alt="The first cells of the sheet as they stand there",
            height=HEIGHT,
            placeholder="",
        )


def _preview(here: Dataset, asked: Mapping[str, Any], *, changed: bool) -> None:
    """The first rows as they would be read, or why they cannot be."""
    st.caption("The table that would be read from them")
    try:
        made = datasets.preview_reading(page_layout.store(), here.raw, ReadOptions.from_json(asked))
    except DataOpsError as error:
        st.error(md(error.fix), title=md(error.what))
        return
    st.dataframe(
        grid.numbered(made.rows),
        key="reading.preview",
        alt="The first rows of the table that would be read",
        height=HEIGHT,
        column_config={name: st.column_config.Column(help=f"Stored as {made.types[name]}") for name in made.rows},
        placeholder="",
    )
    for problem in made.problems[:5] if changed else ():
        st.caption(f":material/info: {md(problem.what)} {md(problem.where)}")
    if not made.whole:
        st.caption("What is found out from the whole file, such as types, may differ.")


def _reread(here: Dataset) -> None:
    """Read the whole file as it was asked, as a job, and keep that as a change."""
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


def _options(read: Mapping[str, Any], said: Mapping[str, Any], was: Mapping[str, Any]) -> dict[str, Any]:
    """The reading options that the widgets ask for; where more than types was changed, the rest is found out anew."""
    other = {name for name, value in said.items() if value != was[name]}
    if other <= {"types"}:
        return {**read, **({"types": dict(said["types"])} if other else {})}
    changed = {name: value for name, value in said.items() if name in other or name not in _FOUND_ANEW}
    if other & {"sheet", "table"} and "header_row" not in other:
        changed.pop("header_row", None)  # that of the other table
    if "header_row" in changed:  # people count from 1
        changed["header_row"] -= 1
    if set(changed.get("repairs", ())) == set(_REPAIRS.get(read["format"], ())):
        changed.pop("repairs", None)
    if "types" in changed:
        changed["types"] = {name: kind for name, kind in changed["types"].items() if kind != was["types"][name]}
    kept = {name: value for name, value in changed.items() if value is not None and (value != "" or name == "quote")}
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
