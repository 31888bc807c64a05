"""Chained trees."""

from dataops_core.synthetic.engines.engine import Engine, offer

offer(
    Engine(
        "trees",
        "Chained trees",
        "_trees",
        "",
        "ours",
        "most tables: on Adult far more alike and useful than the others, in seconds; connections of every sort",
        "many amounts that rise and fall together; conditions are met by trial and error",
        False,
        1.0,
        0.01,
        0.0,
        place=20,
    )
)
