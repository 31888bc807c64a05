"""A bucket of a real S3 server (moto, on this machine): nothing that exists is overwritten."""

from io import BytesIO

import pandas as pd
import pytest

from tests import moto
from tests.publish.conftest import frame_of, plain


@pytest.fixture(scope="module")
def endpoint():
    with moto.served() as address:
        yield address


@pytest.fixture
def bucket(endpoint, monkeypatch):
    import boto3

    for name, value in moto.environment(endpoint).items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3")
    client.create_bucket(Bucket="shop")
    yield client
    for key in keys(client):
        client.delete_object(Bucket="shop", Key=key)
    client.delete_bucket(Bucket="shop")


def keys(client):
    return sorted(each["Key"] for each in client.list_objects_v2(Bucket="shop").get("Contents", ()))


def test_a_version_is_put_whole_and_read_back(bucket, publish):
    told = publish("cities@2", "s3://shop/tables")
    assert told["where"] == "s3://shop/tables/cities/v2" and told["already"] is False
    body = bucket.get_object(Bucket="shop", Key="tables/cities/v2/data.parquet")["Body"].read()
    assert plain(pd.read_parquet(BytesIO(body))) == plain(frame_of(2))
    sums = bucket.get_object(Bucket="shop", Key="tables/cities/v2/SHA256SUMS")["Body"].read().decode()
    names = [line.split("  ")[1] for line in sums.splitlines()]
    assert keys(bucket) == sorted(f"tables/cities/v2/{name}" for name in [*names, "SHA256SUMS"])
    assert publish("cities@2", "s3://shop/tables/")["already"] is True
    publish("cities@1", "s3://shop/tables")
    assert "tables/cities/v1/SHA256SUMS" in keys(bucket)


@pytest.mark.slow
def test_what_broke_off_goes_on_and_nothing_is_overwritten(bucket, publish, refused):
    publish("cities@1", "s3://shop")
    before = bucket.get_object(Bucket="shop", Key="cities/v1/data.csv")
    # without its sums a version is not whole: it goes on, and leaves alone what is there already
    bucket.delete_object(Bucket="shop", Key="cities/v1/SHA256SUMS")
    bucket.delete_object(Bucket="shop", Key="cities/v1/data.parquet")
    assert publish("cities@1", "s3://shop")["already"] is False
    after = bucket.get_object(Bucket="shop", Key="cities/v1/data.csv")
    assert before["LastModified"] == after["LastModified"] and before["ETag"] == after["ETag"]
    assert "cities/v1/data.parquet" in keys(bucket)
    for key in ("SHA256SUMS", "data.csv"):
        bucket.delete_object(Bucket="shop", Key=f"cities/v1/{key}")
    bucket.put_object(Bucket="shop", Key="cities/v1/data.csv", Body=b"mine")
    assert "nothing is overwritten" in refused("cities@1", "s3://shop")
    assert bucket.get_object(Bucket="shop", Key="cities/v1/data.csv")["Body"].read() == b"mine"
    assert "cities/v1/SHA256SUMS" not in keys(bucket)


def test_another_version_in_the_place_is_named(bucket, publish, refused):
    bucket.put_object(Bucket="shop", Key="cities/v1/manifest.json", Body=b'{"version_id": "another"}')
    assert "Another version lies there" in refused("cities@1", "s3://shop")
    assert keys(bucket) == ["cities/v1/manifest.json"]


def test_a_bucket_that_is_not_there_or_closed_is_said(bucket, refused):
    said = refused("cities@1", "s3://nobody")
    assert "The bucket says: NoSuchBucket" in said and "hidden" not in said
    assert "names no bucket" in refused("cities@1", "s3://")
