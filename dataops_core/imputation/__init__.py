"""Missing values: why they are missing, and which way of filling them is right for this table."""

from dataops_core.imputation.bench import bench
from dataops_core.imputation.chains import chains, r_hat
from dataops_core.imputation.mcar import little
from dataops_core.imputation.methods import METHODS
from dataops_core.imputation.rubin import pooled, regression, rubin
from dataops_core.imputation.understand import understand

__all__ = ["METHODS", "bench", "chains", "little", "pooled", "r_hat", "regression", "rubin", "understand"]
