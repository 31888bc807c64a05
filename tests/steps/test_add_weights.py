"""Weights by hand and by scikit-learn; learned once, reused on new rows, and what is new is said."""

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.class_weight import compute_class_weight

from dataops_core.errors import SettingError, Skip
from dataops_core.steps import get
from dataops_core.steps.add_weights import learn_weights
from dataops_core.table import tidy

add_weights = get("add_weights")
FRAME = tidy(pd.DataFrame({"ill": ["yes"] * 2 + ["no"] * 8, "sex": ["f", "m"] + ["f"] * 6 + ["m"] * 2}))


def test_weights_of_classes_by_hand():
    # 10 rows, 2 classes: 10 / (2 * 8) and 10 / (2 * 2)
    assert learn_weights(FRAME, "ill") == {"weights": [[["no"], 0.625], [["yes"], 2.5]]}
    assert add_weights(FRAME, target="ill")["weight"].tolist() == [2.5] * 2 + [0.625] * 8
    assert [w for _, w in learn_weights(FRAME, "ill")["weights"]] == compute_class_weight(
        "balanced", classes=np.array(["no", "yes"]), y=FRAME["ill"]
    ).tolist()


def test_weights_of_classes_and_groups_by_hand():
    # 10 rows, 4 combinations: no f 6, no m 2, yes f 1, yes m 1
    out = add_weights(FRAME, target="ill", by=["sex"])["weight"]
    assert out.tolist() == [2.5, 2.5] + [10 / 24] * 6 + [1.25] * 2
    assert out.mean() == pytest.approx(1.0)


def test_what_was_never_seen_weighs_one_and_is_said():
    learned = learn_weights(FRAME, "ill", ["sex"])
    new = tidy(pd.DataFrame({"ill": ["yes", "maybe", None], "sex": ["f", "f", "m"]}))
    assert add_weights(new, target="ill", by=["sex"], learned=learned)["weight"].tolist() == [2.5, 1.0, 1.0]
    said = add_weights.on_new_rows(new, learned, "ill", ["sex"])
    assert "maybe, f (1)" in said and "missing, m (1)" in said
    assert add_weights.on_new_rows(FRAME, learned, "ill", ["sex"]) == ""


@pytest.mark.parametrize("values", [(True, False), (1, 0), (1.5, 2.5)])
def test_a_target_of_any_type_is_weighed(values):
    frame = tidy(pd.DataFrame({"y": [values[0]] + [values[1]] * 3}))
    assert add_weights(frame, target="y")["weight"].tolist() == [2.0] + [4 / 6] * 3


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"into": "sex"}, 'a column "sex" already'),
        ({"into": ""}, "no name"),
        ({"by": ["ill"]}, "target and group"),
        ({"target": "id"}, "an amount"),
    ],
)
def test_what_cannot_be_is_said(settings, said):
    frame = tidy(pd.concat([FRAME] * 3, ignore_index=True).assign(id=range(30)))
    with pytest.raises(SettingError, match=said):
        add_weights(frame, **{"target": "ill"} | settings)


def test_an_empty_target_is_skipped():
    with pytest.raises(Skip, match="nothing to weigh by"):
        add_weights(FRAME.assign(ill=None), target="ill")
