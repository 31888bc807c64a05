"""Every way to give people away is named by the signal that sees it, and a fresh sample of real rows passes."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.synthetic import judge
from tests.synthetic.people import (
    FRESH,
    HOLDOUT,
    ROWS,
    TRAINING,
    answers,
    flipped,
    last_digits,
    leaked,
    leaks,
    people,
    shuffled,
)


def test_a_verbatim_copy_is_a_leak_in_every_way(verdict):
    told = verdict(TRAINING)
    assert told["verdict"] == "leak" and told["worst"] == "exact_matches"
    assert (
        told["exact_matches"] == ROWS
        and told["dcr_share"] == 1.0
        and told["mia_tpr_at_1pct"] == 1.0
        and told["p5_ratio"] == 0.0
    )
    assert told["attribute_disclosure"] == 1.0 and leaks(told) >= {
        "exact_matches",
        "dcr_share",
        "mia_tpr_at_1pct",
        "p5_ratio",
        "lonely",
    }


def test_a_copy_of_categories_alone_is_one_too_although_rows_are_alike_by_nature(verdict):
    training, holdout, fresh = (answers(2_000, seed) for seed in (1, 2, 3))
    told = verdict(training, training, holdout)
    assert told["verdict"] == "leak" and {"exact_matches", "dcr_share"} <= leaks(told)
    assert verdict(fresh, training, holdout)["verdict"] == "no leak seen"


def test_a_copy_in_other_letters_types_and_order_is_still_a_copy(verdict):
    disguised = TRAINING.assign(
        city="  " + TRAINING["city"].str.upper(),
        age=TRAINING["age"].astype(float).map(lambda v: f"{v:.1f}"),
        since=TRAINING["since"].dt.strftime("%d.%m.%Y"),
    ).sample(frac=1, random_state=0)[::-1]
    told = verdict(disguised[disguised.columns[::-1]])
    assert told["exact_matches"] == ROWS and told["verdict"] == "leak"


@pytest.mark.parametrize("held", [HOLDOUT, None], ids=["holdout", "no holdout"])
@pytest.mark.parametrize(("share", "count"), [(0.05, 75), (0.01, 15)])
def test_a_few_real_rows_are_counted_exactly(verdict, held, share, count):
    told = verdict(leaked(FRESH, TRAINING, share), holdout=held)
    assert told["exact_matches"] == count and told["signals"]["exact_matches"]["expected"] == 0.0
    assert told["verdict"] == "leak" and told["worst"] == "exact_matches"


def test_five_in_a_hundred_real_rows_are_seen_by_the_tails_and_not_by_the_average(verdict):
    told = verdict(leaked(FRESH, TRAINING, 0.05))
    assert {"mia_tpr_at_1pct", "p5_ratio"} <= leaks(told) and "dcr_share" not in leaks(told)
    assert told["mia_tpr_at_1pct"] > 0.04 and told["p5_ratio"] < 0.6


def test_one_real_row_in_a_hundred_of_three_hundred(verdict):
    told = verdict(leaked(people(300, 13), people(300, 11), 0.01), people(300, 11), people(300, 12))
    assert told["exact_matches"] == 3 and told["signals"]["exact_matches"]["leak"]


@pytest.mark.parametrize("held", [HOLDOUT, None], ids=["holdout", "no holdout"])
def test_noise_in_the_last_digits_is_a_near_copy(verdict, held):
    told = verdict(last_digits(TRAINING), holdout=held)
    assert told["near_copies"] > 0.95 * ROWS and told["worst"] in ("near_copies", "exact_matches")
    assert told["signals"]["near_copies"]["leak"] and told["exact_matches"] < 0.05 * ROWS


def test_flipped_cells_hide_the_copies_and_not_where_they_come_from(verdict):
    told = verdict(flipped(TRAINING, 0.3))
    assert {"dcr_share", "mia_tpr_at_1pct"} <= leaks(told) and told["dcr_share"] > 0.6
    told = verdict(flipped(TRAINING, 0.1))
    assert told["exact_matches"] == pytest.approx(0.9**7 * ROWS, rel=0.15)  # more: a cell may be replaced by its like
    assert {"dcr_share", "mia_tpr_at_1pct", "p5_ratio"} <= leaks(told) and told["dcr_share"] > 0.8


def test_shuffled_columns_give_nobody_away(verdict):
    assert leaks(verdict(shuffled(TRAINING))) == set()


@pytest.mark.parametrize("held", [HOLDOUT, None], ids=["holdout", "no holdout"])
def test_rare_people_are_named_by_what_they_alone_have(verdict, held):
    rare = 15
    rng = np.random.default_rng(5)
    training, made = TRAINING.copy(), FRESH.copy()
    training.loc[: rare - 1, "city"] = [f"village {i}" for i in range(rare)]
    training.loc[: rare - 1, "income"] = rng.uniform(4e5, 9e5, rare).round(2)
    made[:rare] = training[:rare]
    made.loc[: rare - 1, "income"] *= 1 + rng.normal(0, 0.02, rare)
    made.loc[: rare - 1, "age"] += rng.integers(1, 3, rare)
    told = verdict(made, training, held)
    assert told["verdict"] == "leak" and told["worst"] == "singletons" and told["singletons"] == rare
    if held is not None:
        assert told["signals"]["lonely"]["leak"]
    assert verdict(FRESH, training, held)["singletons"] == 0


@pytest.mark.slow
def test_real_names_that_come_back_are_counted_per_column(verdict):
    def named(frame, mark):
        return frame.assign(note=[f"{mark} has told us about case {i * 7919 % 9973}" for i in range(len(frame))])

    told = verdict(named(FRESH, "anna"), named(TRAINING, "anna"), named(HOLDOUT, "bert"))
    assert told["worst"] == "identifiers" and told["identifiers"] == ROWS
    assert told["signals"]["identifiers"]["columns"] == [
        {"column": "note", "values": ROWS, "of": ROWS, "expected": 0, "judged": True}
    ]
    assert verdict(named(FRESH, "carl"), named(TRAINING, "anna"), named(HOLDOUT, "bert"))["identifiers"] == 0


def test_numbers_that_count_rows_are_no_names(verdict):
    told = verdict(
        FRESH.assign(id=range(ROWS)), TRAINING.assign(id=range(ROWS)), HOLDOUT.assign(id=range(ROWS, 2 * ROWS))
    )
    assert told["verdict"] == "no leak seen" and not told["signals"]["identifiers"]["columns"][0]["judged"]


def test_without_a_holdout_membership_is_not_judged_and_the_reason_said(verdict):
    told = verdict(FRESH, holdout=None)
    for name in ("dcr_share", "mia_tpr_at_1pct", "attribute_disclosure", "combinations", "lonely"):
        assert told[name] is None and "may have been learned from" in told["signals"][name]["why"]
    assert told["p5_ratio"] == pytest.approx(1, abs=0.25)


def test_no_word_promises_what_nobody_can(verdict):
    told = verdict(FRESH)
    assert "anonymous" not in str(told).lower() and "no proof" in told["words"][0]


def edited(training, share, seed, columns=2):
    """Real rows, so many columns of each taken from other rows."""
    rng = np.random.default_rng(seed)
    some = training[: round(share * len(training))].reset_index(drop=True)
    which = np.argsort(rng.random(some.shape), axis=1)[:, :columns]
    other = training.iloc[rng.integers(0, len(training), len(some))].reset_index(drop=True)
    return pd.DataFrame(
        {name: some[name].where(~(which == at).any(axis=1), other[name]) for at, name in enumerate(some.columns)}
    )


def test_copies_with_two_columns_changed_are_seen_and_what_share_would_be_is_said(verdict):
    told = verdict(pd.concat([edited(TRAINING, 0.04, 0), FRESH[60:]], ignore_index=True))
    assert told["signals"]["edited_copies"]["leak"] and told["verdict"] == "leak" and told["exact_matches"] == 0
    assert told["would_find"]["two_columns_changed"] <= 0.03 and told["would_find"]["verbatim"] <= 0.002
    assert told["words"][-1].startswith(
        "What would be found here, 9 times in 10: verbatim copies of 0.13 % of the rows; copies with two columns"
        " changed of "
    )


def test_edited_copies_with_noise_and_a_changed_column_are_seen_with_a_holdout_and_not_passed_without(verdict):
    rng = np.random.default_rng(4)
    noisy = TRAINING.assign(
        income=(TRAINING["income"] * rng.normal(1, 0.05, ROWS)).round(2),
        age=TRAINING["age"] + rng.integers(-1, 2, ROWS),
    )
    assert verdict(noisy)["verdict"] == "leak"
    told = verdict(FRESH, holdout=None)
    assert told["verdict"] == "not enough to tell" and told["words"][0].startswith("Not enough to tell.")


def test_without_a_holdout_a_copy_is_neither_useful_nor_more_alike_than_real_rows(make_table):
    told = judge(make_table(TRAINING), make_table(TRAINING), target="job").to_json()
    assert told["utility"]["auc"] is None and "may have seen every real row" in told["utility"]["why"]
    assert told["fidelity"]["between"] <= 1 and told["fidelity"]["interval"][1] <= 1
