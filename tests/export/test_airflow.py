"""The DAG file in Apache Airflow itself, which DATAOPS_AIRFLOW names (the program `airflow` of an environment of its own)."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dataops_core.export.schedule import Schedule, airflow_dag

AIRFLOW = os.environ.get("DATAOPS_AIRFLOW")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not AIRFLOW, reason="DATAOPS_AIRFLOW does not name the program airflow"),
]
ROOT = Path(__file__).parent.parent.parent


def airflow(home: Path, *arguments: str) -> subprocess.CompletedProcess:
    """What Airflow says, with its own database and folder of DAGs; `python` is the one that has `dataops_core`."""
    python = home / "bin" / "python"
    if not python.exists():
        python.parent.mkdir(parents=True)
        command = f"PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)}"
        python.write_text(f'#!/bin/sh\n{command} "$@"\n')
        python.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHON"))}
    environment |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
    }
    return subprocess.run([AIRFLOW, *arguments], env=environment, cwd=home, capture_output=True, text=True)


def test_a_rule_that_is_met_lets_the_recipe_run_and_one_that_is_not_blocks_it(tmp_path):
    home, folder = tmp_path / "airflow", tmp_path / "it's"
    for made in (home / "dags", folder / "in"):
        made.mkdir(parents=True)
    (folder / "r.json").write_text('{"steps": [{"op": "trim_spaces", "with": {"columns": ["a"]}}]}')
    (folder / "rules.yaml").write_text("format: dataops-rules/1\nrules:\n- kind: not_missing\n  column: a\n")
    (folder / "in" / "2024-02-28.csv").write_text("a,b\n,1\ny,2\n")
    (folder / "in" / "2024-02-29.csv").write_text("a,b\n x ,1\ny,2\n")
    made = Schedule("trim", "0 6 * * *", "r.json", "in/{date}.csv", "{date}.csv", "rules.yaml", folder=str(folder))
    (home / "dags" / "trim.py").write_text(airflow_dag(made))
    migrated = airflow(home, "db", "migrate")
    assert migrated.returncode == 0, migrated.stderr
    blocked = airflow(home, "dags", "test", "trim", "2024-02-28")
    said = blocked.stdout + blocked.stderr
    assert "task_id=check_rules" in said and "task_id=run_recipe" not in said, said
    assert "state=failed" in said and not (folder / "2024-02-28.csv").exists(), said
    done = airflow(home, "dags", "test", "trim", "2024-02-29")
    said = done.stdout + done.stderr
    assert "task_id=run_recipe" in said and "state=success" in said, said
    assert (folder / "2024-02-29.csv").read_text().splitlines() == ["a,b", "x,1", "y,2"]
