"""Baseline models: what every comparison of preprocessing choices judges with, the same everywhere."""

from dataops_core.models.baseline import estimator, probabilities
from dataops_core.models.features import PARTS, TRAIN, Features, encoder, features, plain, training

__all__ = ["PARTS", "TRAIN", "Features", "encoder", "estimator", "features", "plain", "probabilities", "training"]
