"""What a job that ends must not undo: a choice that the roles make, and a text that is being typed."""

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

from dataops_core.store import datasets
from tests.browser.driver import settle


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """A file of 60,000 rows whose values are listed, and searched for people, by a job."""
    n = np.arange(60_000)
    path = tmp_path_factory.mktemp("people") / "people.csv"
    sexes, outcomes = np.where(n % 2, "Female", "Male"), np.where(n % 5, "<=50K", ">50K")
    pd.DataFrame({"sex": sexes, "income": outcomes, "note": [f"remark {i}" for i in n]}).to_csv(path, index=False)
    return path


@pytest.mark.slow
def test_the_good_outcome_of_the_roles_is_chosen_when_its_values_have_been_listed(new_page, server, people):
    made = server.bring(people)
    here = datasets.get(server.store(), made)
    roles = {"target": "income", "favorable": ">50K", "sensitive": ["sex"]}
    datasets.set_roles(server.store(), made, here.revision, roles, "tester")
    page = new_page(width=1280, height=900)
    page.goto(f"{server.url}/bias?d={made}")
    expect(page.get_by_role("tab", name="In the data")).to_be_visible()
    settle(page)
    assert page.get_by_role("combobox", name="Good outcome").input_value() == ">50K"
    expect(page.get_by_text("is no longer a value")).to_have_count(0)


@pytest.mark.slow
def test_the_name_of_a_version_that_is_typed_while_people_are_looked_for_is_kept(new_page, server, people):
    made = server.bring(people)
    page = new_page(width=1280, height=900)
    page.goto(f"{server.url}/versions?d={made}")
    name = page.get_by_role("textbox", name="What is this version")
    name.press_sequentially("With the")
    expect(page.get_by_role("button", name="Save", exact=False).first).to_be_enabled()
    expect(page.get_by_text("Looking for personal data")).to_have_count(0)
    settle(page)
    assert name.input_value() == "With the"
