"""Tables with a known truth, for `claims`: nothing there, or something planted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from dataops_core.imputation.rubin import rubin
from dataops_core.steps import get

FAVOR = 1.4  # of logistic noise: what `favored` adds to one group and takes from the other


def people(rows: int, seed: int) -> pd.DataFrame:
    """So many independent people: income goes up with age, and job with income."""
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 90, rows).astype("float64")
    income = np.round(np.exp(rng.normal(9.5, 0.5, rows) + 0.015 * age), 2)
    job = np.where(income > np.exp(10.4), rng.choice(["a", "b"], rows, p=[0.8, 0.2]), rng.choice(["b", "c"], rows))
    return pd.DataFrame(
        {
            "age": age,
            "income": income,
            "kids": rng.integers(0, 5, rows).astype("float64"),
            "since": (
                (pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), "D")).astype("datetime64[us]")
            ),
            "sex": rng.choice(["f", "m"], rows),
            "city": rng.choice([f"c{at}" for at in range(30)], rows, p=np.arange(30, 0, -1) / 465),
            "job": job,
        }
    )


def wide(rows: int, seed: int) -> pd.DataFrame:
    """Fifteen columns that go together a little: six numbers, two of them skewed, and nine of categories."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=rows)
    each = [0.6 * common + 0.8 * rng.normal(size=rows) for _ in range(15)]
    numbers = [
        10 * each[0] + 40,
        np.exp(each[1] + 8),
        100 * each[2],
        np.exp(each[3]),
        100 * each[4],
        50 * np.exp(2 * each[5]),
    ]
    made = {f"x{at}": np.round(values, -1 if at == 5 else 0) for at, values in enumerate(numbers)}
    for at, count in enumerate((2, 3, 4, 6, 10, 15, 30, 2, 5)):
        edges = np.quantile(
            np.random.default_rng(5).normal(size=20_000), np.sort(np.random.default_rng(at).random(count - 1))
        )
        made[f"c{at}"] = np.char.add("v", np.searchsorted(edges, each[6 + at]).astype(str)).astype(object)
    return pd.DataFrame(made)


def doubled(rows: int, seed: int) -> pd.DataFrame:
    """Rows of `wide` of which a tenth repeat another one of the same table but for one column."""
    rng = np.random.default_rng([seed, 1])
    frame = wide(rows, seed)
    again, from_rows = rng.permutation(rows)[: rows // 10], rng.integers(0, rows, rows // 10)
    return pd.DataFrame(
        {
            name: values.where(
                ~frame.index.isin(again) | (name == "x0"), pd.Series(values.to_numpy()[from_rows], index=again)
            )
            for name, values in frame.items()
        }
    )


def amounts(rows: int, seed: int) -> pd.DataFrame:
    """Skewed amounts, rounded, with what is computed of them; some hundred rows are the same by nature."""
    rng = np.random.default_rng(seed)
    amount = np.exp(rng.normal(4, 1.3, rows))
    return pd.DataFrame(
        {
            "amount": np.round(amount, -1),
            "fee": np.where(rng.random(rows) < 0.8, 0.0, np.round(0.05 * amount)),
            "tax": np.round(0.2 * amount, -1),
            "pieces": np.minimum(rng.geometric(0.5, rows), 9).astype("float64"),
            "price": rng.choice([9.99, 19.99, 4.99, 49.99, 99.0], rows, p=[0.5, 0.2, 0.15, 0.1, 0.05]),
            "kind": rng.choice(list("abcde"), rows, p=[0.6, 0.2, 0.1, 0.07, 0.03]),
            "pay": rng.choice(["card", "cash", "bill"], rows, p=[0.7, 0.2, 0.1]),
        }
    )


SORTS: dict[str, Callable[[int, int], pd.DataFrame]] = {
    "mixed": people,
    "numbers only": lambda rows, seed: wide(rows, seed).filter(like="x"),
    "categories only": lambda rows, seed: wide(rows, seed).filter(like="c"),
    "with doubles of its own": doubled,
    "rounded amounts": amounts,
}


def copies(training: pd.DataFrame, share: float, changed: int, rng: np.random.Generator) -> pd.DataFrame:
    """That share of the training rows, with so many columns of each taken from other rows."""
    some = training[: round(share * len(training))].reset_index(drop=True)
    other = training.iloc[rng.integers(0, len(training), len(some))].reset_index(drop=True)
    which = np.argsort(rng.random(some.shape), axis=1)[:, :changed]
    return pd.DataFrame(
        {name: some[name].where(~(which == at).any(axis=1), other[name]) for at, name in enumerate(some.columns)}
    )


def noise(rows: int, seed: int) -> pd.DataFrame:
    """Ten columns that tell nothing of the group."""
    rng = np.random.default_rng(seed)
    made = {f"x{at}": rng.normal(size=rows) for at in range(5)} | {
        f"c{at}": rng.choice(list("pqr"), rows) for at in range(5)
    }
    return pd.DataFrame(made | {"group": rng.choice(["f", "m"], rows)})


def unrelated(rows: int, groups: int, balanced: bool, seed: int) -> pd.DataFrame:
    """Noise with an outcome, as often yes as no, that has nothing to do with anything; groups of one size, or the first
    the largest by far.
    """
    rng = np.random.default_rng([seed, 1])
    shares = (
        np.full(groups, 1 / groups) if balanced else np.array([0.8, 0.2] if groups == 2 else [0.5, 0.25, 0.15, 0.1])
    )
    return noise(rows, seed).assign(
        group=rng.choice(list("abcd"[:groups]), rows, p=shares), ok=rng.choice(["yes", "no"], rows)
    )


def favored(rows: int, seed: int) -> pd.DataFrame:
    """A group whose outcome is good more often, and a column that tells it: over-sampling within groups takes 15 points
    of good decisions from it.
    """
    rng = np.random.default_rng([seed, 2])
    group, skill = rng.choice(["a", "b"], rows), rng.normal(size=rows)
    tells = (group == "a") + rng.normal(0, 0.4, rows)
    ok = 1.5 * skill + np.where(group == "a", FAVOR, -FAVOR) + rng.logistic(size=rows) > 0
    return pd.DataFrame({"skill": skill, "tells": tells, "group": group, "ok": np.where(ok, "yes", "no")})


def two_parts(train: int, test: int, seed: int) -> pd.DataFrame:
    """Two groups of unequal size, an outcome that favors one, a column that tells the group, and a split."""
    rng = np.random.default_rng(seed)
    rows = train + test
    group, x = rng.choice(["a", "b"], rows, p=[0.75, 0.25]), rng.normal(size=(rows, 6))
    ok = np.where(x[:, 0] + 0.8 * (group == "a") + rng.normal(0, 1.2, rows) > 0.6, "yes", "no")
    made = {f"x{at}": x[:, at] for at in range(6)} | {"tells": (group == "a") + rng.normal(0, 0.5, rows)}
    return pd.DataFrame(made | {"g": group, "ok": ok, "part": ["train"] * train + ["test"] * test})


def coverage(kind: str, times: int, logarithm: list[str]) -> tuple[float, float]:
    """How often the 95 % interval of the mean of y holds the truth, and its mean error; y is missing at random by x."""
    fill, rows, held, off = get("fill_several_times").function, 400, 0, []
    truth = 0.0 if kind == "linear" else float(np.exp(0.5 * 1.2**2 * 0.98))
    for seed in range(times):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=rows)
        y = 0.7 * x + 0.7 * rng.normal(size=rows)
        y = y if kind == "linear" else np.exp(1.2 * y)
        gone = rng.random(rows) < 1 / (1 + np.exp(-1.2 * x))
        out = fill(
            pd.DataFrame({"x": x, "y": np.where(gone, np.nan, y)}),
            columns=["y"],
            copies=5,
            seed=seed,
            logarithm=logarithm,
        )
        parts = [part["y"] for _, part in out.groupby("imputation")]
        pooled = rubin(
            [float(part.mean()) for part in parts], [float(part.var()) / rows for part in parts], rows - 1
        ).to_json()
        held += pooled["interval"][0] <= truth <= pooled["interval"][1]
        off.append(pooled["estimate"] - truth)
    return held / times, float(np.mean(off))
