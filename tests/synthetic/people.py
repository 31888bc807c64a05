"""A made table of people with a known generator, and what somebody may do to its rows."""

import numpy as np
import pandas as pd


def people(rows: int, seed: int) -> pd.DataFrame:
    """So many independent rows: income goes up with age, and job with income."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, rows)
    income = np.round(np.exp(rng.normal(9.5, 0.5, rows) + 0.015 * age), 2)
    city = np.array([f"c{i}" for i in range(30)])[rng.choice(30, rows, p=np.arange(30, 0, -1) / 465)]
    job = np.where(income > np.exp(10.4), rng.choice(["a", "b"], rows, p=[0.8, 0.2]), rng.choice(["b", "c"], rows))
    return pd.DataFrame(
        {
            "age": age,
            "sex": rng.choice(["f", "m"], rows),
            "city": city,
            "income": income,
            "job": job,
            "kids": rng.integers(0, 5, rows),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), "D"),
        }
    )


def answers(rows: int, seed: int) -> pd.DataFrame:
    """Categories only, with so few combinations that many rows are alike by nature."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 3, rows)
    return pd.DataFrame(
        {f"q{i}": [f"v{v}" for v in (kind + rng.choice(4, rows, p=[0.5, 0.3, 0.15, 0.05])) % 5] for i in range(7)}
    )


def shuffled(frame: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Every column in an order of its own."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame({name: frame[name].to_numpy()[rng.permutation(len(frame))] for name in frame.columns})


def leaked(fresh: pd.DataFrame, training: pd.DataFrame, share: float) -> pd.DataFrame:
    """Fresh rows, so many of which are real ones."""
    count = round(share * len(fresh))
    return pd.concat([training[:count], fresh[count:]], ignore_index=True)


def flipped(training: pd.DataFrame, share: float, seed: int = 0) -> pd.DataFrame:
    """The real rows, with that share of their cells taken from other rows."""
    rng = np.random.default_rng(seed)
    out = {}
    for name in training.columns:
        cells, other = training[name].to_numpy().copy(), training[name].to_numpy()[rng.permutation(len(training))]
        some = rng.random(len(cells)) < share
        cells[some] = other[some]
        out[name] = cells
    return pd.DataFrame(out)


def last_digits(training: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """The real rows, with noise in the last digits of what has many."""
    rng = np.random.default_rng(seed)
    return training.assign(income=(training["income"] + rng.normal(0, 0.5, len(training))).round(2))


ROWS = 1_500
TRAINING, HOLDOUT, FRESH = people(ROWS, 1), people(ROWS, 2), people(ROWS, 3)


def leaks(told: dict) -> set[str]:
    """The signals that are leaks."""
    return {name for name, each in told["signals"].items() if each["leak"]}
