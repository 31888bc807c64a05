"""Every test of the pages has a home folder of its own, and a store opened anew."""

import contextlib
import copy
import functools
import gc
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit import config
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import app_test, local_script_runner

from dataops_core.checks import profile as checks
from dataops_core.progress import no_progress
from dataops_core.store import jobs, worker
from dataops_core.store.results import profile
from dataops_core.store.store import Store
from pages._ui import page_layout
from tests.pages import driver


class _AfterFirst(PagesManager):
    """As on a server that has answered its first request; AppTest makes every run the first one of a fresh server."""

    def __init__(self, *args, **kwargs):
        PagesManager.uses_pages_directory = False
        super().__init__(*args, **kwargs)


class _AtOnce:
    """Stands in for a worker's process, and does its job before anybody can ask how far it is: a process has to import
    the whole house first. Tests of the store and in the browser have processes.
    """

    def __init__(self, command, *, env, **_given):
        store, job = Store(Path(env["DATAOPS_HOME"])), command[-1]
        assert jobs.claim(store, job)
        store.use_scratch(job)
        with contextlib.suppress(Exception):  # it is written to the catalog, and printed
            worker.carry_out(store, job, no_progress)

    def wait(self):
        return 0


def _ended(runner, timeout):
    """Waits for the end of a run; Streamlit's own way of waiting looks every millisecond, which takes time from the run."""
    runner._script_thread.join(timeout)
    if not runner.script_stopped():
        runner.request_stop()
        raise RuntimeError(f"The app still runs after {timeout} s.")


def _alone(monkeypatch, home):
    monkeypatch.setenv("DATAOPS_HOME", str(home))
    monkeypatch.setattr(app_test, "PagesManager", _AfterFirst)
    monkeypatch.setattr(jobs, "subprocess", SimpleNamespace(Popen=_AtOnce, DEVNULL=subprocess.DEVNULL))
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture(scope="session", autouse=True)
def _what_is_the_same_is_done_once():
    """A server looks once through all installed packages for components, and compiles each page once, but AppTest makes
    a server for each visit; tables of the same content have the same profile in every test; and garbage is collected as
    it grows, not after every run.
    """
    profiles, scripts = {}, ScriptCache()

    def profile_table(table, known, progress, context, *, blanked):
        content = tuple((column.hash, column.kind, column.type, column.name) for column in table.columns)
        key = (content, tuple(sorted(known)), repr(context), repr(blanked))
        if key not in profiles:
            profiles[key] = checks.profile_table(table, known, progress, context, blanked=blanked)
        return copy.deepcopy(profiles[key])

    with pytest.MonkeyPatch.context() as monkeypatch:
        once = functools.cache(manifest_scanner.scan_component_manifests)
        monkeypatch.setattr(manifest_scanner, "scan_component_manifests", once)
        monkeypatch.setattr(profile, "profile_table", profile_table)
        monkeypatch.setattr(app_test, "ScriptCache", lambda: scripts)
        monkeypatch.setattr(local_script_runner, "require_widgets_deltas", _ended)
        config.set_option("runner.postScriptGC", False)
        yield
        config.set_option("runner.postScriptGC", True)


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory):
    """A home in which the sample was opened as a person does, and profiled, and the id of its dataset."""
    home = tmp_path_factory.mktemp("sample") / "home"
    with pytest.MonkeyPatch.context() as monkeypatch:
        _alone(monkeypatch, home)
        app = driver.click(driver.start(), "Open the sample")
        assert driver.unforeseen(driver.go(app, "profile")) == []
        gc.collect()
        gc.freeze()  # as the page does for visitors: Streamlit collects garbage after every run
        return home, app.query_params["d"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch, sample_home):
    _alone(monkeypatch, tmp_path / "home")
    monkeypatch.setattr(page_layout, "_warm", lambda: None)  # all is imported by now
    yield tmp_path / "home"
    st.cache_resource.clear()


@pytest.fixture
def processes(monkeypatch):
    """Jobs run in processes of their own, as they do for everybody."""
    monkeypatch.setattr(jobs, "subprocess", subprocess)


@pytest.fixture
def fresh_server(monkeypatch):
    """Every run is the first request of a fresh server, which finds pages/ by itself and runs a page without app.py."""
    monkeypatch.setattr(app_test, "PagesManager", PagesManager)


@pytest.fixture
def unopened(home, sample_home):
    """The app with the sample, before its first page is opened."""
    shutil.copytree(sample_home[0], home, dirs_exist_ok=True)
    return driver.unopened(d=sample_home[1])


@pytest.fixture
def sample(unopened):
    """The app with the sample open on the page Data."""
    return driver.go(unopened, "data")
