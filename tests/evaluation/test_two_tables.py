"""What a change of a table does to a model: the folds of the protocol, the same rows on both sides."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dataops_core.errors import SettingError
from dataops_core.evaluation.two_tables import Side, table_effect
from dataops_core.table import Column

TARGET = Column("y", "text", "category")


def outcome(rows=200):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=rows), "z": rng.normal(size=rows)})
    return frame, pd.Series(np.where(frame["x"] + rng.normal(size=rows) > 0, "yes", "no"))


def test_scores_are_those_of_scikit_learn_in_the_folds_of_the_protocol(make_table):
    frame, answers = outcome()
    blurred = frame.assign(x=frame["x"].round(0))
    order = np.arange(200)[::-1].copy()
    found = table_effect(
        Side(make_table(frame), np.arange(200)),
        Side(make_table(blurred.iloc[order].reset_index(drop=True)), order),  # the same rows, elsewhere in the table
        answers,
        TARGET,
        repeats=2,
        seed=4,
    )
    scores = [
        np.concatenate(
            [
                cross_validate(
                    make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
                    side,
                    answers,
                    cv=StratifiedKFold(5, shuffle=True, random_state=4 + repeat),
                    scoring="balanced_accuracy",
                )["test_score"]
                for repeat in range(2)
            ]
        )
        for side in (frame, blurred)
    ]
    assert (found.rows, found.measure) == (200, "balanced_accuracy")
    assert [found.before, found.after] == pytest.approx([each.mean() for each in scores], abs=1e-12)
    assert found.mean == pytest.approx((scores[1] - scores[0]).mean(), abs=1e-12)
    assert found.low < found.mean < found.high and found.before > 0.65


def test_what_does_not_change_makes_no_difference_and_columns_are_left_out(make_table):
    frame, answers = outcome()
    side = Side(make_table(frame), np.arange(200))
    found = table_effect(side, side, answers, TARGET, repeats=1)
    assert found.to_json()["difference"] == {"mean": 0.0, "low": 0.0, "high": 0.0} and not found.clear
    assert table_effect(side, side, answers, TARGET, repeats=1, leave_out=["x", "gone"]).before < found.before


def test_a_target_that_nothing_predicts_is_refused(make_table):
    frame, answers = outcome()
    side = Side(make_table(frame), np.arange(200))
    with pytest.raises(SettingError, match="one value"):
        table_effect(side, side, pd.Series(["yes"] * 200), TARGET)
