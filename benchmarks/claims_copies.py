"""Copies among fresh rows: how often the judge finds them, how often it finds some that are not there, and what others'
attacks find.

Beside the signals of the judge stand an outlier attack (synthetic rows unlike the others, taken for members), and
Anonymeter's singling out and linkability (Giomi et al. 2023) where the environment variable ANONYMETER_PYTHON names an
interpreter that has it (`pip install anonymeter` in an environment of its own: it needs numpy below 1.27).
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.claims_tables import SORTS, copies, people, wide
from dataops_core.synthetic.evaluate import record_matches as verbatim
from dataops_core.synthetic.evaluate.distance import nearest, points
from dataops_core.synthetic.evaluate.edited_copies import edited
from dataops_core.synthetic.evaluate.significance import DOUBTFUL, LEAK

SLOW = 2  # tables that Anonymeter attacks: it takes some ten seconds for each
Line = tuple[str, float, str, float]
PLANTED = {
    "people, 7 columns": (people, ((0.0, 0), (0.001, 0), (0.003, 0), (0.003, 2), (0.01, 2), (0.02, 2))),
    "wide, 15 columns": (wide, ((0.0, 0), (0.001, 0), (0.001, 2), (0.002, 2), (0.003, 2))),
}
BOUNDS = {
    "people, 7 columns, fresh rows": ("<=", 0.05),
    "people, 7 columns, 0.3 % verbatim": (">=", 0.9),
    "people, 7 columns, 2 % two columns changed": (">=", 0.8),
    "wide, 15 columns, fresh rows": ("<=", 0.05),
    "wide, 15 columns, 0.1 % verbatim": (">=", 0.9),
    "wide, 15 columns, 0.3 % two columns changed": (">=", 0.9),
}


def leaks(times: int, _folder: Path) -> Iterator[Line]:
    """Copies among fresh rows of tables of 1,500 rows: by the signals of the judge, and by others' attacks; whether
    what is said to be found is.
    """
    count, rows = 6 * times, 1500
    for what, (made_up, planted) in PLANTED.items():
        hits: dict[str, list[bool]] = {}
        said: list[float] = []
        for seed in range(count):
            training, holdout, fresh = (made_up(rows, 100 * seed + at) for at in range(3))
            rng = np.random.default_rng(seed)
            for share, changed in planted:
                made = pd.concat(
                    [copies(training, share, changed, rng), fresh[round(share * rows) :]], ignore_index=True
                )
                name = f"{what}, " + (
                    "fresh rows"
                    if not share
                    else f"{100 * share:g} % {'verbatim' if not changed else 'two columns changed'}"
                )
                p, found = _judged(training, made, holdout, seed)
                hits.setdefault(f"{name}: a leak", []).append(p <= LEAK)
                hits.setdefault(f"{name}: by an outlier attack (for comparison)", []).append(
                    _outlier_attack(training, made, holdout)
                )
                for attack, risk in (_anonymeter(training, made, holdout) if seed < SLOW * times else {}).items():
                    hits.setdefault(f"{name}: by Anonymeter's {attack} (for comparison)", []).append(
                        risk is not None and risk > 0
                    )
                if not share:
                    said.append(1.0 if found is None else found)
        for name, values in hits.items():
            yield (
                f"{name}, share of {len(values)}",
                float(np.mean(values)),
                *(BOUNDS.get(name.removesuffix(": a leak"), (">=", 0.0)) if name.endswith(": a leak") else (">=", 0.0)),
            )
        yield (
            f"{what}: share of copies with two columns changed that is said to be found 9 times in 10, median",
            float(np.median(said)),
            "<=",
            0.03 if made_up is people else 0.005,
        )


def copy_alarms(times: int, _folder: Path) -> Iterator[Line]:
    """Fresh tables of several sorts in which copies with some columns changed are seen."""
    count = 20 * times
    for what, made_up in SORTS.items():
        found = [edited(*_three(made_up, 800, seed), seed).to_json()["p"] for seed in range(count)]
        yield (
            f"copies: fresh tables ({what}) called a leak, of {count}",
            float(np.mean([p <= LEAK for p in found])),
            "<=",
            0.05,
        )
        yield (
            f"copies: fresh tables ({what}) at least doubtful, of {count}",
            float(np.mean([p <= DOUBTFUL for p in found])),
            "<=",
            0.1,
        )


def _kinds(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    numbers = [str(name) for name in frame if frame[name].dtype.kind in "fM"]
    return numbers, [str(name) for name in frame if name not in numbers]


def _three(made_up, rows: int, seed: int) -> tuple:
    training, made, holdout = (made_up(rows, 3 * seed + at) for at in range(3))
    return training, made, holdout, *_kinds(training)


def _judged(training: pd.DataFrame, made: pd.DataFrame, holdout: pd.DataFrame, seed: int) -> tuple[float, float | None]:
    """The smaller chance of the signals of edited and of exact copies, and what is said to be found."""
    numbers, categories = _kinds(training)
    told = edited(training, made, holdout, numbers, categories, seed).to_json()
    return min(told["p"], verbatim.exact(training, made, holdout, [*numbers, *categories]).to_json()["p"]), told[
        "found"
    ]


def _outlier_attack(training: pd.DataFrame, made: pd.DataFrame, holdout: pd.DataFrame) -> bool:
    """Whether the 2 % of synthetic rows farthest from others are nearer to training than to holdout rows, by a sign
    test at LEAK.
    """
    from scipy.stats import binomtest

    a, s, b = points([training, made, holdout], *_kinds(training), 1)
    far = np.argsort(-nearest(s, s, same=True).distance)[: max(10, len(made) // 50)]
    closer = nearest(s.take(far), a).distance < nearest(s.take(far), b).distance
    return bool(binomtest(int(closer.sum()), len(far), 0.5, alternative="greater").pvalue <= LEAK)


def _anonymeter(training: pd.DataFrame, made: pd.DataFrame, holdout: pd.DataFrame) -> dict[str, float | None]:
    """The lower ends of the intervals of risk by Anonymeter's attacks; empty where no interpreter is named."""
    if not (python := os.environ.get("ANONYMETER_PYTHON")):
        return {}
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.csv" for number in range(3)]
        for side, path in zip((training, made, holdout), paths, strict=True):
            dates = [name for name in side if side[name].dtype.kind == "M"]
            side.assign(**{name: side[name].astype("int64") for name in dates}).to_csv(path, index=False)
        done = subprocess.run(
            [python, Path(__file__).with_name("anonymeter_attack.py"), *paths],
            capture_output=True,
            text=True,
            check=False,
        )
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}
