"""Records become JSON and come back as what they were."""

import json
from dataclasses import dataclass

import pytest

from dataops_core.record import Record, absent, empty, key, spread


@dataclass(frozen=True, kw_only=True)
class Rate(Record):
    hits: int
    interval: tuple[float, float] | None = None
    why: str | None = absent()


@dataclass(frozen=True, kw_only=True)
class Corrected(Record):
    p_holm: float | None


@dataclass(frozen=True, kw_only=True)
class Brought(Record):
    source: str = key("from")
    column: str


@dataclass(frozen=True, kw_only=True)
class Learned(Record):
    source: str = key("from")
    seed: int


@dataclass(frozen=True, kw_only=True)
class Group(Record):
    name: str
    rates: dict[str, Rate] = spread()
    corrected: Corrected | None = spread()
    people: int


@dataclass(frozen=True, kw_only=True)
class Whole(Record):
    first: Rate = spread()
    groups: tuple[Group, ...] = ()
    by_name: dict[str, list[Rate]]
    how: Brought | Learned | None = None
    model: Rate | None = empty()


def again(record):
    return type(record).from_json(json.loads(json.dumps(record.to_json())))


def test_keys_stand_in_the_order_of_the_fields_and_absent_ones_do_not():
    whole = Whole(
        first=Rate(hits=1, why="few"), by_name={"a": [Rate(hits=2)]}, how=Learned(source="model", seed=3), model=None
    )
    assert json.dumps(whole.to_json()) == (
        '{"hits": 1, "interval": null, "why": "few", "groups": [], "by_name": {"a": [{"hits": 2, "interval": null}]},'
        ' "how": {"from": "model", "seed": 3}, "model": {}}'
    )


@pytest.mark.parametrize("how", [None, Brought(source="column", column="x"), Learned(source="model", seed=1)])
@pytest.mark.parametrize("model", [None, Rate(hits=1, interval=(0.5, 1.0))])
def test_what_was_written_is_read_as_it_was(how, model):
    whole = Whole(
        first=Rate(hits=7, interval=(0.1, 0.2)), by_name={"a": [Rate(hits=2, why="x")], "b": []}, how=how, model=model
    )
    assert again(whole) == whole


def test_spread_keys_stand_beside_the_others_and_are_found_again():
    with_p = Group(name="a", rates={"tpr": Rate(hits=1)}, corrected=Corrected(p_holm=None), people=9)
    without = Group(name="a", rates={}, corrected=None, people=9)
    assert without.to_json() == {"name": "a", "people": 9} and again(without) == without
    assert list(with_p.to_json()) == ["name", "tpr", "p_holm", "people"]
    assert again(without).corrected is None and again(with_p) == with_p
    whole = Whole(first=Rate(hits=1), groups=(without,), by_name={})
    assert again(whole) == whole


def test_keys_of_later_versions_are_passed_by():
    assert Rate.from_json({"hits": 1, "new": 2}) == Rate(hits=1)
