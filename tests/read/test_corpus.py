"""The corpus of text tables, read without being told anything: every cell comes back."""

from dataops_core.errors import DataOpsError
from dataops_core.read.raw import raw_records
from tests.read.corpus import Sample, samples


def read_back(sample: Sample) -> tuple[list[list[str]], list[list[str]]]:
    """Header and rows of a sample as read."""
    rows = list(raw_records(sample.data, {}))
    heads = max(1, len(sample.header))
    return (rows[:heads] if sample.header else []), rows[heads:]


def fault(sample: Sample) -> str | None:
    """What is wrong with a sample as read; None where nothing is."""
    try:
        header, rows = read_back(sample)
    except DataOpsError as error:
        return f"{sample.name}: {error}"
    if header != sample.header:
        return f"{sample.name}: header {header} instead of {sample.header}"
    if rows != sample.rows:
        at = next((n for n, pair in enumerate(zip(rows, sample.rows, strict=False)) if pair[0] != pair[1]), None)
        if at is None:
            return f"{sample.name}: {len(rows)} rows instead of {len(sample.rows)}"
        return f"{sample.name}: row {at}: {rows[at]} instead of {sample.rows[at]}"
    return None


def test_every_cell_of_every_file_comes_back():
    assert [found for found in map(fault, samples()) if found] == []
