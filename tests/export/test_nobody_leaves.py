"""After treatment no byte of a planted identifier is in anything that leaves: tables, bundles, reports, cards, logs."""

import io
import json
import zipfile

import pandas as pd
import pytest

from dataops_core.anonymize.treat import identifier_steps
from dataops_core.cli.main import main
from dataops_core.export.verify import verify_bundle
from dataops_core.privacy import recognize
from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe, dump
from dataops_core.recipe.replay import run_recipe
from tests.store.office import CUSTOMERS, PLANTED, SURNAMES, csv_of_customers


def parts_of(name: str, content: bytes) -> dict[str, bytes]:
    """A file, or all files inside it, as bytes that are not packed."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            inside = [parts_of(f"{name}/{each}", packed.read(each)) for each in packed.namelist()]
        return {key: value for each in inside for key, value in each.items()}
    if content[:4] == b"PAR1":
        return {name: pd.read_parquet(io.BytesIO(content)).to_csv().encode()}
    return {name: content}


def leaks(parts: dict[str, bytes]) -> list[tuple[str, str]]:
    """Which planted identifier stands in which part, however its letters are written."""
    found = []
    for name, content in parts.items():
        folded = content.lower()
        for each in (*PLANTED, *SURNAMES):
            low = each.lower()
            forms = {low, json.dumps(low)[1:-1], json.dumps(each)[1:-1].lower(), low.replace(" ", "")}
            if any(form.encode() in folded for form in forms):
                found.append((name, each))
    return found


@pytest.fixture(scope="module")
def sheet(tmp_path_factory):
    path = tmp_path_factory.mktemp("office") / "orders.csv"
    path.write_text(csv_of_customers(), encoding="utf-8")
    return path


def test_the_search_finds_what_is_there(sheet, tmp_path):
    pd.read_csv(sheet).to_parquet(tmp_path / "t.parquet")
    with zipfile.ZipFile(tmp_path / "t.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(tmp_path / "t.parquet", "data.parquet")
    there = {each for _, each in leaks(parts_of("t", (tmp_path / "t.zip").read_bytes()))}
    assert there == {*PLANTED, *SURNAMES}
    assert {each for _, each in leaks({"j": json.dumps(CUSTOMERS).encode()})} == there


@pytest.fixture(scope="module")
def found(sheet):
    """The sheet as it is read, and what is recognized in it."""
    table = read_file(sheet, sheet.with_name("read.parquet")).table
    return table, recognize(table)


def treat(found, tmp_path, how):
    """The sheet treated as it is proposed."""
    table, recognized = found
    steps, treated = identifier_steps(table, recognized, how, {"remark": "redact"}, locale="nl_NL")
    assert set(treated) == {"customer", "phone", "e-mail", "iban", "address", "remark"}
    done = run_recipe(Recipe("treat", 0, tuple(steps)), table, tmp_path)
    assert done.failed is None
    return done


@pytest.mark.parametrize("how", ["hash", "drop", "mask"])
def test_no_treatment_leaves_an_identifier(found, tmp_path, how):
    done = treat(found, tmp_path, how)
    assert leaks({"table": done.table.frame().to_csv().encode(), "recipe": dump(done.recipe).encode()}) == []


def test_without_a_key_names_of_other_customers_stay(found, tmp_path, monkeypatch):
    monkeypatch.delenv("DATAOPS_PSEUDONYM_KEY")
    done = treat(found, tmp_path, "drop")
    assert leaks({"table": done.table.frame().to_csv().encode()}) != [], "or this file tests nothing of the digests"
    assert "names of other rows may have stayed" in done.outcomes[0].reason


def test_what_a_profile_prints_names_nobody_unless_asked(sheet, capsys):
    main(["profile", str(sheet), "--repairs"])
    told = capsys.readouterr().out
    assert '"Aaaaaaaaaaa, Aaaaaaa" for "Aaaaaaa Aaaaaaaaaaa"' in told and "-> Aaaaaaa" in told
    assert leaks({"stdout": told.encode()}) == []
    main(["profile", str(sheet), "--repairs", "--show-values"])
    assert '"Zwartendijk, Sjoukje" for "Sjoukje Zwartendijk"' in capsys.readouterr().out


@pytest.mark.slow
def test_no_byte_of_a_planted_identifier_leaves(sheet, found, tmp_path, monkeypatch, capfd):
    home = tmp_path / "home"
    monkeypatch.setenv("DATAOPS_HOME", str(home))
    done = treat(found, tmp_path, "pseudonym")
    (tmp_path / "recipe.json").write_text(dump(done.recipe), encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    recipe = str(tmp_path / "recipe.json")
    for command in (
        ["run", recipe, str(sheet), "-o", str(out / "treated.csv"), "--json"],
        ["script", recipe, "-o", str(out / "script.py")],
        ["commit", "orders", str(sheet), "--recipe", recipe, "-m", "Treated"],
        ["export", "orders", "1", "-o", str(out / "bundle.zip")],
        ["checkout", "orders", "1", "-o", str(out / "folder")],
        ["log", "orders"],
        ["lineage", "orders", "1"],
        ["audit", "orders", "--json"],
        ["profile", str(out / "treated.csv"), "--html", str(out / "after.html"), "--json"],
        ["profile", str(sheet), "--html", str(out / "before.html")],
        ["pii", str(sheet), "--json"],
    ):
        assert main(command) in (0, 1), (command, capfd.readouterr().err)
    said = capfd.readouterr()
    assert verify_bundle(out / "bundle.zip").ok
    files = [path for path in (*out.rglob("*"), *home.rglob("*.log")) if path.is_file()]
    parts = {"stdout": said.out.encode(), "stderr": said.err.encode()}
    for path in files:
        parts |= parts_of(path.name, path.read_bytes())
    assert any("DATA_CARD" in name for name in parts) and len(parts) > 12
    assert leaks(parts) == []
