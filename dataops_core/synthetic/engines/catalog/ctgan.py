"""CTGAN."""

from dataops_core.synthetic.engines.engine import BUSL, Engine, offer

offer(
    Engine(
        "ctgan",
        "CTGAN",
        "_sdv",
        "sdv",
        BUSL,
        "tables of some thousand rows and more, with many categories",
        "slow; small tables; numbers are rougher",
        True,
        8.0,
        0.08,
        0.0075,
        place=30,
    )
)
