"""Rates of decisions in a group, from the confusion table."""

from dataops_core.fairness.measures.measure import CELLS, RateMeasure, offer

_NOBODY = "nobody is in the group"
_NONE_DESERVES = "nobody in the group deserves the good decision"

offer(
    RateMeasure(
        key="selection_rate",
        title="Selection rate",
        formula="(TP + FP) / n",
        says="how many get the good decision",
        hits=("tp", "fp"),
        of=CELLS,
        why=_NOBODY,
        order=1,
    ),
    RateMeasure(
        key="tpr",
        title="True positive rate",
        formula="TP / (TP + FN)",
        says="of those who deserve the good decision, how many get it",
        hits=("tp",),
        of=("tp", "fn"),
        why=_NONE_DESERVES,
        order=2,
    ),
    RateMeasure(
        key="fpr",
        title="False positive rate",
        formula="FP / (FP + TN)",
        says="of those who do not, how many get it all the same",
        hits=("fp",),
        of=("fp", "tn"),
        why="everybody in the group deserves the good decision",
        order=3,
    ),
    RateMeasure(
        key="fnr",
        title="False negative rate",
        formula="FN / (TP + FN)",
        says="of those who deserve the good decision, how many miss it",
        hits=("fn",),
        of=("tp", "fn"),
        why=_NONE_DESERVES,
        order=4,
    ),
    RateMeasure(
        key="precision",
        title="Precision",
        formula="TP / (TP + FP)",
        says="of those who get the good decision, how many deserve it",
        hits=("tp",),
        of=("tp", "fp"),
        why="nobody in the group gets the good decision",
        order=5,
    ),
    RateMeasure(
        key="accuracy",
        title="Accuracy",
        formula="(TP + TN) / n",
        says="how many decisions are right",
        hits=("tp", "tn"),
        of=CELLS,
        why=_NOBODY,
        order=6,
    ),
)
