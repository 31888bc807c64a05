"""A synthetic table of rows that were asked for is compared with real rows like them."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.synthetic.evaluate.align_columns import align
from dataops_core.synthetic.evaluate.conditional_reference import wished
from dataops_core.synthetic.evaluate.fidelity import fidelity
from dataops_core.table import write_table


def groups(rows, seed, share=0.1):
    """A tenth of the rows are of group B (and senior), whose amounts are others."""
    rng = np.random.default_rng(seed)
    group = np.where(rng.random(rows) < share, "B", "A")
    return pd.DataFrame(
        {
            "group": group,
            "amount": rng.normal(0, 1, rows).round(3) + 8 * (group == "B"),
            "level": np.where(group == "B", rng.integers(5, 9, rows), rng.integers(0, 4, rows)),
        }
    )


def judged(sides, requests):
    found, words = wished(align(*sides), requests)
    return fidelity(found, found.holdout, found.real, 0, lambda *_: None).to_json(), words


def test_a_twin_of_a_thin_group_is_as_alike_as_that_group(tmp_path):
    sides = [
        write_table(tmp_path / f"{n}.parquet", [groups(1000, n, share)]) for n, share in ((0, 0.1), (1, 1.0), (2, 0.1))
    ]
    plain, _ = judged(sides, [])
    asked, words = judged(sides, [{"values": {"group": "b"}, "made": 1000}])
    assert plain["score"] < 0.5 < asked["score"] and asked["score"] > asked["ceiling"] - 0.1
    assert (
        "have the values asked for" in words
        and f"{(groups(1000, 0)['group'] == 'B').sum()} that were learned from" in words
    )


@pytest.mark.slow
def test_halves_of_each_group_are_compared_with_such_halves(tmp_path):
    sides = [
        write_table(tmp_path / f"{n}.parquet", [groups(1000, n, share)]) for n, share in ((0, 0.1), (1, 0.5), (2, 0.1))
    ]
    asked, _ = judged(
        sides,
        [
            {"values": {"group": "A"}, "made": 500},
            {"values": {"level": 5.0}, "made": 0},
            {"values": {"group": "B"}, "made": 500},
        ],
    )
    assert judged(sides, [])[0]["score"] + 0.2 < asked["score"] > 0.85
    lost, words = judged(sides, [{"values": {"group": "C"}, "made": 9}])
    assert "Too few real rows" in words and lost["score"] == judged(sides, [])[0]["score"]
