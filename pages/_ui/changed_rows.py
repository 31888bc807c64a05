"""The rows that a change touches, in one grid: cells as old → new, rows that would go, rows that would be new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dataops_core.table import Difference, differs, shown
from pages._ui import grid, page_layout
from pages._ui.formatting import count
from pages._ui.frame import density

MOST = 100  # rows of each sort that are shown
_SORTS = {"changed": ("changes", "changed"), "dropped": ("goes", "went"), "added": ("is new", "was added")}
_NAMES = {"changed": "changed", "dropped": "dropped", "added": "new"}
_COLOURS = {
    "light": {
        "changed": "#fdecc8; color: #10182b",
        "dropped": "#fbdcdc; color: #5f1414",
        "added": "#d9f2df; color: #0f3d1e",
    },
    "dark": {
        "changed": "#5c4300; color: #ffffff",
        "dropped": "#5a1d1d; color: #ffd9d9",
        "added": "#123d20; color: #d7f7e0",
    },
}


def panel(d: Difference, before: str, after: str, back: Mapping[str, str], *, would: bool) -> None:
    """Draw them, with the columns that change first; `back` are the old names of columns that were renamed."""
    ids = {"changed": d.changed_rows[:MOST], "dropped": d.dropped_rows[:MOST], "added": d.added_rows[:MOST]}
    totals = {"changed": d.rows_changed, "dropped": d.rows_dropped, "added": d.rows_added}
    kinds = [sort for sort in _SORTS if ids[sort]]
    if not kinds:
        return
    pairs = tuple((name, back.get(name, name)) for name in d.cells_changed)
    was = d.changed_rows_before[:MOST] if d.key else ids["changed"]
    home = str(page_layout.store().home)
    texts, marks = _rows(home, before, after, tuple(ids.items()), was, pairs, tuple(back.items()), would)
    looks = _COLOURS["dark" if st.context.theme.type == "dark" else "light"]
    look = {"": "", **{sort: f"background-color: {colour}" for sort, colour in looks.items()}}
    st.markdown(f"**Row by row**, {_legend(kinds, would)}")
    st.dataframe(
        texts.style.apply(lambda _: marks.replace(look), axis=None),
        key=f"preview.rows.{after[:8]}",
        height=360 if len(texts) > 9 else "auto",
        row_height=density.row_height(),
        placeholder="",
        alt="The rows that the change touches: changed cells as old → new, rows that go, rows that are new",
    )
    cut = [f"{count(totals[sort], f'{_NAMES[sort]} row')}" for sort in kinds if totals[sort] > len(ids[sort])]
    if cut:
        st.caption(f"The first {MOST} of {' and of '.join(cut)}.")


def _legend(kinds: Sequence[str], would: bool) -> str:
    told = {
        "changed": "changed cells as old → new in yellow",
        "dropped": f"rows that {'would go' if would else 'went'} in red",
        "added": f"rows that {'would be' if would else 'were'} added in green",
    }
    return ", ".join(told[sort] for sort in kinds)


@st.cache_data(max_entries=64, show_spinner=False)
def _rows(
    _home: str,
    before: str,
    after: str,
    ids: tuple[tuple[str, tuple[int, ...]], ...],
    ids_before: tuple[int, ...],
    pairs: tuple[tuple[str, str], ...],
    back: tuple[tuple[str, str], ...],
    would: bool,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows as texts, in the table's order, and what each cell is to be marked as; `ids_before` are the ids that
    changed rows had before, `pairs` the names after and before of the columns in which cells change.
    """
    wanted, now, then = dict(ids), grid.table(after), grid.table(before)
    order = list(dict.fromkeys([*(name for name, _ in pairs), *now.names]))[: grid.COLUMNS]
    old_names = {name: dict(back).get(name, name) for name in order}
    new = now.rows_by_id([*wanted["changed"], *wanted["added"]], order)
    texts = _texts(new, order)
    marks = pd.DataFrame("", index=texts.index, columns=order)
    marks.loc[marks.index.isin(wanted["added"])] = "added"
    had = {row: old for row, old in zip(wanted["changed"], ids_before, strict=True) if row in new.index}
    if changed := list(had):
        was = then.rows_by_id(list(had.values()), [old for _, old in pairs]).loc[list(had.values())]
        was = was.set_axis(changed, axis=0)
        for name, old in pairs:
            if name in order:
                one, other = was[old].loc[changed], new[name].loc[changed]
                mask = differs(one, other)
                rows = other.index[mask]
                marks.loc[rows, name] = "changed"
                both = zip(shown(one)[mask], shown(other)[mask], strict=True)
                texts.loc[rows, name] = [f"{_quoted(a)} → {_quoted(b)}" for a, b in both]
    sorts = ["added" if row in set(wanted["added"]) else "changed" for row in texts.index]
    if wanted["dropped"]:
        there = [name for name in order if old_names[name] in then.names]
        gone = then.rows_by_id(wanted["dropped"], [old_names[name] for name in there]).set_axis(there, axis=1)
        gone_texts = _texts(gone, there).reindex(columns=order)
        texts = pd.concat([texts, gone_texts])
        marks = pd.concat([marks, pd.DataFrame("dropped", index=gone_texts.index, columns=order)])
        sorts += ["dropped"] * len(gone_texts)
    in_order = texts.index.argsort(kind="stable")
    texts, marks, sorts = texts.iloc[in_order], marks.iloc[in_order], [sorts[at] for at in in_order]
    title = "This row"
    while title in order:
        title += " "
    if len({sort for sort, rows in wanted.items() if rows}) > 1:
        texts.insert(0, title, [_SORTS[sort][not would] for sort in sorts])
        marks.insert(0, title, ["" if sort == "changed" else sort for sort in sorts])
    numbers = pd.Index(texts.index + 1, name="Row")
    if not numbers.is_unique:  # rows of two files: a number says which row of which one
        told = [f"{row}, before" if sort == "dropped" else str(row) for row, sort in zip(numbers, sorts, strict=True)]
        numbers = pd.Index(told, name="Row")
    return texts.set_axis(numbers, axis=0), marks.set_axis(numbers, axis=0)


def _texts(rows: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame({name: shown(rows[name]) for name in names}, index=rows.index)


def _quoted(text: str | None) -> str:
    if text is None:
        return "(missing)"
    return f'"{text}"' if text != text.strip() or "  " in text else text
