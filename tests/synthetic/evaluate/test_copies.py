"""Copies among coincidences: a few real rows are seen although rows of a kind, or people who stand there twice, meet by
chance.
"""

import numpy as np
import pandas as pd
import pytest

from dataops_core.synthetic import judge
from dataops_core.synthetic.evaluate.significance import DOUBTFUL, LEAK, beyond, excess
from tests.synthetic.people import answers, people

ROWS = 600


def named(frame, mark, twice=0):
    """The rows with a name for each, and with `twice` people whom every table has."""
    names = [f"{mark}{i * 7919 % 99991}.{i}@mail.example" for i in range(len(frame))]
    return frame.assign(email=names[: len(frame) - twice] + [f"everybody.{i * 17}@mail.example" for i in range(twice)])


@pytest.fixture
def signals(make_table, only):
    only("privacy")
    return lambda made, real, held: judge(
        make_table(real), make_table(made), holdout=None if held is None else make_table(held)
    ).to_json()["privacy"]["signals"]


def test_a_copy_in_every_column_is_one_although_some_columns_meet_by_chance(signals):
    real, held, fresh = (named(answers(ROWS, seed), mark) for seed, mark in ((1, "a"), (2, "b"), (3, "c")))
    assert not signals(fresh, real, held)["exact_matches"]["leak"]
    told = signals(pd.concat([real[:12], fresh[12:]]), real, held)["exact_matches"]
    assert told["verbatim"] == 12 and told["value"] > 12 and told["p"] <= 4.0**-11 and told["leak"]


def test_names_that_come_back_are_weighed_against_those_that_real_tables_share(signals):
    real, held, fresh = (named(people(ROWS, seed), mark, 4) for seed, mark in ((1, "a"), (2, "b"), (3, "c")))
    assert not signals(fresh, real, held)["identifiers"]["leak"]
    assert signals(fresh.assign(email=[*real["email"][:12], *fresh["email"][12:]]), real, held)["identifiers"]["leak"]


def test_without_a_holdout_texts_that_many_have_are_no_names(signals):
    def dated(seed):
        days = np.random.default_rng(seed).integers(0, 900, ROWS)
        return people(ROWS, seed).assign(day=[f"on day {day}" for day in days])

    assert [each["column"] for each in signals(dated(2), dated(1), None)["identifiers"]["columns"]] == ["day"]
    assert not [seed for seed in range(2, 6) if signals(dated(seed), dated(1), None)["identifiers"]["leak"]]
    real, fresh = named(people(ROWS, 1), "a"), named(people(ROWS, 2), "b")
    assert not signals(fresh, real, None)["identifiers"]["doubtful"]
    assert signals(fresh.assign(email=[*real["email"][:12], *fresh["email"][12:]]), real, None)["identifiers"]["leak"]


def test_chance_by_hand():
    # at least 12 of 13 with a chance of 1/4
    assert excess(12, 1, 0, 2.0) == pytest.approx(13 * 0.75 * 0.25**12 + 0.25**13)
    # 24 of 57 with a chance of 1/4: .0035, and .037 with one of 2/5 (crowding)
    assert LEAK < excess(24, 9, 24, 2.0) <= DOUBTFUL
    assert excess(24, 20, 2, 2.0) > 0.3  # who meets twenty holdout rows where real rows meet one crowds: paired alone
    assert beyond(4, 0, 0, 2.0) == pytest.approx(0.000387, rel=0.1) and beyond(1, 0, 0, 2.0) > 0.2  # Poisson, mean 1/3
    assert beyond(24, 20, 2, 2.0) == 1.0


def test_a_copy_with_an_apostrophe_before_every_cell_is_a_copy(make_table, only):
    only("privacy")
    real, held = people(300, 1), people(300, 2)
    quoted = real.astype(str).apply(lambda cells: "'" + cells)
    told = judge(make_table(real), make_table(quoted), holdout=make_table(held)).to_json()
    assert told["privacy"]["exact_matches"] == 300 and told["privacy"]["verdict"] == "leak" and not told["problems"]


def test_a_table_of_which_a_column_cannot_be_read_is_doubtful_at_least(make_table, only):
    only("privacy")
    real, held, fresh = (people(300, seed) for seed in (1, 2, 3))

    def of(readable):
        made = fresh.assign(
            income=["about " * (i >= readable) + f"{value:.2f}" for i, value in enumerate(fresh["income"])]
        )
        return judge(make_table(real), make_table(made), holdout=make_table(held)).to_json()["privacy"]

    told = of(100)
    assert told["verdict"] == "doubtful" and told["worst"] is None
    assert (
        told["words"][0].startswith("Some of the table could not be read")
        and 'Most cells of "income"' in told["words"][1]
    )
    assert of(200)["verdict"] == "no leak seen"
