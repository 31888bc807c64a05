"""The frame around every page: who is here, which project and dataset, and what happens when something fails."""

from __future__ import annotations

import functools
import gc
import importlib
import logging
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException, StopException
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

from dataops_core.errors import ConflictError, DataOpsError
from dataops_core.store import datasets
from dataops_core.store.datasets import Dataset
from dataops_core.store.people import members, sign_ins
from dataops_core.store.results import analyses
from dataops_core.store.store import Store, whoami
from pages._ui.formatting import fix_of, md
from pages._ui.frame import access, density, team, upload_guard

ADMINS = "DATAOPS_ADMINS"  # who may do everything, once people sign in; names as they sign in, separated by commas
FORGED_EVERY = 60  # seconds between two entries of the audit log on forged cookies
WARM = "warm"  # the name of the thread that loads what pages will import
Answer = TypeVar("Answer")
_thread = threading.local()
_log = logging.getLogger("dataops")


@dataclass(frozen=True)
class Here:
    """Where the visitor is: a project, and in it a dataset if there is one."""

    project: str
    dataset: Dataset | None


def store() -> Store:
    """The store in the hands of whoever looks at this page."""
    return _opened().of(actor())


@st.cache_resource
def _opened() -> Store:
    """The store, opened once for all visitors; what pages will import is loaded meanwhile, so that nobody
    waits for it.
    """
    threading.Thread(target=_warm, name=WARM, daemon=True).start()
    return Store(is_server=True)


def _warm() -> None:
    for name in ("pandas.io.formats.style", "plotly.graph_objects", "dataops_core.store.worker"):
        importlib.import_module(name)
    analyses.counting_code()
    _settle()


_settled: set[int] = set()  # how many modules were loaded when what they hold was set apart


def _settle() -> None:
    """Set apart what has been loaded meanwhile: it stays for good, so that later collections of garbage need not walk
    through it. Streamlit collects after every run of a script, and nobody is answered meanwhile: 60 to 150 ms.
    """
    loaded = len(sys.modules)
    if loaded not in _settled:
        _settled.add(loaded)
        gc.collect()
        gc.freeze()


def actor() -> str:
    """Who acts: the signed-in person, or the user of this machine; nobody where people sign in and this one has not,
    or no longer.
    """
    return remembered("actor", _claims(), _actor)


def _actor() -> str:
    if st.user.get("is_logged_in"):
        return "" if _refusal() else _person()
    return "" if access.is_shared() else whoami()


def _person() -> str:
    return str(st.user.get("email") or st.user.get("name") or "")


def _claims() -> dict[str, object]:
    """What the sign-in of this tab says; `st.user` looks into the secrets each time that it is asked."""
    context = get_script_run_ctx(suppress_warning=True)
    return dict(context.user_info) if context else {}


def _refusal() -> sign_ins.Refusal:
    """Why the sign-in of this tab does not count; what was refused is logged once for each tab and reason."""
    claims = _claims()
    person = _opened().of(_person())
    why = sign_ins.refusal(person, sign_ins.issued(claims))
    if why and st.session_state.get("frame.refused") != (claims, why):
        sign_ins.refused(person, why)
        st.session_state["frame.refused"] = (claims, why)
    return why


class _Known:
    """What looks said in one run; Streamlit makes a new coordinator for each run, of a page or of a part of it."""

    def __init__(self, run: object) -> None:
        self.run = run
        self.answers: dict[str, tuple[object, object]] = {}


def remembered(name: str, of: object, look: Callable[[], Answer]) -> Answer:
    """What a look said of something earlier in this run of the script, or what it says now: pages ask some dozen times
    in a run who acts, and what they may. Nothing is remembered from one run to the next.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return look()
    known = st.session_state.get("frame.known")
    if known is None or known.run is not context.parallel_coordinator:
        known = st.session_state["frame.known"] = _Known(context.parallel_coordinator)
    if name not in known.answers or known.answers[name][0] != of:
        known.answers[name] = (of, look())
    return cast("Answer", known.answers[name][1])


def to_overview() -> None:
    """Lead from /overview to the first page, which Streamlit serves at / alone."""
    st.switch_page("pages/overview.py", query_params=dict(st.query_params))


def sign_in() -> None:
    """Ask for a sign-in where the secrets set one up; without them, this is the machine's own user.

    Where it cannot be told whether they do, nobody gets in.
    """
    if reason := access.problem():
        access.report(reason)
        st.title("Data quality workbench")
        st.error(
            "Whoever runs this app finds the reason in its log.",
            title="Nobody can sign in: the sign-in is not set up correctly",
            icon=":material/lock:",
        )
        st.stop()
    if not access.is_shared():
        return
    signed_in = bool(st.user.get("is_logged_in"))
    why = _refusal() if signed_in else ""
    if not signed_in or why:
        upload_guard.shut_out(_tab())
        st.title("Data quality workbench")
        if why:
            st.info("Sign in again to go on: your work is in the store.", title=sign_ins.WHY[why])
        elif access.presents_cookie() and not st.session_state.get("frame.cookie"):
            st.session_state["frame.cookie"] = True  # said once for each tab
            _forged()
        st.button("Sign in", on_click=st.login, type="primary")
        st.stop()
    _guarded()
    claims = st.user.to_dict()
    sign_ins.note(store(), access.groups(claims), sign_ins.issued(claims) or 0.0)


_last_forged = [float("-inf")]


def _forged() -> None:
    """Tell of a cookie that Streamlit does not take: each in the server's log, in the audit log one a minute, for
    anybody can send as many as they like.
    """
    _log.warning("Sign-in: a cookie was refused that is forged, or older than this server's secret.")
    if time.monotonic() - _last_forged[0] > FORGED_EVERY:
        _last_forged[0] = time.monotonic()
        sign_ins.refused(_opened().of(""), "forged")


def _tab() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def _sign_out() -> None:
    """End this sign-in for good, so that no copy of its cookie lets anybody in."""
    moment = sign_ins.issued(st.user.to_dict())
    if moment is not None and act(lambda: sign_ins.end(store(), moment)):
        upload_guard.shut_out(_tab())
        st.logout()


@st.cache_resource
def _guarded() -> bool:
    """Where people sign in, roles are on: without an administrator's word nobody sees what another one has brought."""
    upload_guard.warn()
    members.guard(_opened(), [name for name in os.environ.get(ADMINS, "").split(",") if name.strip()])
    return True


@contextmanager
def needs_store() -> Iterator[None]:
    """Where the store cannot be used, says why, and shows no page."""
    try:
        yield
    except DataOpsError as error:
        failed = st.Page(functools.partial(show, error), title="Data quality workbench", url_path="", default=True)
        st.navigation([failed], position="hidden").run()
        st.stop()


@contextmanager
def framed() -> Iterator[None]:
    """Marks that the page below runs inside app.py."""
    _thread.framed = True
    try:
        yield
    finally:
        _thread.framed = False
        _settle()


def enter(title: str) -> Here:
    """The guard of every page: sends a visitor who came past app.py through it, then says where they are.

    The first request after a server start runs a deep link's page alone, without sign-in, if nothing stops it.
    """
    if not getattr(_thread, "framed", False):
        st.switch_page("app.py", query_params={**st.query_params.to_dict(), "page": title.lower()})
    st.session_state["jobs.on_page"] = set()  # see job.SHOWN
    return here()


def show_failure() -> None:
    """Show what went wrong in a callback before this run."""
    failed = st.session_state.pop("frame.failed", None)
    if failed is not None:
        show(failed)


def lead_on(pages: list) -> None:
    """Go on to the page that a guarded deep link asked for."""
    wanted = st.query_params.get("page")
    if wanted is None:
        return
    rest = {key: value for key, value in st.query_params.to_dict().items() if key != "page"}
    target = next((page for page in pages if page.title.lower() == wanted), pages[0])
    st.switch_page(target, query_params=rest)


def here() -> Here:
    """The project and dataset that the URL names; where it names none, those last seen in this tab, or the first."""
    state, named = st.session_state, st.query_params
    asked = (named.get("d"), named.get("p"), state.get("frame.d"), state.get("frame.p"))
    return remembered("here", asked, _here)


def projects() -> list[dict[str, Any]]:
    """The projects that the visitor may see, as they were when this run of the script began."""
    return remembered("projects", actor(), lambda: datasets.projects(store()))


def _here() -> Here:
    house = store()
    asked = st.query_params.get("d") or (st.session_state.get("frame.d") if "p" not in st.query_params else None)
    found = None
    if asked:
        try:
            found = datasets.get(house, asked)
        except DataOpsError as error:
            st.warning(fix_of(error), title=md(error.what))
    known = [project["id"] for project in projects()]
    project = found.project if found else st.query_params.get("p") or st.session_state.get("frame.p")
    if project not in known:
        project = datasets.default_project(house, actor())
        if not known:  # it was made just now
            st.session_state["frame.known"].answers.pop("projects", None)
    go(project, found.id if found else None, job=st.query_params.get("job"))
    return Here(project, found)


def go(project: str, dataset: str | None, job: str | None = None) -> None:
    """Put project, dataset and the job that makes a new one into the URL, which alone survives a refresh."""
    st.session_state["frame.p"], st.session_state["frame.d"] = project, dataset
    wanted = {"p": project} | ({"d": dataset} if dataset else {}) | ({"job": job} if job else {}) | density.kept()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)


def need_dataset(place: Here) -> Dataset:
    """The dataset of this page; without one, a friendly way to the Data page."""
    if place.dataset is None:
        st.info("Open the sample or bring a file first.", title="There is no data here yet", icon=":material/table:")
        st.page_link("pages/data.py", label="Go to Data", icon=":material/arrow_forward:")
        st.stop()
    return place.dataset


def switcher() -> None:
    """Project and dataset, chosen in the sidebar; whoever sees it may bring files."""
    house = store()
    upload_guard.admit(_tab(), house)
    with st.sidebar:
        known = projects() or [{"id": datasets.default_project(house, actor()), "name": "My project"}]
        place = here()
        names = {project["id"]: project["name"] for project in known}
        ids = list(names)
        st.selectbox(
            "Project",
            ids,
            index=ids.index(place.project),
            format_func=lambda i: names[i],
            key=f"frame.project.{place.project}",
            on_change=lambda: go(st.session_state[f"frame.project.{place.project}"], None),
        )
        inside = {d["id"]: d["name"] for d in datasets.in_project(house, place.project)}
        if inside:
            at = place.dataset.id if place.dataset else None
            options = list(inside)
            st.selectbox(
                "Dataset",
                options,
                index=options.index(at) if at in options else None,
                format_func=lambda i: inside[i],
                key=f"frame.dataset.{at}",
                placeholder="Choose a dataset",
                on_change=lambda: go(place.project, st.session_state[f"frame.dataset.{at}"]),
            )
        team.popover(house, place.project, act)
        with st.popover("New project", icon=":material/create_new_folder:"):
            st.text_input("Name of the project", key="frame.new_project")
            st.button("Make it", on_click=_make_project, key="frame.make_project")
        if access.is_shared():
            st.button("Sign out", icon=":material/logout:", key="frame.sign_out", on_click=_sign_out, help=actor())
        said = st.session_state.pop("frame.said", None)
    density.choose()
    if said:
        st.toast(said)


def _make_project() -> None:
    act(lambda: go(datasets.make_project(store(), st.session_state.get("frame.new_project", ""), actor()), None))


def fail(error: DataOpsError) -> None:
    """Show an error at the top of the page, after the callback in which it came up."""
    st.session_state["frame.failed"] = error


def act(action: Callable[[], object]) -> bool:
    """Do something from a button's callback; what goes wrong is shown at the top of the page. Returns whether it
    worked.
    """
    try:
        action()
    except DataOpsError as error:
        fail(error)
        return False
    finally:
        st.session_state.pop("frame.known", None)  # what was looked up before may hold no longer
    return True


def say(text: str) -> None:
    """Say something in a toast after the next rerun."""
    st.session_state["frame.said"] = text


@contextmanager
def errors() -> Iterator[None]:
    """Show what went wrong, where and how to fix it; a traceback goes to the log only."""
    try:
        yield
    except (RerunException, StopException):
        raise
    except DataOpsError as error:
        show(error)
    except Exception:  # noqa: BLE001 - the last net: whatever it is goes to the log, and the page goes on
        number = secrets.token_hex(4)
        _log.exception("Error %s", number)
        st.error(
            f"Nothing was lost: your work is in the store. The log has the details under {number}.",
            title="Unexpected error",
            icon=":material/error:",
        )


def show(error: DataOpsError) -> None:
    """Show an error: what as its title, how to fix it, and where."""
    if isinstance(error, ConflictError):
        st.warning(md(fix_of(error)), title=md(error.what), icon=":material/sync_problem:")
    else:
        st.error(md(fix_of(error)), title=md(error.what), icon=":material/error:")
