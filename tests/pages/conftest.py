"""Every test of the pages has a home folder of its own, and a store opened anew."""

import pytest
import streamlit as st

from tests.pages import driver


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path / "home"
    st.cache_resource.clear()


@pytest.fixture
def sample():
    """The app with the sample open on the page Data."""
    return driver.click(driver.start(), "Open the sample")
