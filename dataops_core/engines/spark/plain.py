"""What only an exported script does: it reads files with the reader that it carries, runs a recipe without this
package, and brings itself to the workers.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from dataops_core.engines.spark.frames import SETTINGS
from dataops_core.engines.spark.hashing import cluster_hash
from dataops_core.engines.spark.output import write_result
from dataops_core.engines.spark.sources import Piece, Reader, files_of, look, opened, staged_path
from dataops_core.engines.spark.walk import Walk
from dataops_core.errors import SettingError, Skip
from dataops_core.read.unpack import unpack
from dataops_core.scratch import folder_beside
from dataops_core.steps import Pieces
from dataops_core.steps._counted import learn_counted, takes_counts
from dataops_core.table import ROW_ID, frame_to_arrow, tidy, type_of


def run_plain(script: str, source: Path, out: Path, clean: Callable[[Walk], None], reader: Reader) -> str:
    """Read a file or a folder of files, run the steps, write a folder of Parquet files; returns the content hash.

    The workers import `script`, the file of the script. Files, folder and workers share a file system.
    """
    from pyspark.sql import SparkSession

    files = files_of(source)
    if out.exists():
        raise SettingError("There is something already.", str(out), "Name a folder that is not there yet.")
    builder = SparkSession.builder.appName(Path(script).stem)
    for key, value in SETTINGS.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        spark.sparkContext.addPyFile(script)
        with folder_beside(out) as shared:
            result, context = shared / "result", spark.sparkContext
            (shared / "read").mkdir()
            pieces = look(context, files, reader, shared / "read")
            for problem in (problem for piece in pieces for problem in piece.problems):
                print(f"{problem['where']}: {problem['what']}", file=sys.stderr)
            walk = Walk(opened(context, pieces, shared))
            clean(walk)
            written, rows = write_result(walk.flushed(), result)
            found = cluster_hash(context, list(map(str, written)), walk.types, rows)
            result.rename(out)
    finally:
        spark.stop()
    return found


def take(
    walk: Walk,
    pieces: Pieces,
    step: Callable[..., pd.DataFrame],
    /,
    *,
    learner: Callable[..., Any] | None = None,
    looks_at: Sequence[str] = (),
    learns_from: str | None = None,
    changes: Sequence[str] | None = None,
    **settings: Any,
) -> None:
    """Run one step, in these pieces; first let it learn what it needs, where it has not learned that before.

    `changes`: the columns that it looks at and changes, where it needs no others and runs row by row.
    """
    try:
        if learner is not None:
            given = asked(learner, settings)
            if takes_counts(learner) and settings.get("columns"):
                inside = (*settings["columns"], *settings.get("by", ()))
                named = [name for name in looks_at if name != learns_from or name in inside]
                counted = functools.partial(walk.counted_rows, split=learns_from)
                learned = learn_counted(learner, given, named, counted)
            else:
                learned = learner(walk.rows_to_learn_from(looks_at, learns_from), **given)
            settings["learned"] = json.loads(json.dumps(learned, allow_nan=False))
        walk.take(pieces, functools.partial(run_function, step, asked(step, settings)), changes)
    except Skip as reason:
        print(f"{step.__name__} skipped: {reason}", file=sys.stderr)


def asked(function: Callable[..., Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that a function has a parameter for."""
    code = function.__code__
    return {name: value for name, value in settings.items() if name in code.co_varnames[: code.co_argcount]}


def run_function(step: Callable[..., pd.DataFrame], settings: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    """A step's own function on a frame."""
    return tidy(step(frame, **settings))


def staged_by(reader: Callable[..., Any], read: Mapping[str, Any] | None, file: str, shared: str) -> Piece:
    """A file, read on a worker by a reader of the house into a Parquet file of the shared folder."""
    data, _name = unpack(Path(file).read_bytes(), file)
    frame, options, problems = reader(data, read)
    types = {str(name): type_of(frame[name]) for name in frame.columns}
    path = staged_path(file, shared)
    pq.write_table(frame_to_arrow(frame, types).drop_columns([ROW_ID]), path)
    empty = tuple(name for name in types if frame[name].isna().all())
    told = tuple({**problem, "where": f"{file}, {problem['where']}"} for problem in problems)
    return Piece(file, str(path), len(frame), types, empty, options, told)


def as_module(script: str) -> None:
    """Run `main` of a script in a module of that script: workers can import a module, but not what was started."""
    code = Path(script).read_bytes()
    name = f"recipe_{hashlib.sha256(code).hexdigest()[:16]}"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, f"{name}.py").write_bytes(code)
        sys.path.insert(0, folder)
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        importlib.import_module(name).main()
