"""Bringing a table in: the sample, an upload, or a file of this machine; and the reading of it."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path

import streamlit as st

from dataops_core.errors import DataOpsError, FlawError, SettingError
from dataops_core.progress import no_progress
from dataops_core.read.places import Rules, files_in
from dataops_core.read.places.fetch import KNOWN, is_address
from dataops_core.read.places.folders import fetch_file
from dataops_core.read.places.secrets import check_password, shown
from dataops_core.store import datasets, jobs
from dataops_core.store.datasets import Dataset
from pages._ui import allowed, job, page_layout, uploaded
from pages._ui.formatting import count, fix_of, md
from pages._ui.frame import access
from pages._ui.page_layout import Here

SAMPLE = Path(__file__).parents[3] / "sample_data" / "loan_applications.csv"
PROMISE = (
    "Upload a table, see what is wrong with it, repair it step by step, and leave with a clean version that anybody"
    " can rebuild."
)
_INCOMING, _FETCHING = "data.incoming", "data.fetching"


def box(place: Here) -> None:
    """Ways to bring a table: sample, upload, path."""
    one, two = st.columns(2, gap="large")
    with one:
        st.header("Try the sample")
        st.markdown(
            "About 5,000 made-up loan applications with known faults: missing values, duplicates, typos, odd dates."
        )
        open_sample(place, "data.sample", primary=True)
    with two:
        st.header("Upload a file")
        uploader(place, "CSV, Excel, Parquet, JSON and more, also as .gz or .zip")
        _address_box(place.project)
        _listed_files(place.project)
        if access.is_shared():  # who signs in from elsewhere has no business with this machine's folders
            return
        with st.expander("Open a large file from a folder of this machine"):
            st.text_input(
                "Path of the file",
                key="data.path",
                on_change=_take_path,
                args=(place.project,),
                placeholder="/data/customers.csv",
            )
            missing = st.session_state.pop("data.no_file", None)
            if missing:
                st.error(
                    "Check the path; it must be on the machine that runs this app.",
                    title=f"There is no file {md(missing)}",
                )


def _listed_files(project: str) -> None:
    """The files under the folders that whoever runs the app has allowed; nothing where there are none."""
    if not (rules := _rules()).folders:
        return
    box = st.expander("Open a file of the shared folders", key="data.folders", on_change="rerun")
    if box.open:
        with box:
            st.selectbox(
                "File",
                files_in(rules),
                index=None,
                format_func=str,
                key="data.listed",
                placeholder="Choose a file",
                on_change=_take_listed,
                args=(project,),
            )


def _rules() -> Rules:
    return Rules.of_environment(own=not access.is_shared())


def _take_listed(project: str) -> None:
    """Take in a file of the shared folders, as it is now."""
    chosen = st.session_state.get("data.listed")
    if chosen is None:
        return

    def bring() -> None:
        with tempfile.TemporaryDirectory(dir=page_layout.store().scratch) as folder:
            file = fetch_file(Path(chosen), Path(folder), _rules(), no_progress)
            _bring(project, file, Path(chosen).name)

    page_layout.act(bring)


def _address_box(project: str) -> None:
    """A web address, a bucket, or a query on a database."""
    with st.expander("Open from an address or a database"):
        st.text_input(
            "Address",
            key="data.address",
            placeholder="https://example.com/sales.csv, s3://bucket/sales.parquet, postgresql://jo:${SALES}@host/shop",
            help="For a password or key write ${NAME} and set DATAOPS_SECRET_NAME in .streamlit/secrets.toml or in the"
            " environment: it stands in no file, log or message. Addresses inside your own network are refused unless"
            " DATAOPS_HOSTS names them.",
        )
        st.text_area(
            "Query (databases only)", key="data.query", placeholder="SELECT * FROM orders WHERE year = 2026", height=80
        )
        allowed.button(
            "file read",
            "Fetch",
            project=project,
            key="data.fetch",
            icon=":material/cloud_download:",
            on_click=_ask_for,
            args=(project,),
        )


def _ask_for(project: str) -> None:
    """Begin to fetch what the address names; a password in it is refused before it is written down anywhere."""
    address = st.session_state["data.address"].strip()

    def begin() -> None:
        if not is_address(address):
            raise SettingError("This is not an address.", "address", f"Known are {KNOWN}.")
        check_password(address)
        query = st.session_state.get("data.query", "").strip()
        args = {"address": address, "query": query, "own": not access.is_shared(), "token": secrets.token_hex(4)}
        st.session_state[_FETCHING] = {"project": project, "args": args}

    page_layout.act(begin)


def _fetch() -> None:
    """Fetch what was asked for; then it is read as an upload is."""
    asked = st.session_state[_FETCHING]
    try:
        raw = job.do("fetch", asked["args"], f"Fetching {shown(asked['args']['address'])}", cells=0)
    except DataOpsError as error:
        st.session_state.pop(_FETCHING)
        page_layout.show(error)
        return
    if raw:
        st.session_state.pop(_FETCHING)
        st.session_state[_INCOMING] = {
            "project": asked["project"],
            "raw": raw,
            "options": {},
            "token": asked["args"]["token"],
        }
        st.rerun()
    st.button("Leave it", on_click=lambda: st.session_state.pop(_FETCHING, None), key="data.leave_fetch")


def uploader(place: Here, label: str) -> None:
    """The drop zone for a file."""
    allowed.uploader(
        "file read",
        label,
        project=place.project,
        key=uploaded.key("data.upload"),
        on_change=uploaded.take,
        args=("data.upload", lambda file, name: _bring(place.project, file, name)),
        help="Also OpenDocument sheets, Feather, ORC, Stata, SPSS, SAS, SQLite and DuckDB files. The file stays on"
        " this machine. It is kept as it came; every repair is a separate step.",
    )


def next_delivery(here: Dataset) -> None:
    """The way to run the steps of this dataset on a new file of the same kind."""
    steps = len(here.recipe.active)
    if steps and st.button(
        f"Next file of the same kind: run the {count(steps, 'step')} on it",
        icon=":material/update:",
        key="data.next_delivery",
        help=f"For next month's {here.name}: its steps run on the new file, and you see what they do before it counts",
    ):
        st.session_state["versions.tabs"] = "New data"
        st.switch_page("pages/versions.py", query_params=st.query_params.to_dict())


def open_sample(place: Here, key: str, *, primary: bool = False) -> None:
    """The button that brings the sample."""
    allowed.button(
        "file read",
        "Open the sample",
        project=place.project,
        type="primary" if primary else "secondary",
        icon=":material/science:",
        on_click=_bring,
        args=(place.project, SAMPLE, SAMPLE.name),
        key=key,
    )


def take_over(place: Here) -> None:
    """Read what was brought, if something was; until it is read or left, nothing here acts on another table."""
    if _FETCHING in st.session_state:
        _fetch()
        if _FETCHING in st.session_state:
            st.stop()
    if _INCOMING not in st.session_state:
        _find_again(place)
    if _INCOMING in st.session_state:
        _read(place)
        if _INCOMING in st.session_state:
            if place.dataset is not None:
                st.caption(f"{md(place.dataset.name)}, which was open before, is untouched.")
            st.stop()


def _bring(project: str, file: Path, name: str) -> None:
    """Take a file in, and start reading it."""
    with page_layout.errors():
        raw = datasets.store_raw(page_layout.store(), file, name)
        # the token makes each bringing its own piece of work: the same file brought twice is two datasets
        st.session_state[_INCOMING] = {
            "project": project,
            "raw": raw,
            "options": {},
            "token": secrets.token_hex(4),
        }


def _take_path(project: str) -> None:
    """Take in a file from a folder on this machine."""
    path = Path(st.session_state["data.path"].strip()).expanduser()
    if path.is_file():
        _bring(project, path, path.name)
    else:
        st.session_state["data.no_file"] = str(path)


def _read(place: Here) -> None:
    """Read what was brought; a long one as a job. A flawed table is read only when asked to."""
    args = st.session_state[_INCOMING]
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
            st.button("Leave it", on_click=_leave, key="data.leave")
        return
    except DataOpsError as error:
        _leave()
        page_layout.show(error)
        return
    if made:
        _leave()
        page_layout.go(place.project, made)
        st.rerun()
    running = jobs.latest(page_layout.store(), "add", args)
    if running:
        st.query_params["job"] = running.id
        if not running.is_open:
            st.button("Leave it", on_click=_leave, key="data.leave")


def _leave() -> None:
    """Forget what was brought: it is read, or nobody wants it."""
    st.session_state.pop(_INCOMING, None)
    st.query_params.pop("job", None)


def _find_again(place: Here) -> None:
    """Take up the reading that the URL names, after a refresh."""
    job_id = st.query_params.get("job")
    known = jobs.get(page_layout.store(), job_id) if job_id else None
    if known and known.kind == "add" and known.args["project"] == place.project and known.state != "cancelled":
        st.session_state[_INCOMING] = dict(known.args)
