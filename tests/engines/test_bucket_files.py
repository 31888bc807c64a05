"""Objects of a bucket on Spark: listed, and fetched by the workers, each with the keys of its own environment."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dataops_core.engines.spark.bucket_files import bucket_files, bucket_piece
from dataops_core.engines.spark.engine import staged_by_house
from dataops_core.engines.spark.sources import Piece
from dataops_core.errors import InputError
from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import run_recipe
from tests import moto

pytestmark = pytest.mark.skipif(importlib.util.find_spec("boto3") is None, reason="boto3 is not installed")
SAMPLE = Path(__file__).parent.parent.parent / "sample_data" / "loan_applications.csv"


@pytest.fixture
def bucket(monkeypatch):
    """A bucket with a folder of two parts of the sample and a mark, and a broken file beside it."""
    import boto3

    with moto.served() as address:
        for name, value in moto.environment(address).items():
            monkeypatch.setenv(name, value)
        client = boto3.client("s3")
        client.create_bucket(Bucket="lake")
        head, *lines = SAMPLE.read_text("utf-8").splitlines(keepends=True)
        halves = {"b.csv": lines[200:], "a.csv": lines[:200]}
        for name, some in halves.items():
            client.put_object(Bucket="lake", Key=f"loans/2026 x/{name}", Body="".join([head, *some]).encode())
        client.put_object(Bucket="lake", Key="loans/2026 x/_SUCCESS", Body=b"")
        client.put_object(Bucket="lake", Key="loans/2026 xy.csv", Body=b"a\n1\n")
        client.put_object(Bucket="lake", Key="broken/a.parquet", Body=b"PAR1 and nothing more")
        client.put_object(Bucket="lake", Key="parts/year=2024/a.csv", Body=b"a\n1\n")
        yield "s3://lake"


def piece(file: str, shared: Path, reader=None) -> Piece:
    return bucket_piece(file, reader or (lambda f, s: staged_by_house(Recipe(), {}, f, s)), str(shared))


def run_apart(words: list[str]) -> dict:
    """What a command prints as JSON, in a process of its own, with the environment as it is now; 1: it has findings."""
    command = [sys.executable, "-m", "dataops_core", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode in (0, 1) and moto.SECRET not in done.stdout + done.stderr, done.stderr
    return json.loads(done.stdout)


def test_what_counts_in_a_bucket_is_what_counts_in_a_folder(bucket, monkeypatch):
    folder = f"{bucket}/loans/2026 x"
    assert bucket_files(folder) == [f"{folder}/a.csv", f"{folder}/b.csv"]
    assert bucket_files(f"{folder}/b.csv") == [f"{folder}/b.csv"]
    for address, what in ((f"{bucket}/none", "holds no files"), (f"{bucket}/parts", "hold a column in their names")):
        with pytest.raises(InputError, match=what):
            bucket_files(address)
    with pytest.raises(InputError, match="cannot be listed: NoSuchBucket"):
        bucket_files("s3://nowhere/x")


def test_a_worker_names_the_object_and_no_key(bucket, tmp_path):
    found = piece(f"{bucket}/loans/2026 x/a.csv", tmp_path)
    assert (found.file, found.rows, found.error) == (f"{bucket}/loans/2026 x/a.csv", 200, None)
    broken, gone = piece(f"{bucket}/broken/a.parquet", tmp_path), piece(f"{bucket}/gone.csv", tmp_path)
    assert "cannot be read" in broken.error[0] and "cannot be fetched: NoSuchKey" in gone.error[0]
    assert f"{bucket}/broken/a.parquet" in broken.error[1] and str(tmp_path) not in str(broken.error)
    assert moto.SECRET not in repr((found, broken, gone))


def test_a_run_and_a_profile_over_a_bucket_are_those_of_the_files(bucket, tmp_path, monkeypatch):
    """On this machine, for the keys are those of the processes that are started here."""
    from tests.engines.conftest import HOME, WHY

    if WHY:
        pytest.skip(WHY)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([HOME, os.environ.get("PYTHONPATH", "")]))
    steps = (RecipeStep("trim_spaces", {"columns": ["city"]}), RecipeStep("drop_duplicate_rows", {}))
    recipe, whole = Recipe(steps=steps), read_file(SAMPLE, tmp_path / "t.parquet").table
    expected = run_recipe(recipe, whole, tmp_path).table
    (tmp_path / "r.json").write_text(json.dumps(recipe.to_json()))
    given = ["run", str(tmp_path / "r.json"), f"s3a://{bucket[5:]}/loans/2026 x", "-o", str(tmp_path / "out")]
    assert (
        run_apart([*given, "--on", "spark", "--master", "local[2]", "--json"])["content_hash"] == expected.content_hash
    )
    told = run_apart(["profile", f"{bucket}/loans/2026 x", "--on", "spark", "--master", "local[2]", "--json"])
    assert (told["rows"], len(told["facts"])) == (whole.rows, len(whole.columns))
