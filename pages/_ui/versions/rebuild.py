"""Rebuild a version from its source and recipe, and say whether the very same table comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.store import jobs, versions
from dataops_core.store.datasets import Dataset
from dataops_core.store.results.rebuild import KIND
from dataops_core.table import Difference
from pages._ui import job, page_layout, redaction
from pages._ui.formatting import md


def opener(here: Dataset, version: Mapping[str, Any]) -> None:
    """The button that starts it."""
    st.button(
        "Rebuild and compare",
        icon=":material/replay:",
        key=f"versions.rebuild.{version['number']}",
        on_click=lambda: jobs.start(page_layout.store(), KIND, _asked(here, version), page_layout.actor()),
        help=(
            "Reads the raw file again, repeats every step, and compares the fingerprint of the table that comes out"
            " with the one of this version. Nothing is changed."
        ),
    )


def section(here: Dataset, version: Mapping[str, Any], last: jobs.Job | None) -> None:
    """Its progress, and what came out; nothing unless the last rebuild of the dataset was of this version."""
    if last is None or last.args["number"] != version["number"]:
        return
    what = f"Rebuilding version {version['number']}"
    if last.is_open:
        job.progress(last.id, what)
    elif last.error:
        st.error(md(last.error["fix"]), title=md(last.error["what"]), icon=":material/error:")
    elif last.state != "done":
        st.info("Nothing was changed.", title=f"{what}: cancelled", icon=":material/cancel:")
    else:
        _outcome(last.result)


def _asked(here: Dataset, version: Mapping[str, Any]) -> dict[str, Any]:
    return {"dataset": here.id, "number": version["number"]}


def _outcome(told: Mapping[str, Any]) -> None:
    """Whether the same table came out; what differs where it did not."""
    if told["same"]:
        st.success(
            f"Raw file and steps make the very same table: fingerprint {told['content_hash'][:16]}…",
            title=f"Version {told['version']} comes out the same",
            icon=":material/verified:",
        )
        return
    reasons = [md(redaction.told(each["seen"])) for each in told["checks"] if not each["ok"] and each["seen"]]
    if told["difference"]:
        found = versions.in_words(Difference.from_json(told["difference"]))
        reasons.append(f"From the table that was saved to the one that came out: {md(found)}")
    st.error(
        " ".join(f"{each.rstrip('.')}." for each in reasons),
        title=f"Version {told['version']} does not come out the same",
        icon=":material/error:",
    )
    if told["packages"]:
        st.dataframe(
            pd.DataFrame([{"Package": name, "Then": a, "Now": b} for name, (a, b) in told["packages"].items()]),
            hide_index=True,
            alt="Packages that are of another version now than when the version was saved",
            key=f"versions.rebuild.packages.{told['version']}",
            placeholder="",
        )
