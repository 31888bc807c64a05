"""How often chance alone shows as much: the tests behind the signals of privacy, each one-sided."""

from __future__ import annotations

import math

import numpy as np

LEAK, DOUBTFUL = 0.001, 0.005  # of each signal: ten signals cry wolf once in a hundred honest tables
DRAWS = 1_999
CROWDED = 0.3  # a chance below which a table is taken to crowd about common rows


def paired(ours: int, others: int, ratio: float = 1.0) -> float:
    """How often at least `ours` of `ours + others` cases fall on the side of the training rows, where they fall on it
    `ratio` times as often as on the other (McNemar 1947, exact).

    >>> paired(5, 0)
    0.03125
    """
    from scipy.special import bdtrc

    total = ours + others
    return float(bdtrc(ours - 1, total, ratio / (1 + ratio))) if total else 1.0


def excess(ours: int, holdout: int, natural: int, exposure: float, ratio: float = 1.0) -> float:
    """How often chance alone gives `ours` coincidences with training rows.

    `holdout`: coincidences with rows that nobody learned from, under the same conditions but for `ratio` (training rows
    per holdout row); `natural`: coincidences among real rows, looked for in `exposure` times as many pairs. The latter
    speak only where the synthetic rows do not meet more holdout rows than real rows do: a synthetic table that crowds
    about common rows meets more of either. Where the synthetic rows meet a holdout row at all they could be crowding
    twofold unseen: what only a table without crowding makes a leak is doubtful. In Poisson counts with means from 0.1
    to 20 and crowding from none to fivefold, that is a false leak in at most 0.5 % of draws.

    >>> excess(5, 0, 0, 2.0) == (1 / 4) ** 5
    True
    >>> excess(5, 5, 0, 2.0) > 0.5
    True
    >>> excess(24, 9, 24, 2.0) < DOUBTFUL < paired(24, 9)
    True
    """
    apart = paired(ours, holdout, ratio)
    if not exposure or _crowds(holdout, natural, exposure, ratio):
        return apart
    pooled = paired(ours, holdout + natural, 1 / (1 / ratio + exposure))
    if not holdout:
        return min(apart, pooled)
    twofold = paired(ours, holdout + natural, 2 / (2 / ratio + exposure))
    return min(apart, pooled if twofold <= LEAK else max(pooled, 2 * LEAK))


def _crowds(holdout: int, natural: int, exposure: float, ratio: float) -> bool:
    """Whether synthetic rows meet more holdout rows than real rows, looked for in `exposure` times as many pairs, would
    lead to expect.
    """
    return bool(holdout) and paired(holdout, natural, 1 / (ratio * exposure)) <= CROWDED


def beyond(ours: int, holdout: int, natural: int, exposure: float, ratio: float = 1.0) -> float:
    """How often a Poisson law gives `ours` coincidences, its mean told by all others and one more (see `excess` for the
    arguments).

    For identifiers, which name somebody: the sampling error of the mean is left aside, so that where one equals another
    by nature (somebody stands in the table twice) up to 3 in 1,000 fresh samples are taken for leaks, and a few names
    more are seen.

    >>> beyond(24, 9, 24, 2.0) < LEAK < beyond(9, 9, 24, 2.0)
    True
    """
    if not exposure or _crowds(holdout, natural, exposure, ratio):
        return 1.0
    return poisson(ours, (holdout + natural + 1) / (1 / ratio + exposure))


def poisson(ours: int, mean: float) -> float:
    """How often a Poisson count of this mean is at least `ours`."""
    from scipy.special import pdtrc

    return float(pdtrc(ours - 1, mean)) if ours else 1.0


def proportions(hits: int, of: int, other_hits: int, other_of: int) -> float:
    """How often the first share is greater by as much, given all hits together (Fisher's exact test)."""
    from scipy.stats import hypergeom

    return float(hypergeom.sf(hits - 1, of + other_of, hits + other_hits, of)) if of and other_of else 1.0


def before(members: float, strangers: int, of: int, others: int) -> tuple[float, tuple[float, float]]:
    """How often at least `members` of `of` alike stand before the `strangers`-th of `others`, and where that number
    stays in 95 % of orders: the negative hypergeometric law.
    """
    from scipy.stats import nhypergeom

    law = nhypergeom(of + others, of, strangers)
    return float(law.sf(math.ceil(members) - 1)), (float(law.ppf(0.025)), float(law.ppf(0.975)))


def shuffled_share(
    weights: np.ndarray, label: np.ndarray, rng: np.random.Generator
) -> tuple[float, float, tuple[float, float]]:
    """The weight that falls on labelled rows (bool), how often shuffled labels carry as much, and where they stay in 95
    of 100.

    Where fewer than 1 in 2,000 shuffles carry as much, the normal law goes on from there, but never below 1e-12.
    """
    from scipy.stats import norm

    heavy = np.flatnonzero(weights)
    share, n, k = float(weights[label].sum()), len(weights), int(label.sum())
    if not len(heavy) or n < 2:
        return share, 1.0, (0.0, 1.0)
    drawn, told = np.empty(DRAWS), weights[heavy]
    for number in range(DRAWS):
        drawn[number] = told[label[rng.permutation(n)[heavy]]].sum()
    p = (1 + int((drawn >= share - 1e-12).sum())) / (1 + DRAWS)
    if p <= 1 / (1 + DRAWS):
        middle = weights.mean()
        spread = math.sqrt(k * (n - k) / (n * (n - 1)) * float(((weights - middle) ** 2).sum()))
        p = min(p, max(1e-12, float(norm.sf((share - k * middle) / spread)) if spread else 1.0))
    return share, p, (float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975)))
