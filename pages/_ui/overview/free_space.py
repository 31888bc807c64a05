"""Free space: tables of the dataset that can be computed again, and what killed processes left in the store; what would
go is counted before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dataops_core.store import jobs
from dataops_core.store.datasets import Dataset
from dataops_core.store.purge import compaction, leftovers
from pages._ui import allowed, job, page_layout
from pages._ui.formatting import count, md, size


def panel(here: Dataset) -> None:
    """The popover with both."""
    box = st.popover("Free space", icon=":material/compress:", key="free_space.open", on_change="rerun")
    if not box.open:
        return
    with box:
        st.markdown(f"**Tables of {md(here.name)} that can be computed again**")
        st.caption(
            "Each table is computed again from the one before it, and no longer kept if the very same comes out. Old"
            " versions open as before; it takes a moment longer. Nothing is lost."
        )
        _offer(compaction.KIND, {"dataset": here.id}, "tables compacted", "Freeing space", _tables)
        if not allowed.refusal("leftovers removed"):
            st.markdown("**What killed processes left in the store**")
            st.caption("Files that no version, step, Undo, model or job of any dataset needs, older than a day.")
            _offer(leftovers.KIND, {}, "leftovers removed", "Looking after the store", _files)


def _tables(told: Mapping[str, Any]) -> tuple[str, str]:
    kept = [(told["slow"], "take longer than a minute"), (told["other"], "would come out otherwise on this machine")]
    more = "".join(f" {count(number, 'table')} stay: they {why}." for number, why in kept if number)
    return f"{count(told['tables'], 'table')}, {size(told['freed'])}.{more}", size(told["freed"]) if told[
        "tables"
    ] else ""


def _files(told: Mapping[str, Any]) -> tuple[str, str]:
    more = f" {count(told['recent'], 'file')} younger than a day may still be needed." if told["recent"] else ""
    some = told["files"] or told["unfinished"] or told["tables"]
    return f"{told['words']}.{more}", size(told["size"]) if some else ""


def _offer(
    kind: str,
    args: Mapping[str, Any],
    action: str,
    what: str,
    words: Callable[[Mapping[str, Any]], tuple[str, str]],
) -> None:
    """A button that counts what would go, then one that does it; progress and outcome in their place."""
    would, does = ({**args, "dry_run": dry_run} for dry_run in (True, False))
    last = [each for asked in (would, does) if (each := jobs.latest(page_layout.store(), kind, asked))]
    now = min(last, key=lambda each: each.age, default=None)
    if now is not None and now.is_open:
        job.progress(now.id, what)
        return
    if now is not None and now.error:
        st.error(md(now.error["fix"]), title=md(now.error["what"]), icon=":material/error:")
    elif now is not None and now.state == "done":
        said, free = words(now.result)
        if not now.args["dry_run"]:
            st.markdown(f":material/check_circle: Removed: {said}")
        elif not free:
            st.markdown(f":material/check_circle: There is nothing to free: {said}")
        else:
            st.markdown(f"Would go: {said}")
            given = {"key": f"free_space.{kind}.do", "icon": ":material/compress:", "type": "primary"}
            allowed.button(action, f"Free {free}", on_click=_start, args=(kind, does), **given)
    given = {"key": f"free_space.{kind}.count", "icon": ":material/search:"}
    allowed.button(action, "Count what would go", on_click=_start, args=(kind, would), **given)


def _start(kind: str, args: Mapping[str, Any]) -> None:
    page_layout.act(lambda: jobs.start(page_layout.store(), kind, args, page_layout.actor()))
