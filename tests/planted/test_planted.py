"""The planted tables are what they claim to be: nothing here looks at how a check works."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.planted import CHECKS, SETTINGS, TODAY, Planted, only

ROOT = Path(__file__).parent.parent.parent
ROWS = 6000
# checks whose rows are exactly the cells that were changed, in the first column named
SLIPS = {
    "spaces_around_text",
    "case_variants",
    "spelling_variants",
    "mojibake",
    "control_characters",
    "homoglyphs",
    "numbers_mixed_with_words",
    "unusual_pattern",
    "mixed_date_formats",
    "future_dates",
    "absurd_dates",
    "impossible_values",
    "outliers",
    "rare_categories",
    "end_before_start",
    "broken_dependency",
    "broken_sum",
}
# checks whose rows are more than what was changed (what was missing before, ones that end in 0 anyway, the rest of the
# group)
MORE = {
    "missing_cells",
    "missing_together",
    "disguised_missing",
    "rounding_heaping",
    "constant_per_group",
    "outcome_gap",
    "class_imbalance",
    "out_of_locale",
    "drift_in_file",
    "stuck_values",
    "numbers_as_text",
    "dates_as_text",
    "duplicate_ids",
}


@cache
def made(number: int, seed: int = 1) -> Planted:
    return SETTINGS[number](ROWS, seed)


settings = pytest.mark.parametrize("number", range(len(SETTINGS)), ids=lambda n: SETTINGS[n].__name__)


def copied(planted: Planted) -> set[int]:
    return set().union(*(f.rows for f in planted.faults if f.check in ("duplicate_rows", "near_duplicate_records")))


def changed(planted: Planted, column: str) -> set[int]:
    old, new = planted.clean[column], planted.dirty[column]
    return set(np.flatnonzero((old != new) & ~(old.isna() & new.isna())).tolist()) - copied(planted)


@settings
def test_the_same_seed_gives_the_same_table_and_another_seed_another(number):
    again, other = SETTINGS[number](ROWS, 1), made(number, 2)
    pd.testing.assert_frame_equal(made(number).clean, again.clean)
    pd.testing.assert_frame_equal(made(number).dirty, again.dirty)
    assert made(number).faults == again.faults and made(number).also == again.also
    assert not made(number).clean.equals(other.clean) and made(number).faults != other.faults


def test_every_check_is_planted_and_none_that_is_not_listed():
    assert {fault.check for number in range(len(SETTINGS)) for fault in made(number).faults} == set(CHECKS)
    assert len(CHECKS) == len(set(CHECKS)) == 43


@settings
def test_faults_have_three_rows_of_the_table_and_columns_of_it(number):
    planted = made(number)
    for fault in (*planted.faults, *planted.also):
        assert set(fault.columns) <= set(planted.dirty), fault.check
        assert len(fault.rows) >= 3 and min(fault.rows) >= 0 and max(fault.rows) < ROWS == len(planted.dirty), (
            fault.check
        )


@settings
def test_both_tables_are_text_as_a_csv_holds_it(number):
    for frame in (made(number).clean, made(number).dirty):
        kinds = {type(cell) for column in frame for cell in frame[column]}
        assert kinds == {str, type(None)}
        assert "" not in set(frame.to_numpy().ravel())


@settings
def test_the_clean_table_differs_from_the_dirty_one_in_the_planted_cells_and_nowhere_else(number):
    planted = made(number)
    exact, more = defaultdict(set), defaultdict(set)
    for fault in planted.faults:
        column = planted.target if fault.check == "outcome_gap" else (fault.columns or ("",))[0]
        if fault.check in SLIPS:
            exact[column] |= fault.rows
        elif fault.check in MORE:
            more[column] |= set(range(ROWS)) if fault.check == "class_imbalance" else fault.rows
    for column in planted.clean:
        differ = changed(planted, column)
        assert differ >= exact[column], column
        assert differ <= exact[column] | more.get(column, set()), column
        if column in more:
            assert differ - exact[column], column


@settings
def test_no_cell_has_two_faults(number):
    planted, seen = made(number), defaultdict(set)
    for fault in planted.faults:
        if fault.check in SLIPS | {"out_of_locale", "disguised_missing", "missing_cells", "stuck_values"}:
            assert not seen[fault.columns[0]] & fault.rows, (fault.check, fault.columns)
            seen[fault.columns[0]] |= fault.rows


@settings
def test_copied_rows_are_the_only_ones_that_repeat_and_repeat_the_identifier_too(number):
    planted = made(number)
    rows = {fault.check: fault.rows for fault in planted.faults if fault.check in ("duplicate_rows", "duplicate_ids")}
    identifier = next(fault.columns[0] for fault in planted.faults if fault.check == "duplicate_ids")
    compared = planted.dirty.drop(columns=[f.columns[0] for f in planted.faults if f.check == "row_identifier"])
    assert set(np.flatnonzero(compared.duplicated())) == rows["duplicate_rows"]
    again = set(np.flatnonzero(planted.dirty[identifier].duplicated()))
    assert again == rows["duplicate_rows"] | rows["duplicate_ids"] and rows["duplicate_ids"]
    assert not rows["duplicate_rows"] & rows["duplicate_ids"]
    assert not planted.clean[identifier].duplicated().any()


@settings
def test_the_clean_table_keeps_to_what_it_promises(number):
    clean = made(number).clean
    assert clean.isna().mean().max() < 0.05
    dates = [name for name in clean if clean[name].dropna().str.fullmatch(r"\d{4}-\d\d-\d\d.*").all()]
    assert len(dates) >= 3
    assert clean[dates].stack().min() > "1920" and clean[dates].stack().max() < TODAY
    first, second = {
        "retail": ("gross", "discount"),
        "clinic": ("room_fee", "treatment_fee"),
        "sensors": ("energy_grid", "energy_solar"),
    }[made(number).name]
    total = {"retail": "net", "clinic": "total_fee", "sensors": "energy_total"}[made(number).name]
    sign = -1 if total == "net" else 1
    assert np.allclose(
        clean[first].astype(float) + sign * clean[second].astype(float), clean[total].astype(float), atol=1e-6
    )


@settings
def test_the_outcome_is_mildly_uneven_and_no_group_is_worse_off_before_planting(number):
    planted = made(number)
    shares = planted.clean[planted.target].value_counts(normalize=True)
    assert 0.25 < shares.min() < 0.35
    for sensitive in planted.sensitive:
        good = (
            (planted.clean[planted.target] == planted.favorable).groupby(planted.clean[sensitive]).agg(["mean", "size"])
        )
        error = 3.5 * np.sqrt(0.21 / good["size"])
        assert ((good["mean"] - shares[planted.favorable]).abs() < error).all(), sensitive


@settings
def test_one_check_alone_leaves_everything_else_as_it_was(number):
    alone = only(SETTINGS[number], "broken_sum", ROWS, 1)
    assert [fault.check for fault in alone.faults] == ["broken_sum"]
    assert {column for column in alone.clean if changed(alone, column)} == {alone.faults[0].columns[0]}
    assert changed(alone, alone.faults[0].columns[0]) == alone.faults[0].rows


@settings
def test_copied_rows_alone_are_one_fault_and_may_be_said_to_repeat_the_identifier(number):
    alone = only(SETTINGS[number], "duplicate_rows", ROWS, 1)
    assert [fault.check for fault in alone.faults] == ["duplicate_rows"]
    assert {fault.rows for fault in alone.also if fault.check == "duplicate_ids"} == {alone.faults[0].rows}


def test_a_check_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="There is no check 'typos': choose one of CHECKS"):
        only(SETTINGS[0], "typos")


@pytest.mark.slow
def test_the_tables_and_the_truth_are_written_to_files(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "tests.planted", str(tmp_path), "--rows", "5000", "--seed", "3"], cwd=ROOT, check=True
    )
    planted = SETTINGS[0](5000, 3)
    truth = json.loads((tmp_path / "retail_truth.json").read_text(encoding="utf-8"))
    assert [frozenset(fault["rows"]) for fault in truth["faults"]] == [fault.rows for fault in planted.faults]
    dirty = pd.read_csv(tmp_path / "retail_dirty.csv", dtype=object, keep_default_na=False)
    pd.testing.assert_frame_equal(dirty, planted.dirty.fillna(""))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"{name}_{what}"
        for name in ("retail", "clinic", "sensors")
        for what in ("clean.csv", "dirty.csv", "truth.json")
    )
