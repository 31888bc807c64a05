"""A Git repository with a DVC remote beside it: the real Git and the real DVC take every version from it."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.publish.conftest import frame_of, plain

DVC = os.environ.get("DATAOPS_DVC")  # the program dvc, of an environment of its own
needs_dvc = pytest.mark.skipif(not DVC, reason="DATAOPS_DVC does not name the program dvc")
ME = {"GIT_AUTHOR_NAME": "jo", "GIT_AUTHOR_EMAIL": "jo@example.com", "GIT_CONFIG_GLOBAL": "/dev/null"}
ME |= {"GIT_COMMITTER_NAME": "jo", "GIT_COMMITTER_EMAIL": "jo@example.com"}


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, env={**os.environ, **ME})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def run_dvc(folder: Path, *words: str, ok: bool = True) -> str:
    found = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "DVC_NO_ANALYTICS": "1"}
    done = subprocess.run([DVC, *words], cwd=folder, capture_output=True, text=True, env={**os.environ, **found})
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    return done.stdout + done.stderr


def sums_hold(folder: Path) -> bool:
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    pairs = [line.split("  ") for line in lines]
    return all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == wanted for wanted, name in pairs)


def test_each_version_is_a_commit_and_a_tag(publish, tmp_path):
    told = publish("cities@1", "git:repo")
    assert (told["details"]["tag"], told["already"]) == ("cities-v1", False)
    publish("cities@3", "git:repo")
    repo = tmp_path / "repo"
    assert git(repo, "log", "--format=%s", "main").split("\n") == [
        "cities, version 3: 3 steps", "cities, version 1: 1 steps",
    ]  # fmt: skip
    assert git(repo, "status", "--porcelain") == "" and (repo / "cities" / "recipe.json").is_file()
    # version 2 comes late: a tag, and the branch stays at the newest
    publish("cities@2", "git:repo")
    assert git(repo, "rev-parse", "main") == git(repo, "rev-parse", "cities-v3^{commit}")
    assert git(repo, "rev-parse", "cities-v2^") == git(repo, "rev-parse", "cities-v1^{commit}")
    before = git(repo, "for-each-ref")
    assert publish("cities@2", "git:repo")["already"] is True and git(repo, "for-each-ref") == before
    assert "data.csv" not in git(repo, "ls-tree", "-r", "--name-only", "cities-v2").replace("data.csv.dvc", "")
    assert git(repo, "fsck", "--strict", "--no-dangling") == ""


def test_the_same_version_gives_the_same_commit(publish, tmp_path):
    one, other = publish("cities@1", "git:one"), publish("cities@1", "git:other")
    assert git(tmp_path / "one", "rev-parse", "HEAD^{tree}") != git(tmp_path / "other", "rev-parse", "HEAD^{tree}")
    shutil.move(tmp_path / "one", tmp_path / "kept")
    shutil.move(tmp_path / "one.dvc-remote", tmp_path / "kept.dvc-remote")
    assert publish("cities@1", "git:one")["details"]["commit"] == one["details"]["commit"]
    assert other["already"] is False


def test_work_of_others_in_the_repository_stays(publish, refused, tmp_path):
    repo = tmp_path / "repo"
    repo.mkdir()
    git(repo, "init", "-q", "-b", "trunk")
    (repo / "train.py").write_text("print(1)\n")
    (repo / ".dvc").mkdir()
    (repo / ".dvc" / "config").write_text("[core]\n    remote = ours\n['remote \"ours\"']\n    url = ../ours\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "mine")
    publish("cities@1", "git:repo")
    assert (repo / "train.py").read_text() == "print(1)\n" and "ours" in (repo / ".dvc" / "config").read_text()
    assert git(repo, "log", "--format=%an: %s").endswith("jo: mine")
    (repo / "train.py").write_text("print(2)\n")
    head = git(repo, "rev-parse", "HEAD")
    assert "not committed" in refused("cities@2", "git:repo")
    assert (git(repo, "rev-parse", "HEAD"), git(repo, "tag")) == (head, "cities-v1")
    git(repo, "commit", "-qam", "more")
    publish("cities@2", "git:repo")
    assert (repo / "train.py").read_text() == "print(2)\n" and (repo / "cities" / "train.csv.dvc").is_file()


def test_a_bare_repository_is_published_to(publish, tmp_path):
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", tmp_path / "shop.git"], check=True)
    publish("cities@1", "git:shop.git")
    publish("cities@3", "git:shop.git")
    publish("cities@2", "git:shop.git")
    git(tmp_path, "clone", "-q", "shop.git", "clone")
    assert git(tmp_path / "clone", "tag").split() == ["cities-v1", "cities-v2", "cities-v3"]
    assert (tmp_path / "clone" / "cities" / "dvc.lock").is_file() and (tmp_path / "shop.dvc-remote").is_dir()


def test_a_tag_of_something_else_and_a_folder_that_is_no_repository_stay(publish, refused, tmp_path):
    publish("cities@1", "git:repo")
    git(tmp_path / "repo", "tag", "cities-v2")
    assert "The tag stands for another version" in refused("cities@2", "git:repo")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "x").write_text("x")
    assert "no Git repository" in refused("cities@1", "git:mine")
    assert "a folder is needed" in refused("cities@1", "git:mine/x")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["x"]


def test_a_working_tree_that_fell_behind_catches_up(publish, tmp_path):
    """As after a process that was killed when branch and tag had moved, and the files had not."""
    publish("cities@1", "git:repo")
    repo = tmp_path / "repo"
    publish("cities@2", "git:repo")
    git(repo, "read-tree", "-m", "-u", "cities-v2", "cities-v1")
    assert git(repo, "status", "--porcelain") and not (repo / "cities" / "train.csv.dvc").exists()
    assert publish("cities@2", "git:repo")["already"] is True
    assert git(repo, "status", "--porcelain") == "" and (repo / "cities" / "train.csv.dvc").exists()


@pytest.mark.slow
@needs_dvc
def test_dvc_pulls_every_version_in_any_order_after_the_store_has_moved(publish, home, tmp_path):
    for number in (2, 1, 3):
        publish(f"cities@{number}", "git:shop/repo")
    wanted = {number: plain(frame_of(number)) for number in (1, 2, 3)}
    shutil.rmtree(home)  # nothing of the store is needed
    shutil.move(tmp_path / "shop", tmp_path / "moved")
    git(tmp_path / "moved", "clone", "-q", "repo", "clone")
    clone = tmp_path / "moved" / "clone"
    for number in (3, 1, 2):
        git(clone, "checkout", "-q", f"cities-v{number}")
        run_dvc(clone, "pull")
        assert sums_hold(clone / "cities")
        assert plain(pd.read_parquet(clone / "cities" / "data.parquet")) == wanted[number]
    assert "up to date" in run_dvc(clone, "status")
    (clone / "cities" / "data.csv").unlink()
    run_dvc(clone, "repro", "-f", "cities/dvc.yaml")
    assert sums_hold(clone / "cities") and git(clone, "status", "--porcelain") == ""


@needs_dvc
def test_dvc_refuses_a_remote_with_a_changed_byte(publish, tmp_path):
    publish("cities@1", "git:repo")
    pointer = (tmp_path / "repo" / "cities" / "data.parquet.dvc").read_text()
    md5 = next(line.split(": ")[1] for line in pointer.splitlines() if "md5: " in line)
    path = tmp_path / "repo.dvc-remote" / "files" / "md5" / md5[:2] / md5[2:]
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(bytes(data))
    run_dvc(tmp_path / "repo", "pull", "cities/data.parquet.dvc", ok=False)
