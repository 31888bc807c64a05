"""Whoever changes a bundle and makes its hashes and its seal anew is found out, as far as that can be; a signature
tells the rest.
"""

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import IntegrityError, SettingError
from dataops_core.export import bundle as bundles
from dataops_core.export import signature
from dataops_core.export.verify import verify_bundle
from dataops_core.hashing import canonical, sha256
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.rules.kinds.value_range import Range
from dataops_core.store import dataset_rules, datasets, versions
from dataops_core.store.store import Store

Files = dict[str, bytes]
ROWS = "".join(f"{i},{' Paris' if i % 3 else 'Rome'},{i if i % 5 else ''},=1+{i}\n" for i in range(60))


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("forged")
    store = Store(folder / "home", clock=lambda: "2026-01-01T00:00:00Z")
    (folder / "t.csv").write_text("id,city,n,f\n" + ROWS)
    dataset = datasets.add(store, datasets.default_project(store, "ann"), folder / "t.csv", "t.csv", "ann")
    here = datasets.get(store, dataset)
    steps = (
        RecipeStep("trim_spaces", {"columns": ["city"]}),
        RecipeStep("fill_missing", {"columns": ["n"], "how": "mean"}),
    )
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=steps), "two steps", "ann")
    versions.commit(store, dataset, "trimmed and filled", "ann")
    return folder


@pytest.fixture
def bundle(home: Path, tmp_path: Path) -> Path:
    store = Store(home / "home")
    versions.export(store, datasets.find(store, "t"), 1, tmp_path / "b.zip", "ann")
    return tmp_path / "b.zip"


def forged(bundle: Path, change: Callable[[Files], None], *, version: bool = True) -> Path:
    """The bundle with changed files, every hash, the version id and the seal made anew, as somebody would who knows the
    format.
    """
    with zipfile.ZipFile(bundle) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    change(files)
    manifest = json.loads(files.pop("manifest.json"))
    signed = files.pop(signature.FILE, None)
    manifest["files"] = {name: bundles.digest(content) for name, content in sorted(files.items())}
    if version:
        manifest["version_id"] = sha256(canonical(manifest["version"]))
    out = bundle.with_name("forged.zip")
    bundles._seal(
        files | {"manifest.json": bundles.to_text(manifest).encode()} | ({signature.FILE: signed} if signed else {}),
        out,
    )
    return out


def of(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], None]:
    def apply(files: Files) -> None:
        files[name] = change(files[name])

    return apply


def version_of(change: Callable[[dict], object]) -> Callable[[Files], None]:
    def apply(files: Files) -> None:
        manifest = json.loads(files["manifest.json"])
        change(manifest["version"])
        files["manifest.json"] = json.dumps(manifest).encode()

    return apply


def learned(version: dict) -> dict:
    return version["recipe"]["steps"][1]["learned"]


def swap_recipe(files: Files) -> None:
    manifest = json.loads(files["manifest.json"])
    learned(manifest["version"])["evil"] = 1
    files["manifest.json"] = json.dumps(manifest).encode()
    files["recipe.json"] = (json.dumps(manifest["version"]["recipe"], indent=2) + "\n").encode()


def failures(path: Path, **asked) -> str:
    try:
        told = verify_bundle(path, **asked)
    except IntegrityError as error:
        return f"{error.what} {error.where}"
    return "; ".join(f"{check.what}: {check.seen}" for check in told.checks if not check.ok)


FORGERIES = {
    "foreign code": (
        of("clean.py", lambda text: text.replace(b"def main() -> None:", b"def main() -> None:\n    print(1)")),
        "clean.py follows",
    ),
    "another csv": (of("data.csv", lambda text: text.replace(b"Rome", b"Oslo")), "data.csv follows"),
    "another safe csv": (
        of("data_spreadsheet_safe.csv", lambda text: text.replace(b"'=1+1\n", b"=1+1\n")),
        "data_spreadsheet_safe.csv follows",
    ),
    "another card": (of("DATA_CARD.md", lambda text: text + b"All is well.\n"), "DATA_CARD.md follows"),
    "another schema": (
        of("schema.json", lambda text: text.replace(b'"string"', b'"number"', 1)),
        "schema.json follows",
    ),
    "other facts": (
        of("facts_before.json", lambda text: text.replace(b'"missing": 12', b'"missing": 0')),
        "facts_before.json follows",
    ),
    "another recipe file": (
        of("recipe.json", lambda text: text.replace(b"trim_spaces", b"drop_rows")),
        "recipe.json follows",
    ),
    "another actor": (
        version_of(lambda version: version.update(actor="eve")),
        "the version and the audit do not say the same of it: actor 'eve' in the version, 'ann' in the audit",
    ),
    "another date": (
        version_of(lambda version: version.update(created="2020-01-01T00:00:00Z")),
        "the version and the audit do not say the same",
    ),
    "another message": (
        version_of(lambda version: version.update(message="checked by the auditor")),
        "message 'checked by the auditor' in the version, 'trimmed and filled' in the audit",
    ),
    "other effects": (version_of(lambda version: version["steps"][0].update(cells_changed=0)), "what its steps did"),
    "other columns": (
        version_of(lambda version: version["data"]["columns"][0].update(kind="category")),
        "rows and columns as they are",
    ),
    "an unknown field": (version_of(lambda version: version.update(approved=True)), "version.approved"),
    "an unknown field of a step": (
        version_of(lambda version: version["recipe"]["steps"][0].update(note="x")),
        'no key "note"',
    ),
    "a switch of the wrong type": (
        version_of(lambda version: version["recipe"]["steps"][0].update(off="false")),
        '"off" cannot be "false"',
    ),
    "learned values that nothing learns": (swap_recipe, "it learns something else"),
    "no audit": (of("audit.jsonl", lambda text: b""), "the commit is not there"),
    "a shorter audit": (
        of("audit.jsonl", lambda text: b"".join(text.splitlines(keepends=True)[1:])),
        "1 entries are gone",
    ),
    "a changed entry": (
        of("audit.jsonl", lambda text: text.replace(b'"recipe changed"', b'"nothing changed"')),
        "an entry was changed",
    ),
    "a file more": (lambda files: files.update({"evil.sh": b"rm -rf ~"}), "'evil.sh' belongs"),
    "a way out": (lambda files: files.update({"../../evil.sh": b"rm -rf ~"}), "files.../../evil.sh"),
    "a way out of raw": (lambda files: files.update({"raw/../../x": b""}), "raw/../../x"),
    "no script": (lambda files: files.pop("clean.py"), "'clean.py' is there"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_with_new_hashes_is_found_out(bundle, name):
    change, expected = FORGERIES[name]
    with zipfile.ZipFile(bundle) as zipped:
        before = {name: zipped.read(name) for name in zipped.namelist()}
    after = dict(before)
    change(after)
    assert after != before
    assert expected in failures(forged(bundle, change))


def test_a_bundle_put_together_again_without_a_change_is_intact(bundle):
    assert failures(forged(bundle, lambda files: None)) == ""


def test_a_member_that_is_there_twice_is_refused(bundle, tmp_path):
    out = tmp_path / "twice.zip"
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info.filename, old.read(info))
        with pytest.warns(UserWarning, match="Duplicate"):
            new.writestr("clean.py", old.read("clean.py"))
    assert "'clean.py' is there once: it is there 2 times" in failures(out)


def test_what_unpacks_beyond_the_limit_is_refused_before_it_is_unpacked(bundle, tmp_path, monkeypatch):
    out = tmp_path / "bomb.zip"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("manifest.json", "{}")
        zipped.writestr("data.csv", b"0" * 30_000_000)
    monkeypatch.setenv("DATAOPS_MAX_UNPACKED", "0.01")
    with pytest.raises(IntegrityError, match="unpacks to 0.0 GiB") as caught:
        verify_bundle(out)
    assert "DATAOPS_MAX_UNPACKED=1" in caught.value.fix


@pytest.mark.parametrize(
    "text", [b"[]", b"null", b"{", b'{"format": NaN}', b'{"files": []}', b"[" * 100_000, b'"\xed\xa0\x80"', b"1" * 5000]
)
def test_a_manifest_of_any_form_gets_a_clear_answer(tmp_path, text):
    out = tmp_path / "x.zip"
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("manifest.json", text)
    with pytest.raises(IntegrityError, match="not a bundle"):
        verify_bundle(out)


def test_a_signed_bundle_tells_who_made_it(home, tmp_path, monkeypatch, capsys):
    secret, public = signature.new_key()
    monkeypatch.setenv(signature.KEY, secret)
    store = Store(home / "home")
    for name in ("b.zip", "again.zip"):
        versions.export(store, datasets.find(store, "t"), 1, tmp_path / name, "ann")
    signed = tmp_path / "b.zip"
    assert signed.read_bytes() == (tmp_path / "again.zip").read_bytes()
    assert verify_bundle(signed).signature == signature.BundleSignature("unknown key", public)
    assert verify_bundle(signed, key=public).signature.status == "given key"
    (tmp_path / "ann.pub").write_text(public + "\n")
    assert main(["verify", str(signed), "--key", str(tmp_path / "ann.pub")]) == 0
    assert "signed with the key you gave" in capsys.readouterr().out
    other = signature.new_key()[1]
    assert "the signature: Its signature is not valid." in failures(signed, key=other)
    assert "the signature: Its signature is not valid." in failures(
        forged(signed, of("data.csv", lambda text: text + b"\n"))
    )


def test_without_a_signature_a_key_that_was_asked_for_is_missing(bundle):
    assert failures(bundle, key=signature.new_key()[1]) == "the signature: the bundle is not signed"


def test_a_key_that_is_none_is_told(bundle, monkeypatch, home):
    with pytest.raises(SettingError, match="not an Ed25519 key"):
        verify_bundle(bundle, key="nonsense")
    monkeypatch.setenv(signature.KEY, "too short")
    store = Store(home / "home")
    with pytest.raises(SettingError, match="not an Ed25519 key"):
        versions.export(store, datasets.find(store, "t"), 1, bundle, "ann")


def test_a_signature_is_that_of_rfc_8032(monkeypatch):
    """Test vector 1 of RFC 8032, section 7.1: the public key that belongs to the secret one."""
    import base64

    secret = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    monkeypatch.setenv(signature.KEY, base64.b64encode(secret).decode())
    made = json.loads(signature.signed(b"{}") or b"")
    assert (
        base64.b64decode(made["public_key"]).hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )
    assert signature.check(b"{}", json.dumps(made).encode(), None).status == "unknown key"
    assert signature.check(b"{ }", json.dumps(made).encode(), None).status == "invalid"


def test_the_raw_file_and_the_command_in_the_card_are_safe_whatever_the_file_was_called(store, tmp_path):
    name = '$(touch pwned)"; rm -rf x `id`.csv'
    (tmp_path / "t.csv").write_text("id,mail\n" + "".join(f"{i},{'abc'[i % 3]}@example.com\n" for i in range(60)))
    dataset = datasets.add(store, datasets.default_project(store, "ann"), tmp_path / "t.csv", name, "ann")
    versions.commit(store, dataset, "one for jo@example.com", "ann", pii_reason="asked for by al@example.com")
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    assert verify_bundle(tmp_path / "b.zip").ok
    with zipfile.ZipFile(tmp_path / "b.zip") as zipped:
        card = zipped.read("DATA_CARD.md").decode()
        assert (
            hashlib.sha256(zipped.read("raw/raw.csv")).hexdigest()
            == hashlib.sha256((tmp_path / "t.csv").read_bytes()).hexdigest()
        )
    assert "python clean.py raw/raw.csv clean.csv\n" in card
    command = card.split("```")[1]
    assert "$(" not in command
    assert "example.com" not in card


def test_rules_are_checked_again_without_the_raw_file_too(tmp_path):
    store = Store(tmp_path / "home")
    file = tmp_path / "p.csv"
    file.write_text("email,n\n" + "".join(f"ann{i}@mail-{i}.org,{i}\n" for i in range(40)))
    dataset = datasets.add(store, datasets.default_project(store, "ann"), file, "p.csv", "ann")
    here = datasets.get(store, dataset)
    hashed = (RecipeStep("hash_values", {"columns": ["email"]}),)
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=hashed), "hashed", "ann")
    dataset_rules.add(store, dataset, [Range(column="n", min=0, max=29, severity="warn")], "ann")
    versions.commit(store, dataset, "one", "ann")
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    told = verify_bundle(tmp_path / "b.zip")
    assert told.ok and told.raw_left_out

    def well(files: Files) -> None:
        manifest = json.loads(files["manifest.json"])
        rules = manifest["version"]["rules"]
        rules["rules"][0] |= {"status": "passed", "failing": 0}
        rules |= {"passed": 1, "failed": 0}
        files["manifest.json"] = json.dumps(manifest).encode()

    assert "the rules fare as the version says" in failures(forged(tmp_path / "b.zip", well))
