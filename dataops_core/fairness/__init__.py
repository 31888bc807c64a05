"""Bias: in the data, in a model's decisions, and through every step of a recipe; with honest intervals and without a
badge.
"""

from dataops_core.fairness.bias import bias
from dataops_core.fairness.compare_mitigations import compare_mitigations
from dataops_core.fairness.confounding import confounding
from dataops_core.fairness.data import data_measures
from dataops_core.fairness.fitted import decide, fit
from dataops_core.fairness.groups import groups
from dataops_core.fairness.guide import GUIDE
from dataops_core.fairness.mitigations import METHODS
from dataops_core.fairness.model import model_measures
from dataops_core.fairness.proxies import proxies
from dataops_core.fairness.recipe_impact import recipe_impact, states
from dataops_core.fairness.report import html_report, json_report

__all__ = [
    "GUIDE",
    "METHODS",
    "bias",
    "compare_mitigations",
    "confounding",
    "data_measures",
    "decide",
    "fit",
    "groups",
    "html_report",
    "json_report",
    "model_measures",
    "proxies",
    "recipe_impact",
    "states",
]
