"""From the button on page Versions to a version that a standalone master and two workers made, and Cancel on the way."""

import shutil
import time

import pytest

from dataops_core.read import read_file
from dataops_core.recipe.replay import run_recipe
from dataops_core.store import jobs, versions
from dataops_core.store.new_file import fitted_recipe
from dataops_core.store.store import Store
from tests.engines.conftest import HOME, WHY, cluster
from tests.pages.driver import ROOT, button, click, dataset, go, labels, unforeseen, wait_for_job
from tests.pages.test_clean import DUPLICATES, TRIM, with_steps
from tests.store.test_cluster_runs import java_for

__all__ = ["cluster"]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(bool(WHY), reason=WHY)]


def started(app, message):
    """The job after a click on the button, when it is known to the store."""
    app.text_input(key="clusters.message").set_value(message).run()
    app.text_input(key="clusters.pii_reason").set_value("The people of the sample are made up").run()
    click(app, "Run on warehouse")
    assert unforeseen(app) == [] and "Cancel" in labels(app)
    return app.session_state["clusters.job"]


def test_a_run_is_cancelled_and_another_one_is_the_table_of_memory(sample, processes, cluster, tmp_path, monkeypatch):
    source, out = tmp_path / "in" / "all", tmp_path / "out"
    for made in (source, out):
        made.mkdir(parents=True)
    whole = ROOT / "sample_data" / "loan_applications.csv"
    shutil.copyfile(whole, source / "a.csv")
    shutil.copyfile(whole, source / "b.csv")
    (tmp_path / "clusters.toml").write_text(
        f'[warehouse]\nmaster = "{cluster.master}"\ninput = "{tmp_path / "in"}"\noutput = "{out}"\n'
    )
    monkeypatch.setenv("DATAOPS_CLUSTERS", str(tmp_path / "clusters.toml"))
    monkeypatch.setenv("PYTHONPATH", HOME)
    app = with_steps(sample, TRIM, DUPLICATES)
    app.session_state["versions.tabs"], app.session_state["versions.New data"] = "New data", "Run on a cluster"
    go(app, "versions")
    store, here = Store(), dataset(app)

    job = started(app, "cancelled")
    while not (now := jobs.get(store, job)).note.startswith("Looking") and now.is_open:
        time.sleep(0.1)
    assert now.is_open and java_for(tmp_path)
    click(app, "Cancel")
    for _ in range(150):
        if not jobs.get(store, job).is_open and not java_for(tmp_path):
            break
        time.sleep(0.2)
    assert (jobs.get(store, job).state, java_for(tmp_path)) == ("cancelled", [])
    assert not [path for path in out.iterdir() if not path.name.endswith(".part")]
    app.run()
    assert button(app, "Run on warehouse") and versions.log(store, here.id) == []

    job = started(app, "all")
    wait_for_job(app)
    now = jobs.get(store, job)
    assert (now.state, now.error, unforeseen(app)) == ("done", None, [])
    assert len(versions.log(store, here.id)) == now.result == 1
    version = versions.get(store, here.id, 1)
    assert version.message == "all"
    doubled = tmp_path / "whole.csv"
    lines = whole.read_text("utf-8").splitlines(keepends=True)
    doubled.write_text("".join([*lines, *lines[1:]]), "utf-8")
    table = read_file(doubled, tmp_path / "whole.parquet").table
    expected = run_recipe(fitted_recipe(store, here), table, tmp_path)
    assert (expected.failed, version.content_hash) == (None, expected.table.content_hash)
