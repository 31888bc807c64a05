"""Work from a page: small work at once, long work as a job with progress and Cancel."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st

from dataops_core.errors import FlawError, InputError
from dataops_core.progress import no_progress
from dataops_core.store import jobs, worker
from dataops_core.store.results import analyses
from dataops_core.wording import duration
from pages._ui import allowed, page_layout
from pages._ui.formatting import md

SMALL = 150_000  # cells; more may take over 200 ms
SOON = 20.0  # seconds for which a page waits for a small file before it shows progress instead
PAUSE = 0.05
SHOWN = "jobs.on_page"  # the jobs whose progress the page itself shows in this run


def do(kind: str, args: Mapping[str, Any], what: str, *, cells: int, auto: bool = True) -> Any:
    """Do some work and return its result, or None while (or because) it is not done.

    Work on up to SMALL cells is done at once; but a file is read in a worker only, however small, and awaited here.
    Larger work is a job: this shows its progress and a Cancel button, and the page runs again when it has ended. With
    `auto=False` it waits for a click on a button named `what`.
    """
    house = page_layout.store()
    reads = worker.reads_file(house, kind, dict(args))
    if cells <= SMALL and not reads:
        with st.spinner(f"{what} …"):
            return worker.run(house, kind, dict(args), page_layout.actor(), no_progress)
    last = jobs.latest(house, kind, args)
    if reads and auto and cells <= SMALL and (last is None or last.is_open):
        last = _soon(last.id if last else jobs.start(house, kind, args, page_layout.actor()), what)
        if last is not None and last.state == "done":
            return last.result
    if (
        reads
        and cells <= SMALL
        and last is not None
        and last.state == "failed"
        and last.error
        and not last.error.get("flaw")
    ):
        raise InputError(last.error["what"], last.error["where"], last.error["fix"])
    if last is not None and last.is_open:
        progress(last.id, what)
        return None
    if last is not None and last.state == "done" and last.result is not None:
        return last.result
    if last is not None and last.error and last.error.get("flaw"):
        raise FlawError(last.error["what"], last.error["where"], last.error["fix"])
    if last is not None and last.state != "done":
        _ended(last, kind, args, what)
        return None
    if auto:
        progress(jobs.start(house, kind, args, page_layout.actor()), what)
    else:
        st.button(what, on_click=_start, args=(kind, args), key=f"job.{kind}.{what}", icon=":material/play_arrow:")
    return None


def counted(what: str, args: Mapping[str, Any], title: str, cells: int, *, auto: bool = True) -> Any:
    """What is counted on demand (see store/analyses): known, or counted by `do`, and None meanwhile."""
    told = analyses.counted(page_layout.store(), what, args, run=False)
    if told is None:
        do("count", {"what": what, "with": dict(args)}, title, cells=cells, auto=auto)
        told = analyses.counted(page_layout.store(), what, args, run=False)
    return told


def _soon(job: str, what: str) -> jobs.Job | None:
    """The job of a small file when it has ended, or as it stands after a few seconds."""
    with st.spinner(f"{what} …"):
        for _ in range(int(SOON / PAUSE)):
            now = jobs.get(page_layout.store(), job)
            if now is None or not now.is_open:
                return now
            time.sleep(PAUSE)
    return jobs.get(page_layout.store(), job)


def ask(
    kind: str,
    args: Mapping[str, Any],
    what: str,
    label: str,
    key: str,
    help_text: str,
    icon: str = ":material/inventory_2:",
) -> None:
    """A button that starts a job, every time it is clicked; in its place the progress while the job runs, and why it
    failed.
    """
    last = jobs.latest(page_layout.store(), kind, args)
    if last is not None and last.is_open:
        progress(last.id, what)
        return
    if last is not None and last.error:
        st.error(md(last.error["fix"]), title=md(last.error["what"]), icon=":material/error:")
    st.button(label, on_click=_start, args=(kind, args), key=key, icon=icon, help=help_text)


def _start(kind: str, args: Mapping[str, Any]) -> None:
    jobs.start(page_layout.store(), kind, args, page_layout.actor())


def _ended(last: jobs.Job, kind: str, args: Mapping[str, Any], what: str) -> None:
    st.session_state.setdefault(SHOWN, set()).add(last.id)
    if last.error:
        st.error(md(last.error["fix"]), title=md(last.error["what"]), icon=":material/error:")
    else:
        st.info("Nothing was changed.", title=f"{what}: cancelled", icon=":material/cancel:")
    st.button("Try again", on_click=_start, args=(kind, args), key=f"job.retry.{last.id}", icon=":material/refresh:")


@st.fragment(run_every="500ms")
@page_layout.errors()  # a part that runs alone has no net around it: roles may be gone by now
def progress(job: str, what: str) -> None:
    """The progress of a job with the time that is left and a Cancel button; the page runs again when it has ended."""
    now = jobs.get(page_layout.store(), job)
    if now is None or not now.is_open:
        st.rerun()
    st.session_state.setdefault(SHOWN, set()).add(job)
    with st.container(border=True, key=f"job-{job}"):
        st.progress(min(max(now.share, 0.0), 1.0), text=f"{what}: {md(now.note)}")
        if left := time_left(now.share, now.age):
            st.caption(f"{left[0].upper()}{left[1:]}")
        given = {
            "on_click": jobs.cancel,
            "args": (page_layout.store(), job),
            "key": f"job.cancel.{job}",
            "icon": ":material/cancel:",
        }
        if now.actor == page_layout.actor():
            st.button("Cancel", **given)
        else:
            allowed.button("job cancelled", "Cancel", dataset=now.args.get("dataset"), **given)


def time_left(share: float, age: float) -> str:
    """How long it will take at the pace so far; nothing before that can be told.

    >>> time_left(0.5, 120), time_left(0.01, 120), time_left(0.9, 3)
    ('about 2 minutes left', '', '')
    """
    return f"{duration(age * (1 - share) / share)} left" if share >= 0.1 and age >= 5 else ""
