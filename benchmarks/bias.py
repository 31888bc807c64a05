"""Bias measures beside Fairlearn, same rows, same run: `make bench-bias`.

Made-up people, 32,000 of them. What counts are ratios to Fairlearn's MetricFrame of the same run, and the seconds of
processor time that all measures of the data take. The exit code says whether the budgets hold.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from dataops_core.fairness import compare_mitigations, data_measures, groups
from dataops_core.fairness.measures import RATES
from dataops_core.fairness.model import _rate, model_measures
from dataops_core.stats.proportions import resampled_cells
from dataops_core.table import Table, tidy, write_table

ROWS = 32_000
REPLICATES = 20_000
PEER_REPLICATES = 5
RATIO, SECONDS, LAB = 1_000, 5, 300


def people(folder: Path) -> Table:
    """Five groups, an outcome that depends on them, and eight columns that say something of both."""
    rng = np.random.default_rng(0)
    group = rng.choice(list("abcde"), ROWS, p=[0.5, 0.25, 0.15, 0.07, 0.03])
    columns = {f"x{n}": rng.normal(size=ROWS) + 0.2 * n * (group == "b") for n in range(6)}
    good = columns["x0"] + columns["x1"] + 0.5 * (group == "a") + rng.normal(size=ROWS) > 0.5
    frame = pd.DataFrame(
        {
            "group": group,
            "region": rng.choice(["north", "south", "west"], ROWS),
            "job": rng.choice([f"job {n}" for n in range(12)], ROWS),
            **columns,
        }
    )
    frame["good"] = np.where(good, "yes", "no")
    frame = tidy(frame)
    frame.index = pd.RangeIndex(ROWS, name="row")
    return write_table(folder / "people.parquet", [frame])


def seconds(work: object) -> float:
    """The processor time that a call takes; other programs on the machine do not count."""
    start = time.process_time()
    work()  # type: ignore[operator]
    return time.process_time() - start


def main() -> int:
    """Measure, print, and say whether all budgets hold."""
    from fairlearn import metrics as peer

    with tempfile.TemporaryDirectory() as folder:
        table = people(Path(folder))
        frame = table.frame()
        truth, group = (frame["good"] == "yes").to_numpy(), frame["group"].to_numpy()
        made = (frame["x0"] > 0.2).to_numpy()
        told = model_measures(truth, made, group, replicates=2).to_json()
        cells = np.array([list(each["cells"].values()) for each in told["groups"].values()])

        def ours() -> None:
            drawn = resampled_cells(cells, REPLICATES, 1)
            for measure in RATES:
                hits, of = _rate(drawn, measure)
                np.quantile(hits / of, [0.025, 0.975], axis=0)

        names = {
            "selection_rate": peer.selection_rate,
            "tpr": peer.true_positive_rate,
            "fpr": peer.false_positive_rate,
            "fnr": peer.false_negative_rate,
        }
        sklearn_names = {"precision": _precision, "accuracy": _accuracy}

        def theirs() -> None:
            peer.MetricFrame(
                metrics=names | sklearn_names,
                y_true=truth,
                y_pred=made,
                sensitive_features=group,
                n_boot=PEER_REPLICATES,
                ci_quantiles=[0.025, 0.975],
                random_state=0,
            )

        one, other = seconds(ours) / REPLICATES, seconds(theirs) / PEER_REPLICATES
        waits = seconds(
            lambda: (
                groups(table, ["group"], target="good", favorable="yes").to_json(),
                data_measures(table, ["group"], "good", "yes", strata=["job"]).to_json(),
            )
        )
        mends = seconds(lambda: compare_mitigations(table, "good", "yes", ["group"]).to_json())
    print(
        f"one bootstrap replicate of all groups and measures: {one * 1e6:,.1f} us; MetricFrame: {other * 1e3:,.1f} ms;"
        f" {other / one:,.0f} times (at least {RATIO:,})"
    )
    print(f"groups and all measures of {ROWS:,} rows with intervals: {waits:.2f} s (at most {SECONDS})")
    print(f"the mitigation lab: {mends:.1f} s (at most {LAB})")
    return int(other / one < RATIO or waits > SECONDS or mends > LAB)


def _precision(truth: np.ndarray, made: np.ndarray) -> float:
    return float(np.mean(np.asarray(truth)[np.asarray(made)]))


def _accuracy(truth: np.ndarray, made: np.ndarray) -> float:
    return float(np.mean(np.asarray(truth) == np.asarray(made)))


if __name__ == "__main__":
    sys.exit(main())
