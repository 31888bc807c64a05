"""A plan that is written otherwise than settings are is refused in words, and never falls over."""

import pytest

from dataops_core.errors import SettingError
from dataops_core.synthetic import Settings
from dataops_core.synthetic.evaluate.align_columns import align
from dataops_core.synthetic.evaluate.conditional_reference import wished
from tests.synthetic.people import people


@pytest.mark.parametrize(
    "plain",
    [
        {"columns": ["a"]},
        {"columns": {"c": "learn"}},
        {"columns": None},
        {"columns": {"c": None}},
        {"columns": {"c": {"as": ["learn"]}}},
        {"columns": {"c": {"as": None}}},
        {"columns": {"c": {"maker": ["email"]}}},
        {"columns": "c"},
        {"constraints": "x"},
        {"constraints": {"type": "unique"}},
        {"constraints": ["x"]},
        {"constraints": [{"type": ["x"], "columns": ["a"]}]},
        {"constraints": [{"type": "unique", "columns": "a"}]},
        {"constraints": [{"type": "unique", "columns": [["a"]]}]},
        {"constraints": [{"type": "unique"}]},
        {"constraints": [{"type": "order", "columns": ["a", "a"]}]},
        {"constraints": [{"type": "sum", "columns": ["a", "b"], "total": "a"}]},
        {"constraints": [{"type": "sum", "columns": ["a", "b"], "total": ["c"]}]},
        {"constraints": [{"type": "between", "columns": ["a"], "min": 50, "max": 20}]},
        {"where": [{"values": {"a": "x"}}]},
        {"where": {"a": "x"}},
        {"where": "x"},
        {"where": None},
        {"where": ["x"]},
        {"where": [{"values": {"a": "x"}, "rows": -5}]},
        {"where": [{"values": {"a": "x"}, "rows": "ten"}]},
        {"where": [{"values": {"a": "x"}, "rows": None}]},
        {"where": [{"values": ["a"], "rows": 5}]},
        {"where": [{"values": {"a": ["x"]}, "rows": 5}]},
        {"where": [{"values": {"a": None}, "rows": 5}]},
        {"where": [{"values": {"a": 1}, "row": 5}]},
        {"where": [{"values": {"a": float("nan")}, "rows": 5}]},
        {"sensitive": 5},
        {"sensitive": [["a"]]},
        {"sensitive": {"a": 1}},
        {"target": ["a"]},
        {"engine": 5},
        {"engine": ["ctgan"]},
        {"engine": None},
        {"sequence": {"key": ["a"]}},
        {"sequence": {"key": "a", "index": 5}},
        {"sequence": "a"},
        {"rows": "x"},
        {"seed": 1.5},
        {"epochs": True},
        {"rows": 10**9},
    ],
    ids=str,
)
def test_it_is_said_in_words_what_is_wrong_and_where(plain):
    with pytest.raises(SettingError) as told:
        Settings.from_json(plain)
    assert told.value.what and told.value.where and told.value.fix


def test_what_is_well_written_passes_and_comes_back():
    plain = {
        "columns": {"c": {"as": "make", "maker": None}, "d": {}},
        "constraints": [{"type": "sum", "columns": ["a", "b"], "total": "c", "enforce": True}],
        "where": [{"values": {"ok": True, "age": 30, "born": "1980-01-01"}, "rows": 5}, {"values": {}, "rows": 3}],
        "sequence": {"key": "a", "index": None},
    }
    made = Settings.from_json(plain)
    assert Settings.from_json(made.to_json()) == made and made.to_json()["where"] == plain["where"]
    assert Settings.from_json({"sensitive": "region"}).sensitive == ("region",)


def test_a_condition_may_say_true_or_false(make_table):
    frame = people(100, 1).assign(ok=[True, False] * 50)
    found = align(make_table(frame), make_table(frame))
    for value in (True, "true", "True"):
        mix, words = wished(found, [{"values": {"ok": value}, "made": 40}])
        assert "same shares" in words and len(mix.real) == 40 and set(mix.real["ok"]) == {"true"}
