"""Traces and R-hat of chained equations: by hand, on chains that mix and on chains that cannot."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.imputation import chains, r_hat
from dataops_core.imputation.chains import split_r_hat
from dataops_core.table import tidy


def test_split_r_hat_by_hand():
    """Halves 1 3, 5 7, 2 4, 4 6: each has variance 2, so W = 2; their means 2, 6, 3, 5 have variance 10 / 3 = B / n; n
    = 2.
    """
    assert split_r_hat(np.array([[1.0, 3, 5, 7], [2, 4, 4, 6]])) == pytest.approx(np.sqrt((0.5 * 2 + 10 / 3) / 2))
    assert split_r_hat(np.array([[1.0, 3, 99, 5, 7], [2, 4, 99, 4, 6]])) == pytest.approx(
        np.sqrt((0.5 * 2 + 10 / 3) / 2)
    ), "the middle of an odd number is left out"
    assert split_r_hat(np.ones((2, 8))) is None


def test_ranked_r_hat_by_hand():
    """Eight draws that are their own ranks: scores are the normal quantiles of (rank - 3/8) / (8 + 1/4)."""
    draws = np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]])
    score = {rank: norm.ppf((rank - 0.375) / 8.25) for rank in (1, 1.5, 2, 3, 3.5, 4, 5, 5.5, 6, 7, 7.5, 8)}

    def by_hand(halves):
        within = np.mean([(score[a] - score[b]) ** 2 / 2 for a, b in halves])
        return np.sqrt((within / 2 + np.var([(score[a] + score[b]) / 2 for a, b in halves], ddof=1)) / within)

    bulk = by_hand([(1, 2), (3, 4), (5, 6), (7, 8)])
    # distances from 4.5: 3.5 2.5 1.5 0.5 0.5 1.5 2.5 3.5
    folded = by_hand([(7.5, 5.5), (3.5, 1.5), (1.5, 3.5), (5.5, 7.5)])
    assert r_hat(draws) == pytest.approx(max(bulk, folded))


def test_chains_of_unequal_spread_are_seen_by_the_folded_draws():
    rng = np.random.default_rng(0)
    draws = rng.normal(size=(4, 400)) * np.array([[1.0], [1.0], [1.0], [5.0]])
    assert split_r_hat(draws) < 1.02 and r_hat(draws) > 1.1
    assert r_hat(rng.normal(size=(4, 400))) < 1.02
    assert r_hat(rng.normal(size=(4, 400)) + np.array([[0.0], [0.0], [0.0], [2.0]])) > 1.2


def gaps(rows=400, seed=0, twin=False):
    """y and z follow x; or, as `twin`, z is y said again, and neither is ever known where the other is not."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    y = x + rng.normal(size=rows)
    z = y + rng.normal(0, 0.001, rows) if twin else x - rng.normal(size=rows)
    gone = rng.random(rows) < 0.5 if twin else np.zeros(rows, dtype=bool)
    frame = {
        "x": x,
        "y": np.where(gone | (rng.random(rows) < 0.2), np.nan, y),
        "z": np.where(gone | (rng.random(rows) < 0.2), np.nan, z),
    }
    return pd.DataFrame(frame)


def test_chains_that_mix_have_settled_and_traces_say_what_was_drawn(make_table):
    told = chains(make_table(gaps()), chains=3, iterations=20, seed=1).to_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert set(told["columns"]) == {"y", "z"} and told["rounds"] == 5
    for each in told["columns"].values():
        assert set(each["traces"]) == {"mean", "sd"}
        for what, lines in each["traces"].items():
            assert [len(line) for line in lines] == [20, 20, 20]
            assert each["r_hat"][what] == pytest.approx(r_hat(np.array(lines)[:, 5:]))
    assert told["settled"] is (told["worst"]["r_hat"] <= 1.2)
    again = chains(make_table(gaps()), chains=3, iterations=20, seed=1).to_json()
    assert again == told
    assert chains(make_table(gaps()), chains=3, iterations=20, seed=2).to_json() != told


def test_two_columns_that_say_the_same_keep_each_other_where_they_began(make_table):
    told = chains(make_table(gaps(twin=True))).to_json()
    assert told["settled"] is False and told["worst"]["r_hat"] > 1.5 and "have not settled" in told["words"]


def test_categories_are_followed_by_the_share_of_their_most_frequent_value(make_table):
    rng = np.random.default_rng(0)
    x = rng.normal(size=300)
    kind = pd.Series(np.where(x + rng.normal(size=300) > -0.5, "up", "down"), dtype=object).mask(rng.random(300) < 0.2)
    each = chains(make_table(tidy(pd.DataFrame({"x": x, "kind": kind}))), iterations=20, chains=3).to_json()["columns"][
        "kind"
    ]
    assert (
        each["value"] == "up"
        and set(each["traces"]) == {"share"}
        and all(0 <= value <= 1 for line in each["traces"]["share"] for value in line)
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"columns": ["nope"]}, 'no column "nope"'),
        ({"columns": ["x"]}, "Nothing is missing"),
        ({"iterations": 5}, "too few or too many"),
        ({"chains": 2}, "too few or too many"),
    ],
)
def test_what_cannot_be_is_said(make_table, asked, said):
    with pytest.raises(SettingError, match=said):
        chains(make_table(gaps(60)), **asked).to_json()


def test_the_command_tells_and_fails_where_chains_have_not_settled(tmp_path, capsys):
    gaps(200).to_csv(tmp_path / "fine.csv", index=False)
    gaps(200, twin=True).to_csv(tmp_path / "twin.csv", index=False)
    assert main(["impute-chains", str(tmp_path / "fine.csv"), "--columns", "y", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told["columns"]) == ["y"] and told["settled"]
    assert main(["impute-chains", str(tmp_path / "twin.csv"), "--iterations", "20"]) == 1
    said = capsys.readouterr().out
    assert "5 chains of 20 iterations" in said and "have not settled" in said
