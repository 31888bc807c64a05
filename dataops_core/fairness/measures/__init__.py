"""What is measured of outcomes and of decisions by group. A measure is one file here; may import record and stats."""

from dataops_core.fairness.measures.measure import DATA, NOTIONS, RATES
from dataops_core.registry import import_all

import_all(__name__, __path__)

__all__ = ["DATA", "NOTIONS", "RATES"]
