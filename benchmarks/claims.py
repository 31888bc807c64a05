"""The simulations behind what the workbench claims: `make bench-claims`, or `make bench-claims ARGS="--times 5"` for a
longer run.

Each line is a figure, what it should be at most or at least, and whether it is, in as many simulated tables as are
named. Tables are made with a known truth (nothing there, or something planted), so that a false alarm and a miss can be
counted. The exit code says whether all hold. Copies are also looked for by an outlier attack, and by Anonymeter where
ANONYMETER_PYTHON names an interpreter that has it (`claims_copies`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.claims_copies import copy_alarms, leaks
from benchmarks.claims_recipes import recipe_alarms
from benchmarks.claims_tables import coverage, favored, noise, two_parts, unrelated
from dataops_core.facts import associate
from dataops_core.fairness import compare_mitigations, proxies
from dataops_core.fairness.compare_mitigations import prepared
from dataops_core.fairness.gaps import gaps, judged
from dataops_core.fairness.mitigations import decider, fitted
from dataops_core.imputation.mcar import little, little_of_scores
from dataops_core.models import plain
from dataops_core.table import Table, tidy, write_table

Line = tuple[str, float, str, float]  # what, figure, "<=" or ">=", bound


def table_of(frame: pd.DataFrame, folder: Path) -> Table:
    """A frame as a table."""
    out = tidy(frame)
    out.index = pd.RangeIndex(len(out), name="row")
    return write_table(folder / f"{len(list(folder.iterdir()))}.parquet", [out])


def gap_alarms(times: int, _folder: Path) -> Iterator[Line]:
    """Gaps between groups that have none, seven measures by four views; and the clearest gap of Adult among them."""
    clear = odd = 0
    for seed in range(20 * times):
        rng = np.random.default_rng(seed)
        rates = {
            f"m{at}": {name: (int(rng.binomial(n, 0.3)), n) for name, n in (("a", 400), ("b", 150), ("c", 60))}
            for at in range(28)
        }
        found = judged(gaps(rates, "a", seed=seed))
        clear += any(each["clear"] for each in (*found["gaps"], *found["largest"]))
        odd += sum((each["verdict"] == "clear") and each["ci"][0] <= 0 <= each["ci"][1] for each in found["gaps"])
    yield f"gaps: tables without any gap in which one is called clear, of {20 * times}", clear / (20 * times), "<=", 0.1
    yield "gaps: verdicts that contradict their interval", odd, "<=", 0
    rates = {f"m{at}": {"men": (1150, 3835), "women": (518, 1729)} for at in range(27)} | {
        "selection": {"men": (930, 3835), "women": (130, 1729)}
    }
    yield (
        "gaps: p after Holm of 16.7 points between 1,729 and 3,835 people among 28 looks",
        next(each["p_holm"] for each in judged(gaps(rates, "men"))["largest"] if each["measure"] == "selection"),
        "<=",
        0.001,
    )


def proxy_alarms(times: int, folder: Path) -> Iterator[Line]:
    """Ten columns of noise that tell nothing of who a person is."""
    for rows in (40, 150):
        alarms = 0
        for seed in range(20 * times):
            told = proxies(table_of(noise(rows, seed), folder), ["group"], seed=seed).to_json()
            alarms += any(
                each["verdict"] in ("strong proxy", "tells something") for each in [*told["columns"], told["together"]]
            )
        yield (
            f"proxies: tables of {rows} rows of noise with a proxy, of {20 * times}",
            alarms / (20 * times),
            "<=",
            0.15,
        )


def associations(times: int, folder: Path) -> Iterator[Line]:
    """Columns that have nothing to do with each other."""
    epsilon, information = [], []
    for seed in range(5 * times):
        rng = np.random.default_rng(seed)
        epsilon.append(
            associate(
                table_of(
                    pd.DataFrame({"c": [f"c{at}" for at in rng.integers(0, 1000, 2000)], "x": rng.normal(size=2000)}),
                    folder,
                ),
                "c",
                "x",
            )["epsilon"]
        )
        information.append(
            associate(table_of(pd.DataFrame({"x": rng.normal(size=300), "y": rng.normal(size=300)}), folder), "x", "y")[
                "mutual_information"
            ]
        )
    yield "epsilon of 1,000 categories of noise in 2,000 rows, mean", float(np.mean(epsilon)), "<=", 0.2
    yield "adjusted mutual information of unrelated numbers in 300 rows, mean", float(np.mean(information)), "<=", 0.02


def thresholds(times: int, folder: Path) -> Iterator[Line]:
    """The selection gap on 6,000 new rows that thresholds by group leave, with boosted trees on 600 rows."""
    left = []
    for seed in range(4 * times):
        setup = prepared(
            table_of(two_parts(600, 6000, seed), folder),
            "ok",
            "yes",
            ["g"],
            "demographic_parity",
            "trees",
            "part",
            None,
            (),
            20_000,
            seed,
        )[0]
        model = fitted(setup, setup.frame.iloc[setup.train], setup.good[setup.train])
        groups = setup.groups[setup.judge]
        chances = decider("thresholds", setup, model).chances(
            plain(setup.frame.iloc[setup.judge], setup.chosen), groups
        )
        left.append(abs(chances[groups == "a"].mean() - chances[groups == "b"].mean()))
    yield f"thresholds by group: selection gap on new rows, mean of {4 * times}", float(np.mean(left)), "<=", 0.08


def winners(times: int, folder: Path) -> Iterator[Line]:
    """Who gains or pays by over-sampling: where outcome and group have nothing to do with each other, and where it
    costs a group 15 points.
    """

    def moved(frame: pd.DataFrame, seed: int) -> dict[str, Any]:
        told: dict[str, Any] = compare_mitigations(
            table_of(frame, folder), "ok", "yes", ["group"], methods=["over_sampling"], seed=seed
        ).to_json()["methods"]["over_sampling"]
        return told

    sorts = [(rows, groups, balanced) for rows in (400, 800, 2000) for groups in (2, 4) for balanced in (True, False)]
    named = 0
    for seed in range(10 * times):
        for rows, groups, balanced in sorts:
            told = moved(unrelated(rows, groups, balanced, seed), seed)
            named += bool(told["pays"] or told["gains"])
    count = 10 * times * len(sorts)
    yield f"lab: null tables in which over-sampling makes somebody gain or pay, of {count}", named / count, "<=", 0.05
    costs, seen = [], 0
    for seed in range(10 * times):
        told = moved(favored(2000, seed), seed)
        costs.append(told["groups"]["a"]["selection_rate"]["change"]["value"])
        seen += any(each["group"] == "a" for each in told["pays"])
    yield (
        f"lab: points that over-sampling takes from a group, mean of {10 * times}",
        -100 * float(np.mean(costs)),
        ">=",
        12,
    )
    yield (
        f"lab: of these tables, those in which the group is said to pay, of {10 * times}",
        seen / (10 * times),
        ">=",
        0.8,
    )


def missing_at_random(times: int, _folder: Path) -> Iterator[Line]:
    """Little's test where cells are missing completely at random, on lognormal columns; plain, and on ranks as it is
    put in words.
    """
    plainly = ranks = 0
    for seed in range(60 * times):
        rng = np.random.default_rng(seed)
        matrix = np.exp(1.2 * rng.multivariate_normal(np.zeros(3), 0.5 + 0.5 * np.eye(3), 300))
        matrix[:, 1:][rng.random((300, 2)) < 0.2] = np.nan
        plainly += little(matrix, list("abc")).to_json()["p"] < 0.05
        ranks += little_of_scores(matrix, list("abc")).to_json()["p"] < 0.05
    yield (
        f"Little's test, lognormal: false alarms of {60 * times}, plain (for comparison)",
        plainly / (60 * times),
        "<=",
        1.0,
    )
    yield f"Little's test, lognormal: false alarms of {60 * times}, on ranks", ranks / (60 * times), "<=", 0.1


def intervals(times: int, _folder: Path) -> Iterator[Line]:
    """Whether 95 % intervals of a mean hold the truth after filling several times; missing at random by
    another column.
    """
    count = 40 * times
    linear, lognormal, logged = (
        coverage(kind, count, how) for kind, how in (("linear", []), ("lognormal", []), ("lognormal", ["y"]))
    )
    yield f"filling several times, linear: coverage of {count}", linear[0], ">=", 0.88
    yield "filling several times, linear: bias of the mean", abs(linear[1]), "<=", 0.03
    yield "filling several times, lognormal, as it is (for comparison; a warning is given)", lognormal[0], ">=", 0.0
    yield "filling several times, lognormal, drawn as logarithms", logged[0], ">=", 0.85


CLAIMS: dict[str, Callable[[int, Path], Iterator[Line]]] = {
    "gaps": gap_alarms,
    "proxies": proxy_alarms,
    "associations": associations,
    "thresholds": thresholds,
    "lab": winners,
    "little": missing_at_random,
    "intervals": intervals,
    "leaks": leaks,
    "copies": copy_alarms,
    "recipes": recipe_alarms,
}


def main() -> int:
    """Run the simulations and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("claims", nargs="*", metavar="CLAIM", help=f"some of {', '.join(CLAIMS)}; none named: all")
    parser.add_argument(
        "--times",
        type=int,
        default=1,
        metavar="N",
        help="so many times the simulated tables: steadier figures, a longer run",
    )
    args = parser.parse_args()
    if unknown := [name for name in args.claims if name not in CLAIMS]:
        parser.error(f"there is no claim {unknown[0]}; take some of {', '.join(CLAIMS)}")
    good = True
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in args.claims or CLAIMS:
            for what, value, sign, bound in CLAIMS[name](args.times, Path(folder)):
                held = value <= bound if sign == "<=" else value >= bound
                good = good and held
                print(f"{'ok ' if held else 'NOT'} {value:8.3f} {sign} {bound:<6g} {what}", flush=True)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
