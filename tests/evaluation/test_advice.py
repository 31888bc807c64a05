"""What is said of recipes of which none is better than doing nothing: no difference, or a worse one."""

from types import SimpleNamespace

import pytest

from dataops_core.evaluation.advice import Judge, advise
from dataops_core.evaluation.candidates import NOTHING
from dataops_core.evaluation.scoreboard import Difference, Estimate, Standing, differences
from dataops_core.evaluation.scores import measures_of

PLAN = SimpleNamespace(folds=5, test_share=0.25)
MEASURE = measures_of("classes")["balanced_accuracy"]
KEY = MEASURE.key
NOISE = [0.001, -0.001, 0.0005, -0.0005, 0.0]


def standing(name, level):
    scores = {KEY: [level + part for part in NOISE]}
    base = {KEY: [0.8] * len(NOISE)}
    apart: dict[str, Difference] = (
        {} if name == NOTHING else differences(scores, base, PLAN, {KEY: MEASURE}, KEY, 2, 1.0)
    )
    return Standing(name, ["step"], scores, {KEY: Estimate.of(scores[KEY], PLAN)}, apart, {}, (), None, 3, 0.1)


@pytest.mark.parametrize(
    ("levels", "says"),
    [
        ([0.8, 0.801], "No clear difference: none of the 2 recipes is clearly better than doing nothing"),
        (
            [0.8, 0.7],
            (
                "None of the 2 recipes is clearly better than doing nothing by Balanced accuracy, with 2 comparisons"
                ' accounted for. Clearly worse: "b".'
            ),
        ),
        ([0.7, 0.6], "Doing nothing is best: all 2 recipes are clearly worse by Balanced accuracy."),
    ],
)
def test_what_is_worse_is_not_called_no_difference(levels, says):
    standings = [standing(NOTHING, 0.8), *(standing(name, level) for name, level in zip("ab", levels, strict=True))]
    advice = advise(standings, {KEY: [0.5] * 5}, Judge(PLAN, MEASURE, 1.0))
    assert advice.recommended == NOTHING and advice.verdict.startswith(says)
    assert advice.verdict.count("worse") == (0 if levels[1] > 0.75 else 1)
