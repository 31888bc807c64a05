"""The jobs tray in the sidebar: what is running, how far it is, and what has just ended, on every page."""

from __future__ import annotations

import streamlit as st

from dataops_core.store import jobs
from dataops_core.store.jobs import Job
from dataops_core.store.purge import compaction, leftovers
from dataops_core.store.results.rebuild import KIND
from pages._ui import job, page_layout
from pages._ui.formatting import count, md

SHOWN = 300.0  # seconds for which a job that has ended is listed
WORTH = 5.0  # seconds that a job must have taken for its end to be news
KINDS = {  # what a job does, and the page that has its result
    "add": ("Reading a file", "data"),
    "fetch": ("Fetching a file", "data"),
    "reread": ("Reading the file again", "data"),
    "evaluate": ("Running the steps", "clean"),
    "preview": ("Preview of a change", "clean"),
    "profile": ("Profile", "profile"),
    "spread": ("Values before and after", "clean"),
    "commit": ("Saving a version", "versions"),
    "compare": ("Comparing versions", "versions"),
    "export": ("Export file", "versions"),
    KIND: ("Rebuilding a version", "versions"),
    "difference report": ("Report of a difference", "versions"),
    compaction.KIND: ("Freeing space", "overview"),
    leftovers.KIND: ("Looking after the store", "overview"),
    "verify": ("Verifying an export file", "versions"),
    "report": ("Report", "profile"),
    "full_report": ("Full report", "profile"),
    "synthesize": ("Synthetic data", "synthesize"),
    "keep synthetic data": ("Saving synthetic data", "synthesize"),
    "score": ("Profile of a dataset", "overview"),
    "publish": ("Publishing", "versions"),
    "cluster run": ("Run on a cluster", "versions"),
    "promote": ("Promotion", "versions"),
}
ENDS = {
    "done": (":material/check_circle:", "done"),
    "failed": (":material/error:", "failed"),
    "cancelled": (":material/cancel:", "cancelled"),
    "interrupted": (":material/error:", "interrupted"),
}


def tray() -> None:
    """Draw the tray in the sidebar; nothing where no job runs or has ended lately."""
    known = _known()
    with st.sidebar:
        if any(each.is_open for each in known):
            _live()
        elif known:
            _lines(known)


def _known() -> list[Job]:
    recent = jobs.recent(page_layout.store(), page_layout.actor(), SHOWN)
    told: dict[tuple[str, str, str], Job] = {}
    here = st.session_state.get(job.SHOWN, set())
    for each in recent:  # the newest first; of several that ended alike, one line is enough
        if each.id in here:
            continue
        if each.is_open:
            told[each.kind, each.state, each.id] = each
        elif each.kind in KINDS and each.duration >= WORTH:
            told.setdefault((each.kind, each.state, ""), each)
    return list(told.values())


@st.fragment(run_every="2s")
def _live() -> None:
    known = _known()
    _lines(known)
    if not any(each.is_open for each in known):
        st.rerun()


def _lines(known: list[Job]) -> None:
    running = [each for each in known if each.is_open]
    with st.container(border=True, key="jobs-tray", gap="xsmall"):
        st.markdown(f"**{count(len(running), 'job')} running**" if running else "**Jobs**")
        for each in known[:6]:
            what, page = KINDS.get(each.kind, ("Analysis", "overview"))
            if each.is_open:
                _running(each, what)
                continue
            icon, word = ENDS.get(each.state, ("", each.state))
            st.page_link(
                f"pages/{page}.py",
                label=f"{what}: {word}",
                icon=icon,
                query_params=st.query_params.to_dict(),
                help=(each.error or {}).get("what") or "Opens the page that has it",
            )


def _running(each: Job, what: str) -> None:
    left = job.time_left(each.share, each.age)
    st.progress(min(max(each.share, 0.0), 1.0), text=f"{what}: {md(left or each.note)}")
    st.button(
        "Cancel",
        key=f"tray.cancel.{each.id}",
        on_click=jobs.cancel,
        args=(page_layout.store(), each.id),
        type="tertiary",
        icon=":material/cancel:",
        help=f"Cancels: {what}",
    )
