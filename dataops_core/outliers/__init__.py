"""Outliers: which rows, why each is flagged, and whether it is likely an error or a rare truth."""

from dataops_core.outliers.outliers import outliers

__all__ = ["outliers"]
