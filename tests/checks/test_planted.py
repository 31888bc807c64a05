"""The checks against planted faults: every one is found with exactly its rows, and the clean twin gives no alarm.

Run with -s to see precision and recall of each fault.
"""

import pytest

from dataops_core.checks import Context
from dataops_core.checks.profile import profile_table
from dataops_core.read import read_file
from tests.planted import SETTINGS
from tests.planted.plant import TODAY

ROWS, SEED = 6000, 3


def found_in(frame, planted, folder):
    """All findings with all their rows, through a CSV file as a user would bring it."""
    path = folder / "table.csv"
    frame.to_csv(path, index=False)
    source = read_file(path, folder / "table.parquet")
    found = []
    context = Context(planted.target, planted.favorable, planted.sensitive, TODAY)
    profile_table(
        source.table,
        context=context,
        keep=lambda f, rows: found.append((f, frozenset(rows.tolist()))),
        blanked=source.blanked,
    )
    return found


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda make: make.__name__)
def planted(request):
    return request.param(rows=ROWS, seed=SEED)


@pytest.mark.slow
def test_every_planted_fault_is_found_with_exactly_its_rows(planted, tmp_path):
    found = found_in(planted.dirty, planted, tmp_path)
    wrong = []
    for fault in planted.faults:
        own = [
            rows for f, rows in found if f.check == fault.check and (not fault.columns or fault.columns[0] in f.columns)
        ]
        rows = max(own, key=lambda rows: len(rows & fault.rows), default=frozenset())
        true_too = frozenset().union(
            *(a.rows for a in planted.also if (a.check, a.columns[:1]) == (fault.check, fault.columns[:1]))
        )
        if fault.check == "rare_categories":  # the clean table has rare categories of its own
            true_too = rows
        precision = len(rows & (fault.rows | true_too)) / max(1, len(rows))
        recall = len(rows & fault.rows) / len(fault.rows)
        print(
            f"{planted.name:8} {fault.check:26} {'/'.join(fault.columns)[:30]:30} precision {precision:.3f} recall"
            f" {recall:.3f}"
        )
        if min(precision, recall) < 1:
            wrong.append((fault.check, fault.columns, precision, recall))
    assert wrong == []


@pytest.mark.slow
def test_a_clean_table_gives_no_finding_above_a_note(planted, tmp_path):
    found = found_in(planted.clean, planted, tmp_path)
    assert [(f.check, f.columns, f.message) for f, _ in found if f.severity != "note"] == []
