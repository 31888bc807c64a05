"""What fairness may ask of decisions."""

from dataops_core.fairness.measures.measure import Notion, offer

offer(
    Notion(
        key="demographic_parity",
        title="Demographic parity",
        formula="selection rates alike",
        rates=("selection_rate",),
        order=1,
    ),
    Notion(
        key="equal_opportunity",
        title="Equal opportunity",
        formula="true positive rates alike (Hardt et al. 2016)",
        rates=("tpr",),
        order=2,
    ),
    Notion(
        key="equalised_odds",
        title="Equalised odds",
        formula="true and false positive rates alike; the larger difference, the smaller ratio (Hardt et al. 2016)",
        rates=("tpr", "fpr"),
        order=3,
    ),
)
