"""Objects in an S3 bucket: put with `If-None-Match`, so that the bucket itself refuses to overwrite what is there."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from dataops_core.errors import InputError, IntegrityError, SettingError
from dataops_core.publish.s3_upload import LARGEST, PART, put_new, status

SCHEME = "s3://"


class Bucket:
    """A prefix of a bucket. Keys and endpoint are those of the AWS tools (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, …)."""

    def __init__(self, url: str) -> None:
        """Raises SettingError where the URL names no bucket or boto3 is missing."""
        target = urlsplit(url)
        if not target.netloc or target.query or target.fragment or "@" in target.netloc:
            raise SettingError("The address names no bucket.", "DATAOPS_OBJECTS", "Write it as s3://bucket/folder.")
        try:
            import boto3  # type: ignore[import-untyped]
            from botocore.config import Config  # type: ignore[import-untyped]
            from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]
        except ImportError:
            raise SettingError(
                "Objects in a bucket need the package boto3.", "DATAOPS_OBJECTS", "pip install boto3"
            ) from None
        self._errors: tuple[type[Exception], ...] = (BotoCoreError, ClientError)
        self.bucket, self.prefix = target.netloc, target.path.strip("/")
        with self._words():
            self._client = boto3.client("s3", config=Config(connect_timeout=10, retries={"total_max_attempts": 4}))

    @property
    def address(self) -> str:
        """The prefix as a URL."""
        return f"{SCHEME}{self.bucket}/{self.prefix}".rstrip("/")

    def size(self, key: str) -> int | None:
        """The size of an object in bytes; None where there is none."""
        with self._words():
            try:
                return int(self._client.head_object(Bucket=self.bucket, Key=self._full(key))["ContentLength"])
            except self._client.exceptions.ClientError as error:
                if status(error) == 404 and _code(error) != "NoSuchBucket":
                    return None
                raise

    def put(self, path: Path, key: str, md5: str, *, largest: int = LARGEST, part: int = PART) -> bool:
        """Put a file where nothing is; False where something is there already. The bucket compares what arrives with
        its MD5. A file of more than `largest` bytes goes in parts.
        """
        brought = {"ContentMD5": base64.b64encode(bytes.fromhex(md5)).decode()}
        with self._words():
            return put_new(
                self._client, self.bucket, self._full(key), path, checksum=brought, largest=largest, part=part
            )

    def renew(self, key: str, after: float) -> bool:
        """Let the age of an object count from now on where it is older than this many seconds; False where there is
        none. What is too large to be copied in one request keeps its age.
        """
        whole = self._full(key)
        with self._words():
            try:
                about = self._client.head_object(Bucket=self.bucket, Key=whole)
                if about["LastModified"].timestamp() < time.time() - after and about["ContentLength"] <= LARGEST:
                    source = {"Bucket": self.bucket, "Key": whole}
                    self._client.copy_object(
                        Bucket=self.bucket, Key=whole, CopySource=source, MetadataDirective="REPLACE"
                    )
            except self._client.exceptions.ClientError as error:
                if status(error) == 404 and _code(error) != "NoSuchBucket":
                    return False
                raise
        return True

    def get(self, key: str, path: Path) -> bool:
        """Write an object to a file; False where there is none."""
        with self._words():
            try:
                body = self._client.get_object(Bucket=self.bucket, Key=self._full(key))["Body"]
            except self._client.exceptions.NoSuchKey:
                return False
            with path.open("wb") as file:
                for block in body.iter_chunks(1 << 20):
                    file.write(block)
        return True

    def remove(self, key: str) -> None:
        """Delete an object; one that is gone already is no error."""
        with self._words():
            self._client.delete_object(Bucket=self.bucket, Key=self._full(key))

    def remove_older(self, place: str, before: float) -> bool:
        """Delete an object, or an upload that was not completed (see `listing`), unless it was put again at that moment
        or later; returns whether it is gone.
        """
        key, _, upload = place.partition("?")
        whole = self._full(key)
        with self._words():
            try:
                if upload:
                    self._client.abort_multipart_upload(Bucket=self.bucket, Key=whole, UploadId=upload)
                    return True
                about = self._client.head_object(Bucket=self.bucket, Key=whole)
            except self._client.exceptions.ClientError as error:
                if status(error) == 404 and _code(error) != "NoSuchBucket":
                    return True
                raise
            if about["LastModified"].timestamp() >= before:
                return False
            self._client.delete_object(Bucket=self.bucket, Key=whole)
        return True

    def listing(self, *folders: str) -> Iterator[tuple[str, int, float]]:
        """Each object below these folders, and each upload that was not completed (its key, "?" and its id): with its
        size in bytes and the time at which it was put, in seconds since 1970.
        """
        for below in folders:
            whole = {"Bucket": self.bucket, "Prefix": self._full(f"{below}/")}
            with self._words():
                for page in self._client.get_paginator("list_objects_v2").paginate(**whole):
                    for each in page.get("Contents", ()):
                        yield self._below(each["Key"]), int(each["Size"]), each["LastModified"].timestamp()
                for page in self._client.get_paginator("list_multipart_uploads").paginate(**whole):
                    for each in page.get("Uploads", ()):
                        upload = {"Key": each["Key"], "UploadId": each["UploadId"]}
                        parts = self._client.get_paginator("list_parts").paginate(Bucket=self.bucket, **upload)
                        size = sum(int(part["Size"]) for some in parts for part in some.get("Parts", ()))
                        place = f"{self._below(each['Key'])}?{each['UploadId']}"
                        yield place, size, each["Initiated"].timestamp()

    def check(self, scratch: Path) -> None:
        """Put, refuse to overwrite, get and delete a small file; raises InputError where the bucket does not."""
        key, path = f"tmp/check-{secrets.token_hex(8)}", scratch
        path.write_bytes(b"check")
        md5 = "0ba4439ee9a46d9d9f14c60f88f45f87"
        try:
            first, second = self.put(path, key, md5), self.put(path, key, md5)
            fetched = self.get(key, path) and path.read_bytes() == b"check"
        finally:
            self.remove(key)
            path.unlink(missing_ok=True)
        if not first or second or not fetched:
            raise InputError(
                "The bucket overwrites what is there: it does not honor If-None-Match.",
                self.address,
                "Use a server that does, such as AWS S3 or a recent MinIO.",
            )

    def _below(self, whole: str) -> str:
        return whole.removeprefix(f"{self.prefix}/") if self.prefix else whole

    def _full(self, key: str) -> str:
        return f"{self.prefix}/{key}" if self.prefix else key

    @contextmanager
    def _words(self) -> Iterator[None]:
        """Say in words what the bucket or the way to it refuses. Codes and classes only: messages may repeat keys."""
        try:
            yield
        except self._errors as error:
            raise IntegrityError(
                f"The bucket of the objects cannot be used: {_code(error)}.",
                self.address,
                "Check its name (DATAOPS_OBJECTS), the keys of this machine and the network; nothing was changed.",
            ) from None


def _code(error: Exception) -> str:
    answer = getattr(error, "response", None)
    code = answer.get("Error", {}).get("Code") if isinstance(answer, dict) else None
    return str(code or type(error).__name__)
