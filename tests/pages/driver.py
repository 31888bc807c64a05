"""Drives the whole app in memory: app.py with its pages, on a store of its own."""

import time
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dataops_core.read import ReadOptions
from dataops_core.store import datasets
from dataops_core.store.choices import finding_overrides
from dataops_core.store.store import Store

ROOT = Path(__file__).parents[2]
PAGES = (
    "overview",
    "data",
    "profile",
    "rules",
    "explore",
    "compare",
    "clean",
    "impute",
    "resample",
    "bias",
    "synthesize",
    "privacy",
    "versions",
    "guide",
)


def unopened(**query):
    """The app before its first page is opened: a test that goes elsewhere need not draw that."""
    app = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    for key, value in query.items():
        app.query_params[key] = value
    return app


def start(page="data", **query):
    """The app, with its first page or another one open."""
    app = unopened(**query)
    return app.run() if page == "overview" else go(app, page)


def go(app, page):
    """Open another page of the app."""
    return app.switch_page(f"pages/{page}.py").run()


def button(app, label):
    """The first button with that label."""
    found = [each for each in app.button if each.label == label]
    assert found, f"No button {label!r}, but {[each.label for each in app.button]}"
    return found[0]


def labels(app):
    """The labels of all buttons."""
    return [each.label for each in app.button]


def click(app, label):
    """Click the first button with that label."""
    return button(app, label).click().run()


def metrics(app):
    """The figures on the page by their names."""
    return {each.label: each.value for each in app.metric}


def texts(app):
    """All the page's Markdown, captions and headings as one text."""
    return "\n".join(each.value for kind in (app.title, app.header, app.markdown, app.caption) for each in kind)


def said(app):
    """Errors, warnings and notes on the page: (title, text)."""
    return [(each.proto.title, each.value) for kind in (app.error, app.warning, app.info) for each in kind]


def unforeseen(app):
    """Everything on the page that tells of a defect."""
    return [each.message for each in app.exception] + [title for title, _ in said(app) if "Unexpected error" in title]


def wait_for_job(app):
    """Run the page again until no job's progress is on it."""
    for _ in range(600):
        if not app.get("progress"):
            return
        time.sleep(0.1)
        app.run()
    raise AssertionError("The job does not end.")


def bring(text, name="table.csv"):
    """A dataset made of a file with that text, straight in the store; returns its id."""
    store = Store()
    file = store.scratch_file(".csv")
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return datasets.add(
        store, datasets.default_project(store, "tester"), file, name, "tester", options=ReadOptions(lenient=True)
    )


def dataset(app):
    """The dataset that the page shows, as the store has it."""
    return datasets.get(Store(), app.query_params["d"])


def sentences(app):
    """The recipe of the page's dataset, as sentences."""
    return [step.sentence for step in dataset(app).recipe.steps]


def header(app):
    """What the header of the page says of the dataset: the labels of its links."""
    return [each.proto.label for each in app.get("page_link")]


def open_finding(app, check, *columns):
    """Open a finding in the inbox of Profile, as a click on its line does."""
    from dataops_core.hashing import sha256

    name = f"{check}.{sha256(finding_overrides.key(check, columns))[:10]}"
    app.session_state["findings.open"] = {dataset(app).id: name}
    return app.run()
