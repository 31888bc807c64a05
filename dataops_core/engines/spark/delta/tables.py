"""Delta tables: the files of the current version are read as any others, and what is written becomes the next version
by one commit, whole or not at all.

The log is the work of the package deltalake, here at the driver; Spark needs nothing for it.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dataops_core.engines.result import EngineRun
from dataops_core.engines.spark.bucket_files import bucket_address, bucket_files
from dataops_core.engines.spark.delta.partitions import PartitionFile
from dataops_core.engines.spark.output import check_output
from dataops_core.engines.spark.sources import Piece, files_of
from dataops_core.errors import ConflictError, InputError, SettingError

PREFIX = "delta:"
NTZ = "timestampNtz"
_BUCKET = re.compile("(s3|s3a|s3n|gs|abfss?|wasbs?|hdfs|https?):/")
_LOG = Path(__file__).with_name("delta_log.py")
_ODD = set(" ,;{}()\n\t=")  # that no column of a Delta table has in its name
_TYPES = {
    **dict.fromkeys(("int8", "int16", "int32", "int64"), "integer"),
    **dict.fromkeys(("float", "double"), "decimal"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("date32[day]", "timestamp[us]", "timestamp[us, tz=UTC]"), "datetime"),
}


@dataclass(frozen=True)
class DeltaTable:
    """The current version of a Delta table: its columns with their types, its files in the order of their names, the
    values that the log (not the file) has of each, the columns by which it is partitioned, and its features.
    """

    folder: Path
    version: int
    types: Mapping[str, str]
    fixed: Mapping[str, Mapping[str, Any]]
    partitions: Sequence[str]
    features: Sequence[str]

    @property
    def files(self) -> list[Path]:
        """The files."""
        return [Path(file) for file in self.fixed]

    def completed(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The files with all columns of the table, in its order: those of the log, and those that came later."""
        done = []
        for piece in pieces:
            fixed = dict(self.fixed[piece.file])
            types = {name: self.types[name] if name in fixed else piece.types.get(name, kind)
                     for name, kind in self.types.items()}  # fmt: skip
            gone = tuple(name for name in types if name not in piece.types and name not in fixed)
            done.append(replace(piece, types=types, empty=(*piece.empty, *gone), fixed=fixed))
        return done


def delta_table(folder: Path) -> DeltaTable | None:
    """The Delta table that lies in a folder; None where none does. Raises InputError where its files alone do not say
    which rows it has, or under which names.
    """
    if not (folder / "_delta_log").is_dir():
        return None
    told = _asked("look", folder)
    if told["other"]:
        raise InputError(
            f"The Delta table uses {', '.join(told['other'])}: its files alone do not say which rows it has, or what"
            " their columns are called.",
            str(folder),
            "Write it as a plain table first (in Spark SQL: CREATE TABLE … AS SELECT * FROM …, or REORG TABLE … APPLY"
            " (PURGE) and ALTER TABLE … DROP FEATURE).",
        )
    if not told["files"]:
        raise InputError("The Delta table has no rows.", str(folder), "Name one that has.")
    return DeltaTable(
        folder,
        told["version"],
        {name: _TYPES.get(kind, "text") for name, kind in told["fields"]},
        {each["file"]: each["fixed"] for each in told["files"]},
        told["partitions"],
        told["features"],
    )


@dataclass(frozen=True)
class DeltaTarget:
    """The folder in which a result becomes the next version of a Delta table; `there`: that which it follows."""

    folder: Path
    there: DeltaTable | None

    @property
    def partitions(self) -> Sequence[str]:
        """The columns by which the table is partitioned."""
        return () if self.there is None else self.there.partitions

    def check(self, types: Mapping[str, str]) -> None:
        """Raises SettingError where a table with these columns cannot be the next version."""
        odd = [name for name in types if set(name) & _ODD or not name]
        if odd:
            raise SettingError(
                f'A Delta table has no column called "{odd[0]}".', f"-o {PREFIX}{self.folder}",
                "Rename it in the recipe: without spaces, commas, semicolons, brackets, tabs and =.",
            )  # fmt: skip
        for name in self.partitions:
            if types.get(name, "decimal") == "decimal":
                said = "is a decimal there" if name in types else "is not in the result"
                raise SettingError(
                    f'The Delta table is partitioned by "{name}", which {said}.',
                    f"-o {PREFIX}{self.folder}",
                    "Change that in the recipe, or write to another table.",
                )
        if len(self.partitions) == len(types):
            raise SettingError(
                "The Delta table is partitioned by all columns of the result.",
                f"-o {PREFIX}{self.folder}",
                "Write to a table that is partitioned by fewer.",
            )
        if self.there is not None and "datetime" in types.values() and NTZ not in self.there.features:
            raise SettingError(
                "The Delta table knows no moments without a time zone, and the result has some.",
                f"-o {PREFIX}{self.folder}",
                f"Enable the feature {NTZ} of the table, or write to another place.",
            )

    def deliver(
        self, written: Sequence[Path], mark: Mapping[str, str], parted: Sequence[PartitionFile] | None = None
    ) -> int:
        """Make files the next version, and say its number; nobody sees any of it before the one commit.

        `parted`: the same rows by partition, which are then what is delivered. Where it stops before, the table is as
        it was; files that lie in its folder then belong to no version.
        """
        if self.there is None:
            place = written[0].parent
            names = [path.name for path in written]
            version = self._commit(place, names, mark, pq.read_schema(written[0]), [])
            try:
                place.rename(self.folder)
            except OSError as error:
                raise ConflictError(
                    f"The table cannot be put into its place: {error.strerror}.",
                    f"-o {PREFIX}{self.folder}",
                    "Look at what lies there now.",
                ) from error
            return version
        run, names = uuid.uuid4().hex, []
        like = pq.read_schema(written[0])
        files = written if parted is None else [Path(each.path) for each in parted]
        for number, path in enumerate(files):
            names.append(f"part-{number:05d}-{run}.parquet")
            path.rename(self.folder / names[-1])
        try:
            return self._commit(self.folder, names, mark, like, [dict(each.values) for each in parted or ()])
        except ConflictError:
            for name in names:
                (self.folder / name).unlink()
            raise

    def _commit(
        self,
        place: Path,
        names: Sequence[str],
        mark: Mapping[str, str],
        like: pa.Schema,
        values: Sequence[Mapping[str, str | None]],
    ) -> int:
        version = None if self.there is None else self.there.version
        told = _asked(
            "commit",
            place,
            files=list(names),
            version=version,
            mark=dict(mark),
            schema=base64.b64encode(like.remove_metadata().serialize()).decode(),
            partitions=list(self.partitions),
            values=list(values) or [{} for _ in names],
        )
        return int(told["version"])


def delta_target(out: Path) -> DeltaTarget | None:
    """Where to write, for an output that begins with delta:; None for any other.

    Raises SettingError where something else lies there.
    """
    if not str(out).startswith(PREFIX):
        return None
    folder = Path(str(out).removeprefix(PREFIX)).expanduser().absolute()
    check_deltalake(f"-o {out}")
    if not folder.parent.is_dir() or not os.access(folder.parent, os.W_OK | os.X_OK):
        raise SettingError(
            "Nothing can be written there.", f"-o {out}", "Make the folder around it, or choose another place."
        )
    there = delta_table(folder)
    if there is None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingError(
            "There is something that is no Delta table.", f"-o {out}", "Name a Delta table, or a new folder."
        )
    return DeltaTarget(folder, there)


@dataclass(frozen=True)
class Places:
    """What a run reads and where it writes, looked at before anything starts."""

    files: Sequence[Path | str]
    delta: DeltaTable | None
    target: DeltaTarget | None
    suffix: str


def places_of(source: Path, out: Path) -> Places:
    """What a run reads and where it writes. Raises InputError or SettingError where it cannot."""
    found = _BUCKET.match(str(out))
    if found:
        raise SettingError(
            f"Spark writes no {found[1]}:// addresses here: its workers write files, and not through Hadoop"
            " (hadoop-aws would not help).",
            f"-o {out}",
            "Write to a folder that all machines see, and copy that.",
        )
    (files, delta), target = input_files(source), delta_target(out)
    suffix = check_output(out) if target is None else ".parquet"
    return Places(files, delta, target, suffix)


def input_files(source: Path) -> tuple[Sequence[Path | str], DeltaTable | None]:
    """The files of a source: of a folder, of a bucket, or of the current version of a Delta table, and that table."""
    bucket = bucket_address(source)
    if bucket:
        return bucket_files(bucket), None
    found = _BUCKET.match(str(source))
    if found:
        raise SettingError(
            f"Spark reads no {found[1]}:// addresses here: its workers open files themselves, and not through Hadoop.",
            str(source),
            "Mount it on all machines under one path, and name that; s3:// and s3a:// are read.",
        )
    delta = delta_table(source)
    return (files_of(source), None) if delta is None else (delta.files, delta)


def delta_mark(run: EngineRun) -> dict[str, str]:
    """What the commit says of a run."""
    return {
        "dataops.content_hash": run.content_hash,
        "dataops.rows": str(run.rows),
        "dataops.recipe": json.dumps(run.recipe.to_json(), ensure_ascii=True),
    }


def check_deltalake(where: str) -> None:
    """Raises SettingError where the package deltalake is missing."""
    if importlib.util.find_spec("deltalake") is None:
        raise SettingError(
            "Delta tables need the package deltalake.", where, "Install it: pip install -r requirements-publish.txt."
        )


def _asked(do: str, table: Path, **more: Any) -> dict[str, Any]:
    """What the process that does it answers; raises InputError or ConflictError where it could not."""
    check_deltalake(str(table))
    done = subprocess.run(  # noqa: S603 - our own file, which needs nothing else of ours
        [sys.executable, "-P", str(_LOG)],
        input=json.dumps({"do": do, "table": str(table), **more}),
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        told: dict[str, Any] = json.loads(done.stdout.strip().rsplit("\n", 1)[-1])
    except ValueError:
        told = {"outcome": "failed", "said": f"the process that does it ended with code {done.returncode}"}
    if told["outcome"] == "conflict":
        raise ConflictError(
            "Somebody else wrote to the Delta table meanwhile; it is as they left it.", str(table), "Run it again."
        )
    if told["outcome"] != "done":
        raise InputError(
            f"The Delta table cannot be {'read' if do == 'look' else 'written'}: {told['said']}.",
            str(table),
            "Check the table with what made it, and your rights there.",
        )
    return told
