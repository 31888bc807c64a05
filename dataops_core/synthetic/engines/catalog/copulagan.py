"""CopulaGAN."""

from dataops_core.synthetic.engines.engine import BUSL, Engine, offer

offer(
    Engine(
        "copulagan",
        "CopulaGAN",
        "_sdv",
        "sdv",
        BUSL,
        "as CTGAN, for skewed numbers",
        "slow; small tables",
        True,
        9.0,
        0.08,
        0.009,
        place=50,
    )
)
