"""TVAE."""

from dataops_core.synthetic.engines.engine import BUSL, Engine, offer

offer(
    Engine(
        "tvae",
        "TVAE",
        "_sdv",
        "sdv",
        BUSL,
        "the most useful rows in most published comparisons",
        "may forget rare values; conditions are met by trial and error",
        True,
        7.0,
        0.085,
        0.003,
        place=40,
    )
)
