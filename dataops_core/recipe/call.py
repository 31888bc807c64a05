"""Calling a step's function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from dataops_core.errors import DataOpsError, SettingError, Skip
from dataops_core.steps import Step


def call(step: Step, function: Callable[..., Any], frame: pd.DataFrame, given: Mapping[str, Any]) -> Any:
    """Call a step's function or learner; whatever goes wrong in it is said as a problem of the step with this table."""
    try:
        return function(frame, **given)
    except (DataOpsError, Skip, MemoryError):  # too little memory now says nothing of the step
        raise
    except Exception as error:
        raise SettingError(
            f'"{step.title}" cannot be done on this table: {error}',
            step.name,
            "Change its settings, or remove the step.",
        ) from error
