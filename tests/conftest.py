"""What tests share: a store in a temporary home with a clock that stands still, and real data where it is present."""

import gc
import itertools
import os
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from dataops_core.store import catalog
from dataops_core.store.store import Store
from dataops_core.table import Table, tidy, write_table
from tests import catalogs

REAL = Path(os.environ.get("DATAOPS_REAL_DATA") or Path(__file__).parent.parent.parent / "shared" / "data")

# pytest --hypothesis-profile=thorough: ten times as many examples (see strategies.py)
settings.register_profile("thorough")


# tests, and processes that they start, keep what they compile: else each of them compiles the whole house
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
os.environ["DATAOPS_PSEUDONYM_KEY"] = "a key for tests, and for nothing else"


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """What all files imported stays to the end: collections of garbage need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _nothing_waits_for_the_disk(tmp_path_factory):
    """What the tests of this process write need not outlast a power cut; a test that holds what must looks for the
    calls (tests/store/files/test_fsck.py, tests/store/test_store.py).
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(os, "fsync", lambda handle: None)
        for name, quick in catalogs.copied(tmp_path_factory.mktemp("catalog")).items():
            monkeypatch.setattr(catalog, name, quick)
        yield


def _few_trees():
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("dataops_core.models.baseline.TREES", 5)
        monkeypatch.setattr("dataops_core.synthetic.evaluate.discriminator.TREES", 5)
        yield


few_trees = pytest.fixture(_few_trees, name="few_trees")  # boosted trees that learn little, where it does not matter
few_trees_in_module = pytest.fixture(_few_trees, name="few_trees_in_module", scope="module")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    seconds = itertools.count()
    return Store(tmp_path / "home", clock=lambda: f"2026-01-01T00:{next(seconds) // 60:02d}:00Z")


@pytest.fixture
def make_table(tmp_path: Path):
    """Make a table at rest from columns."""
    numbers = itertools.count()

    def make(columns: dict | pd.DataFrame, kinds: dict[str, str] | None = None) -> Table:
        frame = tidy(pd.DataFrame(columns))
        frame.index = pd.RangeIndex(len(frame), name="row")
        return write_table(tmp_path / f"table{next(numbers)}.parquet", [frame], kinds)

    return make


@pytest.fixture(scope="session")
def adult() -> Path:
    path = REAL / "adult.csv"
    if not path.exists():
        pytest.skip("adult.csv is not present beside the checkout")
    return path
