"""Putting a file into an S3 bucket where nothing is: in one request, or in parts where it is too large for one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

LARGEST = 5 << 30  # bytes that one request may bring
PART = 64 << 20  # bytes of a part, unless there would be too many of them
PARTS = 10_000  # that an upload may have
TRIES = 5  # where another one puts the same object at the same moment, S3 asks to come again


def put_new(
    client: Any,
    bucket: str,
    key: str,
    path: Path,
    *,
    checksum: Mapping[str, str],
    metadata: Mapping[str, str] | None = None,
    largest: int = LARGEST,
    part: int = PART,
) -> bool:
    """Put a file where nothing is; False where something is there already: the bucket itself refuses to overwrite
    (`If-None-Match`).

    The bucket compares what arrives with `checksum` (a header and its value), or with the MD5 of each part where a
    file has more than `largest` bytes. Raises what the client raises; an upload in parts that breaks off is aborted.
    """
    described = {"Bucket": bucket, "Key": key, "Metadata": dict(metadata or {})}
    in_parts = path.stat().st_size > largest
    if in_parts and _is_there(client, bucket, key):
        return False
    for left in reversed(range(TRIES)):
        try:
            if in_parts:
                _put_parts(client, described, path, part)
            else:
                with path.open("rb") as file:
                    client.put_object(**described, **checksum, Body=file, IfNoneMatch="*")
            return True
        except client.exceptions.ClientError as error:
            if status(error) == 412:
                return False
            if status(error) != 409 or not left:
                raise
    return False


def _put_parts(client: Any, described: Mapping[str, Any], path: Path, part: int) -> None:
    size = max(part, -(-path.stat().st_size // PARTS))
    upload = {"Bucket": described["Bucket"], "Key": described["Key"]}
    upload["UploadId"] = client.create_multipart_upload(**described)["UploadId"]
    try:
        made: list[dict[str, Any]] = []
        with path.open("rb") as file:
            while block := file.read(size):
                md5 = base64.b64encode(hashlib.md5(block, usedforsecurity=False).digest()).decode()
                number = len(made) + 1
                sent = client.upload_part(**upload, PartNumber=number, Body=block, ContentMD5=md5)
                made.append({"PartNumber": number, "ETag": sent["ETag"]})
        client.complete_multipart_upload(**upload, MultipartUpload={"Parts": made}, IfNoneMatch="*")
    except BaseException:
        with suppress(client.exceptions.ClientError):
            client.abort_multipart_upload(**upload)
        raise


def _is_there(client: Any, bucket: str, key: str) -> bool:
    try:
        client.head_object(Bucket=bucket, Key=key)
    except client.exceptions.ClientError as error:
        if status(error) == 404:
            return False
        raise
    return True


def status(error: Exception) -> int:
    """The HTTP status of what a bucket answered."""
    return int(getattr(error, "response", {})["ResponseMetadata"]["HTTPStatusCode"])
