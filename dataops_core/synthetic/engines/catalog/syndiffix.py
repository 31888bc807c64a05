"""SynDiffix."""

from dataops_core.synthetic.engines.engine import Engine, offer

offer(
    Engine(
        "syndiffix",
        "SynDiffix",
        "_syndiffix",
        "syndiffix",
        "MIT",
        "ranges and counts blurred so that few people never show; few columns",
        "optional; slow for many columns; rows beyond four times the learned ones repeat",
        False,
        2.0,
        1.1,
        0.0,
        place=80,
    )
)
