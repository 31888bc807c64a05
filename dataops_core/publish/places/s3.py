"""An S3 bucket: each version under a prefix of its own; nothing that exists is overwritten."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dataops_core.errors import InputError, SettingError
from dataops_core.export.checkout import SUMS
from dataops_core.progress import Progress
from dataops_core.publish.publisher import Given, Outgoing, Published, Publisher, foreign, register
from dataops_core.publish.s3_upload import put_new
from dataops_core.publish.sums import manifest_id


def publish_s3(version: Outgoing, address: str, _given: Given, progress: Progress) -> Published:
    """Put the files of a version under PLACE/NAME/vN; SHA256SUMS comes last: a version is whole where it is there.

    Each file is put with `If-None-Match`, so that the bucket itself refuses to overwrite; one that is there already
    must be the same.
    """
    target = urlsplit(address)
    if not target.netloc or target.query or target.fragment:
        raise SettingError("The address names no bucket.", "s3://", "Write it as s3://bucket/folder.")
    prefix = "/".join(filter(None, [target.path.strip("/"), version.name, f"v{version.number}"]))
    where = f"s3://{target.netloc}/{prefix}"
    try:
        client, codes = _client()
        already = _there(client, target.netloc, f"{prefix}/{SUMS}") is not None
        known = _there(client, target.netloc, f"{prefix}/manifest.json")
        if known is not None and manifest_id(known) != version.version_id:
            raise foreign(version, where, "Another version lies there.")
        if not already:
            files = version.files()
            # the manifest first: what is there of a version that did not get further is known by it
            names = sorted(path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file())
            names.sort(key=lambda name: (name == SUMS, name != "manifest.json"))
            for at, name in enumerate(names):
                progress(0.5 + 0.5 * at / len(names), f"Sending {name}")
                _put(version, client, target.netloc, f"{prefix}/{name}", files / name)
    except codes as error:
        raise InputError(
            f"The bucket says: {_reason(error)}.", where, "Check its name, and the keys of this machine."
        ) from None
    return Published.of("s3", where, version, already=already, use=f'pandas.read_parquet("{where}/data.parquet")')


def _client() -> tuple[Any, tuple[type[Exception], ...]]:
    import boto3  # type: ignore[import-untyped]
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

    return boto3.client("s3"), (BotoCoreError, ClientError)


def _there(client: Any, bucket: str, key: str) -> bytes | None:
    """A small object's content; None where there is no such object."""
    try:
        return bytes(client.get_object(Bucket=bucket, Key=key)["Body"].read())
    except client.exceptions.NoSuchKey:
        return None


def _put(version: Outgoing, client: Any, bucket: str, key: str, path: Path) -> None:
    with path.open("rb") as file:
        total = hashlib.file_digest(file, "sha256").digest()
    checksum, known = {"ChecksumSHA256": base64.b64encode(total).decode()}, {"sha256": total.hex()}
    if put_new(client, bucket, key, path, checksum=checksum, metadata=known):
        return
    there = hashlib.sha256()
    body = client.get_object(Bucket=bucket, Key=key)["Body"]
    for block in body.iter_chunks(1 << 20):
        there.update(block)
    if there.digest() != total:
        raise foreign(version, f"s3://{bucket}/{key}", "Another file lies there, and nothing is overwritten.")


def _reason(error: Exception) -> str:
    """What went wrong, as a code or a class: messages of drivers may repeat keys."""
    answer = getattr(error, "response", None)
    code = answer.get("Error", {}).get("Code") if isinstance(answer, dict) else None
    return str(code or type(error).__name__)


register(
    Publisher(
        "s3",
        "An S3 bucket",
        "All files of the export in a bucket, each version under a prefix of its own",
        "s3://bucket/folder",
        ("s3://",),
        publish_s3,
        packages=("boto3",),
        install="pip install -r requirements-publish.txt",
        order=30,
        kind="address",
    )
)
