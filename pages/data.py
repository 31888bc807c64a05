"""Data: bring a table, see how it was read, say what its columns are for."""

import secrets
import tempfile
from pathlib import Path

import streamlit as st

from dataops_core.errors import DataOpsError, FlawError
from dataops_core.store import datasets, jobs
from pages._ui import access, current_table, grid, job, page_header, page_layout, reading
from pages._ui.columns import panel
from pages._ui.columns.strip import type_of
from pages._ui.data import roles
from pages._ui.formatting import count, fix_of, md, size

SAMPLE = Path(__file__).parent.parent / "sample_data" / "loan_applications.csv"

place = page_header.enter("Data")


def bring(file: Path, name: str) -> None:
    """Take a file in, and start reading it."""
    with page_layout.errors():
        raw = datasets.store_raw(page_layout.store(), file, name)
        # the token makes each bringing its own piece of work: the same file brought twice is two datasets
        st.session_state["data.incoming"] = {
            "project": place.project,
            "raw": raw,
            "options": {},
            "token": secrets.token_hex(4),
        }


def take_upload() -> None:
    """Copy an upload to the store and let the browser widget go."""
    key = f"data.upload.{st.session_state.get('data.nonce', 0)}"
    upload = st.session_state.get(key)
    if upload is not None:
        with tempfile.NamedTemporaryFile(delete=False) as copy:
            upload.seek(0)
            while block := upload.read(1 << 20):
                copy.write(block)
        bring(Path(copy.name), upload.name)
        Path(copy.name).unlink()
        st.session_state["data.nonce"] = st.session_state.get("data.nonce", 0) + 1


def take_path() -> None:
    """Take in a file from a folder on this machine."""
    path = Path(st.session_state["data.path"].strip()).expanduser()
    if path.is_file():
        bring(path, path.name)
    else:
        st.session_state["data.no_file"] = str(path)


def bring_box() -> None:
    """Ways to bring a table: sample, upload, path."""
    one, two = st.columns(2, gap="large")
    with one:
        st.header("Try the sample")
        st.markdown(
            "About 5,000 made-up loan applications with known faults: missing values, duplicates, typos, odd dates."
        )
        st.button(
            "Open the sample", type="primary", icon=":material/science:", on_click=bring, args=(SAMPLE, SAMPLE.name)
        )
    with two:
        st.header("Upload a file")
        st.file_uploader(
            "CSV, Excel, Parquet, JSON and more, also as .gz or .zip",
            key=f"data.upload.{st.session_state.get('data.nonce', 0)}",
            on_change=take_upload,
            help="Also OpenDocument sheets, Feather, ORC, Stata, SPSS, SAS, SQLite and DuckDB files. The file stays on"
            " this machine. It is kept as it came; every repair is a separate step.",
        )
        if access.is_shared():  # who signs in from elsewhere has no business with this machine's folders
            return
        with st.expander("Open a large file from a folder of this machine"):
            st.text_input("Path of the file", key="data.path", on_change=take_path, placeholder="/data/customers.csv")
            missing = st.session_state.pop("data.no_file", None)
            if missing:
                st.error(
                    "Check the path; it must be on the machine that runs this app.",
                    title=f"There is no file {md(missing)}",
                )


def incoming() -> None:
    """Read what was brought; a long one as a job. A flawed table is read only when asked to."""
    args = st.session_state["data.incoming"]
    cells = args["raw"]["size"] // 8  # about eight bytes a cell: good enough to tell small from large
    try:
        made = job.do("add", args, f"Reading {args['raw']['name']}", cells=cells)
    except FlawError as flaw:
        st.warning(md(fix_of(flaw)), title=md(flaw.what), icon=":material/rule:")
        with st.container(horizontal=True):
            st.button(
                "Read it anyway",
                on_click=lambda: args["options"].update(lenient=True),
                icon=":material/arrow_forward:",
                key="data.anyway",
            )
            st.button("Leave it", on_click=leave, key="data.leave")
        return
    except DataOpsError as error:
        leave()
        page_layout.show(error)
        return
    if made:
        leave()
        page_layout.go(place.project, made)
        st.rerun()
    running = jobs.latest(page_layout.store(), "add", args)
    if running:
        st.query_params["job"] = running.id
        if not running.is_open:
            st.button("Leave it", on_click=leave, key="data.leave")


def leave() -> None:
    """Forget what was brought: it is read, or nobody wants it."""
    st.session_state.pop("data.incoming", None)
    st.query_params.pop("job", None)


def found_again() -> None:
    """Take up the reading that the URL names, after a refresh."""
    job_id = st.query_params.get("job")
    known = jobs.get(page_layout.store(), job_id) if job_id else None
    if known and known.kind == "add" and known.args["project"] == place.project and known.state != "cancelled":
        st.session_state["data.incoming"] = dict(known.args)


if "data.incoming" not in st.session_state:
    found_again()
if "data.incoming" in st.session_state:
    incoming()
    if "data.incoming" in st.session_state:  # until it is read or left, nothing here acts on another table
        if place.dataset is not None:
            st.caption(f"{md(place.dataset.name)}, which was open before, is untouched.")
        st.stop()

if place.dataset is None:
    st.markdown(
        "Bring a table, see what is wrong with it, repair it step by step, and leave with a clean version that anybody"
        " can rebuild."
    )
    bring_box()
    st.stop()

here = place.dataset
root = reading.root_state(here)
if root is None:
    st.stop()
table = grid.table(root)
st.markdown(
    f"**{md(here.name)}**: {count(table.rows, 'row')} and {count(len(table.columns), 'column')}, read from "
    f"{md(here.raw['name'])} ({size(here.raw['size'])})."
)
with st.container(horizontal=True):
    if st.button("See what is wrong", type="primary", icon=":material/arrow_forward:"):
        st.switch_page("pages/profile.py", query_params=st.query_params.to_dict())
    with st.popover("Upload another file", icon=":material/upload_file:"):
        st.button(
            "Open the sample",
            icon=":material/science:",
            on_click=bring,
            args=(SAMPLE, SAMPLE.name),
            key="data.sample_again",
        )
        st.file_uploader("A file", key=f"data.upload.{st.session_state.get('data.nonce', 0)}", on_change=take_upload)
rows, how, what = st.tabs(
    ["The rows as they came", "How it was read", "What the columns are for"], key="data.tabs", on_change="rerun"
)
if rows.open:
    with rows:
        strip = st.container()  # drawn after the rows: they are there at once, the columns may have to be counted
        grid.grid(root, "data", what="The table as it came")
        with strip, page_layout.errors():
            panel.columns(here, root, "data", mend=not here.recipe.steps)
if how.open:
    with how, page_layout.errors():
        profile = current_table.profile(here, root)
        reading.panel(here, root, {name: type_of(facts) for name, facts in profile["facts"].items()} if profile else {})
if what.open:
    with what, page_layout.errors():
        roles.panel(here, root, table)
