"""Every step, on odd frames: the exported script does what the engine does, skips where it skips, fails
where it fails.
"""

import ast
import sys
import types

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataops_core.errors import DataOpsError, Skip
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.script import _literal, script
from dataops_core.steps import REGISTRY
from dataops_core.table import content_hash, tidy
from tests.strategies import cases, examples

STEPS = sorted({step.name: step for step in REGISTRY.values()}.values(), key=lambda step: step.name)


BUILT = {}


def space_of(step, chosen):
    """The names of an exported script with this step; built once for a step, its settings are given at the call."""
    if step.name not in BUILT:
        module = sys.modules[f"clean_{step.name}"] = types.ModuleType(f"clean_{step.name}")  # dataclasses look for it
        space = module.__dict__
        exec(compile(script(Recipe("contract", 0, (RecipeStep(step.name, chosen),))), "clean.py", "exec"), space)
        BUILT[step.name] = space
    return BUILT[step.name]


def from_script(step, chosen, frame):
    space = space_of(step, chosen)
    learner = {"learner": space[step.learner.__name__]} if step.learner else {}
    try:
        out = space["take"](space[step.function.__name__], frame, **ast.literal_eval(_literal(chosen)), **learner)
    except Exception as error:  # noqa: BLE001 - the error classes of a script are its own copies
        assert type(error).__name__ in ("SettingError", "InputError"), repr(error)
        return "failed"
    return list(out.index), content_hash(out)


def from_engine(step, chosen, frame):
    try:
        learned = {"learned": step.learner(frame, **chosen)} if step.learner else {}
        out = tidy(step.function(frame, **chosen, **learned))
    except Skip:
        out = frame
    except DataOpsError:
        return "failed"
    return list(out.index), content_hash(out)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
@settings(
    max_examples=examples(20),
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_the_script_does_what_the_engine_does(step, data):
    frame, chosen = data.draw(cases(step))
    assert from_script(step, chosen, frame) == from_engine(step, chosen, frame)
