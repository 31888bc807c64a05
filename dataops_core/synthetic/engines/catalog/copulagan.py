"""CopulaGAN."""

from dataops_core.synthetic.engines.engine import BUSL, Engine, offer

offer(
    Engine(
        "copulagan",
        "CopulaGAN",
        "_sdv",
        "sdv",
        BUSL,
        "tables that CTGAN fits, where numbers are skewed",
        "slow; small tables",
        True,
        9.0,
        0.08,
        0.009,
        place=50,
    )
)
