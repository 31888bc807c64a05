"""Missing values: why they are missing, and which way of filling them is right for this table."""

from dataops_core.imputation.bench import bench

__all__ = ["bench"]
