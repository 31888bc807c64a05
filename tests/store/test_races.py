"""Processes that come at the same time."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dataops_core.errors import InputError, IntegrityError
from dataops_core.store import datasets
from dataops_core.store.store import Store

ROOT = Path(__file__).parents[2]
FIRST_USE = """
import sys
from pathlib import Path
from dataops_core.store import datasets
from dataops_core.store.store import Store
for home in sys.argv[1:]:
    print("ready", flush=True)
    sys.stdin.readline()
    store = Store(Path(home))
    print(datasets.default_project(store, "ann"), flush=True)
    store.close()
"""


@pytest.mark.slow
def test_the_first_use_of_a_home_by_several_processes_at_once_works_for_all(tmp_path):
    homes = [str(tmp_path / f"home{i}") for i in range(20)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", FIRST_USE, *homes],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            cwd=ROOT,
        )
        for _ in range(3)
    ]
    for _ in homes:
        assert {each.stdout.readline() for each in running} == {"ready\n"}
        for each in running:  # now all go on together
            each.stdin.write("\n")
        assert len({each.stdout.readline() for each in running}) == 1  # one project, the same for all
    assert [each.wait() for each in running] == [0, 0, 0]
    for each in running:
        each.stdin.close()
        each.stdout.close()


@pytest.mark.slow
def test_two_commits_of_one_new_name_are_two_versions_of_one_dataset(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,x\n2,y\n")
    running = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "dataops_core",
                "commit",
                "towns",
                str(tmp_path / "t.csv"),
                "-m",
                f"by {i}",
                "--json",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"DATAOPS_HOME": str(tmp_path / "home")},
        )
        for i in range(3)
    ]
    answers = [each.communicate() for each in running]
    assert [each.returncode for each in running] == [0, 0, 0], [err for _, err in answers]
    assert sorted(json.loads(out)["number"] for out, _ in answers) == [1, 2, 3]
    store = Store(tmp_path / "home")
    assert [d["name"] for p in datasets.projects(store) for d in datasets.in_project(store, p["id"])] == ["towns"]


def test_a_broken_catalog_is_told_in_words(tmp_path):
    (tmp_path / "catalog.sqlite").write_bytes(b"this is not a database, however long one looks at it" * 100)
    with pytest.raises(IntegrityError, match="The catalog cannot be used: file is not a database"):
        Store(tmp_path)


def test_a_catalog_of_another_format_is_refused(store):
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE about SET value = '1'")
    store.close()
    with pytest.raises(IntegrityError, match="Another version of the workbench made this catalog"):
        Store(store.home)


def test_a_name_that_several_projects_use_is_asked_by_id(store, tmp_path):
    (tmp_path / "t.csv").write_text("a\n1\n")
    made = [
        datasets.add(store, datasets.make_project(store, name, "ann"), tmp_path / "t.csv", "t.csv", "ann")
        for name in ("one", "two")
    ]
    with pytest.raises(InputError, match="Several projects") as caught:
        datasets.find(store, "t")
    assert all(each in caught.value.fix for each in made)
    assert datasets.find(store, made[1]) == made[1]
