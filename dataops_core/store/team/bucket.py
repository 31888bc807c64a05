"""Objects in an S3 bucket: put with `If-None-Match`, so that the bucket itself refuses to overwrite what is there."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from dataops_core.errors import InputError, IntegrityError, SettingError

LARGEST = 5 << 30  # bytes that one request may bring
TRIES = 5  # where another one puts the same object at the same moment, S3 asks to come again
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
                if _status(error) == 404 and _code(error) != "NoSuchBucket":
                    return None
                raise

    def put(self, path: Path, key: str, md5: str) -> bool:
        """Put a file where nothing is; False where something is there already. The bucket compares what arrives with
        its MD5.
        """
        if path.stat().st_size > LARGEST:
            raise SettingError(
                "A file is too large for the bucket: one request brings 5 GiB.", path.name, "Keep objects in a folder."
            )
        brought = base64.b64encode(bytes.fromhex(md5)).decode()
        with self._words():
            for left in reversed(range(TRIES)):
                try:
                    with path.open("rb") as file:
                        self._client.put_object(
                            Bucket=self.bucket, Key=self._full(key), Body=file, ContentMD5=brought, IfNoneMatch="*"
                        )
                    return True
                except self._client.exceptions.ClientError as error:
                    if _status(error) == 412:
                        return False
                    if _status(error) != 409 or not left:
                        raise
        return False

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

    def keys(self, below: str) -> Iterator[str]:
        """The keys of all objects below a folder."""
        whole = self._full(f"{below}/")
        with self._words():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=whole):
                for each in page.get("Contents", ()):
                    yield below + "/" + str(each["Key"])[len(whole) :]

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


def _status(error: Exception) -> int:
    return int(getattr(error, "response", {})["ResponseMetadata"]["HTTPStatusCode"])
