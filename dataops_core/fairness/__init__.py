"""Bias: in the data, in a model's decisions, and through every step of a recipe; with honest intervals and without a badge."""

from dataops_core.fairness.data import data_measures
from dataops_core.fairness.groups import groups

__all__ = ["data_measures", "groups"]
