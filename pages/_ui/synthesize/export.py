"""Taking a synthetic table along: as a version, as files; refused where it gives people away, and after a second look
where that is doubtful.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dataops_core.store import dataset_rules, jobs, synthetic_tables
from dataops_core.store.store import Store
from dataops_core.table import Table
from dataops_core.write import write_file
from pages._ui import allowed, job, page_layout
from pages._ui.formatting import md
from pages._ui.synthesize import verdicts
from pages._ui.synthesize.run import is_current
from pages._ui.synthesize.settings import Asked

NO_SCRIPT = "There is a plain script for the engines of SDV only."
NO_MODEL = (
    "The model is kept only where a key is set to sign it with (DATAOPS_MODEL_KEY in the secrets): opening a model file"
    " runs code, so nobody should open one that is not signed."
)


def panel(wanted: Asked, made: jobs.Job) -> None:
    """What stands in the way; then the purpose, the version, the files."""
    told = verdicts.told_of(made)
    judged = verdicts.verdict_of(made).privacy
    if made.args["state"] != wanted.state:
        st.info(
            "It was learned from the table as it was then, and is judged by that. Generate it again if it should"
            " follow.",
            title="The table has changed since this synthetic data was generated",
            icon=":material/history:",
        )
    elif not is_current(wanted, made):
        st.caption("It was made by other settings than those on the tabs before.")
    if why := synthetic_tables.refused(told):
        said = [
            f"{md(why)} It is neither kept nor exported.",
            *map(md, judged.words[1:]),
            "Make another one: leave columns out, raise the number for rare values, or choose another engine.",
        ]
        st.error("\n\n".join(said), title="This synthetic data must not be released", icon=":material/gpp_bad:")
        return
    if judged.verdict in ("doubtful", "not enough to tell"):
        st.warning(
            "\n\n".join(md(each) for each in judged.words), title="There are doubts", icon=":material/gpp_maybe:"
        )
        if not st.checkbox("I have read the doubts", key=f"synthesize.doubts.{made.id}"):
            return
    st.text_area(
        "What is it for?",
        value=wanted.draft.get("purpose", ""),
        key=wanted.key("purpose"),
        on_change=wanted.take,
        args=("purpose",),
        height=80,
        placeholder="For example: test data for the new loan form, for the developers of Acme until June",
        help="Appears in the model card: whoever gets the synthetic data should know its purpose",
    )
    _keep(wanted, made)
    _files(wanted, made, told)


def _keep(wanted: Asked, made: jobs.Job) -> None:
    with st.container(border=True, key="synthesize-keep"):
        st.header("Keep as a version")
        st.caption(
            "A version of kind “synthetic”: its parent is the version that it was learned from, and its export file"
            " holds no real row."
        )
        last = jobs.last(page_layout.store(), "keep synthetic data", wanted.here.id)
        last = last if last is not None and last.args["job"] == made.id else None
        if last is not None and last.is_open:
            job.progress(last.id, "Keeping the synthetic data")
            return
        if last is not None and last.error:
            st.error(md(last.error["fix"]), title=md(last.error["what"]), icon=":material/error:")
        if last is not None and last.state == "done":
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(f":material/check_circle: It is kept as **version {last.result}**.")
                if st.button(
                    "Go to Versions", key="synthesize.versions", icon=":material/arrow_forward:", type="tertiary"
                ):
                    st.switch_page("pages/versions.py", query_params=st.query_params.to_dict())
        ruled = dataset_rules.rules_of(page_layout.store(), wanted.here.id)
        if any(rule.severity == "block" for rule in ruled):
            st.text_input(
                "If a rule that blocks fails: why keep it all the same?",
                key=wanted.key("reason"),
                placeholder="For example: the row count differs on purpose",
                help="The rules of the dataset are checked on the synthetic table, and kept with it. The reason goes"
                " into the audit trail and the data card.",
                width=430,
            )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                "What is this version?",
                key=wanted.key("message"),
                placeholder="For example: for the demo",
                width=430,
            )
            allowed.button(
                "version committed",
                "Keep it",
                key="synthesize.keep",
                type="primary",
                icon=":material/save:",
                on_click=_start,
                args=(wanted, made.id),
            )


def _start(wanted: Asked, made: str) -> None:
    args = {
        "dataset": wanted.here.id,
        "job": made,
        "message": st.session_state.get(wanted.key("message"), ""),
        "purpose": st.session_state.get(wanted.key("purpose"), ""),
        "reason": st.session_state.get(wanted.key("reason"), ""),
    }
    page_layout.act(lambda: jobs.start(page_layout.store(), "keep synthetic data", args, page_layout.actor()))


def _files(wanted: Asked, made: jobs.Job, told: Mapping[str, Any]) -> None:
    house, table = page_layout.store(), verdicts.table_of(made)
    texts = synthetic_tables.files(told, wanted.here.name, wanted.draft.get("purpose", ""))
    stem = "".join(c if c.isalnum() or c in "-_" else "_" for c in wanted.here.name)
    with st.container(border=True, key="synthesize-files"):
        st.header("Download")
        safe = st.checkbox(
            "Make CSV safe for spreadsheets",
            value=True,
            key="synthesize.safe",
            help="Puts an apostrophe before cells that a spreadsheet program would run as a formula",
        )
        with st.container(horizontal=True):
            _offer(
                "Table as CSV",
                _file(house, table, ".csv", safe=safe),
                f"{stem}-synthetic.csv",
                "text/csv",
                ":material/table:",
            )
            _offer(
                "Table as Parquet",
                _file(house, table, ".parquet", safe=False),
                f"{stem}-synthetic.parquet",
                "application/vnd.apache.parquet",
                ":material/table:",
            )
            _offer("Model card", texts["card"] or "", f"{stem}-model-card.md", "text/markdown", ":material/id_card:")
            _offer("Report", texts["report"] or "", f"{stem}-report.json", "application/json", ":material/data_object:")
            if texts["script"]:
                _offer("Plain script", texts["script"], "generate.py", "text/x-python", ":material/code:")
            model = synthetic_tables.model(house, made)
            if model is not None:
                _offer(
                    "Signed model",
                    model.read_bytes,
                    f"{stem}.model",
                    "application/octet-stream",
                    ":material/encrypted:",
                )
        st.caption(
            "The model card tells in words what was done and how it was judged; the report has every number of it."
            + (
                " The script makes such a synthetic table with pandas and SDV alone."
                if texts["script"]
                else f" {NO_SCRIPT}"
            )
        )
        if model is None:
            st.caption(NO_MODEL)
        if st.toggle("Read the model card here", key="synthesize.card"):
            with st.container(border=True, key="synthesize-card"):
                st.markdown(texts["card"] or "")


def _offer(label: str, content: str | Callable[[], bytes], name: str, mime: str, icon: str) -> None:
    st.download_button(
        label, data=content, file_name=name, mime=mime, on_click="ignore", icon=icon, key=f"synthesize.download.{label}"
    )


def _file(house: Store, table: Table, ending: str, *, safe: bool) -> Callable[[], bytes]:
    """The bytes of the synthetic table's file, made when somebody asks for them."""

    def made() -> bytes:
        path = house.scratch_file(ending)
        try:
            write_file(table, path, safe=safe)
            return path.read_bytes()
        finally:
            path.unlink(missing_ok=True)

    return made
