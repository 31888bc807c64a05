"""What a comparison measures. A measure is one file here; its source goes into exported scripts, so it may import
numpy at the top, scikit-learn within its function, and the kit.
"""

from dataops_core.evaluation.measures.measure import CLASSES, NUMBERS, Measure, Task, Verdict
from dataops_core.registry import import_all

import_all(__name__, __path__)

__all__ = ["CLASSES", "NUMBERS", "Measure", "Task", "Verdict"]
