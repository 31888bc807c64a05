"""Adult, repaired through the app's own forms and previews as jobs, has the content hash of the command line."""

import json

import pytest

from dataops_core.cli import main
from dataops_core.store import versions
from dataops_core.store.store import Store
from tests.pages.driver import bring, click, dataset, go, metrics, start, unforeseen, wait_for_job

STEPS = [
    ("mark_missing", {"columns": ["capital_gain"], "tokens": ["99999"]}),
    ("drop_duplicate_rows", {}),
    (
        "fill_missing",
        {
            "columns": ["workclass", "occupation", "native_country", "capital_gain"],
            "how": "most_frequent",
            "by": ["sex"],
        },
    ),
    ("cap_outliers", {"columns": ["hours_per_week"], "method": "iqr"}),
]


@pytest.mark.slow
def test_adult_repaired_in_the_app_has_the_hash_of_the_command_line(adult, tmp_path, capsys):
    app = start("clean", d=bring(adult.read_bytes(), "adult.csv"))
    for op, settings in STEPS:
        app.session_state["clean.form"] = {"op": op, "with": settings, "at": None}
        app.run()
        click(app, "Preview")
        wait_for_job(app)
        assert unforeseen(app) == []
        if op == "drop_duplicate_rows":
            assert metrics(app)["Rows dropped"] == "24"
        click(app, "Apply")
    go(app, "versions")
    app.text_input(key="versions.message").set_value("clean").run()
    click(app, "Save")
    in_app = versions.get(Store(), dataset(app).id, 1)
    (tmp_path / "r.json").write_text(json.dumps({"steps": [{"op": op, "with": settings} for op, settings in STEPS]}))
    assert main(["run", str(tmp_path / "r.json"), str(adult), "-o", str(tmp_path / "out.csv"), "--json"]) == 0
    assert in_app.content_hash == json.loads(capsys.readouterr().out)["content_hash"]
    assert in_app.manifest["data"]["rows"] == 32_537
