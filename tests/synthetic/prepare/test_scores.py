"""Normal scores: of variance 1 whatever shape an amount has, and back to the same shape."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.synthetic.prepare.normal_scores import Scores

RNG = np.random.default_rng(0)
SHAPES = {
    "few rows clipped at both ends": np.clip(RNG.normal(size=200), -1.5, 1.5),
    "few whole numbers": RNG.integers(6, 18, 150).astype(float),
    "two values": RNG.integers(0, 2, 100).astype(float),
    "mostly nothing": np.where(RNG.random(300) < 0.6, 0.0, RNG.exponential(size=300)),
    "many rows": RNG.lognormal(size=3000),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_scores_are_normal_and_go_back(shape):
    frame = pd.DataFrame({"x": SHAPES[shape]})
    scores = Scores(frame, ["x"])
    made = scores.forth(frame, np.random.default_rng(1))["x"]
    # ends that many rows share lay at -3.7 and 3.7 each: a deviation of 1.5
    assert abs(made.mean()) < 0.15 and 0.8 < made.std() < 1.1
    back = scores.back(pd.DataFrame({"x": np.random.default_rng(2).normal(size=20_000)}))["x"]
    for end in (frame["x"].min(), frame["x"].max()):
        assert (back == end).mean() == pytest.approx((frame["x"] == end).mean(), abs=0.02)
    assert np.abs(np.quantile(back, [0.1, 0.5, 0.9]) - np.quantile(frame["x"], [0.1, 0.5, 0.9])).max() < 0.6 * max(
        1.0, frame["x"].std()
    )
