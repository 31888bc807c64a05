"""A file in a bucket: s3:// with boto3, gs:// and abfs:// with what fsspec finds installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urlsplit

from dataops_core.errors import InputError, SettingError
from dataops_core.progress import Progress
from dataops_core.read.places.rules import BUCKETS, Rules
from dataops_core.read.places.target import copy_bounded, file_name

DRIVERS = {"gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "abfss": "adlfs", "az": "adlfs"}
SCHEMES = frozenset({"s3", *DRIVERS})


def fetch_bucket(address: str, folder: Path, rules: Rules, progress: Progress) -> Path:
    """Fetch an object of a bucket into a file of the folder; the keys are those of this machine's environment."""
    if not rules.own and not any(_lies_in(address, allowed) for allowed in rules.buckets):
        raise SettingError(
            "This bucket is not among those that may be read.",
            address,
            f"Whoever runs the workbench can allow it: {BUCKETS}=s3://bucket/folder/[,…].",
        )
    target = urlsplit(address)
    if target.query or target.fragment or not target.netloc or not target.path.strip("/"):
        raise SettingError(
            "The address names no object of a bucket.", address, "Write it as s3://bucket/folder/file.csv."
        )
    out = folder / file_name(target.path)
    try:
        source, size = (_s3 if target.scheme == "s3" else _other)(address)
        with source:
            rules.check_size(size, address)
            copy_bounded(source, out, size, rules, progress, address)
    except (InputError, SettingError):
        raise
    except Exception as error:  # noqa: BLE001 - each driver has classes of its own
        raise InputError(
            f"The object cannot be fetched: {_reason(error)}.",
            address,
            "Check the address and the keys of this machine.",
        ) from None
    return out


def list_bucket(address: str) -> list[str]:
    """The objects under an s3:// address, as what comes after it; the address of an object gives one empty text.

    Raises InputError where the bucket cannot be listed, in which no key stands.
    """
    target = urlsplit(address)
    prefix = target.path.strip("/")
    try:
        pages = _client().get_paginator("list_objects_v2").paginate(Bucket=target.netloc, Prefix=prefix)
        keys = [str(each["Key"]) for page in pages for each in page.get("Contents", ())]
    except Exception as error:  # noqa: BLE001 - the driver has classes of its own
        raise InputError(
            f"The bucket cannot be listed: {_reason(error)}.",
            address,
            "Check the address and the keys of this machine.",
        ) from None
    if prefix in keys:
        return [""]
    folder = f"{prefix}/" if prefix else ""
    return [key.removeprefix(folder) for key in keys if key.startswith(folder) and not key.endswith("/")]


def _lies_in(address: str, allowed: str) -> bool:
    """Whether an object lies in a bucket or folder: s3://sales allows s3://sales/x, and not s3://sales-secret/x."""
    return ".." not in address.split("/") and address.startswith(allowed.rstrip("/") + "/")


def _reason(error: Exception) -> str:
    """What went wrong, as a class or a code: messages of drivers may repeat keys."""
    answer = getattr(error, "response", None)
    code = answer.get("Error", {}).get("Code") if isinstance(answer, dict) else None
    return str(code or type(error).__name__)


def _s3(address: str) -> tuple[BinaryIO, int]:
    target = urlsplit(address)
    found: Any = _client().get_object(Bucket=target.netloc, Key=target.path.lstrip("/"))
    return cast("BinaryIO", found["Body"]), int(found["ContentLength"])


def _client() -> Any:
    import boto3  # type: ignore[import-untyped]

    return boto3.client("s3")


def _other(address: str) -> tuple[BinaryIO, int]:
    import fsspec

    scheme = urlsplit(address).scheme
    try:
        system, path = fsspec.core.url_to_fs(address)
    except ImportError:
        raise SettingError(
            f"Nothing here opens {scheme}:// addresses.", address, f"Install the package {DRIVERS[scheme]}."
        ) from None
    return cast("BinaryIO", system.open(path, "rb")), int(system.size(path) or 0)
