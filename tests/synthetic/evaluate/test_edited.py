"""Copies with some columns changed: found in tables of many columns and rows, by blocks of rows that agree in some
columns.
"""

import numpy as np
import pandas as pd
import pytest

from benchmarks.claims_tables import amounts, copies, wide
from dataops_core.synthetic import judge
from dataops_core.synthetic.evaluate.agreement import Ties, placed
from dataops_core.synthetic.evaluate.candidate_pairs import coded, pairs, sets_of_columns
from dataops_core.synthetic.evaluate.edited_copies import edited, rows_for

ROWS = 8_000
TRAINING, HOLDOUT, FRESH = (wide(ROWS, seed) for seed in (1, 2, 3))
NUMBERS, CATEGORIES = [f"x{at}" for at in range(6)], [f"c{at}" for at in range(9)]


@pytest.mark.slow
def test_eight_copies_with_two_of_fifteen_columns_changed_are_seen_among_8000_rows_and_fresh_rows_are_none():
    assert rows_for(15) >= ROWS
    some = copies(TRAINING, 0.001, 2, np.random.default_rng(0))
    told = edited(
        TRAINING, pd.concat([some, FRESH[len(some) :]], ignore_index=True), HOLDOUT, NUMBERS, CATEGORIES, 0
    ).to_json()
    assert len(some) == 8 and told["p"] <= 0.001 and told["value"] >= 2
    told = edited(TRAINING, FRESH, HOLDOUT, NUMBERS, CATEGORIES, 0).to_json()
    assert told["p"] > 0.01 and told["value"] == 0 and told["found"] <= 0.002


def test_the_judge_names_them_and_says_what_it_would_find(make_table, only):
    only("privacy")
    training, holdout, fresh = (each[:1_500] for each in (TRAINING, HOLDOUT, FRESH))
    some = copies(training, 0.005, 2, np.random.default_rng(0))
    told = judge(
        make_table(training),
        make_table(pd.concat([some, fresh[len(some) :]], ignore_index=True)),
        holdout=make_table(holdout),
    ).to_json()["privacy"]
    assert (
        told["verdict"] == "leak"
        and told["worst"] == "edited_copies"
        and told["would_find"]["two_columns_changed"] <= 0.005
    )


@pytest.mark.slow
def test_three_in_a_thousand_are_found_with_any_two_columns_changed():
    for seed in range(2):
        training, holdout, fresh = (wide(1_500, 100 * seed + at) for at in range(3))
        some = copies(training, 0.003, 2, np.random.default_rng(seed))
        made = pd.concat([some, fresh[len(some) :]], ignore_index=True)
        told = [edited(training, each, holdout, NUMBERS, CATEGORIES, seed).to_json() for each in (made, fresh)]
        assert told[0]["p"] <= 0.001 < told[1]["p"] and told[0]["value"] >= 2 and told[1]["value"] == 0
        assert told[0] == edited(training, made, holdout, NUMBERS, CATEGORIES, seed).to_json()


def test_where_rows_are_alike_by_nature_nothing_is_said_to_be_found():
    training, holdout, fresh = (amounts(800, seed) for seed in (1, 2, 3))
    numbers = list(training.columns[:5])
    told = edited(training, fresh, holdout, numbers, ["kind", "pay"], 0).to_json()
    assert told["p"] > 0.01 and (told["found"] is None or told["found"] >= 0.05)


def test_blocks_by_hand():
    one, other = np.array([[1, 1, 2], [5, 6, 6]]), np.array([[1, 2, 2], [5, 6, 7]])
    (first,), (both,) = (list(pairs(one, other, [chosen])) for chosen in ([0], [0, 1]))
    assert list(zip(*first, strict=True)) == [(0, 0), (1, 0), (2, 1), (2, 2)]
    assert list(zip(*both, strict=True)) == [(0, 0), (2, 1)]
    assert not len(next(pairs(other, other, [[0, 1]], same=True))[0])


def test_any_two_of_fifteen_columns_are_spared_by_a_set():
    cells = coded([TRAINING, FRESH, HOLDOUT], NUMBERS, CATEGORIES)
    sets = sets_of_columns(np.concatenate([cells[0], cells[2]], axis=1), np.random.default_rng(0))
    assert all(any(a not in each and b not in each for each in sets) for a in range(15) for b in range(a))


def test_a_value_that_another_one_tells_says_nothing_new():
    rng = np.random.default_rng(0)
    frames = []
    for _ in range(3):
        city = rng.choice(list("abcdefgh"), 4_000)
        frames.append(
            pd.DataFrame({"city": city, "region": [{"a": "n", "b": "n", "c": "s"}.get(each, "w") for each in city]})
        )
    cells = coded(frames, [], ["city", "region"])
    real, made, holdout = placed(frames, cells, [], ["city", "region"])
    ties = Ties(real, holdout)
    assert ties.order.tolist() == [0, 1]
    codes = ties.coded(made)
    likelier = ties.likelier(codes[0], codes[1], 1, told=made.told)
    share = (1 / likelier)[(frames[1]["city"] == "a").to_numpy()]
    assert share == pytest.approx(0.25, abs=0.05)  # "n" is the region of a quarter of all, and of all in "a"
