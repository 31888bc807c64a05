"""k-anonymity, l-diversity and t-closeness are those of pycanon 1.3.6, whose answers on this table stand here."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.privacy import k_anonymity, l_diversity, measure_risk, t_closeness, unique_rows

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
