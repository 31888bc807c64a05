"""A Spark session: what it needs is looked for before it is started, and this program's code is sent to the workers."""

from __future__ import annotations

import importlib.util
import os
import py_compile
import re
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from dataops_core.engines.spark.frames import SETTINGS
from dataops_core.errors import SettingError
from dataops_core.source_hash import ROOT, reached

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = 17
LOCAL = "local[*]"
_MASTER = re.compile(r"local(\[(\*|\d+)(, *\d+)?\])?|spark://[^:/]+:\d+(,[^:/]+:\d+)*|yarn|k8s://.+")
_QUIET = "rootLogger.level = error\nrootLogger.appenderRef.stderr.ref = stderr\nappender.stderr.type = Console\n"
_QUIET += (
    "appender.stderr.name = stderr\nappender.stderr.target = SYSTEM_ERR\nappender.stderr.layout.type = PatternLayout\n"
)
_QUIET += "logger.quiet.name = org.apache.spark\nlogger.quiet.level = off\n"


@contextmanager
def spark_session(folder: Path, master: str = LOCAL) -> Iterator[SparkSession]:
    """A session on a master for the block; `folder` is this machine's own, for what is sent to the workers.

    Raises SettingError where PySpark, Java or the master is not there.
    """
    check_environment(master)
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    (folder / "log4j2.properties").write_text(_QUIET, encoding="utf-8")
    builder = SparkSession.builder.master(master).appName("dataops")
    for key, value in settings(folder, master).items():
        builder = builder.config(key, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        raise SettingError(
            f"Spark cannot be started: {str(error).splitlines()[0]}.",
            f"--master {master}",
            "Look at the master's page and at its log.",
        ) from error
    try:
        spark.sparkContext.addPyFile(str(packed_code(folder)))
        yield spark
    finally:
        spark.stop()


def settings(folder: Path, master: str) -> dict[str, str]:
    """The settings on which the same meaning as in memory depends, and those that keep the terminal quiet; on this
    machine alone, those too that start Java at less cost: rows are the work of Python, Java only moves them.
    """
    lean = " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC" if master.startswith("local") else ""
    return {
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={folder / 'log4j2.properties'}{lean}",
        **SETTINGS,
        "spark.ui.enabled": os.environ.get("DATAOPS_SPARK_UI", "false"),
        "spark.ui.showConsoleProgress": "false",
    }


def check_environment(master: str) -> None:
    """Raises SettingError where the master's name is wrong, PySpark or Java is missing, or nobody answers there."""
    if not _MASTER.fullmatch(master):
        raise SettingError(
            f'"{master}" is not a Spark master.', "--master", "Write spark://HOST:PORT, yarn, k8s://… or local[N]."
        )
    check_installed()
    check_master(master)


def check_installed() -> None:
    """Raises SettingError where PySpark or Java is missing."""
    if importlib.util.find_spec("pyspark") is None:
        raise SettingError(
            "PySpark is not installed.", "--on spark", "Install it: pip install -r requirements-spark.txt."
        )
    version = java_version()
    if version is None or version < JAVA:
        raise SettingError(
            "Java is missing." if version is None else f"This is Java {version}; Spark needs {JAVA} or newer.",
            f"JAVA_HOME={os.environ.get('JAVA_HOME', '')}, PATH",
            f"Install Java {JAVA} (Debian: apt-get install openjdk-{JAVA}-jre-headless), or set JAVA_HOME.",
        )


def check_master(master: str) -> None:
    """Raises SettingError where no master answers."""
    if master.startswith("spark://"):
        places = master.removeprefix("spark://").split(",")
        if not any(_answers(*place.rsplit(":", 1)) for place in places):
            raise SettingError(
                "No Spark master answers there.",
                f"--master {master}",
                "Start the cluster, or check host and port: they stand at the top of the master's page.",
            )


def java_version() -> int | None:
    """The main version of the Java that Spark would use; None where there is none."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if program is None:
        return None
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, check=True, timeout=60).stderr  # noqa: S603 - the user's own Java
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else None


def packed_code(folder: Path) -> Path:
    """A zip with the compiled modules that workers need: the steps, the readers, and what these import."""
    out = folder / "dataops_core.zip"
    here = "dataops_core.engines.spark"
    files = reached("dataops_core.steps", "dataops_core.read", f"{here}.engine", f"{here}.profile.counting")
    packages = {parent / "__init__.py" for path in files for parent in path.parents if parent.is_relative_to(ROOT)}
    with zipfile.ZipFile(out, "w") as pack:
        for number, path in enumerate(sorted({path for path in files | packages if path.suffix == ".py"})):
            made = py_compile.compile(
                str(path),
                cfile=str(folder / f"{number}.pyc"),
                dfile=path.relative_to(ROOT.parent).as_posix(),
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
            pack.write(str(made), path.relative_to(ROOT.parent).with_suffix(".pyc").as_posix())
            Path(str(made)).unlink()
    return out


def _answers(host: str, port: str) -> bool:
    try:
        with socket.create_connection((host, int(port)), timeout=5):
            return True
    except OSError:
        return False
