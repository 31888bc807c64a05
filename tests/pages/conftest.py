"""Every test of the pages has a home folder of its own, and a store opened anew."""

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import app_test

from tests.pages import driver


class _AfterFirst(PagesManager):
    """As on a server that has answered its first request; AppTest makes every run the first one of a fresh server."""

    def __init__(self, *args, **kwargs):
        PagesManager.uses_pages_directory = False
        super().__init__(*args, **kwargs)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(app_test, "PagesManager", _AfterFirst)
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path / "home"
    st.cache_resource.clear()


@pytest.fixture
def fresh_server(monkeypatch):
    """Every run is the first request of a fresh server, which finds pages/ by itself and runs a page without app.py."""
    monkeypatch.setattr(app_test, "PagesManager", PagesManager)


@pytest.fixture
def sample():
    """The app with the sample open on the page Data."""
    return driver.click(driver.start(), "Open the sample")
