"""Objects of a bucket as input: listed at the driver, and fetched by the workers into the shared folder, each with the
keys of its own environment; no key is sent anywhere, and Hadoop takes no part.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path, PurePosixPath

from dataops_core.engines.spark.sources import Piece, Reader, piece_of, staged_path, visible
from dataops_core.errors import DataOpsError
from dataops_core.read.places import Rules, fetch
from dataops_core.read.places.buckets import list_bucket

_ADDRESS = re.compile("(s3|s3a|s3n):/+(.+)")


def bucket_address(source: Path) -> str | None:
    """The address that a path stands for, which has one slash where the address has two; None for any other path.

    >>> bucket_address(Path("s3a://sales/2026")), bucket_address(Path("/srv/s3"))
    ('s3://sales/2026', None)
    """
    found = _ADDRESS.fullmatch(source.as_posix())
    return f"s3://{found[2]}" if found else None


def bucket_files(address: str) -> list[str]:
    """The objects under an address in the order of their names, or the one object; hidden ones and marks left out."""
    found = list_bucket(address)
    if found == [""]:
        return [address]
    return [f"{address}/{name}" for name in visible(address, [PurePosixPath(name) for name in found])]


def bucket_piece(file: str, reader: Reader, shared: str) -> Piece:
    """What a worker finds out about an object, which it fetches."""
    if not Path(shared).is_dir():
        return piece_of(file, reader, shared)  # which says so
    folder = staged_path(file, shared).with_suffix("")
    folder.mkdir(exist_ok=True)
    try:
        path = fetch(file, folder, Rules.of_environment(own=True))
    except DataOpsError as error:
        return Piece(file, "", 0, {}, (), {}, error=(error.what, error.where or file, error.fix))
    found = piece_of(str(path), reader, shared)
    if found.parquet != str(path):
        path.unlink()
    problems = tuple({**each, "where": str(each["where"]).replace(str(path), file)} for each in found.problems)
    what = found.error and (found.error[0], found.error[1].replace(str(path), file), found.error[2])
    return replace(found, file=file, problems=problems, error=what)
