"""Baseline models: what every comparison of preprocessing choices judges with, the same everywhere."""

from dataops_core.models.baseline import estimator, one_thread, probabilities
from dataops_core.models.features import PARTS, TRAIN, Features, encoder, features, plain, training
from dataops_core.models.serialization import dumps, loads

__all__ = [
    "PARTS",
    "TRAIN",
    "Features",
    "dumps",
    "encoder",
    "estimator",
    "features",
    "loads",
    "one_thread",
    "plain",
    "probabilities",
    "training",
]
