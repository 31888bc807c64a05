"""A recipe that runs by the clock: a line for cron, or a DAG for Apache Airflow; rules, where given, come first."""

from __future__ import annotations

import pprint
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from dataops_core import __version__
from dataops_core.errors import SettingError

DATE = "{date}"  # in the name of an input or output: the day of the run, 2024-02-29
PROGRAM = ("python", "-m", "dataops_core")
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7))
_DAG = '''"""{title}

Made by dataops-core {version} for Apache Airflow 2.4 or newer. Put it into the folder of DAGs; workers need the program
`dataops_core`, and the files under the names below.
"""

from __future__ import annotations

import datetime as dt

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # before Airflow 3
    from airflow.operators.bash import BashOperator

FOLDER = {folder}  # in which the commands run
COMMANDS = {commands}

with DAG(
    dag_id={dag_id!r},
    schedule={every!r},
    start_date=dt.datetime(2024, 1, 1, tzinfo=dt.timezone.utc),
    catchup=False,
    max_active_runs=1,
) as dag:
    last = None
    for name, command in COMMANDS.items():
        task = BashOperator(task_id=name, bash_command=command, cwd=FOLDER)
        if last is not None:
            last >> task
        last = task
'''


@dataclass(frozen=True)
class Schedule:
    """When a recipe runs, on which file, and where the result goes; rules that the file must meet before."""

    name: str
    every: str  # five fields of cron
    recipe: str
    source: str
    out: str
    rules: str = ""
    options: tuple[str, ...] = ()  # of the command run, such as --on spark
    folder: str = ""  # in which the commands run: neither cron nor Airflow starts them where the files are

    def commands(self, date: str) -> dict[str, str]:
        """The shell commands in order, with `date` in the place of {date}."""
        listed: dict[str, Sequence[str]] = {}
        if self.rules:
            listed["check_rules"] = (*PROGRAM, "rules", "check", self.source, "--rules", self.rules)
        listed["run_recipe"] = (*PROGRAM, "run", self.recipe, self.source, "-o", self.out, *self.options)
        return {name: " ".join(_word(part, date) for part in parts) for name, parts in listed.items()}

    def check(self) -> None:
        """Raises SettingError for a time that cron does not know, or an output that each run would replace."""
        fields = self.every.split()
        if len(fields) != len(_FIELDS):
            raise SettingError(
                f'"{self.every}" has {len(fields)} fields; cron needs five.',
                "--every",
                'Write minute, hour, day of the month, month, day of the week: "0 6 * * 1" is Mondays at six.',
            )
        for text, (name, low, high) in zip(fields, _FIELDS, strict=True):
            if not _fits(text, low, high):
                raise SettingError(f'"{text}" is not a {name}.', "--every", f"Give *, or numbers from {low} to {high}.")


def cron_line(schedule: Schedule) -> str:
    """The line for crontab; a failing rule keeps the recipe from running.

    >>> print(cron_line(Schedule("daily", "0 6 * * *", "r.json", "in/{date}.csv", "out/{date}.parquet")), end="")
    0 6 * * * python -m dataops_core run r.json in/"$(date +\\%F)".csv -o out/"$(date +\\%F)".parquet
    """
    schedule.check()
    commands = [part.replace("%", "\\%") for part in schedule.commands('"$(date +%F)"').values()]
    if schedule.folder:
        commands.insert(0, f"cd {shlex.quote(schedule.folder)}".replace("%", "\\%"))
    return f"{schedule.every} {' && '.join(commands)}\n"


def airflow_dag(schedule: Schedule) -> str:
    """The text of a DAG file: one task for the rules, one for the recipe."""
    schedule.check()
    title = " ".join("".join(c if c.isprintable() and c not in '"\\' else " " for c in schedule.name).split())
    return _DAG.format(
        title=f"{title or 'recipe'}: by the clock.",
        version=__version__,
        folder=repr(schedule.folder or None),
        commands=pprint.pformat(schedule.commands("{{ ds }}"), width=110, sort_dicts=False),
        dag_id=re.sub(r"[^A-Za-z0-9_.-]+", "_", schedule.name).strip("_") or "recipe",
        every=schedule.every,
    )


def _word(text: str, date: str) -> str:
    """A word of a shell command, whatever it holds; {date} becomes `date`, which the shell or Airflow fills in."""
    return date.join(shlex.quote(part) if part else "" for part in text.split(DATE)) or "''"


def _fits(text: str, low: int, high: int) -> bool:
    """Whether a field of cron holds *, numbers, ranges, steps, or a list of these."""
    for part in text.split(","):
        found = re.fullmatch(r"(\*|(\d+)(-(\d+))?)(/(\d+))?", part)
        if found is None or (found[6] is not None and int(found[6]) == 0):
            return False
        numbers = [int(each) for each in (found[2], found[4]) if each is not None]
        if any(not low <= each <= high for each in numbers) or numbers != sorted(numbers):
            return False
    return True
