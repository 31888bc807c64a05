"""Making a synthetic table: what will be done, the job with its progress, and how the last one ended."""

from __future__ import annotations

import streamlit as st

from dataops_core.errors import DataOpsError
from dataops_core.store import jobs, synthetic_tables
from dataops_core.synthetic import ENGINES
from dataops_core.wording import duration
from pages._ui import allowed, job, page_layout
from pages._ui.formatting import count, md
from pages._ui.synthesize.conditions_form import said
from pages._ui.synthesize.settings import Asked, lacks, requests, settings

GO, WAITED = "synthesize.go", "synthesize.waited"

MATCH = "of this table by these very settings"
NO_MATCH = "of another table, or by other settings than those above"


def open_tab(key: str, last: jobs.Job | None) -> None:
    """Open the tab that something leads to: the verdicts once somebody has waited for them, and the first time a
    synthetic table that is being made.
    """
    busy = last is not None and last.is_open
    waited = None if busy else st.session_state.pop(WAITED, None)
    if st.session_state.pop(GO, False) or (
        last is not None and last.state == "done" and waited == last.id and st.session_state.get(key) == "Generate"
    ):
        st.session_state[key] = "Verdicts"
    elif key not in st.session_state and busy:
        st.session_state[key] = "Generate"


def done(wanted: Asked, last: jobs.Job | None) -> jobs.Job | None:
    """The job that made the last synthetic data there is: an earlier one where the last was cancelled, failed, or is
    not done yet.
    """
    before = wanted.draft.get("before")
    found = last if last is None or last.state == "done" or not before else jobs.get(page_layout.store(), before)
    return found if found is not None and found.state == "done" else None


def panel(wanted: Asked, last: jobs.Job | None) -> None:
    """The plan in sentences, what is in its way, and the button or the progress."""
    if running(last):
        return
    missing = lacks(wanted)
    _plan(wanted)
    if missing:
        st.warning(
            "\n".join(f"- {md(each)}" for each in missing),
            title="The synthetic data cannot be generated yet",
            icon=":material/front_hand:",
        )
    allowed.button(
        "synthetic data made",
        "Generate",
        key="synthesize.make",
        type="primary",
        icon=":material/content_copy:",
        on_click=_start,
        args=(wanted,),
        disabled=bool(missing),
    )
    if last is not None:
        _ended(wanted, last, ready=not missing)


def running(last: jobs.Job | None) -> bool:
    """Show the progress of a synthetic table that is being made; whether there is one."""
    if last is None or not last.is_open:
        return False
    st.session_state[WAITED] = last.id
    job.progress(last.id, "Making the synthetic data")
    st.caption("It goes on when you leave this page, and is found again when you come back.")
    return True


def _start(wanted: Asked) -> None:
    def start() -> None:
        before = done(wanted, synthetic_tables.last(page_layout.store(), wanted.here.id))
        wanted.change(before=before.id if before else None)
        args = {"dataset": wanted.here.id, "state": wanted.state, "settings": settings(wanted).to_json()}
        jobs.start(page_layout.store(), synthetic_tables.KIND, args, page_layout.actor())

    page_layout.act(start)


def _plan(wanted: Asked) -> None:
    plan, draft, treated = wanted.plan, wanted.draft, wanted.treated
    about = ENGINES[draft["engine"]]
    width = max(1, len(wanted.learned))
    try:
        some = requests(wanted)
    except DataOpsError:  # it stands among what is in the way
        some = []
    rows = sum(each["rows"] for each in some) or draft["rows"] or plan["rows"]
    lines = [
        (
            f"**{md(about.title)}** learns {count(plan['learned_rows'], 'row')} of {plan['rows']:,}; the others are"
            " kept from it, and judge."
        ),
        f"Learned: {count(len(wanted.learned), 'column')}."
        + "".join(
            f" {word}: {md(', '.join(names))}."
            for word, how in (("Made up", "make"), ("Left out", "leave out"))
            if (names := [name for name, each in treated.items() if each["as"] == how])
        ),
        (
            f"{count(len(wanted.constraints), 'rule')} must hold in every row."
            if wanted.constraints
            else "No rule must hold."
        ),
        (
            "It makes"
            f" {'about ' if wanted.in_sequences else ''}{count(rows, 'row')}"
            f"{', in whole sequences' if wanted.in_sequences else ''},"
            f" by seed {draft['seed']}."
        ),
        (
            f"That takes {duration(about.seconds(plan['learned_rows'], width, draft['epochs']))}, then the verdicts"
            " from ten seconds to two minutes more."
        ),
    ]
    with st.container(border=True, key="synthesize-plan", gap="xxsmall"):
        st.markdown("\n".join(f"- {line}" for line in lines))
        if some:
            st.caption(
                "Asked for: "
                + "; ".join(f"{each['rows']:,} × {md(said(each['values']))}" for each in some[:6])
                + ("; …" if len(some) > 6 else ".")
            )


def _ended(wanted: Asked, last: jobs.Job, *, ready: bool) -> None:
    if last.state == "cancelled":
        st.info("Nothing was kept of it.", title="The last one was cancelled", icon=":material/cancel:")
    elif last.error:
        st.error(md(last.error["fix"]), title=md(last.error["what"]), icon=":material/error:")
    elif last.state == "done":
        st.markdown(
            ":material/check_circle: The last synthetic data was generated"
            f" {MATCH if ready and is_current(wanted, last) else NO_MATCH}."
        )
        if st.button("See the verdicts", key="synthesize.see", icon=":material/gavel:"):
            st.session_state[GO] = True
            st.rerun()


def is_current(wanted: Asked, last: jobs.Job) -> bool:
    """Whether a job made the synthetic data that would be made now."""
    try:
        return last.args["state"] == wanted.state and last.args["settings"] == settings(wanted).to_json()
    except DataOpsError:
        return False
