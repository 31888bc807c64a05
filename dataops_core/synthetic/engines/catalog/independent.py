"""Independent columns."""

from dataops_core.synthetic.engines.engine import Engine, offer

offer(
    Engine(
        "independent",
        "Independent columns",
        "_independent",
        "",
        "ours",
        "a baseline only: every column by itself",
        "loses every connection between columns",
        False,
        0.3,
        0.002,
        0.0,
        place=90,
    )
)
