"""Sentences of steps: what was done, and what is still to be done."""

import dataops_core.steps  # noqa: F401 - registers the steps
from dataops_core.steps.step import REGISTRY
from dataops_core.wording import DOES, as_plan


def test_every_step_has_a_sentence_for_a_step_that_is_still_to_come():
    odd = [step.says for step in REGISTRY.values() if as_plan(step.says) == step.says]
    assert not odd, f"add what these begin with to dataops_core.wording.DOES: {odd}"
    begun = {words for step in REGISTRY.values() for words in DOES if step.says.startswith(words)}
    assert DOES.keys() - begun == {"Deleted", "Switched"}  # what is done to steps


def test_a_plan_changes_what_begins_a_sentence_and_no_value():
    assert as_plan("Replaced Dropped by Filled in Made") == "Replaces Dropped by Filled in Made"
    assert as_plan("Fixes of 2 findings: Trimmed a; Filled b") == "Fixes of 2 findings: Trims a; Fills b"
