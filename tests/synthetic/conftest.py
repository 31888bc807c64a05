"""What tests of one verdict leave out: the other two."""

import importlib

import pytest


@pytest.fixture
def only(monkeypatch):
    """Let the judge work out this verdict alone, and usefulness with so many models."""

    def choose(*verdicts, seeds=5):
        for name in {"fidelity", "utility", "privacy"} - set(verdicts):
            monkeypatch.setattr(
                importlib.import_module("dataops_core.synthetic.evaluate.evaluate"), name, lambda *_: {"words": []}
            )
        monkeypatch.setattr("dataops_core.synthetic.evaluate.utility.SEEDS", seeds)

    return choose
