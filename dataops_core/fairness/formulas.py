"""The measures of data and of models: what each is called, its formula, its direction and its range, and who defined
it.
"""

from __future__ import annotations

CLARIFY = "Amazon SageMaker Clarify, measures of pre-training bias (Das et al., Amazon SageMaker Clarify, 2021)"
AIF360 = "AI Fairness 360 (Bellamy et al. 2018)"

# a: the reference group, d: the group that is compared with it; P: the shares of the outcomes in it; q: the share of
# the good outcome
DATA: dict[str, dict[str, str]] = {
    "class_imbalance": {
        "title": "Group imbalance",
        "formula": "(n_a - n_d) / (n_a + n_d)",
        "range": "-1 to 1",
        "direction": "0: both groups as large; above 0: the group is smaller than the reference",
        "source": CLARIFY,
    },
    "difference_in_proportions": {
        "title": "Difference in proportions of labels",
        "formula": "q_a - q_d",
        "range": "-1 to 1",
        "direction": "0: the good outcome as often; above 0: less often in the group than in the reference",
        "source": CLARIFY,
    },
    "statistical_parity_difference": {
        "title": "Statistical parity difference (mean difference)",
        "formula": "q_d - q_a",
        "range": "-1 to 1",
        "direction": "0: the good outcome as often; below 0: less often in the group than in the reference",
        "source": AIF360,
    },
    "disparate_impact": {
        "title": "Disparate impact (ratio of rates)",
        "formula": "q_d / q_a",
        "range": "0 to infinity",
        "direction": "1: the good outcome as often; below 1: less often in the group than in the reference",
        "source": AIF360,
    },
    "kl": {
        "title": "Kullback-Leibler divergence",
        "formula": "sum P_a ln(P_a / P_d)",
        "range": "0 to infinity",
        "direction": "0: the same outcomes in both groups; greater: further apart",
        "source": CLARIFY,
    },
    "js": {
        "title": "Jensen-Shannon divergence",
        "formula": "(KL(P_a, M) + KL(P_d, M)) / 2, M = (P_a + P_d) / 2",
        "range": "0 to ln 2 = 0.693",
        "direction": "0: the same outcomes in both groups; greater: further apart",
        "source": CLARIFY,
    },
    "lp": {
        "title": "Lp norm (p = 2)",
        "formula": "(sum (P_a - P_d)^2)^(1/2)",
        "range": "0 to 1.414",
        "direction": "0: the same outcomes in both groups; greater: further apart",
        "source": CLARIFY,
    },
    "total_variation": {
        "title": "Total variation distance",
        "formula": "sum |P_a - P_d| / 2",
        "range": "0 to 1",
        "direction": "0: the same outcomes in both groups; the share that would have to change",
        "source": CLARIFY,
    },
    "ks": {
        "title": "Kolmogorov-Smirnov",
        "formula": "max |P_a - P_d|",
        "range": "0 to 1",
        "direction": "0: the same outcomes in both groups; the outcome that differs most",
        "source": CLARIFY,
    },
    "demographic_disparity": {
        "title": "Demographic disparity",
        "formula": "n_d(bad) / n(bad) - n_d(good) / n(good)",
        "range": "-1 to 1",
        "direction": "above 0: the group has a larger part of the bad outcomes than of the good ones",
        "source": CLARIFY,
    },
    "conditional_demographic_disparity": {
        "title": "Conditional demographic disparity",
        "formula": "sum n_i DD_i / n over strata i",
        "range": "-1 to 1",
        "direction": "the same within strata; above 0: the group has a larger part of the bad outcomes",
        "source": f"{CLARIFY}; Wachter, Mittelstadt & Russell 2021",
    },
    "consistency": {
        "title": "Consistency",
        "formula": "1 - mean |y_i - mean of y over the 5 nearest others|",
        "range": "0 to 1",
        "direction": "1: people who are alike in all but the sensitive columns have the same outcome",
        "source": "Zemel et al., Learning fair representations, 2013",
    },
}

MODEL: dict[str, dict[str, str]] = {
    "selection_rate": {"title": "Selection rate", "formula": "(TP + FP) / n", "says": "how many get the good decision"},
    "tpr": {
        "title": "True positive rate",
        "formula": "TP / (TP + FN)",
        "says": "of those who deserve the good decision, how many get it",
    },
    "fpr": {
        "title": "False positive rate",
        "formula": "FP / (FP + TN)",
        "says": "of those who do not, how many get it all the same",
    },
    "fnr": {
        "title": "False negative rate",
        "formula": "FN / (TP + FN)",
        "says": "of those who deserve the good decision, how many miss it",
    },
    "precision": {
        "title": "Precision",
        "formula": "TP / (TP + FP)",
        "says": "of those who get the good decision, how many deserve it",
    },
    "accuracy": {"title": "Accuracy", "formula": "(TP + TN) / n", "says": "how many decisions are right"},
}

FAIRNESS: dict[str, dict[str, str]] = {
    "demographic_parity": {
        "title": "Demographic parity",
        "formula": "selection rates alike",
        "direction": "difference 0, ratio 1: alike",
    },
    "equal_opportunity": {
        "title": "Equal opportunity",
        "formula": "true positive rates alike (Hardt et al. 2016)",
        "direction": "difference 0, ratio 1: alike",
    },
    "equalised_odds": {
        "title": "Equalised odds",
        "formula": "true and false positive rates alike; the larger difference, the smaller ratio (Hardt et al. 2016)",
        "direction": "difference 0, ratio 1: alike",
    },
}


def versions() -> dict[str, str]:
    """The packages that the figures come from."""
    from importlib.metadata import version

    return {name: version(name) for name in ("fairlearn", "scikit-learn", "scipy", "numpy", "pandas")}
