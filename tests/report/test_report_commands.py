"""Reports from the command line and as jobs."""

import json

import pytest

from dataops_core.checks import Context
from dataops_core.cli import main
from dataops_core.recipe.recipe import Recipe
from dataops_core.store import datasets, states, worker


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("email,age\n" + "".join(f"person{i}@example.com,{20 + i % 40}\n" for i in range(60)))
    return path


def test_profile_writes_a_report_that_names_nobody(people, tmp_path, capsys):
    assert main(["profile", str(people), "--html", str(tmp_path / "r.html"), "--today", "2026-01-31"]) == 1
    assert f"Report: {tmp_path / 'r.html'}" in capsys.readouterr().out
    once = (tmp_path / "r.html").read_bytes()
    assert b"person1" not in once and b"people.csv" in once
    main(["profile", str(people), "--html", str(tmp_path / "r.html"), "--today", "2026-01-31", "--json"])
    assert (tmp_path / "r.html").read_bytes() == once
    assert json.loads(capsys.readouterr().out)["html"] == {"file": str(tmp_path / "r.html"), "values_shown": False}
    main(["profile", str(people), "--html", str(tmp_path / "r.html"), "--show-values"])
    assert b"person1" in (tmp_path / "r.html").read_bytes()


def test_profile_writes_the_full_report_of_a_sample(people, tmp_path, capsys):
    main(["profile", str(people), "--full", str(tmp_path / "f.html"), "--sample", "20", "--json"])
    out, err = capsys.readouterr()
    told = json.loads(out)["full"]
    assert (err, told["rows"], told["of"], told["left_out"]) == ("", 20, 60, [])
    assert "a sample of 20 of 60 rows" in (tmp_path / "f.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--sample", "5"], "no"),
        (["--full", "x.html", "--sample", "0"], "is none"),
        (["--html", "nowhere/x.html"], "no such folder"),
        (["--facts", "--html", "x.html"], "needs the findings"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_any_work(people, capsys, options, what):
    assert main(["profile", str(people), *options]) == 2
    assert what in capsys.readouterr().err


def test_reports_are_jobs_whose_result_is_a_file_to_download(store, people):
    raw = datasets.store_raw(store, people, "people.csv")
    states.evaluate(store, raw, Recipe("r"))
    dataset = datasets.get(
        store, datasets.add(store, datasets.default_project(store, "ann"), people, "people.csv", "ann")
    )
    state = states.root_id(raw["sha256"], dataset.recipe.read)
    said = []
    args = {
        "state": state,
        "context": Context(today="2026-01-31").to_json(),
        "show_values": False,
        "name": "People of / May.csv",
    }
    made = worker.run(store, "report", args, "ann", lambda share, note: said.append(share))
    assert made["file"] == "May-report.html" and said
    assert b"person1" not in store.objects.local(made["md5"]).read_bytes()
    full = worker.run(
        store,
        "full_report",
        {"state": state, "rows": 10, "name": "People.csv"},
        "ann",
        lambda share, note: said.append(share),
    )
    assert (full["file"], full["report"]["rows"], said[-1]) == ("People-full-report.html", 10, 1.0)
    assert store.objects.local(full["md5"]).stat().st_size == full["size"]
