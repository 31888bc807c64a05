"""Long work: progress that a refresh finds again, Cancel, and what a killed worker leaves behind."""

import re
import time

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from dataops_core.store import catalog
from tests.browser.driver import Server, button, no_traceback, settle


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A file of 150,000 rows and 20 columns, a few seconds of work to read."""
    numbers = np.arange(150_000 * 20).reshape(150_000, 20)
    path = tmp_path_factory.mktemp("large") / "large.csv"
    pd.DataFrame(numbers * 1.25, columns=[f"c{n}" for n in range(20)]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server without the work of other tests: these look at all jobs and all workers of its home."""
    made = Server(tmp_path_factory.mktemp("server") / "home")
    yield made
    made.end()


def upload(page, server, file):
    """Bring a file in a new project, and wait until it is being read."""
    page.goto(f"{server.url}/data")
    button(page, "New project").click()
    page.get_by_label("Name of the project").fill(f"{file.stem} {len(states(server))}")
    page.keyboard.press("Tab")
    button(page, "Make it").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Upload a file")).to_be_visible()
    settle(page)
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(f"Reading {file.name}")).to_be_visible()
    expect(button(page, "Cancel")).to_be_visible()


def states(server):
    """The states of all jobs, in the order in which they were started."""
    with server.store().reading() as connection:
        return list(connection.scalars(sa.select(catalog.job.c.state).order_by(catalog.job.c.created)))


def wait_for_worker(server):
    for _ in range(600):
        if server.workers() and states(server)[-1] == "running":
            return
        time.sleep(0.05)
    raise AssertionError(f"No worker runs: {states(server)}")


@pytest.mark.slow
def test_refresh_while_a_job_runs_finds_it_again_and_ends_with_the_dataset(server, page, large):
    upload(page, server, large)
    expect(page).to_have_url(re.compile(r"[?&]job="))
    page.reload()
    expect(page.get_by_text(f"Reading {large.name}")).to_be_visible()
    expect(page.get_by_text("150,000 × 20").first).to_be_visible()
    assert "job=" not in page.url
    assert states(server)[-1] == "done"
    no_traceback(page)


@pytest.mark.slow
def test_cancelled_job_ends_and_leaves_no_process(server, page, large):
    upload(page, server, large)
    wait_for_worker(server)
    button(page, "Cancel").click()
    expect(page.get_by_text("cancelled")).to_be_visible(timeout=10_000)
    assert states(server)[-1] == "cancelled"
    for _ in range(100):  # the row says so a moment before the process is gone
        if not server.workers():
            break
        time.sleep(0.05)
    assert server.workers() == []
    no_traceback(page)


@pytest.mark.slow
def test_killed_worker_is_told_and_the_work_can_be_done_again(server, page, large):
    upload(page, server, large)
    wait_for_worker(server)
    server.kill_workers()
    expect(page.get_by_text("The work was interrupted.")).to_be_visible()  # after ten seconds of silence
    assert states(server)[-1] == "interrupted"
    button(page, "Try again").click()
    expect(page.get_by_text("150,000 × 20").first).to_be_visible()
    assert states(server)[-1] == "done"
    no_traceback(page)
