"""Reading files whole: known figures, replay with the options that came back, and the way out and in again."""

import os
from pathlib import Path

import pytest

from dataops_core.read import ReadOptions, read_file
from dataops_core.write import write_file

# The real data is not a part of the project: it lies beside it, or where the variable says.
REAL = Path(os.environ.get("DATAOPS_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")


def real(name: str) -> Path:
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{name} is not here; set DATAOPS_REAL_DATA to the folder that holds it")
    return path


def test_adult_has_the_published_figures(tmp_path: Path) -> None:
    source = read_file(real("adult.csv"), tmp_path / "t.parquet")
    frame = source.table.frame()
    assert frame.shape == (32_561, 15)
    missing = frame.isna().sum()
    assert missing[missing > 0].to_dict() == {"workclass": 1836, "occupation": 1843, "native_country": 583}
    assert source.assumed()["missing_tokens"] == ["", "?"]
    assert [(problem.what[:36], problem.count) for problem in source.problems] == [
        ("4,262 cells were read as missing bec", 4262)
    ]


@pytest.mark.parametrize("name", ["beers_dirty.csv", "german_credit.csv", "hospital_dirty.csv"])
def test_real_tables_read_without_problems_and_replay_to_the_same_hash(tmp_path: Path, name: str) -> None:
    source = read_file(real(name), tmp_path / "one.parquet")
    again = read_file(real(name), tmp_path / "two.parquet", ReadOptions.from_json(source.options.to_json()))
    assert [problem.what for problem in source.problems if "were read as missing because" not in problem.what] == []
    assert again.table.content_hash == source.table.content_hash
    assert again.options == source.options


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".csv.gz", ".parquet", ".json", ".jsonl", ".jsonl.gz"])
def test_what_was_written_reads_as_the_same_content(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "in.csv").write_bytes(
        b'id,zip,when,ok,n\n1,01067,2024-01-31,true,1.5\n2,10115,,False,\n3,"a,b",2024-02-01,,2\n'
    )
    source = read_file(tmp_path / "in.csv", tmp_path / "t.parquet")
    write_file(source.table, tmp_path / f"out{suffix}")
    again = read_file(tmp_path / f"out{suffix}", tmp_path / "u.parquet")
    assert again.table.content_hash == source.table.content_hash
    assert {c.name: c.type for c in again.table.columns} == {
        "id": "integer",
        "zip": "text",
        "when": "datetime",
        "ok": "boolean",
        "n": "decimal",
    }
