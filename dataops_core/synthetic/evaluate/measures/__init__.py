"""The signals by which a synthetic table is judged for privacy. A measure is one file here; it may import what
compares rows.
"""

from dataops_core.registry import import_all
from dataops_core.synthetic.evaluate.measures.measure import MEASURES, PrivacyMeasure, Sides

import_all(__name__, __path__)

__all__ = ["MEASURES", "PrivacyMeasure", "Sides"]
