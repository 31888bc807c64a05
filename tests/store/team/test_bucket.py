"""Files in a bucket: large ones in parts, what is left over, and ages; with a real S3 server."""

import hashlib
import os
import time

import pytest

from dataops_core.errors import IntegrityError
from dataops_core.publish import s3_upload
from dataops_core.store.purge import leftovers
from dataops_core.store.team.bucket import Bucket

SMALLEST = 5 << 20  # bytes of a part that S3 accepts


@pytest.fixture
def place(bucket):
    return Bucket(os.environ["DATAOPS_OBJECTS"])


@pytest.fixture
def large(tmp_path):
    """A file of two parts and a bit."""
    data = bytes(range(256)) * 256 * 170
    (tmp_path / "large").write_bytes(data)
    return tmp_path / "large", hashlib.md5(data).hexdigest()


def in_parts(place, large):
    return place.put(*[large[0], "files/md5/ab/cd", large[1]], largest=SMALLEST, part=SMALLEST)


def asked(place):
    """The operations that the client is asked for from now on."""
    found = []
    place._client.meta.events.register("before-call.s3.*", lambda model, **_: found.append(model.name))
    return found


def test_a_large_file_goes_in_parts_and_never_over_what_is_there(bucket, place, large, tmp_path):
    done = asked(place)
    assert in_parts(place, large)
    assert done.count("UploadPart") == 3 and done[-1] == "CompleteMultipartUpload"
    assert place.get("files/md5/ab/cd", tmp_path / "back")
    assert hashlib.md5((tmp_path / "back").read_bytes()).hexdigest() == large[1]
    done.clear()
    assert not in_parts(place, large) and done == ["HeadObject"], "what is there is not sent again"


def test_who_completes_later_does_not_overwrite_and_leaves_no_parts(bucket, place, large, tmp_path, monkeypatch):
    client, name = bucket
    (tmp_path / "first").write_bytes(b"first")
    real = s3_upload._is_there

    def overtaken(*args):
        found = real(*args)
        assert place.put(tmp_path / "first", "files/md5/ab/cd", hashlib.md5(b"first").hexdigest())
        return found

    monkeypatch.setattr(s3_upload, "_is_there", overtaken)
    assert in_parts(place, large) is False
    assert client.get_object(Bucket=name, Key="dq/files/md5/ab/cd")["Body"].read() == b"first"
    assert "Uploads" not in client.list_multipart_uploads(Bucket=name)


def test_an_upload_that_breaks_off_is_aborted(bucket, place, large):
    client, name = bucket

    def broken(params, **_):
        if params["query_string"].get("partNumber") == 2:
            raise KeyboardInterrupt

    place._client.meta.events.register("before-call.s3.UploadPart", broken)
    with pytest.raises(KeyboardInterrupt):
        in_parts(place, large)
    assert "Uploads" not in client.list_multipart_uploads(Bucket=name)
    assert place.size("files/md5/ab/cd") is None


def test_a_bucket_that_is_gone_is_said_in_words(bucket, place, large):
    client, name = bucket
    client.delete_bucket(Bucket=name)
    with pytest.raises(IntegrityError, match="NoSuchBucket|404"):
        in_parts(place, large)


def test_what_a_killed_upload_left_is_counted_and_removed(team, bucket, tmp_path):
    client, name = bucket
    store = team(tmp_path / "home")
    key = {"Bucket": name, "Key": "dq/files/md5/ab/" + "c" * 30}
    upload = client.create_multipart_upload(**key)["UploadId"]
    client.upload_part(**key, UploadId=upload, PartNumber=1, Body=b"x" * 700)
    client.put_object(Bucket=name, Key="dq/tmp/check-1", Body=b"check")
    client.put_object(Bucket=name, Key="dq/files/md5/ab/" + "d" * 30, Body=b"y" * 100)
    client.put_object(Bucket=name, Key="elsewhere/files/md5/ab/" + "d" * 30, Body=b"not ours")
    # moto says of every upload that it was begun in 2010
    assert leftovers.find(store).to_json() == {"files": 0, "unfinished": 1, "tables": 0, "size": 700, "recent": 2}
    store.clock = lambda: f"{int(time.strftime('%Y')) + 1}-12-31T00:00:00Z"
    assert leftovers.remove(store, "ann").to_json() == {
        "files": 1,
        "unfinished": 2,
        "tables": 0,
        "size": 805,
        "recent": 0,
    }
    assert "Uploads" not in client.list_multipart_uploads(Bucket=name)
    assert [each["Key"] for each in client.list_objects_v2(Bucket=name)["Contents"]] == [
        "elsewhere/files/md5/ab/" + "d" * 30
    ]


def test_what_is_stored_again_counts_as_new(bucket, place, tmp_path):
    client, name = bucket
    (tmp_path / "f").write_bytes(b"x")
    key = "files/md5/ab/" + "e" * 30
    place.put(tmp_path / "f", key, hashlib.md5(b"x").hexdigest())
    ((_, _, before),) = list(place.listing("files/md5"))
    time.sleep(1.1)
    assert place.renew(key, 3600)
    assert [at for _, _, at in place.listing("files/md5")] == [before], "it is not old yet"
    assert place.renew(key, 0.5)
    ((_, _, after),) = list(place.listing("files/md5"))
    assert after > before
    assert not place.remove_older(key, after) and place.size(key) == 1
    assert place.remove_older(key, after + 1) and place.size(key) is None
    assert place.remove_older(key, after + 1), "gone already"
    assert place.renew(key, 0.5) is False
