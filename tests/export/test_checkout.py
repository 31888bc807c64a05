"""A version as a folder: what lies in it, what it never writes over, and that the real DVC works in it."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from dataops_core.cli.main import main
from dataops_core.export import dvc
from dataops_core.export.checkout import SUMS

DVC = os.environ.get("DATAOPS_DVC")  # the program dvc, of an environment of its own
needs_dvc = pytest.mark.skipif(not DVC, reason="DATAOPS_DVC does not name the program dvc")
ROWS = "".join(f"{i},{' Paris' if i % 3 else 'Rome'},{i * i if i % 5 else ''},=1+{i}\n" for i in range(100))
SPLIT = {"op": "split_rows", "with": {"how": "at_random", "test": 0.2, "validation": 0.1}}
TRIM = {"op": "trim_spaces", "with": {"columns": ["city"]}}


def fill(how: str) -> dict:
    return {"op": "fill_missing", "with": {"columns": ["n"], "how": how}}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A store with two versions that differ in one setting."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "t.csv").write_text("id,city,n,f\n" + ROWS)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("DATAOPS_HOME", str(folder / "home"))
        for how in ("mean", "median"):
            (folder / "r.json").write_text(json.dumps({"steps": [TRIM, fill(how), SPLIT]}))
            args = ["commit", "cities", folder / "t.csv", "--recipe", folder / "r.json", "-m", how, "--json"]
            assert main([str(arg) for arg in args]) == 0
    return folder


@pytest.fixture
def home(made, monkeypatch, tmp_path) -> Path:
    shutil.copytree(made / "home", tmp_path / "home")
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def check_out(capsys, out: object, number: int = 1, *more: str) -> dict:
    assert main(["checkout", "cities", str(number), "-o", str(out), "--json", *more]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_checkout_holds_the_version_and_the_parts_of_its_split(home, capsys, tmp_path):
    told = check_out(capsys, "out")
    out = tmp_path / "out"
    assert told["parts"] == {"train": 70, "validation": 10, "test": 20}
    assert set(told["files"]) == {
        *("DATA_CARD.md", "DATA_CARD.html", "audit.jsonl", "clean.py", "clean_spark.py", "load.py", "run_recipe.py"),
        "manifest.json",
        *("recipe.json", "schema.json", "raw/raw.csv"),
        *("facts_before.json", "facts_after.json", "data_spreadsheet_safe.csv"),
        *("croissant.json", "datapackage.json", "openlineage.json", "prov.json"),
        *(f"{name}.{ending}" for name in ("data", "train", "validation", "test") for ending in ("csv", "parquet")),
    }
    assert {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()} == {*told["files"], SUMS}
    whole = pd.read_parquet(out / "data.parquet")
    for part, rows in told["parts"].items():
        frame = pd.read_parquet(out / f"{part}.parquet")
        assert len(frame) == rows == len(pd.read_csv(out / f"{part}.csv"))
        pd.testing.assert_frame_equal(frame, whole[whole["split"] == part].reset_index(drop=True))
    sums = dict(reversed(line.split("  ")) for line in (out / SUMS).read_text().splitlines())
    assert sums == {name: hashlib.sha256((out / name).read_bytes()).hexdigest() for name in told["files"]}
    assert [path for path in tmp_path.iterdir() if path.name not in ("home", "out")] == []


def test_the_script_in_a_checkout_makes_the_table_again(home, capsys, tmp_path):
    told = check_out(capsys, "out")
    done = subprocess.run(
        [sys.executable, "clean.py", "raw/raw.csv", "again.csv"], cwd="out", capture_output=True, text=True
    )
    assert done.stdout.strip() == told["content_hash"]
    assert (tmp_path / "out" / "again.csv").read_bytes() == (tmp_path / "out" / "data.csv").read_bytes()


@pytest.fixture
def bare(tmp_path):
    """Run a script as in an environment that has pandas, pyarrow and what these need, and nothing of ours."""
    site, packages = Path(pd.__file__).parents[1], tmp_path / "packages"
    packages.mkdir()
    for pattern in ("numpy*", "pandas", "pandas-*", "pyarrow*", "dateutil", "pytz", "six.py", "tzdata"):
        for each in site.glob(pattern):
            (packages / each.name).symlink_to(each)

    def run(script):
        known = {"PYTHONPATH": str(packages), "PATH": os.environ["PATH"]}
        missing = subprocess.run(
            [sys.executable, "-S", "-c", "import dataops_core"], env=known, cwd="/", capture_output=True
        )
        assert missing.returncode == 1, "it is not bare"
        return subprocess.run([sys.executable, "-S", script], env=known, cwd="/", capture_output=True, text=True)

    return run


@pytest.mark.slow
def test_run_recipe_gives_the_content_hash_of_the_manifest_in_a_bare_environment(home, capsys, tmp_path, bare):
    for number in (1, 2):
        told = check_out(capsys, f"out{number}", number)
        done = bare(tmp_path / f"out{number}" / "run_recipe.py")
        assert (done.returncode, done.stdout.strip()) == (0, told["content_hash"]), done.stderr
        made = (tmp_path / f"out{number}" / "rebuilt.csv").read_bytes()
        assert made == (tmp_path / f"out{number}" / "data.csv").read_bytes()
    raw = tmp_path / "out1" / "raw" / "raw.csv"
    lines = raw.read_text().splitlines()
    raw.write_text("\n".join(lines[:-1]) + "\n")
    done = bare(tmp_path / "out1" / "run_recipe.py")
    assert done.returncode == 1 and "manifest.json says" in done.stderr


@pytest.mark.slow
def test_so_it_does_for_adult(adult, tmp_path, monkeypatch, capsys, bare):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    assert main(["commit", "adult", str(adult), "-m", "as it came", "--pii-reason", "public data"]) == 0
    capsys.readouterr()
    assert main(["checkout", "adult", "1", "-o", str(tmp_path / "out"), "--json", "--pii-reason", "public data"]) == 0
    told = json.loads(capsys.readouterr().out)
    done = bare(tmp_path / "out" / "run_recipe.py")
    assert (done.returncode, done.stdout.strip()) == (0, told["content_hash"]), done.stderr


def test_nothing_of_anybody_is_written_over(home, capsys, tmp_path):
    check_out(capsys, "out", 1, "--dvc")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    assert check_out(capsys, "out", 2)["content_hash"] != ""
    assert "median" in (tmp_path / "out" / "recipe.json").read_text()
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    (tmp_path / "out" / "data.csv").write_text("changed")
    assert main(["checkout", "cities", "1", "-o", "out"]) == 2
    assert "data.csv was changed" in capsys.readouterr().err
    assert (tmp_path / "out" / "data.csv").read_text() == "changed"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    assert main(["checkout", "cities", "1", "-o", "other"]) == 2
    assert main(["checkout", "cities", "1", "-o", "other/mine.txt"]) == 2
    (tmp_path / "other" / SUMS).write_text(f"{'0' * 64}  ../out/notes.txt\n")
    assert main(["checkout", "cities", "1", "-o", "other"]) == 2
    assert (tmp_path / "out" / "notes.txt").exists()


def test_a_version_without_a_split_has_no_parts(home, capsys, tmp_path):
    (tmp_path / "t.csv").write_text("a,split\n1,train\n2,test\n")  # the column is the file's own: no step made it
    assert main(["commit", "plain", "t.csv", "-m", "m"]) == 0
    assert main(["checkout", "plain", "1", "-o", "out"]) == 0
    assert not (tmp_path / "out" / "train.csv").exists()


def run_dvc(folder: Path, *args: str, ok: bool = True) -> str:
    found = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run([DVC, *args], cwd=folder, capture_output=True, text=True, env={**os.environ, **found})
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    return done.stdout + done.stderr


def git(folder: Path, *args: str) -> str:
    who = ("-c", "user.name=ann", "-c", "user.email=ann@example.org")
    return subprocess.run(["git", *who, *args], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_parameters_are_a_mapping_that_names_each_step(home, capsys, tmp_path):
    check_out(capsys, "out", 1, "--dvc")
    plain = yaml.safe_load((tmp_path / "out" / "params.yaml").read_text())
    assert plain["recipe"]["steps"]["s020_fill_missing"]["how"] == "mean"
    assert list(plain["recipe"]["steps"]) == ["s010_trim_spaces", "s020_fill_missing", "s030_split_rows"]
    assert SUMS not in (tmp_path / "out" / "dvc.lock").read_text()
    assert not dvc.in_git(tmp_path / "out")


@needs_dvc
def test_dvc_works_without_git_and_after_the_store_has_moved(home, capsys, tmp_path):
    check_out(capsys, "out", 1, "--dvc")
    out = tmp_path / "out"
    before = (out / "data.csv").read_bytes()
    run_dvc(out, "pull")  # the cache of DVC is empty until then
    assert "up to date" in run_dvc(out, "status")
    shutil.rmtree(out / ".dvc" / "cache")
    (tmp_path / "elsewhere").mkdir()
    for name in ("out", "home"):  # together: nothing is to be said
        (tmp_path / name).rename(tmp_path / "elsewhere" / name)
    out = tmp_path / "elsewhere" / "out"
    (out / "raw" / "raw.csv").unlink()
    (out / "data.csv").unlink()
    run_dvc(out, "pull", "raw/raw.csv.dvc")
    assert hashlib.sha256((out / "raw" / "raw.csv").read_bytes()).hexdigest() in (out / SUMS).read_text()
    lock = (out / "dvc.lock").read_text()
    run_dvc(out, "repro")
    assert (out / "data.csv").read_bytes() == before
    assert yaml.safe_load((out / "dvc.lock").read_text()) == yaml.safe_load(lock)
    assert "up to date" in run_dvc(out, "status")
    (tmp_path / "elsewhere" / "home").rename(tmp_path / "moved")  # alone: one command
    shutil.rmtree(out / ".dvc" / "cache")
    (out / "raw" / "raw.csv").unlink()
    run_dvc(out, "pull", ok=False)
    run_dvc(out, "remote", "modify", "store", "url", str(tmp_path / "moved" / "objects"))
    run_dvc(out, "pull")
    assert (out / "raw" / "raw.csv").exists()


@needs_dvc
def test_dvc_and_git_give_every_version_to_a_colleague(home, capsys, tmp_path):
    out = tmp_path / "repository"
    out.mkdir()
    git(out, "init", "-q", "-b", "main")
    wanted = {}
    for number in (1, 2):
        check_out(capsys, out, number, "--dvc")
        wanted[number] = (out / "data.csv").read_bytes()
        git(out, "add", "-A")
        git(out, "commit", "-q", "-m", f"version {number}")
        git(out, "tag", f"v{number}")
    run_dvc(out, "pull")
    assert "up to date" in run_dvc(out, "status")
    assert git(out, "status", "--porcelain") == ""
    assert wanted[1] != wanted[2]
    told = json.loads(run_dvc(out, "params", "diff", "v1", "v2", "--json"))
    assert told["params.yaml"]["recipe.steps.s020_fill_missing.how"] == {"old": "mean", "new": "median"}
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(out), str(clone))
    for number in (1, 2):  # the clone begins with 2
        git(clone, "checkout", "-q", f"v{number}")
        run_dvc(clone, "pull")
        run_dvc(clone, "repro")
        assert (clone / "data.csv").read_bytes() == wanted[number]
        assert git(clone, "status", "--porcelain") == ""


@needs_dvc
def test_dvc_refuses_a_flipped_byte(home, capsys, tmp_path):
    check_out(capsys, "out", 1, "--dvc")
    out = tmp_path / "out"
    (out / "raw" / "raw.csv").unlink()
    md5 = yaml.safe_load((out / "raw" / "raw.csv.dvc").read_text())["outs"][0]["md5"]
    stored = home / "objects" / "files" / "md5" / md5[:2] / md5[2:]
    content = bytearray(stored.read_bytes())
    content[50] ^= 1
    stored.chmod(0o644)
    stored.write_bytes(content)
    run_dvc(out, "pull", ok=False)
    assert not (out / "raw" / "raw.csv").exists()


def test_the_gate_of_export_holds_for_a_checkout_too(home, capsys, tmp_path):
    rows = "".join(f"{i},person{i}@example.org,{i * 3}\n" for i in range(40))
    (tmp_path / "people.csv").write_text("id,email,n\n" + rows)
    (tmp_path / "r.json").write_text(json.dumps({"steps": [{"op": "drop_columns", "with": {"columns": ["email"]}}]}))
    assert main(["commit", "people", "people.csv", "--recipe", "r.json", "-m", "m"]) == 0
    assert main(["checkout", "people", "1", "-o", "with", "--dvc"]) == 2  # DVC would fetch what is left out
    assert "Check out without --dvc" in capsys.readouterr().err
    assert not (tmp_path / "with").exists()
    assert main(["checkout", "people", "1", "-o", "out"]) == 0
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert not (tmp_path / "out" / "raw").exists()
    assert [path.name for path in files if b"person7@example.org" in path.read_bytes()] == []
    prov = json.loads((tmp_path / "out" / "prov.json").read_text())
    assert [each.get("prov:location") for each in prov["entity"].values()] == [None, "data.parquet"]
    assert main(["export", "people", "1", "-o", "b.zip"]) == 0
    assert main(["verify", "b.zip"]) == 0
