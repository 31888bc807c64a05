"""A file that decides about people is refused unless it is whole: it never says no to everybody by mistake."""

import copy
import json

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.fairness.fitted import check, fit

CHANGES = {
    "no members": lambda m: m.update(members=[]),
    "weights that add up to two": lambda m: m["members"].append(copy.copy(m["members"][0])),
    "no weight": lambda m: m["members"][0].__setitem__(0, 0.0),
    "a weight that is text": lambda m: m["members"][0].__setitem__(0, "1"),
    "an unknown field": lambda m: m.update(approved=True),
    "a field that is gone": lambda m: m.pop("rules"),
    "rules without thresholds": lambda m: m.update(rules={}),
    "a rule of half the people": lambda m: m.update(
        method="thresholds",
        rules={"a": {"parts": [{"share": 0.5, "when": "above", "threshold": 0.5}], "fixed_share": 0.0, "fixed": 0.0}},
    ),
    "a threshold that is not there": lambda m: m.update(
        method="thresholds",
        rules={"a": {"parts": [{"share": 1.0, "when": "above", "threshold": None}], "fixed_share": 0.0, "fixed": 0.0}},
    ),
    "no features": lambda m: m.update(features={"numbers": [], "categories": []}),
    "another format": lambda m: m.update(format="dataops-model/9"),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    import pandas as pd

    from dataops_core.table import tidy, write_table

    frame = tidy(
        pd.DataFrame(
            {
                "skill": [i % 13 for i in range(200)],
                "sex": ["m", "f"] * 100,
                "ok": ["yes" if i % 13 > 5 else "no" for i in range(200)],
            }
        )
    )
    frame.index = pd.RangeIndex(len(frame), name="row")
    table = write_table(tmp_path_factory.mktemp("model") / "t.parquet", [frame])
    return json.loads(json.dumps(fit(table, "ok", "yes", ["sex"], "baseline")))


@pytest.mark.parametrize("name", CHANGES)
def test_a_model_that_is_not_whole_is_refused(model, name, tmp_path, capsys):
    changed = copy.deepcopy(model)
    CHANGES[name](changed)
    with pytest.raises(SettingError, match=r"This is not a fitted model \(.+"):
        check(changed, "model")
    (tmp_path / "m.json").write_text(json.dumps(changed))
    (tmp_path / "t.csv").write_text("skill,sex,ok\n1,m,yes\n12,f,no\n")
    assert main(["decide", str(tmp_path / "m.json"), str(tmp_path / "t.csv"), "-o", str(tmp_path / "out.csv")]) == 2
    assert not (tmp_path / "out.csv").exists()
    assert "Traceback" not in capsys.readouterr().err


def test_a_whole_model_is_taken_as_it_is(model):
    assert check(copy.deepcopy(model), "model") == model
