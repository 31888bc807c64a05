"""What goes wrong on a worker, brought to the driver as the error that it was."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dataops_core import errors
from dataops_core.errors import DataOpsError, InputError, SettingError, Skip


@contextmanager
def reported(folder: str, where: str = "") -> Iterator[None]:
    """Write down, in a folder that driver and workers share, the error that stops the block on a worker."""
    try:
        yield
    except (DataOpsError, Skip) as error:
        if isinstance(error, Skip):
            error = SettingError(
                f"One part of the table is skipped, others are not: {error}", where, "Run it on one machine."
            )
        told = {"class": type(error).__name__, "what": error.what, "where": error.where or where, "fix": error.fix}
        Path(folder, f"{uuid.uuid4().hex}.json").write_text(json.dumps(told), encoding="utf-8")
        raise RuntimeError(str(error)) from error


@contextmanager
def brought_back(folder: Path, master: str) -> Iterator[None]:
    """Raise, for whatever stops Spark in the block, the error that a worker wrote down; else one that says what Spark
    says.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException, PythonException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        for path in sorted(folder.glob("*.json")):
            told = json.loads(path.read_text(encoding="utf-8"))
            raise getattr(errors, told["class"])(told["what"], told["where"], told["fix"]) from error
        named = _file_named(error)
        if named:
            raise InputError(
                "The file cannot be read to its end.", named, "Fetch or write it again, or leave it out."
            ) from error
        lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
        said = lines[-1 if isinstance(error, PythonException) else 0]  # a Python error stands below its traceback
        raise DataOpsError(
            f"Spark gave the work up: {said[:300]}",
            f"--master {master}",
            "Look at the application's page on the master; start again when the cluster is well.",
        ) from error


def _file_named(error: Any) -> str:
    """The file that Spark names as what it could not read; empty where it names none."""
    cause = getattr(error, "java_exception", None)
    while cause is not None:
        if cause.getClass().getSimpleName() == "SparkException":
            named = dict(cause.getMessageParameters())
            if "path" in named:
                return str(named["path"])
        cause = cause.getCause()
    named = error.getMessageParameters() or {} if hasattr(error, "getMessageParameters") else {}
    return str(named.get("path", ""))
