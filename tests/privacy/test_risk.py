"""k-anonymity, l-diversity and t-closeness are those of pycanon 1.3.6, whose answers on this table stand here."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.privacy import k_anonymity, l_diversity, measure_risk, t_closeness, unique_rows
from dataops_core.privacy.risk import risk_table

QUASI = ["age", "sex", "town"]


@pytest.fixture
def people():
    rng = np.random.default_rng(4)
    n = 400
    return pd.DataFrame(
        {
            "age": rng.integers(2, 6, n) * 10,
            "sex": rng.choice(["f", "m"], n),
            "town": rng.choice(["Ede", "Elst", "Epe"], n, p=[0.7, 0.2, 0.1]),
            "income": rng.choice([1000, 2000, 3000, 5000], n),
            "illness": rng.choice(["flu", "asthma", "none"], n, p=[0.2, 0.1, 0.7]),
        }
    )


@pytest.mark.parametrize(
    ("quasi", "k", "illness", "income"),
    [
        (QUASI, 3, (1, 0.3416666666666667), (2, 0.3408333333333333)),
        (["age"], 93, (3, 0.04840425531914894), (4, 0.027748226950354605)),
    ],
)
def test_measures_equal_those_of_pycanon(people, quasi, k, illness, income):
    risk = measure_risk(people, quasi, ["illness", "income"])
    assert risk.k == k_anonymity(people, quasi) == k
    assert (risk.l_diversity["illness"], risk.t_closeness["illness"]) == (illness[0], pytest.approx(illness[1]))
    assert (risk.l_diversity["income"], risk.t_closeness["income"]) == (income[0], pytest.approx(income[1]))


def test_rows_that_stand_alone_are_named():
    frame = pd.DataFrame({"age": [30, 30, 41, None, None], "town": ["Ede", "Ede", "Ede", "Epe", "Epe"]})
    assert unique_rows(frame, ["age", "town"]).tolist() == [False, False, True, False, False]
    assert unique_rows(frame, ["age", "town"], below=3).all()
    assert measure_risk(frame, ["age", "town"]).unique_rows == 1


def test_tables_without_rows_and_unknown_columns():
    frame = pd.DataFrame({"age": [], "illness": []})
    assert (k_anonymity(frame, ["age"]), l_diversity(frame, ["age"], "illness")) == (0, 0)
    assert t_closeness(frame, ["age"], "illness") == 0
    assert measure_risk(frame, ["age"], ["illness"]).k == 0
    with pytest.raises(SettingError, match="no column"):
        measure_risk(frame, ["agee"])


def test_closeness_by_hand():
    frame = pd.DataFrame({"town": ["Ede", "Epe", "Epe", "Ede"], "pay": [1, 2, 3, 1], "none": [7, 7, 7, 7]})
    # the table has 1/2, 1/4, 1/4; Ede 1, 0, 0: the earth moves 0.5 and 0.25 of two places
    assert t_closeness(frame, ["town"], "pay") == pytest.approx(0.375)
    assert t_closeness(frame.astype({"pay": str}), ["town"], "pay") == pytest.approx(0.5)
    assert t_closeness(frame, ["town"], "none") == 0.0
    assert t_closeness(frame.replace({"pay": {2: 3}}), ["town"], "pay") == pytest.approx(0.5)  # two values alone
    missing = frame.assign(pay=[1.0, None, 3.0, 1.0])  # a missing value has no place in an order
    assert t_closeness(missing, ["town"], "pay") == pytest.approx(0.5)
    assert t_closeness(frame.assign(pay=[True, False, False, True]), ["town"], "pay") == pytest.approx(0.5)
    assert l_diversity(frame, ["town"], "pay") == 1 and l_diversity(missing, [], "pay") == 3


def test_nobody_stands_alone_in_an_empty_table():
    found = unique_rows(pd.DataFrame({"age": []}), ["age"])
    assert (found.dtype, len(found)) == (bool, 0)


def test_the_risk_of_a_table_at_rest(make_table):
    towns = ["Ede"] * 20 + ["Epe"] * 10 + ["Elst"] * 5 + ["Emst"] * 2 + ["Eext", "Ens"]
    table = make_table({"town": towns, "ill": ["yes", "no"] * 19 + ["no"]})
    found = risk_table(table, ["town"], ["ill"])
    assert found["sizes"] == {"1": 2, "2-4": 2, "5-9": 5, "10-19": 10, "20 or more": 20}
    assert (found["k"], found["classes"], found["unique_rows"], found["alone"]) == (1, 6, 2, [37, 38])
    assert found["quasi_identifiers"] == ("town",) and found["l_diversity"] == {"ill": 1}
    assert risk_table(table, ["town"], rows=1)["alone"] == [37]
    none = risk_table(make_table({"town": pd.Series([], dtype=object)}), ["town"])
    assert (none["k"], none["alone"], set(none["sizes"].values())) == (0, [], {0})
