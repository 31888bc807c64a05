"""Reports of a profile as one HTML file: ours, readable and redacted, and the full one of ydata-profiling."""

from dataops_core.report.full import full_report
from dataops_core.report.page import html_report

__all__ = ["full_report", "html_report"]
