"""Facts of a cluster beside those of memory."""

import math


def equal(one, other) -> bool:
    """Whether two facts are one: counts and texts exactly, sums of decimals but for the order in which they are added."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(equal(each, other[name]) for name, each in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(equal(*pair) for pair in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def same_facts(there: dict, here: dict) -> None:
    left_out = set(there["left_out"]["facts"])
    assert left_out == {"bytes", "meant"}
    assert list(there["facts"]) == list(here["facts"])
    for name, facts in there["facts"].items():
        wanted = {key: value for key, value in here["facts"][name].items() if key not in left_out}
        wrong = {key: (facts.get(key), value) for key, value in wanted.items() if not equal(value, facts.get(key))}
        assert (name, facts.keys() ^ wanted.keys(), wrong) == (name, set(), {})
    assert there["missing_cells"] == here["missing_cells"]
    assert (there["rows"], there["columns"]) == (here["rows"], here["columns"])
