"""How one table differs from another, or one group of rows from the rest."""

from dataops_core.compare.drift import drift, groups
from dataops_core.compare.measure import compare_samples
from dataops_core.compare.sample import Sample, comparison_of, sample_of

__all__ = ["Sample", "compare_samples", "comparison_of", "drift", "groups", "sample_of"]
