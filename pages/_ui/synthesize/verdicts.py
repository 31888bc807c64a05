"""What the judge says of a synthetic table: does it give anybody away, is it alike, is it useful; and what was done on
the way.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.store import jobs, synthetic_tables
from dataops_core.synthetic import TREATMENTS
from dataops_core.synthetic.evaluate.evaluate import Verdict
from dataops_core.synthetic.evaluate.measures import MEASURES
from dataops_core.synthetic.evaluate.privacy import Privacy
from dataops_core.synthetic.evaluate.signals import Signal
from dataops_core.table import Table
from pages._ui import grid, page_layout
from pages._ui.formatting import count, md
from pages._ui.synthesize import fidelity, utility
from pages._ui.synthesize.conditions_form import said
from pages._ui.synthesize.run import is_current
from pages._ui.synthesize.settings import Asked

BADGES = {
    "leak": ("Leak", ":material/error:", "red"),
    "doubtful": ("Doubtful", ":material/warning:", "orange"),
    "fine": ("No leak seen", ":material/check:", "green"),
    "unknown": ("Not measured", ":material/help:", "gray"),
}


@functools.lru_cache(maxsize=32)
def _told(home: str, md5: str) -> Mapping[str, Any]:
    return synthetic_tables.told_of(page_layout.store(), {"told": md5})


def told_of(job: jobs.Job) -> Mapping[str, Any]:
    """All that was told of the synthetic data that a job made; read once."""
    return _told(str(page_layout.store().home), job.result["told"])


@functools.lru_cache(maxsize=32)
def _verdict_of(home: str, md5: str) -> Verdict:
    return Verdict.from_json(_told(home, md5)["judge"])


def verdict_of(job: jobs.Job) -> Verdict:
    """The verdict on the synthetic data that a job made; read once."""
    return _verdict_of(str(page_layout.store().home), job.result["told"])


@functools.lru_cache(maxsize=32)
def _synthetic_table(home: str, job: str) -> Table:
    found = jobs.get(page_layout.store(), job)
    assert found is not None
    return synthetic_tables.table(page_layout.store(), found)


def table_of(job: jobs.Job) -> Table:
    """The synthetic data that a job made; opened once."""
    return _synthetic_table(str(page_layout.store().home), job.id)


def panel(wanted: Asked, job: jobs.Job) -> None:
    """One sentence on privacy first; then the parts, each by itself."""
    told = told_of(job)
    judge, rows = verdict_of(job), told["rows"]
    st.caption(
        f"{count(rows['made'], 'row')} by {md(told['engine']['title'])}, seed {told['settings']['seed']}, learned from"
        f" {rows['learned']:,} of {rows['real']:,} real rows"
        + (
            "."
            if is_current(wanted, job)
            else "; by other settings, or of another table, than those on the tabs before."
        )
    )
    privacy(judge.privacy)
    short = [each for each in told["conditions"] if each["made"] < each["asked"]]
    if short:
        st.warning(
            "; ".join(
                f"{md(said(each['values']) or 'any row')}: {each['made']:,} of {each['asked']:,}" for each in short
            ),
            title="Not all rows that were asked for could be made",
            icon=":material/production_quantity_limits:",
        )
    st.markdown(
        "\n".join(f"- {md(each)}" for each in [*judge.fidelity.words, *_sequence_words(told), *judge.utility.words])
    )
    for each in judge.problems:
        st.caption(md(each))
    parts = {"Private": lambda: _signals(judge.privacy), "Alike": lambda: fidelity.panel(judge.fidelity)}
    parts |= {"Sequences": lambda: fidelity.sequences(told["sequences"])} if told.get("sequences") else {}
    parts |= {
        "Useful": lambda: utility.panel(judge.utility),
        "What was done": lambda: _done(told),
        "Browse rows": lambda: _rows(table_of(job), job.id),
    }
    for tab, part in zip(
        st.tabs(list(parts), key="synthesize.verdicts", on_change="rerun"), parts.values(), strict=True
    ):
        if tab.open:
            with tab, page_layout.errors():
                part()


def _sequence_words(told: Mapping[str, Any]) -> list[str]:
    return list(told["sequences"]["verdict"]["words"][:1]) if told.get("sequences") else []


def privacy(judged: Privacy) -> None:
    """The verdict on privacy in its colour, in one sentence."""
    first, *more = judged.words
    show, title, icon = {
        "leak": (st.error, "A leak: this synthetic data must not be released", ":material/gpp_bad:"),
        "doubtful": (st.warning, "Doubtful: look before it leaves", ":material/gpp_maybe:"),
        "not enough to tell": (st.warning, "Not enough to tell", ":material/gpp_maybe:"),
        "no leak seen": (st.success, "No leak seen", ":material/verified_user:"),
    }[judged.verdict]
    show("\n\n".join(md(each) for each in (first, *more)), title=title, icon=icon)


def _signals(judged: Privacy) -> None:
    """Every signal with what it means, what was seen, what is fair, and its verdict; the worst first."""
    st.caption(
        "The worst signal decides. A leak: chance alone would show as much less than once in"
        f" {1 / judged.level.leak:,.0f} times; doubtful: less than once in"
        f" {1 / judged.level.doubtful:,.0f}."
    )
    names = sorted(judged.signals, key=lambda name: list(BADGES).index(_verdict(judged.signals[name])))
    left, right = st.columns(2)
    for place, name in enumerate(names):
        each, measure = judged.signals[name], MEASURES[name]
        with (left, right)[place % 2], st.container(border=True, key=f"synthesize-signal-{name}", gap="xxsmall"):
            word, icon, colour = BADGES[_verdict(each)]
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.badge(word, icon=icon, color=colour)
                st.markdown(
                    f"**{md(each.title)}**{' (the worst)' if name == judged.worst else ''}",
                    help=f"In statistics: {measure.term}",
                )
            st.markdown(md(each.words))
            st.caption(f"{measure.means} {_fair(each, percent=measure.share)}".strip())


def _verdict(each: Signal) -> str:
    return "leak" if each.leak else "doubtful" if each.doubtful else "unknown" if each.value is None else "fine"


def _fair(each: Signal, *, percent: bool) -> str:
    """What fresh real rows show, and how often chance shows as much."""
    span = each.interval
    ends = [f"{end:.1%}" if percent else f"{end:,.3g}" for end in span or ()]
    fair = f"Fair: {' to '.join(ends)}, as 95 of 100 samples of fresh real rows." if ends else ""
    p = each.p
    odds = (
        "often"
        if p is not None and p > 0.5
        else f"once in {1 / p:,.0f} times"
        if p and p > 1e-9
        else "practically never"
    )
    chance = "" if p is None else f"Chance alone shows as much {odds}."
    return f"{fair} {chance}".strip()


def _done(told: Mapping[str, Any]) -> None:
    """What became of each column, of rare values, and of what must hold."""
    words = {"learn": "learned", "make": "made up", "leave out": "left out"}
    tamed = {name: ", ".join(f"{what}: {n:,}" for what, n in each.items()) for name, each in told["tamed"].items()}
    shown = pd.DataFrame(
        [
            {
                "Column": each["column"],
                "What became of it": words[each["as"]] + (f" ({each['maker']})" if each["maker"] else ""),
                "Rare and extreme": tamed.get(each["column"], ""),
                "Why": "" if each["why"] == TREATMENTS["learn"] else each["why"],
            }
            for each in told["treatment"]
        ]
    )
    widths = {"Column": 180, "What became of it": 180, "Rare and extreme": 260, "Why": 340}
    st.dataframe(
        shown,
        hide_index=True,
        key="synthesize.treatment",
        alt="What became of each column",
        column_config={name: st.column_config.TextColumn(name, width=width) for name, width in widths.items()},
        placeholder="",
    )
    for name, each in tamed.items():
        if name not in [one["column"] for one in told["treatment"]]:
            st.caption(f"{md(name)}: {md(each)}")
    if told["constraints"]:
        st.markdown("**Constraints**, and how many rows break it")
        st.table(
            pd.DataFrame(
                [
                    {
                        "Rule": md(each["words"]),
                        "Real rows that break it": f"{each['violations']:,} of {each['rows']:,}",
                        "Made rows that break it": f"{each['violations_after']:,} of {each['rows_after']:,}",
                    }
                    for each in told["constraints"]
                ]
            ),
            hide_index=True,
            alt="Rows that break each rule, before and after",
        )
        if told["dropped"]:
            st.caption(f"{count(told['dropped'], 'row')} that break a rule were not learned from.")
    if any(each["values"] for each in told["conditions"]):
        st.markdown("**Rows that were asked for**")
        st.dataframe(
            pd.DataFrame(
                [
                    {"With": said(each["values"]), "Asked": each["asked"], "Made": each["made"]}
                    for each in told["conditions"]
                ]
            ),
            hide_index=True,
            key="synthesize.conditions",
            alt="Rows that were asked for, and made",
            placeholder="",
        )


def _rows(made: Table, job: str) -> None:
    st.caption("Rows of people who do not exist.")
    pages = max(1, -(-made.rows // grid.ROWS))
    page = st.pagination(pages, key=f"synthesize.rows.page.{job}") if pages > 1 else 1
    start = (page - 1) * grid.ROWS
    rows = made.page(start, grid.ROWS, made.names[: grid.COLUMNS])
    st.dataframe(
        grid.numbered(rows),
        key="synthesize.rows",
        alt=f"The synthetic data, rows {start + 1} to {start + len(rows)} of {made.rows:,}",
        height=420 if len(rows) > 9 else "auto",
        placeholder="",
    )
    st.caption(f"Rows {start + 1:,} to {start + len(rows):,} of {made.rows:,}.")
