"""Where a recipe runs: in memory, in batches on one machine, or on an Apache Spark cluster; the meaning is the same."""

from dataops_core.engines.batches import bounded, bounded_for
from dataops_core.engines.plan import ENGINES, Engine, PlannedStep, check_plan, columns_learned_from, plan
from dataops_core.engines.result import EngineRun

__all__ = [
    "ENGINES",
    "Engine",
    "EngineRun",
    "PlannedStep",
    "bounded",
    "bounded_for",
    "check_plan",
    "columns_learned_from",
    "plan",
]
