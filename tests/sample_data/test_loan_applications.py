"""The sample table: its faults are those that its page names, and the named steps repair them."""

import importlib.util
import re
from pathlib import Path

import pandas as pd
import pytest

from dataops_core.steps import get

FOLDER = Path(__file__).parents[2] / "sample_data"
spec = importlib.util.spec_from_file_location("make_loan_applications", FOLDER / "make_loan_applications.py")
maker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(maker)
SAMPLE = maker.make()
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
FAULTS = re.findall(r"^\| ([^|`]+) \| (all|`\w+`) \| (\d+) \| `?(\w+)", PAGE, re.MULTILINE)


def read(**kinds):
    """The file as text, an empty cell as missing, in the engine's shape."""
    frame = pd.read_csv(FOLDER / "loan_applications.csv", dtype=str, keep_default_na=False)
    frame = frame.astype(object).where(frame != "", None)
    for name, kind in kinds.items():
        frame = get("set_kind")(frame, columns=[name], kind=kind)
    return frame


def missing_rows(column):
    return column.index[column.isna()].tolist()


def test_generator_writes_the_same_bytes_as_the_file_that_is_kept(tmp_path):
    maker.write(tmp_path / "again.csv")
    kept = (FOLDER / "loan_applications.csv").read_bytes()
    assert (tmp_path / "again.csv").read_bytes() == kept
    assert len(kept) < 1_000_000
    assert b"\r" not in kept


def test_page_names_every_fault_with_its_count():
    assert {fault: int(count) for fault, _, count, _ in FAULTS} == {n: len(rows) for n, rows in SAMPLE.faults.items()}
    assert all(get(step) for *_, step in FAULTS)


def test_page_names_every_column():
    assert re.findall(r"^\| `(\w+)` \| [^|]+ \|$", PAGE, re.MULTILINE) == read().columns.tolist()


def test_rows_that_differ_from_the_truth_are_those_with_a_fault():
    table, clean = SAMPLE.table, SAMPLE.clean
    for name in table.columns:
        named = [fault for fault, column, *_ in FAULTS if column == f"`{name}`" and fault != "leading zero"]
        expected = sorted(row for fault in named for row in SAMPLE.faults[fault])
        assert table.index[table[name] != clean[name]].tolist() == expected, name


def test_duplicates_are_dropped():
    out = get("drop_duplicate_rows")(read())
    assert sorted(set(range(4960)) - set(out.index)) == SAMPLE.faults["exact duplicate"]
    assert out["application_id"].is_unique


@pytest.mark.parametrize(
    ("column", "tokens", "fault"),
    [
        ("housing", ["?"], "question mark"),
        ("existing_debt", ["-999"], "-999"),
        ("age", ["-5", "0", "199", "240"], "impossible age"),
    ],
)
def test_signs_for_missing_are_found(column, tokens, fault):
    frame = read() if column == "housing" else read(**{column: "number"})
    assert missing_rows(get("mark_missing")(frame, tokens=tokens, columns=[column])[column]) == SAMPLE.faults[fault]


def test_dates_become_the_true_ones():
    learned = get("parse_dates").learner(read(), columns=["application_date"])["application_date"]
    assert (learned["order"], learned["month_first"], learned["unreadable"]) == ("day first", 0, 0)
    out = get("parse_dates")(read(), columns=["application_date"])
    assert out["application_date"].dt.strftime("%Y-%m-%d").tolist() == SAMPLE.clean["application_date"].tolist()


def test_money_becomes_the_true_amount():
    out = get("parse_numbers")(read(), columns=["loan_amount"])["loan_amount"]
    assert out.tolist() == SAMPLE.clean["loan_amount"].astype(float).tolist()


def test_cities_become_six_again():
    out = get("trim_spaces")(read(), columns=["city"])
    out = get("change_case")(out, columns=["city"], case="title")
    typos = {typo: city for city, (_, typo) in maker.CITIES.items()}
    assert get("replace_values")(out, column="city", mapping=typos)["city"].tolist() == SAMPLE.clean["city"].tolist()


def test_postal_codes_keep_their_leading_zero():
    out = read(postal_code="id")["postal_code"]
    assert out.index[out.str.startswith("0")].tolist() == SAMPLE.faults["leading zero"]


def test_missing_values_are_filled_and_income_is_missing_unevenly():
    frame = read(income="number", employment_years="number")
    assert missing_rows(frame["employment_years"]) == SAMPLE.faults["missing at random"]
    assert missing_rows(frame["income"]) == SAMPLE.faults["missing not at random"]
    filled = get("fill_missing")(frame, columns=["income", "employment_years"], by=["sex"])
    assert not filled[["income", "employment_years"]].isna().to_numpy().any()
    gone, truth = frame["income"].isna(), SAMPLE.clean["income"].astype(int)
    shares = gone.groupby(frame["sex"]).mean()
    assert shares["female"] > 1.5 * shares["male"]
    assert gone[truth > truth.quantile(0.8)].mean() > 2 * gone[truth <= truth.quantile(0.8)].mean()


def test_outcome_gap_is_as_stated_and_remains_among_equal_incomes():
    frame = read(income="number")
    yes = frame["approved"] == "yes"
    rates = [
        yes[frame[c] == v].mean()
        for c, v in (
            ("sex", "female"),
            ("sex", "male"),
            ("migration_background", "yes"),
            ("migration_background", "no"),
        )
    ]
    stated = re.search(
        r"([\d.]+) % of the women and ([\d.]+) % of the men are approved, ([\d.]+) % of the people with\s+"
        r"and ([\d.]+) %",
        PAGE,
    ).groups()
    assert [f"{rate:.1%}" for rate in rates] == [f"{value}%" for value in stated]
    fifth = pd.qcut(SAMPLE.clean["income"].astype(int), 5, labels=False)
    for column, less in (("sex", "female"), ("migration_background", "yes")):
        by = yes.groupby([fifth, frame[column] == less]).mean().unstack()
        assert (by[False] - by[True] > 0.03).all()


def test_country_is_constant_and_addresses_are_nobodys():
    frame = read()
    assert frame["country"].unique().tolist() == ["NL"]
    assert frame["email"].str.endswith("@example.com").all()
    same = frame["application_id"].str[2:] == frame["customer_no"]
    assert frame.index[~same].tolist() == SAMPLE.faults["other customer number"]
