"""Tables for the tests of repair."""

import pandas as pd
import pytest

from dataops_core.repair.encoding import encode
from dataops_core.table import tidy, write_table


@pytest.fixture
def make(tmp_path):
    """A table of columns of text or numbers."""
    count = iter(range(100))

    def make_table(columns):
        return write_table(tmp_path / f"{next(count)}.parquet", [tidy(pd.DataFrame(columns))])

    return make_table


@pytest.fixture
def coded(make):
    """The same as codes."""
    return lambda columns: encode(make(columns))
