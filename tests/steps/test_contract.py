"""What every step promises, tested on odd frames with every step of the registry."""

import doctest
import json
import string
import sys
from random import Random

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from dataops_core.errors import DataOpsError, Skip
from dataops_core.steps import REGISTRY, _unusual
from dataops_core.table import ContentHash, content_hash, tidy
from tests.strategies import cases, columns_of, examples

STEPS = sorted({step.name: step for step in REGISTRY.values()}.values(), key=lambda step: step.name)
GROUPS = {"Columns", "Missing values", "Text", "Numbers", "Dates", "Rows", "Features", "Privacy"}
odd = settings(
    max_examples=examples(30),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
SUMS = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [5.0, 5.0, 6.0, 7.0], "c": [6.0, 7.0, None, 11.0]})
every_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)


@pytest.fixture(autouse=True)
def _few_trees(monkeypatch):
    """What a step promises does not depend on how many trees it grows, and example by example it grows them anew."""
    monkeypatch.setattr(_unusual, "TREES", 5)


def learn(step, frame, chosen):
    return step.learner(frame, **chosen) if step.learner else None


def run(step, frame, chosen, learned):
    extra = {"learned": learned} if step.learner else {}
    return tidy(step(frame, **chosen, **extra))


def attempt(step, frame, chosen):
    """What was learned and the result, or None if the step refused in its own words."""
    try:
        learned = learn(step, frame, chosen)
        return learned, run(step, frame, chosen, learned)
    except (DataOpsError, Skip) as refusal:
        assert str(refusal).strip()
        assert isinstance(refusal, Skip) or (refusal.what and refusal.fix)
        return None


def state(frame):
    """All of a tidy frame, cell by cell as Python writes it: quicker than a hash for a few rows, and as exact."""
    cells = [repr(frame.iloc[:, place].tolist()) for place in range(frame.shape[1])]
    return list(frame.columns), frame.index.tolist(), [str(kind) for kind in frame.dtypes], cells


def settings_survive_json_and_can_be_told(step, frame, chosen):
    assert step.check(json.loads(json.dumps(chosen, allow_nan=False)), columns_of(frame)) == chosen
    assert step.sentence(chosen).startswith(step.says.split()[0])
    if step.name_function:
        assert step.new_names(chosen) == chosen["names"]
    if step.kind_function:
        assert list(step.new_kinds(chosen)) == chosen["columns"]


def gives_the_same_batch_by_batch(step, frame, chosen, learned, whole, size):
    total, ids = ContentHash(), []
    for start in range(0, max(1, len(frame)), size):
        piece = run(step, frame.iloc[start : start + size], chosen, learned)
        assert list(piece.dtypes.astype(str).items()) == list(whole.dtypes.astype(str).items())
        total.update(piece)
        ids += list(piece.index)
    assert ids == list(whole.index)
    assert total.hexdigest() == content_hash(whole)


@every_step
@odd
@given(data=st.data())
def test_step_keeps_its_promises(step, data):
    frame, chosen = data.draw(cases(step))
    settings_survive_json_and_can_be_told(step, frame, chosen)
    before, copy = state(frame), frame.copy(deep=True)
    done = attempt(step, frame, chosen)
    assert state(frame) == before, "the input was changed"
    again = attempt(step, copy, chosen)
    if done is None:
        assert again is None
        return
    learned, out = done
    assert again is not None
    assert (again[0], state(again[1])) == (learned, state(out)), "twice the same, two results"
    if step.adds_rows:
        last = max(frame.index, default=-1)
        added = list(out.index)[sum(row <= last for row in out.index) :]
        assert added == list(range(last + 1, last + 1 + len(added))), "added rows do not stand at the end, with new ids"
        out_before = list(out.index)[: len(out) - len(added)]
    else:
        out_before = list(out.index)
    if step.sorts_rows:
        assert sorted(out_before) == sorted(frame.index), "rows were added or dropped"
    elif step.drops_rows:
        kept = set(out_before)
        assert out_before == [row for row in frame.index if row in kept], "row ids were changed or reordered"
    else:
        assert out_before == list(frame.index), "rows were added, dropped or reordered"
    assert len(set(out.columns)) == len(out.columns)
    assert all(type(name) is str for name in out.columns)
    if step.learner:
        stored = json.loads(json.dumps(learned, allow_nan=False))
        assert stored == learned, "what was learned does not survive JSON"
        assert state(run(step, frame, chosen, stored)) == state(out)
        assert stored == learned, "what was learned was changed by using it"
        assert state(tidy(step(frame, **chosen))) == state(out), "called by hand, the step learns for itself"
    if step.reach == "row" and len(frame) > 1:
        size = data.draw(st.integers(1, len(frame) // 2))  # of a part, so that there are two
        gives_the_same_batch_by_batch(step, frame, chosen, learned, out, size)


@every_step
def test_step_changes_some_frame(step):
    """Guards the tests above against a step that refuses everything."""

    def changes(case):
        done = attempt(step, *case)
        return done is not None and state(done[1]) != state(case[0])

    if step.needs_table:  # see test_two_tables
        return
    if step.name == "fill_computed":  # columns that add up are too rare among odd frames
        assert changes((tidy(SUMS), {"column": "c", "of": ["a", "b"], "how": "sum"}))
        return
    if step.name == "make_rows_agree":  # and so are groups that nearly agree
        nearly = tidy(pd.DataFrame({"by": ["x"] * 5, "a": ["y", "y", "y", "y", "z"]}))
        assert changes((nearly, {"columns": ["a"], "by": ["by"]}))
        return
    quick = settings(odd, max_examples=3000, phases=[Phase.generate])  # no shrinking: any example will do
    assert changes(find(cases(step), changes, settings=quick, random=Random(0)))


@every_step
def test_step_explains_itself(step):
    assert step.group in GROUPS
    assert step.summary.endswith(".")
    assert len(step.summary) <= 120
    assert all(setting.label for setting in step.settings)
    named = {field for _, field, _, _ in string.Formatter().parse(step.says) if field}
    assert named <= {setting.name for setting in step.settings}
    assert [setting.name for setting in step.settings if not setting.help] == []


@every_step
def test_examples_in_the_docstring_are_true(step):
    known = dict(vars(sys.modules[step.function.__module__]), pd=pd)
    example = doctest.DocTestParser().get_doctest(step.doc, known, step.name, None, 0)
    assert example.examples, "no example"
    told = []
    failed = doctest.DocTestRunner(verbose=False).run(example, out=told.append).failed
    assert not failed, "".join(told)


@pytest.mark.parametrize("words", ["empty", "blank", "delete", "total", "convert", "edit", "impute"])
def test_steps_are_found_by_the_words_that_people_use(words):
    assert any(words in f"{step.title} {step.also}".casefold() for step in STEPS)
