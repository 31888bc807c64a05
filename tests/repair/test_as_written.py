"""Repairs of dates and decimals are written as the file has them."""

import csv

import numpy as np

from dataops_core.cli import main
from dataops_core.read import raw_rows, read_file
from dataops_core.repair.as_written import as_written
from dataops_core.repair.proposal import Repair


def test_dates_and_decimals_of_repairs_are_those_of_the_file(tmp_path):
    path = tmp_path / "t.csv"
    lines = [f"2023-0{1 + at % 9}-{1 + at % 28:02} 1{at % 10}:30;{at},25" for at in range(40)]
    path.write_text("\n".join(["when;much", *lines]), encoding="utf-8")
    table = read_file(path, tmp_path / "t.parquet").table
    assert [column.type for column in table.columns] == ["datetime", "decimal"]
    repairs = [
        Repair(2, "when", "2023-03-03T12:30:00", "2024-12-24T07:05:00", 0.9, "row", ""),
        Repair(3, "when", "2023-04-04T13:30:00", None, 0.9, "row", ""),
        Repair(4, "when", "2023-04-04T13:30:00", "2023-01-01", 0.9, "row", ""),  # the file holds something else
        Repair(5, "when", "2023-06-06T15:30:00", "in June", 0.9, "label", ""),  # as a person wrote it
        Repair(3, "much", "3.25", "32.5", 0.9, "point", ""),
    ]
    made = as_written(repairs, table, raw_rows(path), ",")
    assert [(each.old, each.new) for each in made] == [
        ("2023-03-03 12:30", "2024-12-24 07:05"),
        ("2023-04-04 13:30", None),
        ("2023-04-04T13:30:00", "2023-01-01"),
        ("2023-06-06T15:30:00", "in June"),
        ("3,25", "32,5"),
    ]


def test_the_command_writes_exchanged_dates_as_they_stand_in_the_file(tmp_path):
    rng = np.random.default_rng(1)
    starts = np.sort(np.datetime64("2023-02-01") + rng.integers(0, 300, 200))
    ends = starts + rng.integers(4, 12, 200)
    wrong = (11, 60, 150)
    with (tmp_path / "t.csv").open("w", encoding="utf-8") as file:
        print("from,to", file=file)
        for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
            pair = [f"{str(day)[8:]}/{str(day)[5:7]}/{str(day)[:4]}" for day in (start, end)]
            print(",".join(pair[::-1] if at in wrong else pair), file=file)
    main(["repair", str(tmp_path / "t.csv"), "--repairs", str(tmp_path / "r.csv"), "--sure", "0.8"])
    cells = (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()[1:]
    with (tmp_path / "r.csv").open(encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert {(int(each["row"]), each["column"]) for each in found} <= {
        (at, name) for at in wrong for name in ("from", "to")
    }
    assert found
    for each in found:
        start, end = cells[int(each["row"])].split(",")
        assert (each["old"], each["new"]) == ((start, end) if each["column"] == "from" else (end, start))
