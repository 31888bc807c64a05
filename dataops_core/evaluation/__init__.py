"""One protocol by which preprocessing choices are compared: everything a candidate learns, it learns inside the
training folds; all candidates are judged on the same rows, which none of them has seen.
"""

from dataops_core.evaluation.candidates import Candidate, grid_candidates
from dataops_core.evaluation.protocol import Comparison, compare_recipes

__all__ = ["Candidate", "Comparison", "compare_recipes", "grid_candidates"]
