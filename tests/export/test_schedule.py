"""A recipe by the clock: the line is what cron runs, the DAG is a Python file whose tasks are these commands."""

import json
import subprocess
import sys
import types
from pathlib import Path

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.export.schedule import Schedule, airflow_dag, cron_line
from dataops_core.read import read_file


@pytest.fixture
def place(tmp_path):
    (tmp_path / "in it's").mkdir()
    (tmp_path / "r.json").write_text(
        '{"name": "trim \\"it\\"", "steps": [{"op": "trim_spaces", "with": {"columns": ["a"]}}]}'
    )
    (tmp_path / "rules.yaml").write_text("format: dataops-rules/1\nrules:\n- kind: not_missing\n  column: a\n")
    return tmp_path


def scheduled(place, **more) -> Schedule:
    return Schedule("trim", "0 6 * * *", "r.json", "in it's/{date}.csv", "{date}.csv", **more)


def run_line(line: str, place) -> int:
    """What cron does: five fields, then a command for sh in which \\% is a percent sign."""
    command = line.split(maxsplit=5)[5].replace("\\%", "%").replace("python ", f"{sys.executable} ")
    program = f"date() {{ echo 2024-02-29; }}; {command}"
    return subprocess.run(["sh", "-c", program], cwd=place, capture_output=True).returncode


@pytest.mark.slow
def test_the_line_for_cron_runs(place):
    (place / "in it's" / "2024-02-29.csv").write_text("a,b\n x ,1\ny,2\n")
    assert run_line(cron_line(scheduled(place, rules="rules.yaml")), place) == 0
    assert read_file(place / "2024-02-29.csv", place / "t.parquet").table.frame()["a"].tolist() == ["x", "y"]


def test_the_line_runs_in_the_folder_that_it_names(place, tmp_path_factory):
    folder = place / "in it's" / "100%"
    folder.mkdir()
    for name in ("r.json", "rules.yaml"):
        (place / name).rename(folder / name)
    (folder / "2024-02-29.csv").write_text("a\n x \n")
    made = Schedule("t", "0 6 * * *", "r.json", "{date}.csv", "out {date}.csv", "rules.yaml", folder=str(folder))
    assert run_line(cron_line(made), tmp_path_factory.mktemp("elsewhere")) == 0
    assert (folder / "out 2024-02-29.csv").read_text().split() == ["a", "x"]


def test_a_failing_rule_keeps_the_recipe_from_running(place):
    (place / "in it's" / "2024-02-29.csv").write_text("a,b\n,1\ny,2\n")
    assert run_line(cron_line(scheduled(place, rules="rules.yaml")), place) == 1
    assert not (place / "2024-02-29.csv").exists()


@pytest.mark.parametrize(
    ("every", "what"),
    [
        ("0 6 * *", "has 4 fields"),
        ("60 6 * * *", '"60" is not a minute'),
        ("0 6-2 * * *", '"6-2" is not a hour'),
        ("*/0 * * * *", "is not a minute"),
        ("0 6 * JAN *", '"JAN" is not a month'),
    ],
)
def test_a_time_that_cron_does_not_know_is_refused(place, every, what):
    with pytest.raises(SettingError, match=what):
        cron_line(Schedule("x", every, "r.json", "a.csv", "b.csv"))


def test_the_dag_has_a_task_for_the_rules_before_that_of_the_recipe(monkeypatch):
    """Airflow's two classes are stood in for: what they are given is what the file says."""
    tasks, dags = [], []

    class Operator:
        def __init__(self, task_id, bash_command, cwd):
            self.name, self.command, self.cwd, self.after = task_id, bash_command, cwd, None
            tasks.append(self)

        def __rshift__(self, later):
            later.after = self.name

    class Dag:
        def __init__(self, **settings):
            dags.append(settings)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    for name, inside in {"airflow": {"DAG": Dag}, "airflow.operators.bash": {"BashOperator": Operator}}.items():
        monkeypatch.setitem(sys.modules, name, types.SimpleNamespace(**inside))
    monkeypatch.setitem(sys.modules, "airflow.operators", types.SimpleNamespace())
    made = Schedule(
        'a "b"', "15 3 * * 1-5", "r.json", "in/{date}.csv", "out", "rules.yaml", ("--on", "spark"), "/srv/it's"
    )
    exec(compile(airflow_dag(made), "dag.py", "exec"), {})
    assert [(task.name, task.after) for task in tasks] == [("check_rules", None), ("run_recipe", "check_rules")]
    assert tasks[1].command == "python -m dataops_core run r.json in/{{ ds }}.csv -o out --on spark"
    assert {task.cwd for task in tasks} == {"/srv/it's"}
    assert (dags[0]["dag_id"], dags[0]["schedule"], dags[0]["catchup"]) == ("a_b", "15 3 * * 1-5", False)


def test_the_command_writes_it_and_refuses_what_cannot_run(place, capsys):
    given = ["schedule", str(place / "r.json"), "in.csv", "--to", "out.csv", "--every", "0 6 * * *"]
    assert main([*given, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["text"].startswith(f"0 6 * * * cd {Path.cwd()} && python -m ")
    assert main([*given, "--for", "airflow", "-o", str(place / "dag.py")]) == 0
    assert "BashOperator" in (place / "dag.py").read_text()
    (place / "r.json").write_text('{"steps": [{"op": "resample_rows", "with": {"target": "a"}}]}')
    assert main([*given, "--on", "spark"]) == 2
    assert "needs the whole table in one place" in capsys.readouterr().err
