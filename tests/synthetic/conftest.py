"""What tests of one verdict leave out: the other two."""

import importlib
from types import SimpleNamespace

import pytest

from dataops_core.synthetic import judge
from tests.synthetic.people import HOLDOUT, TRAINING


@pytest.fixture
def only(monkeypatch):
    """Let the judge work out this verdict alone, and usefulness with so many models."""

    nothing = SimpleNamespace(words=[], to_json=dict)

    def choose(*verdicts, seeds=5):
        for name in {"fidelity", "utility", "privacy"} - set(verdicts):
            monkeypatch.setattr(
                importlib.import_module("dataops_core.synthetic.evaluate.evaluate"), name, lambda *_: nothing
            )
        monkeypatch.setattr("dataops_core.synthetic.evaluate.utility.SEEDS", seeds)

    return choose


@pytest.fixture
def verdict(make_table, only):
    only("privacy")

    def of(synthetic, training=TRAINING, holdout=HOLDOUT, **more):
        return judge(
            make_table(training),
            make_table(synthetic),
            holdout=None if holdout is None else make_table(holdout),
            **more,
        ).to_json()["privacy"]

    return of
