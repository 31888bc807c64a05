"""Monitoring: a delivery held against a version, by limits, and alerts about what it found."""

from dataops_core.monitoring.limits import VERDICTS, Limits, Verdict, worst
from dataops_core.monitoring.report import AREAS, Check, DeliveryReport, Figures

__all__ = ["AREAS", "VERDICTS", "Check", "DeliveryReport", "Figures", "Limits", "Verdict", "worst"]
