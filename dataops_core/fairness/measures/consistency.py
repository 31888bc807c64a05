"""Whether people who are alike have the same outcome. It is counted row by row, not from groups: `data` does that."""

from dataops_core.fairness.measures.measure import DataMeasure, offer
from dataops_core.registry import LAST

offer(
    DataMeasure(
        key="consistency",
        title="Consistency",
        formula="1 - mean |y_i - mean of y over the 5 nearest others|",
        range="0 to 1",
        direction="1: people who are alike in all but the sensitive columns have the same outcome",
        source="Zemel et al., Learning fair representations, 2013",
        of=None,
        order=LAST + 1,
    )
)
