"""The commands: suggest, check, export, import; exit codes; failing rows."""

import csv
import json

import pytest

from dataops_core.cli.main import main


@pytest.fixture
def files(tmp_path):
    rows = [f"{n},{17 + n % 60},{'FM'[n * n // 7 % 2]}" for n in range(300)]
    (tmp_path / "good.csv").write_text("\n".join(["id,age,sex", *rows]))
    rows[7], rows[9] = "7,999,F", "9,30,X"
    (tmp_path / "bad.csv").write_text("\n".join(["id,age,sex", *rows]))
    assert main(["rules", "suggest", str(tmp_path / "good.csv"), "-o", str(tmp_path / "rules.yaml")]) == 0
    return tmp_path


def test_a_clean_file_passes_and_a_spoiled_one_fails_with_its_rows(files, capsys):
    asked = ["rules", "check", "FILE", "--rules", str(files / "rules.yaml"), "--json"]
    capsys.readouterr()
    assert main([each.replace("FILE", str(files / "good.csv")) for each in asked]) == 0
    assert json.loads(capsys.readouterr().out)["failed"] == 0
    failing = ["--failing", str(files / "failing.csv")]
    assert main([each.replace("FILE", str(files / "bad.csv")) for each in asked] + failing) == 1
    told = json.loads(capsys.readouterr().out)
    rows = {each["key"]: each["failing_rows"] for each in told["results"] if each["status"] == "failed"}
    assert rows == {"range:age": [7], "allowed:sex": [9]} and told["blocking"] == 2
    with (files / "failing.csv").open() as file:
        assert [(each["kind"], each["row"]) for each in csv.DictReader(file)] == [("allowed", "9"), ("range", "7")]


def test_a_warning_alone_does_not_stop(files, capsys):
    text = (files / "rules.yaml").read_text().replace("severity: block", "severity: warn")
    (files / "rules.yaml").write_text(text)
    assert main(["rules", "check", str(files / "bad.csv"), "--rules", str(files / "rules.yaml")]) == 0
    out = capsys.readouterr().out
    assert "warning" in out and "quarantine_rows" in out and "0 that block fail" in out


@pytest.mark.parametrize(
    ("argv", "what"),
    [
        (["check", "good.csv", "--rules", "none.yaml"], "cannot be read"),
        (["check", "none.csv", "--rules", "rules.yaml"], "no such file"),
        (["suggest", "good.csv", "--kinds", "rang"], "no kind of rule"),
        (["check", "good.csv", "--rules", "good.csv"], "not a file of rules"),
        (["suggest", "good.csv", "--today", "soon"], "is not a date"),
        (["suggest", "good.csv", "--with", "x"], "names no table"),
        (["suggest", "good.csv", "-o", "nowhere/rules.yaml"], "no such folder"),
    ],
)
def test_bad_input_says_what_is_wrong(files, argv, what, capsys, monkeypatch):
    monkeypatch.chdir(files)
    assert main(["rules", *argv]) == 2
    assert what in capsys.readouterr().err


def test_a_reference_is_checked_against_the_file_that_is_given(files, capsys):
    (files / "codes.csv").write_text("sex,name\nF,female\nM,male\n")
    rules = files / "more.yaml"
    rules.write_text(
        "format: dataops-rules/1\nrules:\n- {kind: reference, key_columns: [sex], table: codes, table_columns: [sex]}\n"
    )
    asked = ["rules", "check", str(files / "bad.csv"), "--rules", str(rules), "--json"]
    capsys.readouterr()
    assert main(asked) == 0
    assert json.loads(capsys.readouterr().out)["not_checked"] == 1
    assert main([*asked, "--with", f"codes={files / 'codes.csv'}"]) == 1
    assert json.loads(capsys.readouterr().out)["results"][0]["failing_rows"] == [9]


def test_failing_rows_go_to_one_file_and_all_others_to_another(files, capsys):
    aside, rest = files / "aside.csv", files / "rest.csv"
    asked = ["rules", "check", str(files / "bad.csv"), "--rules", str(files / "rules.yaml")]
    assert main([*asked, "--quarantine", str(aside), "--passing", str(rest)]) == 1
    assert aside.read_text().splitlines() == ["id,age,sex", "7,999,F", "9,30,X"]
    assert len(rest.read_text().splitlines()) == 299


@pytest.mark.parametrize("tool", ["pandera", "great-expectations", "frictionless", "odcs"])
def test_rules_are_exported_and_come_back(files, tool, capsys):
    out = files / "exported"
    assert main(["rules", "export", str(files / "rules.yaml"), "--to", tool, "-o", str(out), "--json"]) == 0
    assert '"left_out"' in capsys.readouterr().out
    if tool != "pandera":
        assert main(["rules", "import", str(out), "--from", tool, "-o", str(files / "again.yaml")]) == 0
        assert main(["rules", "check", str(files / "good.csv"), "--rules", str(files / "again.yaml")]) == 0
        assert main(["rules", "check", str(files / "bad.csv"), "--rules", str(files / "again.yaml")]) == 1
