"""Spaces around text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from dataops_core.checks.check import Hit, by_value, check
from dataops_core.steps.trim_spaces import trim_spaces
from dataops_core.table import Column

_RUN = re.compile(r"\s{2,}")


@check("Spaces around text", group="Text", types=["text"], fix=trim_spaces)
def spaces_around_text(column: pd.Series, facts: Mapping[str, Any], about: Column) -> Hit | None:
    """Text that begins or ends with a space, or has runs of spaces inside.

    "Paris" and "Paris " look alike but count as two values.
    """
    mask = by_value(column, lambda text: text != text.strip() or bool(_RUN.search(text)))
    return Hit(mask, f"{mask.sum():,} cells have spaces that do not belong there.", {"columns": [about.name]})
