"""Suggested repairs: cells that are probably wrong, what should stand there, how sure that is, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.repair.by_example import infer
from dataops_core.repair.proposal import CAUSES, Repair
from dataops_core.repair.recipe import steps_of
from dataops_core.store.datasets import Dataset
from dataops_core.table import Table
from pages._ui import allowed, job, page_layout, pending
from pages._ui.formatting import count, md

SHOWN = 200  # repairs of a cause in the list; all that are accepted are applied
SURE = 90
LONGEST = 24  # letters of a value in the line of a cause
COLUMNS = ["Accept", "Row", "Column", "Old", "New", "Sure", "Why"]


def panel(here: Dataset, state: str, table: Table) -> None:
    """The section on the page Clean; what it needs is computed when it is opened."""
    box = st.expander("Suggested repairs", icon=":material/auto_fix_high:", key="repairs.open", on_change="rerun")
    if not box.open:
        return
    with box, page_layout.errors():
        labels = st.session_state.setdefault("repairs.labels", {}).get(state, [])
        args = {"state": state, "labels": labels}
        found = job.counted("repair", args, "Looking for cells that are probably wrong", table.cells)
        if found is None:
            return
        repairs = [Repair(**{name: each[name] for name in Repair.__dataclass_fields__}) for each in found["repairs"]]
        if not repairs:
            st.success(
                "No cell contradicts the rows it belongs to, and none looks like a slip of another value.",
                title="Nothing to repair was found",
                icon=":material/check_circle:",
            )
        else:
            _chosen(here, state, table, repairs, [each["id"] for each in found["repairs"]])
            if found["ask"]:
                _questions(state, found["ask"], labels)
        _by_example(here, table)


def _by_example(here: Dataset, table: Table) -> None:
    """A column is rewritten as one or two results show."""
    texts = [column.name for column in table.columns if column.type == "text"]
    if not texts:
        return
    st.markdown("**Rewrite a column by example.** Write what one or two of its values should become; the rest follows.")
    name = st.selectbox("Column to rewrite", texts, key="repairs.example.column")
    rows = st.data_editor(
        pd.DataFrame({"Value": [None, None], "Should become": [None, None]}, dtype=object),
        key=f"repairs.example.{name}",
        hide_index=True,
        placeholder="",
        column_config={
            "Value": st.column_config.TextColumn("Value", help="A value that the column holds"),
            "Should become": st.column_config.TextColumn("Should become", help="How it should be written"),
        },
    )
    given = {old: new for old, new in rows.itertuples(index=False) if isinstance(old, str) and isinstance(new, str)}
    if not given:
        return
    with page_layout.errors():
        found = infer(table, name, given)
        st.dataframe(
            pd.DataFrame(list(found.changes.items())[:SHOWN], columns=["Old", "New"]),
            hide_index=True,
            height=200,
            placeholder="",
        )
        if found.left:
            st.caption("Left as they are, for they are built differently: " + ", ".join(found.left))
        allowed.button(
            "recipe changed",
            f"Preview {count(found.cells, 'rewritten cell')}",
            icon=":material/visibility:",
            key="repairs.example.go",
            on_click=pending.propose,
            args=(here, [*here.recipe.steps, *found.steps], f"{name} rewritten by example"),
        )


def _chosen(here: Dataset, state: str, table: Table, repairs: Sequence[Repair], ids: Sequence[int]) -> None:
    left, right = st.columns([3, 2], gap="medium", vertical_alignment="center")
    with left:
        sure = st.slider(
            "Accept what is at least this sure (%)",
            50,
            99,
            SURE,
            key="repairs.sure",
            help="How sure a repair is was measured: errors of the kinds seen here were planted in cells that are"
            " right, and it was counted how many were brought back and how many cells were spoiled.",
        )
    wanted = [each.sure is not None and each.sure >= sure / 100 for each in repairs]
    wrong = sum(1 - (each.sure or 0) for each, yes in zip(repairs, wanted, strict=True) if yes)
    by_cause: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(repairs):
        by_cause[each.cause].append(place)
    final: list[Repair] = []
    for cause, title in CAUSES.items():
        if cause in by_cause:
            final += _cause(cause, title, by_cause[cause], repairs, ids, wanted, f"{state[:8]}.{sure}")
    with right:
        st.markdown(
            f"**{sum(wanted):,} of {count(len(repairs), 'repair')}** accepted; about {wrong:.0f} of them"
            f" {'is' if round(wrong) == 1 else 'are'} expected to be wrong."
        )
        allowed.button(
            "recipe changed",
            f"Preview {count(len(final), 'repair')}",
            type="primary",
            icon=":material/visibility:",
            key="repairs.go",
            disabled=not final,
            on_click=_propose,
            args=(here, table, final, sure),
        )


def _example(accepted: Sequence[Repair], every: Sequence[Repair]) -> str:
    """The column of a cause in which most cells are, and one of its repairs."""
    some = accepted or every
    name = Counter(each.column for each in some).most_common(1)[0][0]
    one = next(each for each in some if each.column == name)
    more = len({each.column for each in some}) - 1
    old, new = (md(_short(text)) if text else "nothing" for text in (one.old, one.new))
    return f"{md(name)}{f' and {more} more' if more else ''}, e.g. {old} → {new}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _cause(
    cause: str,
    title: str,
    places: Sequence[int],
    repairs: Sequence[Repair],
    ids: Sequence[int],
    wanted: Sequence[bool],
    key: str,
) -> list[Repair]:
    """The list of one cause, in which each repair can be taken out or corrected; returns those that are accepted."""
    order = sorted(
        places, key=lambda place: (not wanted[place], (repairs[place].sure or 0) * (1 if wanted[place] else -1))
    )
    accepted = [repairs[place] for place in places if wanted[place]]
    said = f"**{title}**: {len(accepted):,} of {len(places):,} accepted"
    with st.expander(f"{said} · {_example(accepted, [repairs[place] for place in places])}"):
        return _listed(cause, order, repairs, ids, wanted, key)


def _listed(
    cause: str,
    order: Sequence[int],
    repairs: Sequence[Repair],
    ids: Sequence[int],
    wanted: Sequence[bool],
    key: str,
) -> list[Repair]:
    shown = order[:SHOWN]
    rows = pd.DataFrame(
        [
            (
                wanted[place],
                ids[place] + 1,
                repairs[place].column,
                repairs[place].old,
                repairs[place].new,
                None if repairs[place].sure is None else 100 * repairs[place].sure,
                repairs[place].why,
            )
            for place in shown
        ],
        columns=COLUMNS,
    )
    edited = st.data_editor(
        rows,
        key=f"repairs.{cause}.{key}",
        hide_index=True,
        placeholder="",
        height=min(38 + 35 * len(rows), 250),
        disabled=["Row", "Column", "Old", "Sure", "Why"],
        column_config={
            "Accept": st.column_config.CheckboxColumn("Accept", width="small"),
            "Old": st.column_config.TextColumn("Old", help="What the cell holds; empty: it is missing"),
            "New": st.column_config.TextColumn("New", help="What it should hold; you may type something else"),
            "Sure": st.column_config.NumberColumn("Sure", format="%.0f %%", help="Empty: this could not be tested"),
            "Why": st.column_config.TextColumn("Why", width="large"),
        },
    )
    if len(order) > len(shown):
        st.caption(
            f"Listed are {SHOWN} of {len(order):,}, those that are accepted and least sure first; all that are accepted"
            " are applied."
        )
    made = [repairs[place] for place in order[SHOWN:] if wanted[place]]
    for place, yes, new in zip(shown, edited["Accept"], edited["New"], strict=True):
        if yes:
            each = repairs[place]
            typed = None if new is None or pd.isna(new) or new == "" else str(new)
            made.append(replace(each, new=typed))
    return made


def _propose(here: Dataset, table: Table, final: Sequence[Repair], sure: int) -> None:
    made = steps_of(final, table, f"Suggested repairs, at least {sure} % sure")
    pending.propose(here, [*here.recipe.steps, *made], f"Suggested repairs of {count(len(final), 'cell')}")


def _questions(state: str, asked: Sequence[Mapping[str, Any]], labels: Sequence[Any]) -> None:
    st.markdown(
        f"**Your answers teach the rest.** These {len(asked)} cells tell most. Type the right value, or leave a line"
        " as it is where you do not know."
    )
    rows = pd.DataFrame(
        [(each["id"] + 1, each["column"], each["old"], each["new"], None) for each in asked],
        columns=["Row", "Column", "Holds", "Suggested", "Right value"],
    )
    edited = st.data_editor(
        rows,
        key=f"repairs.ask.{state[:8]}.{len(labels)}",
        hide_index=True,
        placeholder="",
        height=min(38 + 35 * len(rows), 250),
        disabled=["Row", "Column", "Holds", "Suggested"],
        column_config={"Right value": st.column_config.TextColumn("Right value", help="What the cell should hold")},
    )
    given = [
        [each["row"], each["column"], str(value)]
        for each, value in zip(asked, edited["Right value"], strict=True)
        if value is not None and not pd.isna(value) and value != ""
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        allowed.button(
            "recipe changed",
            "Use these answers",
            key="repairs.teach",
            icon=":material/school:",
            disabled=not given,
            on_click=_teach,
            args=(state, [*labels, *given]),
        )
        if labels:
            st.caption(
                f"{count(len(labels), 'answer')} in use. They are repairs themselves, and change how sure others are."
            )


def _teach(state: str, labels: list[Any]) -> None:
    st.session_state["repairs.labels"][state] = labels
