"""A made table of visits: numbers that remember the one before (AR(1)), states that last, and patients who
are named.
"""

import numpy as np
import pandas as pd

from dataops_core.table import tidy

STATES = np.array(["well", "ill", "hospital"])


def remembering(rows: int, memory: float, rng: np.random.Generator) -> np.ndarray:
    """An AR(1) process of variance 1: each number is `memory` times the one before, and noise."""
    cells = rng.normal(size=rows)
    for at in range(1, rows):
        cells[at] = memory * cells[at - 1] + np.sqrt(1 - memory**2) * cells[at]
    return cells


def visits(patients: int, seed: int, memory: float = 0.8, apart: float = 0.0) -> pd.DataFrame:
    """6 to 17 visits of each patient, in no order: upper is never below lower, and sex and name never change; patients
    lie `apart`.
    """
    rng = np.random.default_rng(seed)
    parts = []
    for number in range(patients):
        rows = int(rng.integers(6, 18))
        stay = np.concatenate([[True], rng.random(rows - 1) < 0.2]).cumsum()
        lower = np.round(60 + apart * rng.normal() + 5 * remembering(rows, memory, rng), 1)
        parts.append(
            pd.DataFrame(
                {
                    "patient": f"P{seed}{1000 + 7 * number}",
                    "full_name": (
                        f"{['Zorbaq', 'Quillix', 'Vemtor'][number % 3]}"
                        f" Wexlow{chr(97 + number % 26)}{chr(97 + number // 26)}"
                    ),
                    "sex": rng.choice(["f", "m"]),
                    "visit": (
                        pd.Timestamp("2020-01-01")
                        + pd.to_timedelta(rng.integers(500) + np.cumsum(rng.integers(1, 30, rows)), "D")
                    ),
                    "lower": lower,
                    "upper": np.round(lower + rng.exponential(2, rows), 1),
                    "state": STATES[rng.integers(3, size=stay.max() + 1)[stay]],
                }
            )
        )
    return tidy(pd.concat(parts).sample(frac=1, random_state=seed).reset_index(drop=True))
