"""The audit log outside the catalog: anchors, the export, and the verifier that needs Python alone."""

import json
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dataops_core.cli.main import main
from dataops_core.errors import IntegrityError, SettingError
from dataops_core.export.signature import KEY, new_key
from dataops_core.hashing import canonical
from dataops_core.store import datasets, fsck, versions
from dataops_core.store.store import Store
from dataops_core.store.trail import anchors, audit, verify_audit
from dataops_core.store.trail.export import write_folder, zipped
from dataops_core.store.trail.whole_log import whole_log

# RFC 8032, section 7.1: secret key, public key, message, signature
RFC = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2465"
            "5141438e7a100b"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc0"
            "27beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC)
def test_signatures_of_the_standard_hold_and_changed_ones_do_not(secret, public, message, signature):
    public, message, signature = map(bytes.fromhex, (public, message, signature))
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(message) == signature
    assert verify_audit.is_signature(public, message, signature)
    assert not verify_audit.is_signature(public, message + b"x", signature)
    for at in range(0, 64, 9):
        changed = signature[:at] + bytes([signature[at] ^ 1]) + signature[at + 1 :]
        assert not verify_audit.is_signature(public, message, changed)
    assert not verify_audit.is_signature(b"\xff" * 32, message, signature)


@pytest.mark.parametrize("seed", range(5))
def test_signatures_are_judged_as_by_a_library(seed):
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    text = bytes(range(seed * 7))
    assert verify_audit.is_signature(key.public_key().public_bytes_raw(), text, key.sign(text))


@pytest.mark.parametrize("value", [{"b": [1, {"d": None, "a": "é"}], "with": {"z": 1, "a": {"y": 1, "b": 2}}}, [], "x"])
def test_both_write_json_in_the_same_form(value):
    assert verify_audit.canonical(value) == canonical(value)


@pytest.fixture
def signed(monkeypatch):
    secret, public = new_key()
    monkeypatch.setenv(KEY, secret)
    return public


@pytest.fixture
def store(signed, tmp_path):
    made = Store(tmp_path / "home", clock=lambda: "2026-01-01T00:00:00Z")
    (tmp_path / "t.csv").write_text("a,b\n1,x\n2,y\n")
    dataset = datasets.add(made, datasets.default_project(made, "ann"), tmp_path / "t.csv", "towns.csv", "ann")
    versions.commit(made, dataset, "one", "ann")
    versions.export(made, dataset, 1, tmp_path / "b.zip", "bob")
    return made


def verdict(folder, *options):
    """What the verifier says and its exit code, run by Python without any package."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", folder / "verify_audit.py", *options], capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def change(store, *statements):
    with sqlite3.connect(store.home / "catalog.sqlite") as connection:
        for name in ("update", "delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS audit_no_{name}")
        for statement, values in statements:
            connection.execute(statement, values)


def rewrite(store, actor):
    """Write the whole log anew with another actor, every hash right again."""
    with store.reading() as connection:
        log = audit.entries(connection)
    before, changed = audit.START, []
    for entry in log:
        entry |= {"actor": actor, "prev": before}
        before = entry["hash"] = audit.entry_hash(entry)
        changed.append(("UPDATE audit SET actor = ?, prev = ?, hash = ? WHERE seq = ?",
                        (actor, entry["prev"], before, entry["seq"])))  # fmt: skip
    change(store, *changed)


def test_a_log_as_it_was_written_holds(store, signed, tmp_path):
    write_folder(store, tmp_path / "log")
    code, said = verdict(tmp_path / "log", "--key", signed, "--objects", store.home / "objects")
    assert (code, said.splitlines()[-1]) == (0, "Nothing is wrong.")
    assert "4 entries, 4 anchors, 2 stored files." in said and "signed with the key you gave" in said
    assert fsck.check(store).audit_problem == ""


def test_an_edited_row_is_found(store, tmp_path):
    change(store, ("UPDATE audit SET actor = 'eve' WHERE seq = 2", ()))
    write_folder(store, tmp_path / "log")
    code, said = verdict(tmp_path / "log")
    assert code == 1 and "Entry 2 was changed." in said


@pytest.mark.parametrize("first", [2, 4])
def test_a_cut_tail_is_found(store, signed, tmp_path, first):
    change(store, ("DELETE FROM audit WHERE seq >= ?", (first,)))
    write_folder(store, tmp_path / "log")
    code, said = verdict(tmp_path / "log", "--key", signed)
    assert code == 1 and f"The log ends with entry {first - 1}, but entry {first} was anchored" in said
    assert "was anchored" in fsck.check(store).audit_problem


def test_a_log_that_was_written_anew_is_found(store, signed, tmp_path):
    rewrite(store, "eve")
    write_folder(store, tmp_path / "log")
    code, said = verdict(tmp_path / "log")
    assert code == 1 and "Entry 1 is not the one that was anchored" in said
    assert "was anchored" in fsck.check(store).audit_problem


def test_anchors_written_anew_are_found_with_the_key_or_with_a_copy(store, signed, tmp_path, monkeypatch):
    shutil.copy(store.home / "anchors.jsonl", tmp_path / "kept.jsonl")
    (store.home / "anchors.jsonl").unlink()
    change(store, ("DELETE FROM audit WHERE seq = 4", ()))
    rewrite(store, "eve")
    monkeypatch.setenv(KEY, new_key()[0])
    with store.writing() as connection:
        store.log(connection, "undone", "eve")
    write_folder(store, tmp_path / "log")
    assert verdict(tmp_path / "log")[0] == 0  # consistent: by itself it cannot be told
    code, said = verdict(tmp_path / "log", "--key", signed)
    assert code == 1 and "No anchor is signed with this key." in said
    code, said = verdict(tmp_path / "log", "--anchors", tmp_path / "kept.jsonl")
    assert code == 1 and "is not the one that was anchored" in said


def test_a_forged_signature_is_found(store, signed, tmp_path):
    path = store.home / "anchors.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[-1]["signature"] = lines[-2]["signature"]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    write_folder(store, tmp_path / "log")
    code, said = verdict(tmp_path / "log", "--key", signed)
    assert code == 1 and "has no valid signature" in said


@pytest.mark.parametrize("kind", ["raw", "table"])
def test_a_swapped_object_is_found(store, tmp_path, kind):
    with store.reading() as connection:
        md5 = next(e for e in audit.entries(connection) if e["what"] == "version committed")["details"][kind]
    path = store.home / "objects" / "files" / "md5" / md5[:2] / md5[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"1", b"7"))
    write_folder(store, tmp_path / "log")
    code, said = verdict(tmp_path / "log", "--objects", store.home / "objects")
    assert code == 1 and f"The {kind} of version 1 (entry 3) is another file." in said


def test_a_line_that_was_not_written_whole_is_passed_over(store, tmp_path):
    with (store.home / "anchors.jsonl").open("a") as file:
        file.write('{"seq": 99, "ha')
    write_folder(store, tmp_path / "log")
    assert verdict(tmp_path / "log")[0] == 0


def test_a_folder_without_a_log_is_said(tmp_path):
    shutil.copy(verify_audit.__file__, tmp_path / "verify_audit.py")
    code, said = verdict(tmp_path)
    assert code == 2 and "cannot be read" in said and "Traceback" not in said


def test_without_a_key_anchors_are_not_signed_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.setenv("DATAOPS_ANCHORS", str(tmp_path / "elsewhere.jsonl"))
    made = Store(tmp_path / "home")
    datasets.default_project(made, "ann")
    write_folder(made, tmp_path / "log")
    code, said = verdict(tmp_path / "log")
    assert (tmp_path / "elsewhere.jsonl").exists()
    assert code == 0 and "No anchor is signed" in said


def test_what_is_rolled_back_is_not_anchored(store):
    before = (store.home / "anchors.jsonl").read_text()
    with pytest.raises(RuntimeError), store.writing() as connection:
        store.log(connection, "redone", "ann")
        raise RuntimeError
    with store.writing() as connection:
        pass
    assert (store.home / "anchors.jsonl").read_text() == before


def test_the_command_filters_and_writes(store, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(store.home))
    assert main(["audit", "towns", "--who", "bob"]) == 0
    out = capsys.readouterr().out
    assert "version exported" in out and "1 of 4 entries" in out
    assert main(["audit", "--what", "version committed", "--text", "ONE", "--since", "2025-12-31", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["total"], [entry["seq"] for entry in told["entries"]]) == (4, [3])
    assert main(["audit", "--since", "2026-01-02", "-o", str(tmp_path / "log")]) == 0
    assert "0 of 4 entries" in capsys.readouterr().out
    with zipfile.ZipFile(BytesIO(zipped(store))) as file:
        assert {name: file.read(name) for name in file.namelist()} == {
            path.name: path.read_bytes() for path in (tmp_path / "log").iterdir()
        }
    change(store, ("DELETE FROM audit WHERE seq = 4", ()))
    assert main(["audit"]) == 2
    assert "not the one that was anchored" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value", "error"),
    [(KEY, "no key", SettingError), ("DATAOPS_ANCHORS", "{}/nowhere/anchors.jsonl", IntegrityError)],
)
def test_what_cannot_be_anchored_is_not_written(store, tmp_path, monkeypatch, variable, value, error):
    monkeypatch.setenv(variable, value.format(tmp_path))
    with pytest.raises(error):
        datasets.make_project(store, "Another", store.person)
    monkeypatch.undo()
    assert "Another" not in [each["name"] for each in datasets.projects(store)]
    assert len(whole_log(store)) == 4


def test_a_log_that_grows_while_it_is_read_is_whole(store, monkeypatch):
    read = anchors.read

    def slowly(path):
        kept = read(path)
        datasets.make_project(store, "Meanwhile", store.person)
        return kept

    monkeypatch.setattr(anchors, "read", slowly)
    assert len(whole_log(store)) == 5
    assert len(verify_audit.read_lines(anchors.anchor_file(store.home))) == 5


def test_an_anchor_for_which_the_disk_has_no_room_is_not_left_in_half(tmp_path):
    class Full:
        """A file on a disk with room for ten bytes."""

        def __init__(self, path):
            self.file = path.open("ab", buffering=0)
            self.fileno = self.file.fileno

        def write(self, line):
            return self.file.write(line[:10])

    path = tmp_path / "anchors.jsonl"
    path.write_bytes(anchors.line({"seq": 1, "hash": "0" * 64, "at": "now"}))
    before = path.read_bytes()
    full = Full(path)
    with pytest.raises(OSError, match="No space left"):
        anchors.add(full, anchors.line({"seq": 2, "hash": "1" * 64, "at": "now"}))
    full.file.close()
    assert path.read_bytes() == before and [each["seq"] for each in anchors.read(path)] == [1]
