"""PAR."""

from dataops_core.synthetic.engines.engine import BUSL, Engine, offer

offer(
    Engine(
        "par",
        "PAR",
        "_par",
        "sdv",
        BUSL,
        "rows that follow each other in time: visits, readings, orders of one customer",
        "needs many sequences; what lasts longer than a few rows",
        True,
        6.0,
        0.02,
        0.0009,
        True,
        place=60,
    )
)
