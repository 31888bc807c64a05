"""What the Versions page shows of a version: its steps, its bundle, its difference from another."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dataops_core.export.signature import KEY
from dataops_core.store import versions
from dataops_core.store.datasets import Dataset
from dataops_core.store.results.diffs import Change
from dataops_core.store.results.version_differences import rule_differences
from dataops_core.store.versions import Version
from pages._ui import allowed, grid, job, page_layout, preview, redaction, uploaded
from pages._ui.formatting import STATUS, count, md
from pages._ui.privacy import recognition
from pages._ui.profile import reports
from pages._ui.versions import differences


def export(here: Dataset, version: Mapping[str, Any]) -> None:
    """Make the bundle, then offer it for download."""
    number = version["number"]
    file = f"{_plain(here.name)}-v{number}.zip"
    args = {"dataset": here.id, "number": number, "name": file}
    asked = f"versions.export.{here.id}.{number}"
    what = (
        "One zip: the synthetic table as Parquet and CSV, the model card with its verdicts, facts and a data card. No"
        " real row is in it."
        if version["synthetic"]
        else "One zip: data as Parquet and CSV (train and test apart where the rows are split) with a loader (load.py),"
        " the raw file, steps, plain script, models that were kept, facts, audit and a data card."
    )
    allowed.button(
        "version exported",
        "Export",
        key=f"{asked}.go",
        icon=":material/download:",
        on_click=lambda: st.session_state.update({asked: True}),
        help=what,
    )
    if not st.session_state.get(asked):
        return
    made = st.session_state.get(f"{asked}.made")
    if made is None:
        store = page_layout.store()
        left = versions.unresolved_in(store, here.id, versions.get(store, here.id, number))
        if left:
            recognition.reason_box(left, f"{asked}.why", "exporting it")
            args["reason"] = st.session_state.get(f"{asked}.why", "").strip()
            if not args["reason"]:
                return
        table_cells = grid.table(version["state"]).cells
        made = job.do("export", args, f"Export file of version {number}", cells=table_cells)
        st.session_state[f"{asked}.made"] = made
    if made:
        path = page_layout.store().objects.local(made["md5"])
        st.download_button(
            f"Download version {number}",
            data=path.read_bytes,
            file_name=file,
            mime="application/zip",
            on_click="ignore",
            icon=":material/folder_zip:",
            key=f"{asked}.download",
            type="primary",
        )
        signed = "signed with the key of this installation" if os.environ.get(KEY) else f"not signed: there is no {KEY}"
        st.caption(
            f"{what} The file is {signed}. Cells of data.csv are exact; where a spreadsheet program would run some as"
            " formulas, open data_spreadsheet_safe.csv instead."
        )


def steps_of(version: Version) -> None:
    """The steps of a version with what they did."""
    if version.manifest["kind"] == versions.SYNTHETIC:
        _synthetic(version.manifest["synthetic"])
    steps = version.manifest["steps"]
    if ran := version.manifest.get("ran_on"):
        st.markdown(
            f":material/dns: Ran on **{md(ran['cluster'])}** over {md(ran['input'])}; the result is {md(ran['output'])}"
        )
        for number, step in enumerate(ran["steps"], 1):
            icon, word = STATUS[step["status"]]
            st.markdown(f"{icon} {number}. {md(step['sentence'])} ({md(step.get('reason') or word)})")
    elif not steps and version.manifest["kind"] != versions.SYNTHETIC:
        st.caption("No steps: the file as it came.")
    for number, step in enumerate(steps, 1):
        icon, word = STATUS[step["status"]]
        effect = word
        if step["status"] == "done":
            effect = _effect(step)
        why = f"  \n:small[Why: {md(step['why'])}]" if step.get("why") else ""
        told = f" ({md(said)})" if (said := step.get("reason") or effect) else ""
        st.markdown(f"{icon} {number}. {md(step['sentence'])}{told}{why}")
    _comparison(version.manifest.get("comparison"))
    _rules(version.manifest.get("rules"))
    for model in version.manifest.get("models", ()):
        st.markdown(
            f":material/inventory_2: Ships with the model {md(model['name'])}: {md(model['title'])}, whether"
            f" {md(model['target'])} is {md(model['favorable'])}. It needs {md(model['needs'])}."
        )
    for name, why in version.manifest.get("models_left_out", {}).items():
        st.markdown(f":material/block: The model {md(name)} was left out. {md(why)}")
    st.caption(f"Fingerprint (SHA-256 of names, types and values) {version.content_hash}; version id {version.id}")
    st.caption("Made with " + ", ".join(f"{name} {number}" for name, number in version.manifest["packages"].items()))


def _effect(step: Mapping[str, Any]) -> str:
    """How many cells and rows a step changed; nothing where it changed columns alone, which its sentence says."""
    told = [
        f"{count(step[key], noun)} {what}"
        for key, noun, what in (("cells_changed", "cell", "changed"), ("rows_dropped", "row", "dropped"))
        if step[key]
    ]
    return ", ".join(told)


def _comparison(told: Mapping[str, Any] | None) -> None:
    """The scores of the recipes that the steps of a version were chosen among."""
    if not told:
        return
    st.markdown(f":material/balance: Chosen by a comparison of recipes: **{md(told['taken'])}**. {md(told['verdict'])}")
    rows = [
        {
            "Recipe": each["name"],
            "Score": each.get("score"),
            "Against doing nothing": each["difference"]["verdict"] if each.get("difference") else "not judged",
            "Gap": each.get("fairness_gap"),
        }
        for each in told["candidates"]
    ]
    st.dataframe(
        pd.DataFrame(rows),
        key=f"versions.comparison.{told['taken']}.{told['seed']}.{len(rows)}",
        alt="The scores of the recipes that were compared",
        hide_index=True,
        placeholder="",
        width=620,
        column_config={
            "Score": st.column_config.NumberColumn(told["measure"].replace("_", " "), format="%.4f"),
            "Gap": st.column_config.NumberColumn(format="percent"),
        },
    )


def _rules(told: Mapping[str, Any] | None) -> None:
    """The rules that a version was saved with: how many pass, which fail, and why it was saved all the same."""
    if not told:
        return
    st.markdown(f":material/rule: {count(told['passed'], 'rule')} passed, {told['failed']:,} failed when it was saved.")
    for each in told["rules"]:
        if each["status"] == "failed":
            rows = f" {each['failing']:,} of {each['rows']:,} rows." if each["failing"] else ""
            icon = ":material/block:" if each["severity"] == "block" else ":material/warning:"
            st.markdown(f"{icon} {md(each['says'])}{rows}")
    for says, why in (told.get("left_out") or {}).items():
        st.markdown(f":material/help: {md(says)} Not checked: {md(why)}")
    if told.get("reason"):
        st.markdown(f":material/edit_note: Saved all the same because: {md(told['reason'])}")


def origin(version: Mapping[str, Any], known: Sequence[Mapping[str, Any]]) -> str:
    """Which version a synthetic one was learned from."""
    parent = next((each["number"] for each in known if each["id"] == version["parent"]), None)
    return (
        f"Made from version {parent}: rows of people who do not exist."
        if parent
        else "Rows of people who do not exist."
    )


def _synthetic(about: Mapping[str, Any]) -> None:
    """How a synthetic table was made and judged."""
    rows, judge = about["rows"], about["judge"]
    st.markdown(
        f":material/content_copy: {count(rows['made'], 'row')} by {md(about['engine']['title'])}, seed"
        f" {about['settings']['seed']}, learned from {rows['learned']:,} of {rows['real']:,} real rows."
        + (f" For: {md(about['purpose'])}." if about["purpose"] else "")
    )
    st.markdown(
        "\n".join(f"- {md(words)}" for part in ("privacy", "fidelity", "utility") for words in judge[part]["words"])
    )


def compare(here: Dataset, numbers: Sequence[int]) -> None:
    """Two versions side by side: schema, rows, cells."""
    if len(numbers) < 2:
        st.caption("There is only one version so far.")
        return
    with st.container(horizontal=True):
        one = st.selectbox("From version", numbers, index=1, key="versions.one")
        other = st.selectbox("To version", numbers, index=0, key="versions.other")
    house = page_layout.store()
    before, after = versions.get(house, here.id, one), versions.get(house, here.id, other)
    found = versions.compare(house, here.id, one, other, run=False)
    seen = (redaction.seen(before.state), redaction.seen(after.state))
    groups = versions.compare_groups(house, before, after, seen, run=False)
    if found is None or groups is None:
        args = {"dataset": here.id, "one": one, "other": other, "seen": list(seen)}
        job.do("compare", args, "Comparing", cells=_cells(before, after))
        found = versions.compare(house, here.id, one, other, run=False)
        groups = versions.compare_groups(house, before, after, seen, run=False)
    if found is None or groups is None:
        return

    if not found.nothing:
        by = f" Rows are matched by {md(found.key)}." if found.key else ""
        st.markdown(f"From version {one} to version {other}:{by}")
    preview.panel(Change(found, ()), before.state, after.state, would="")
    differences.rules(rule_differences(before.manifest, after.manifest))
    differences.groups(groups)
    args = {"dataset": here.id, "one": one, "other": other, "name": here.name, "seen": list(seen)}
    reports.offer("difference report", args, "Make a report of the difference", _cells(before, after))


def _cells(*some: Version) -> int:
    return max(v.manifest["data"]["rows"] * len(v.manifest["data"]["columns"]) for v in some)


def verify_box() -> None:
    """Check a bundle that somebody sent: every byte, then rebuild it."""
    with st.container(border=True, key="versions-verify"):
        st.markdown(
            "Rebuilds every file of an export from its raw file and steps, and compares the fingerprints. Nothing in it"
            " is run."
        )
        key = st.text_input(
            "Public key of the sender (optional)",
            key="versions.key",
            placeholder="44 characters, or none",
            help=(
                "Whoever sent the file can tell you their public key. With it you know who made the file; without"
                " it, only that it is unchanged."
            ),
        ).strip()
        st.file_uploader(
            "An export file (.zip)",
            type="zip",
            key=uploaded.key("versions.bundle"),
            on_change=uploaded.take,
            args=("versions.bundle", _keep),
        )
        asked = st.session_state.get("versions.verify")
        if not asked:
            return
        told = job.do("verify", {"md5": asked["md5"], "key": key}, f"Verifying {asked['name']}", cells=asked["size"])
        if told is None:
            return
        if told["ok"]:
            st.success(
                "Every byte is as it was, and raw file and steps rebuild the very same files."
                f" {md(told['signature']['words'])}",
                title="The export file is intact",
            )
        else:
            bad = [check for check in told["checks"] if not check["ok"]]
            st.error(
                "; ".join(f"{md(check['what'])}: {md(check['seen'])}" for check in bad),
                title="The export file is not intact",
            )
        st.dataframe(
            pd.DataFrame(
                [{"Check": c["what"], "Passed": "yes" if c["ok"] else "no", "Seen": c["seen"]} for c in told["checks"]]
            ),
            hide_index=True,
            alt="What was checked",
            key="versions.checks",
            placeholder="",
        )


def _keep(file: Path, name: str) -> None:
    stored = page_layout.store().objects.put(file)
    st.session_state["versions.verify"] = {"name": name, **stored.to_json()}


def _plain(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in name)
