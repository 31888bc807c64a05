"""Class balance: how uneven the classes are, which methods fit, and what each does to a model's judgement."""

from dataops_core.resampling.bench import bench
from dataops_core.resampling.imbalance import imbalance
from dataops_core.resampling.methods import METHODS, methods_for

__all__ = ["METHODS", "bench", "imbalance", "methods_for"]
