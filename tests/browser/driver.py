"""Drives the real app in Chromium: a server of its own on a temporary home, and what tests do on its pages."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import expect

from dataops_core.store import datasets
from dataops_core.store.store import Store

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data" / "loan_applications.csv"
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome", "chromium-browser")  # the first takes least time
CHROMIUM = next((path for name in BROWSERS if (path := shutil.which(name))), None)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
expect.set_options(timeout=60_000)  # a ceiling, not a pause: a busy machine is slow, and no test measures time


class Server:
    """The app's server, as a person starts it; on a free port, with its work in a temporary home."""

    def __init__(self, home: Path):
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home.with_suffix(".log")
        self.start()

    def start(self):
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "pages/_ui/serve.py",
            "--server.port",
            str(self.port),
            "--server.headless",
            "true",
            "--server.fileWatcherType",
            "none",
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | {"DATAOPS_HOME": str(self.home)}, stdout=log, stderr=log
            )
        for _ in range(600):
            assert self.process.poll() is None, self.log.read_text()
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                    if answer.read() == b"ok":
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise AssertionError(f"The server does not start: {self.log.read_text()}")

    def kill(self):
        """End the server without a warning, as a power cut does."""
        self.process.kill()
        self.process.wait()

    def end(self):
        """Kill the server and its workers; its log must tell of no defect."""
        self.kill()
        self.kill_workers()
        assert "Traceback" not in self.log.read_text()

    def store(self) -> Store:
        return Store(self.home)

    def bring(self, file: Path = SAMPLE) -> str:
        """A dataset made of that file, straight in the store; returns its id."""
        store = self.store()
        return datasets.add(store, datasets.default_project(store, "tester"), file, file.name, "tester")

    def empty_project(self) -> str:
        """A new project without datasets; returns its id."""
        return datasets.make_project(self.store(), f"Project {time.time_ns()}", "tester")

    def dataset(self, page):
        """The dataset that the page's address names, as the store has it."""
        return datasets.get(self.store(), re.search(r"[?&]d=([^&]+)", page.url)[1])

    def workers(self) -> list[int]:
        """The worker processes of this home that are alive."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes()
                around = (folder / "environ").read_bytes()
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if b"dataops_core.store.worker" in command and os.fsencode(self.home) in around and state != "Z":
                found.append(int(folder.name))
        return found

    def kill_workers(self):
        """End the worker processes without a warning."""
        for number in self.workers():
            os.kill(number, signal.SIGKILL)


def settle(page):
    """Wait until the app has drawn everything it has to draw."""
    page.wait_for_function(
        """() => {
        const app = document.querySelector('[data-testid=stApp]')
        const calm = app && app.dataset.testScriptState === 'notRunning'
            && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]') && document.querySelector('h1')
        window.calmSince = calm ? (window.calmSince || performance.now()) : 0
        return calm && performance.now() - window.calmSince > 700
    }""",
        timeout=60_000,
    )


def open_page(page, server, name="", dataset=None):
    """Open a page of the app and wait until it is there."""
    page.goto(f"{server.url}/{name}" + (f"?d={dataset}" if dataset else ""))
    expect(page.get_by_role("heading", level=1, name=(name or "overview").capitalize(), exact=True)).to_be_visible()
    settle(page)


def button(page, name):
    """The button with that name; Streamlit puts the icon's name before it."""
    return page.get_by_role("button", name=re.compile(rf"(^|\s){re.escape(name)}$"))


def choose_step(page, words):
    """Choose a step through the search box, with the mouse and the keyboard."""
    page.get_by_role("combobox", name="What do you want to do?").click()
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def follow(page, link, title):
    """Click a link and wait for its page. Where the page asks how a job stands at the same moment, Streamlit may run the
    old page instead (a request that waits takes over the page of the next one); a person clicks again, so does this.
    """
    for _ in range(3):
        link.click()
        settle(page)
        if page.get_by_role("heading", level=1, name=title, exact=True).count():
            return
    raise AssertionError(f"The link does not lead to {title}")


def metric(page, name):
    """The figure of that name."""
    return (
        page.get_by_test_id("stMetric").filter(has=page.get_by_text(name, exact=True)).get_by_test_id("stMetricValue")
    )


def open_finding(page, words):
    """Open the finding whose line has these words; returns what stands beside the list."""
    page.get_by_role("button", name=re.compile(rf"^(Error|Warning|Note): {re.escape(words)}")).first.click()
    settle(page)
    return page.locator("[class*='st-key-finding-']").first


def no_traceback(page):
    """Nothing on the page tells of a defect."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Unexpected error")).to_have_count(0)


def tab_to(page, target):
    """Go to an element with the Tab key alone."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(150):
        page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement || e.contains(document.activeElement)"):
            return
    raise AssertionError(f"The Tab key does not reach {target}")
