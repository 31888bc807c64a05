"""The command line is a public contract: formats, keys, exit codes."""

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from dataops_core.cli import main

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sample_data" / "loan_applications.csv"


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """Run a command in this process; returns exit code, stdout, stderr."""
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def call(*args: object) -> tuple[int, str, str]:
        code = main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_raw_writes_the_cells_of_the_source(run, tmp_path):
    (tmp_path / "t.csv").write_text('Title\n\nid;id;\n007;1e5;NA\n12-11; x;1,50\n1\n2;"a ""b"" c";3;4\n')
    code, out, _ = run("read", "t.csv", "--out", "o.csv", "--raw", "--json")
    assert (code, (tmp_path / "o.csv").read_text()) == (
        0,
        'id,id,\n007,1e5,NA\n12-11, x,"1,50"\n1,,\n2,"a ""b"" c",3,4\n',
    )
    assert [problem["where"] for problem in json.loads(out)["problems"]][:1] == ["lines 1, 2"]
    assert run("read", "t.csv", "--out", "o.csv", "--raw", "--reading-repairs", "preamble")[0] == 2
    assert "allow the repair of widths" in run("read", "t.csv", "--reading-repairs", "preamble", "--lenient")[2]
    assert "Write .csv or .tsv" in run("read", "t.csv", "--out", "o.parquet", "--raw")[2]
    assert "Give --out" in run("read", "t.csv", "--raw")[2]
    (tmp_path / "t.json").write_text('[{"a": 1}]')
    assert "Only text tables" in run("read", "t.json", "--out", "o.csv", "--raw")[2]


@pytest.fixture
def recipe(tmp_path) -> Path:
    path = tmp_path / "r.json"
    path.write_text(
        json.dumps(
            {
                "format": "dataops-recipe/1",
                "name": "r",
                "seed": 0,
                "steps": [
                    {"op": "trim_spaces", "with": {"columns": ["city"]}},
                    {"op": "fill_missing", "with": {"columns": ["n"], "how": "median"}},
                ],
            }
        )
    )
    return path


@pytest.fixture
def cities(tmp_path) -> Path:
    path = tmp_path / "cities.csv"
    path.write_text("city,n\n Paris,1\nRome,3\nOslo,?\n")
    return path


def test_read_says_how_the_file_was_read(run, cities):
    code, out, err = run("read", cities, "--json")
    told = json.loads(out)
    assert (code, err, told["rows"], [problem["where"] for problem in told["problems"]]) == (
        0,
        "",
        3,
        ['column "n" (1 cell, such as "?")'],
    )
    assert [(c["name"], c["kind"], c["missing"]) for c in told["columns"]][1] == ("n", "number", 1)
    assumed = told["assumed"]
    assert (
        assumed["format"],
        assumed["encoding"],
        assumed["delimiter"],
        assumed["header_row"],
        assumed["decimal"],
    ) == ("csv", "utf-8", ",", 0, ".")
    assert set(assumed["missing_tokens"]) == {"", "?"}


def test_read_takes_other_assumptions_and_writes_the_table(run, tmp_path):
    (tmp_path / "s.txt").write_text("a;b\n1,5;x\nNONE;y\n")
    code, out, _ = run(
        "read", "s.txt", "--delimiter", ";", "--decimal", ",", "--missing-tokens", "NONE", "--out", "o.csv", "--json"
    )
    assert (code, json.loads(out)["columns"][0]["type"]) == (0, "decimal")
    assert (tmp_path / "o.csv").read_text() == "a,b\n1.5,x\n,y\n"


def test_profile_has_facts_and_findings_and_exits_1_when_something_was_found(run):
    code, out, _ = run("profile", SAMPLE, "--json")
    told = json.loads(out)
    assert code == 1
    assert (told["rows"], told["columns"], told["duplicate_rows"]) == (4960, 17, 60)
    assert told["facts"]["income"]["missing"] == 436
    finding = next(f for f in told["findings"] if f["check"] == "disguised_missing" and f["fix"])
    assert (finding["columns"], finding["count"], finding["severity"], len(finding["rows"])) == (
        ["existing_debt"],
        119,
        "warning",
        20,
    )
    assert finding["fix"] == {"op": "mark_missing", "with": {"columns": ["existing_debt"], "tokens": ["-999"]}}


def test_profile_shows_no_value_of_a_column_that_names_people(run, tmp_path):
    (tmp_path / "p.csv").write_text("mail,n\n" + "".join(f"jo{n % 7}@example.com,{n}\n" for n in range(30)))
    out = run("profile", "p.csv")[1]
    assert "aa9@aaaaaaa.aaa" in out and "@example" not in out


def test_profile_of_a_clean_file_exits_0(run, tmp_path):
    (tmp_path / "c.csv").write_text("a,b\n1,x\n2,y\n3,x\n")
    assert run("profile", "c.csv")[0] == 0


def test_profile_of_adult(run, adult):
    told = json.loads(run("profile", adult, "--json")[1])
    assert (told["missing_cells"], told["duplicate_rows"], sum(f["missing"] > 0 for f in told["facts"].values())) == (
        4262,
        24,
        3,
    )


def test_run_writes_the_table_and_says_what_each_step_did(run, cities, recipe, tmp_path):
    code, out, err = run("run", recipe, cities, "-o", "out.csv", "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert [(s["op"], s["status"], s["cells_changed"], s["rows_after"]) for s in told["steps"]] == [
        ("trim_spaces", "done", 1, 3),
        ("fill_missing", "done", 1, 3),
    ]
    assert (tmp_path / "out.csv").read_text() == "city,n\nParis,1\nRome,3\nOslo,2\n"
    assert json.loads(run("hash", "out.csv", "--json")[1])["content_hash"] == told["content_hash"]


def test_run_twice_and_to_parquet_gives_one_hash(run, cities, recipe):
    hashes = set()
    for name in ("a.csv", "b.parquet", "c.jsonl"):
        run("run", recipe, cities, "-o", name)
        hashes.add(run("hash", name)[1])
    assert len(hashes) == 1


def test_learned_values_are_reused_and_refit_changes_them(run, cities, recipe, tmp_path):
    run("run", recipe, cities, "--fitted", "fitted.json")
    assert json.loads((tmp_path / "fitted.json").read_text())["steps"][1]["learned"]["n"]["fill"] == 2
    (tmp_path / "next.csv").write_text("city,n\nBern,10\nWien,30\nGraz,?\n")
    run("run", "fitted.json", "next.csv", "-o", "reused.csv")
    run("run", "fitted.json", "next.csv", "-o", "refit.csv", "--refit")
    assert (tmp_path / "reused.csv").read_text().endswith("Graz,2\n")
    assert (tmp_path / "refit.csv").read_text().endswith("Graz,20\n")


def test_a_column_of_another_name_is_mapped(run, recipe, tmp_path):
    (tmp_path / "o.csv").write_text("town,n\n Paris,1\n")
    assert run("run", recipe, "o.csv", "-o", "x.csv", "--map", "city=town")[0] == 0
    assert (tmp_path / "x.csv").read_text() == "town,n\nParis,1\n"


def test_a_dry_run_writes_nothing(run, cities, recipe, tmp_path):
    code, out, _ = run("run", recipe, cities, "-o", "x.csv", "--dry-run", "--json")
    assert (code, json.loads(out)["written"], (tmp_path / "x.csv").exists()) == (0, False, False)


def test_the_script_gives_the_same_hash(run, cities, recipe, tmp_path):
    assert run("script", recipe, "-o", "clean.py")[0] == 0
    done = subprocess.run([sys.executable, "clean.py", cities, "out.csv"], capture_output=True, text=True, cwd=tmp_path)
    told = json.loads(run("run", recipe, cities, "-o", "x.csv", "--json")[1])
    assert done.stdout.strip() == told["content_hash"]
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "x.csv").read_bytes()


def test_versions_from_commit_to_verify(run, cities, recipe, tmp_path, monkeypatch):
    assert run("commit", "cities", cities, "-m", "as it came")[0] == 0
    told = json.loads(run("commit", "cities", cities, "--recipe", recipe, "-m", "clean", "--json")[1])
    assert (told["number"], told["rows"]) == (2, 3)
    log = json.loads(run("log", "cities", "--json")[1])["versions"]
    assert [(v["number"], v["message"]) for v in log] == [(2, "clean"), (1, "as it came")]
    code, out, _ = run("diff", "cities", 1, 2, "--json")
    assert (code, json.loads(out)["cells_changed"]) == (1, {"city": 1, "n": 1})
    assert run("diff", "cities", 2, 2)[0] == 0
    assert run("export", "cities", 2, "-o", "b.zip")[0] == 0
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "fresh"))
    code, out, _ = run("verify", "b.zip", "--json")
    assert (code, json.loads(out)["ok"]) == (0, True)
    data = bytearray((tmp_path / "b.zip").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "b.zip").write_bytes(bytes(data))
    code, out, _ = run("verify", "b.zip")
    assert code == 1
    assert "FAILED" in out


def test_the_guide_lists_and_explains(run):
    listed = json.loads(run("guide", "--json")[1])
    assert "fill_missing" in [s["name"] for s in listed["steps"]]
    one = json.loads(run("guide", "fill_missing", "--json")[1])
    assert [s["name"] for s in one["settings"]][:2] == ["columns", "how"]


ZIP = b"PK\x03\x04" + b"\x14\x00\x01\x00"


def bad_files(folder: Path) -> dict[str, tuple[Path, str]]:
    def put(name: str, data: bytes) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    packed = gzip.compress(b"a,b\n" + b"1,2\n" * 5000)
    return {
        "empty file": (put("empty.csv", b""), "empty"),
        "header only": (put("head.csv", b"a,b\n"), "no rows"),
        "binary garbage": (put("bin.csv", bytes(range(256)) * 40), "not a text table"),
        "truncated gzip": (put("cut.csv.gz", packed[: len(packed) // 2]), "gzip"),
        "100,000 columns": (
            put("wide.csv", b",".join(b"c%d" % i for i in range(100_000)) + b"\n" + b"1," * 99_999 + b"1\n"),
            "100,000 columns",
        ),
        "double names": (put("double.csv", b"age,age\n1,2\n"), 'called "age"'),
        "empty name": (put("noname.csv", b"a,,c\n1,2,3\n"), "no name"),
        "no such file": (folder / "gone.csv", "no such file"),
        "broken zip": (put("x.zip", b"PK\x03\x04 nonsense"), "zip"),
        "broken Parquet": (put("x.parquet", b"PAR1 nonsense PAR1"), "Parquet"),
        "broken JSON": (put("x.json", b'[{"a": 1}, {"a":'), "JSON"),
    }


@pytest.mark.parametrize(
    "case",
    [
        "empty file",
        "header only",
        "binary garbage",
        "truncated gzip",
        "100,000 columns",
        "double names",
        "empty name",
        "no such file",
        "broken zip",
        "broken Parquet",
        "broken JSON",
    ],
)
def test_a_bad_file_gets_what_where_and_fix_and_exit_code_2(run, tmp_path, recipe, case):
    path, word = bad_files(tmp_path)[case]
    for command in (
        ("read", path),
        ("profile", path),
        ("run", recipe, path, "-o", "out.csv"),
        ("commit", "x", path, "-m", "m"),
    ):
        code, out, err = run(*command)
        assert (code, out) == (2, "")
        what, where, fix = err.strip().split("\n")
        assert word.lower() in what.lower(), err
        assert len(where) > len("Where: ")
        assert len(fix) > len("Fix:   ")
        assert "Traceback" not in err
    assert not (tmp_path / "out.csv").exists()


def test_a_password_protected_zip_is_refused_with_the_way_out(run, tmp_path):
    plain = tmp_path / "p.zip"
    with zipfile.ZipFile(plain, "w") as zipped:
        zipped.writestr("a.csv", "a\n1\n")
    data = bytearray(plain.read_bytes())
    data[6] |= 1  # the encryption bit, in the local header and in the directory
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    plain.write_bytes(bytes(data))
    code, _, err = run("read", plain)
    assert code == 2
    assert "password" in err.lower() or "encrypted" in err.lower()


BAD_RECIPES = {
    "unknown step": ({"op": "trim_space", "with": {"columns": ["city"]}}, 'Did you mean "trim_spaces"?'),
    "missing column": ({"op": "trim_spaces", "with": {"columns": ["citty"]}}, 'Did you mean "city"?'),
    "bad choice": ({"op": "fill_missing", "with": {"columns": ["n"], "how": "medain"}}, 'Did you mean "median"?'),
    "bad setting": ({"op": "trim_spaces", "with": {"colums": ["city"]}}, 'Did you mean "columns"?'),
    "wrong kind": ({"op": "trim_spaces", "with": {"columns": ["n"]}}, "Choose another column"),
    "no columns": ({"op": "trim_spaces", "with": {"columns": []}}, "Choose a column"),
}


@pytest.mark.parametrize("case", BAD_RECIPES)
def test_a_bad_recipe_says_how_to_mend_it_and_writes_nothing(run, cities, tmp_path, case):
    step, fix = BAD_RECIPES[case]
    (tmp_path / "bad.json").write_text(json.dumps({"steps": [step]}))
    code, _, err = run("run", "bad.json", cities, "-o", "x.csv")
    assert code == 2
    assert fix in err
    assert not (tmp_path / "x.csv").exists()


def test_bad_options_end_with_exit_code_2_and_no_traceback(run, cities):
    for args in (
        (),
        ("nope",),
        ("read",),
        ("run", "r.json"),
        ("log", "nobody"),
        ("run", "gone.json", cities, "-o", "x.csv"),
        ("guide", "nope"),
    ):
        code, out, err = run(*args)
        assert (code, out) == (2, ""), args
        assert err.startswith("What:")


def test_json_errors_have_one_shape(run, tmp_path):
    (tmp_path / "empty.csv").write_bytes(b"")
    code, out, _ = run("read", "empty.csv", "--json")
    assert code == 2
    assert set(json.loads(out)["error"]) == {"what", "where", "fix"}


def test_python_m_works(tmp_path):
    done = subprocess.run([sys.executable, "-m", "dataops_core", "--version"], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, "dataops 0.1.0\n")


def test_a_fitted_recipe_loses_no_cell_of_another_file(run, tmp_path):
    (tmp_path / "m.json").write_text(
        json.dumps({"steps": [{"op": "fill_missing", "with": {"columns": ["x"], "how": "median"}}]})
    )
    (tmp_path / "first.csv").write_text("id,x\na,1\nb,2\nc,3\n")
    run("run", "m.json", "first.csv", "--fitted", "f.json")
    (tmp_path / "other.csv").write_text("id,x\na,1.5\nb,\nc,n/a\n")
    assert run("run", "f.json", "other.csv", "-o", "o.csv")[0] == 0
    assert (tmp_path / "o.csv").read_text() == "id,x\na,1.5\nb,2.0\nc,2.0\n"
    (tmp_path / "fewer.csv").write_text("k;y\n1;4\n2;\n")
    assert run("run", "f.json", "fewer.csv", "--map", "x=y", "-o", "p.csv")[0] == 0
    assert (tmp_path / "p.csv").read_text() == "k,y\n1,4\n2,2\n"


def test_cells_that_a_person_told_to_read_as_numbers_are_reported_in_run(run, tmp_path):
    (tmp_path / "r.json").write_text(json.dumps({"read": {"types": {"x": "integer"}}, "steps": []}))
    (tmp_path / "t.csv").write_text("x,y\n1,a\ntwo,b\n")
    told = json.loads(run("run", "r.json", "t.csv", "-o", "o.csv", "--json")[1])
    assert [(p["count"], 'line 3 "two"' in p["what"]) for p in told["problems"]] == [(1, True)]


def test_patterns_keep_their_order_from_recipe_to_version_to_bundle(run, tmp_path):
    step = {"op": "replace_values", "with": {"column": "t", "match": "pattern", "mapping": {"b": "a", "a": "c"}}}
    (tmp_path / "r.json").write_text(json.dumps({"steps": [step]}))
    (tmp_path / "t.csv").write_text("t,n\nbx,1\nax,2\nabx,3\n")
    made = json.loads(run("commit", "p", "t.csv", "--recipe", "r.json", "-m", "m", "--json")[1])
    run("run", "r.json", "t.csv", "-o", "o.csv")
    assert (tmp_path / "o.csv").read_text() == "t,n\ncx,1\ncx,2\nccx,3\n"
    assert run("hash", "o.csv")[1].strip() == made["content_hash"]
    run("export", "p", 1, "-o", "b.zip")
    code, said, _ = run("verify", "b.zip")
    assert code == 0, said


JUNK = {
    "learned": {"steps": [{"op": "fill_missing", "with": {"columns": ["n"]}, "learned": "junk"}]},
    "off": {"steps": [{"op": "trim_spaces", "with": {"columns": ["city"]}, "off": "false"}]},
    "why": {"steps": [{"op": "trim_spaces", "with": {"columns": ["city"]}, "why": [1]}]},
    "seed": {"seed": True, "steps": []},
    "read": {"read": [1, 2], "steps": []},
    "columns": {"steps": [{"op": "trim_spaces", "with": {"columns": [["a"]]}}]},
    "form": {"read": {"format": "xml"}, "steps": []},
}


@pytest.mark.parametrize("case", JUNK)
def test_junk_in_a_recipe_is_refused_in_words(run, cities, tmp_path, case):
    (tmp_path / "junk.json").write_text(json.dumps(JUNK[case]))
    for command in (
        ("run", "junk.json", cities, "-o", "x.csv"),
        ("script", "junk.json"),
        ("run", "junk.json", cities, "--map", "a=b", "-o", "x.csv"),
    ):
        code, _, err = run(*command)
        assert code == 2
        assert err.startswith("What:")
        assert "Traceback" not in err


def test_a_deeply_nested_recipe_is_refused(run, cities, tmp_path):
    for deep in ("[" * 100_000, '{"steps":' + "[" * 100_000, "- " * 100_000):
        (tmp_path / "deep.json").write_text(deep)
        code, _, err = run("run", "deep.json", cities, "-o", "x.csv")
        assert (code, "nested too deeply" in err) == (2, True)


def test_dates_in_yaml_are_texts(run, tmp_path):
    (tmp_path / "r.yaml").write_text(
        "steps:\n- op: fill_missing\n  with: {columns: [d], how: constant, value: 2024-12-31}\n"
    )
    (tmp_path / "d.csv").write_text("d,n\n2024-01-01,1\n,2\n")
    assert run("run", "r.yaml", "d.csv", "-o", "o.csv")[0] == 0
    assert (tmp_path / "o.csv").read_text() == "d,n\n2024-01-01,1\n2024-12-31,2\n"


def test_a_place_that_cannot_be_written_is_named(run, cities, recipe, tmp_path, monkeypatch):
    for command in (("run", recipe, cities, "-o", "/nonexistent/x.csv"), ("script", recipe, "-o", "/nonexistent/x.py")):
        code, _, err = run(*command)
        assert (code, "Traceback" in err, "/nonexistent" in err) == (2, False, True)
    monkeypatch.setenv("DATAOPS_HOME", str(cities))  # a file, no folder
    code, _, err = run("log", "x")
    assert (code, err.startswith("What:")) == (2, True)


def test_an_unforeseen_error_is_no_traceback(run, cities, monkeypatch):
    monkeypatch.setattr("dataops_core.repair.full_profile.profile_table", lambda *_a, **_k: 1 / 0)
    code, _, err = run("profile", cities)
    assert (code, "Unexpected error" in err, "Traceback" in err) == (2, True, False)
    monkeypatch.setenv("DATAOPS_DEBUG", "1")
    with pytest.raises(ZeroDivisionError, match="division"):
        run("profile", cities)


@pytest.mark.slow
def test_adult_has_one_hash_however_it_is_repaired(run, adult, tmp_path, monkeypatch):
    (tmp_path / "a.json").write_text(
        json.dumps(
            {
                "steps": [
                    {
                        "op": "mark_missing",
                        "with": {"columns": ["workclass", "occupation", "native_country"], "tokens": ["?"]},
                    },
                    {"op": "drop_duplicate_rows", "with": {}},
                    {
                        "op": "fill_missing",
                        "with": {
                            "columns": ["workclass", "occupation", "native_country"],
                            "how": "most_frequent",
                            "by": ["sex"],
                        },
                    },
                    {"op": "cap_outliers", "with": {"columns": ["hours_per_week"], "method": "iqr"}},
                ]
            }
        )
    )
    told = json.loads(run("run", "a.json", adult, "-o", "out.csv", "--json")[1])
    committed = json.loads(run("commit", "adult", adult, "--recipe", "a.json", "-m", "clean", "--json")[1])
    assert committed["content_hash"] == told["content_hash"] == run("hash", "out.csv")[1].strip()
    assert told["rows"] == 32_537
    run("export", "adult", 1, "-o", "a.zip")
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "fresh"))
    assert run("verify", "a.zip")[0] == 0


def test_clusters_are_listed_with_the_value_they_would_become(run, tmp_path):
    (tmp_path / "c.csv").write_text('city,n\nTom Cruise,1\n"Cruise, Tom",2\nTom Cruise,3\nRome,4\n')
    code, out, _ = run("clusters", "c.csv", "city", "--json")
    assert (code, json.loads(out)["clusters"]) == (
        1,
        [
            {
                "target": "Tom Cruise",
                "values": [{"value": "Tom Cruise", "count": 2}, {"value": "Cruise, Tom", "count": 1}],
            }
        ],
    )
    assert run("clusters", "c.csv", "n")[0] == 2
    assert run("clusters", "c.csv", "town")[0] == 2


def test_profile_tells_scores_and_every_row_of_every_finding(run, tmp_path):
    (tmp_path / "c.csv").write_text("age,x\n" + "".join(f"{30 + n},{n}.5\n" for n in range(30)) + "-5,1.5\n240,2.5\n")
    code, out, _ = run("profile", "c.csv", "--json", "--findings", "f.csv")
    assert code == 1
    assert json.loads(out)["scores"]["completeness"] == 1.0
    lines = (tmp_path / "f.csv").read_text().splitlines()
    assert lines[0] == "finding,check,columns,row,severity"
    assert [line.split(",", 1)[1] for line in lines if "impossible" in line] == [
        "impossible_values,age,30,error",
        "impossible_values,age,31,error",
    ]


def test_no_output_goes_over_the_input_or_another_output(run, tmp_path):
    (tmp_path / "c.csv").write_text("a,b\n1,x\n")
    for options in (
        ("--html", "c.csv"),
        ("--html", "r.html", "--full", "r.html"),
        ("--findings", "c.csv"),
        ("--favorable", "x"),
        ("--target", "b", "--favorable", "z"),
    ):
        assert run("profile", "c.csv", *options)[0] == 2, options
    assert (tmp_path / "c.csv").read_text() == "a,b\n1,x\n"
    assert not (tmp_path / "r.html").exists()


def test_the_help_of_read_names_every_format_and_repair(capsys):
    from dataops_core import read

    with pytest.raises(SystemExit):
        main(["read", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert [name for name in (*read.FORMATS, *read.REPAIRS) if name not in told] == []
