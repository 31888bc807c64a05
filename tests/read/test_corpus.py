"""The corpus of text tables, read without being told anything: every cell comes back."""

import contextlib
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataops_core.errors import DataOpsError
from dataops_core.read import ReadOptions, read_file
from dataops_core.read.text.raw import raw_records
from dataops_core.read.text.text import read_text_frame
from dataops_core.table import content_hash
from tests.hostile.mutate import mutated
from tests.read.corpus import Sample, samples

FILES = samples()


def fault(sample: Sample) -> str | None:
    """What is wrong with a sample as read; None where nothing is."""
    try:
        rows = list(raw_records(sample.data, {}))
    except DataOpsError as error:
        return f"{sample.name}: {error}"
    heads = max(1, len(sample.header))
    header, rows = (rows[:heads] if sample.header else []), rows[heads:]
    if header != sample.header:
        return f"{sample.name}: header {header} instead of {sample.header}"
    if rows != sample.rows:
        at = next((n for n, pair in enumerate(zip(rows, sample.rows, strict=False)) if pair[0] != pair[1]), None)
        if at is None:
            return f"{sample.name}: {len(rows)} rows instead of {len(sample.rows)}"
        return f"{sample.name}: row {at}: {rows[at]} instead of {sample.rows[at]}"
    return None


def test_the_corpus_is_large_and_the_same_in_every_run():
    assert len(FILES) >= 200
    assert samples() == FILES
    assert len({sample.name for sample in FILES}) == len(FILES)


@pytest.mark.parametrize("family", ["malformed", "dialect", "encoding", "values", "portal", "found"])
def test_every_cell_of_every_file_comes_back(family):
    assert [found for sample in FILES if sample.family == family if (found := fault(sample))] == []


@pytest.mark.parametrize("part", range(4))
def test_what_was_found_out_reads_the_same_again(part, tmp_path):
    """With the options that come back, by the quick reader and by the careful one."""
    file = tmp_path / "t.csv"
    for sample in FILES[part::24]:
        frame, complete, problems = read_text_frame(sample.data, {"lenient": True})
        again, same, _ = read_text_frame(sample.data, complete)
        assert (content_hash(again), same) == (content_hash(frame), complete), sample.name
        file.write_bytes(sample.data)
        source = read_file(file, tmp_path / "t.parquet", ReadOptions(lenient=True))
        assert source.table.content_hash == content_hash(frame), sample.name
        assert sorted(problem.what for problem in source.problems) == sorted(p["what"] for p in problems), sample.name


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.sampled_from(FILES), st.integers(0, 2**32))
def test_damaged_files_give_a_table_or_a_reason(sample, seed):
    data = mutated(sample.data, random.Random(seed))
    with contextlib.suppress(DataOpsError):
        assert list(raw_records(data, {}))
    with contextlib.suppress(DataOpsError):
        read_text_frame(data, {"lenient": True})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(st.binary(max_size=300) | st.text(alphabet="ab1,;\t\"'\\\n\r |\0é", max_size=300).map(str.encode))
def test_any_bytes_give_a_table_or_a_reason(data):
    with contextlib.suppress(DataOpsError):
        assert list(raw_records(data, {}))
    with contextlib.suppress(DataOpsError):
        read_text_frame(data, {"lenient": True})
