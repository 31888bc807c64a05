"""Baseline models: what every comparison of preprocessing choices judges with, the same everywhere."""

from dataops_core.models.baseline import estimator, probabilities
from dataops_core.models.features import PARTS, TRAIN, Features, encoder, features, plain, training
from dataops_core.models.packed import packed, unpacked

__all__ = [
    "PARTS", "TRAIN", "Features", "encoder", "estimator", "features", "packed", "plain", "probabilities", "training",
    "unpacked",
]
