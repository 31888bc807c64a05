"""Gaussian copula."""

from dataops_core.synthetic.engines.engine import BUSL, Engine, offer

offer(
    Engine(
        "gaussian_copula",
        "Gaussian copula",
        "_sdv",
        "sdv",
        BUSL,
        "first synthetic data in seconds; small tables; rows with wished values at once",
        "connections other than rising and falling together",
        False,
        5.0,
        0.012,
        0.0,
        place=10,
    )
)
