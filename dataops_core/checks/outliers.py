"""Outliers."""

from __future__ import annotations

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView
from dataops_core.checks.missing_codes import codes_for_missing
from dataops_core.checks.other_units import in_other_unit
from dataops_core.checks.signs import wrong_signs
from dataops_core.checks.table_view import Context
from dataops_core.checks.wording import cell
from dataops_core.steps.treat_outliers import treat_outliers
from dataops_core.wording import counted

SKEWED = 1.4  # the upper tail to the lower one; a log scale makes both alike
BENT = 2
COARSE = 20  # different numbers up to which one step more or less makes the tails look unlike
TAIL = 0.05  # of the values show how a tail falls off
LEAST = 1000  # values, so that fifty show it
LEVELS = 7  # values at least, or it is a scale of answers
FEW = 0.01  # of the values may stand behind a gap
FIRST = "Some values stand for missing ones, or are in another unit: mend those first, then look at the outliers again."


@check(
    "Outliers",
    group="Numbers",
    types=["integer", "decimal"],
    severity="note",
    fix=treat_outliers,
    no_fix="The column spans a wide range: capping it by its quartiles would cut true values.",
)
def outliers(column: ColumnView, context: Context) -> Hit | None:
    """Values far from the rest: beyond three interquartile ranges (Tukey's "far out", 1977), on a log scale where the
    column is skewed, or behind a gap that a tail of such values does not have.

    They may be slips of the pen or the most interesting rows of all: look before you cap.
    """
    quartiles = column.facts.get("quantiles")
    if (
        column.kind == "id"
        or column.distinct < LEVELS
        or not quartiles
        or quartiles["0.25"] is None
        or quartiles["0.75"] is None
    ):
        return None
    low, high = quartiles["0.25"], quartiles["0.75"]
    if high <= low:
        return None
    signs = wrong_signs(column)
    positive = low > 0 and (column.facts["min"] > 0 or _positive_but_for(column, signs))
    skew = (quartiles["0.95"] - quartiles["0.5"]) / max(quartiles["0.5"] - quartiles["0.05"], 1e-12)
    bent = positive and skew > BENT
    skewed = skew > (SKEWED if column.distinct > COARSE else BENT)
    least, most = low - 3 * (high - low), high + 3 * (high - low)
    if positive and skewed:  # ratios reach further up, differences further down
        reach = np.log(high / low)
        most = high * np.exp(min(3 * reach, 600))
        least = low * np.exp(-3 * reach) if bent else least
    usual = least, most
    aside = signs  # what has a finding of its own
    if column.facts["min"] < least or column.facts["max"] > most:
        aside = codes_for_missing(column) | in_other_unit(column) | signs
    numbers = np.where(aside, np.nan, column.numbers) if aside.any() else column.numbers
    if positive or not skewed:
        least, most = _behind_gaps(numbers, least, most, bent)
    if column.facts["min"] >= least and column.facts["max"] <= most:
        return None
    mask = (numbers < least) | (numbers > most)
    if not mask.any():
        return None
    far = (numbers < low - 20 * (high - low)) | (numbers > high + 20 * (high - low))
    beyond = mask | (numbers < usual[0]) | (numbers > usual[1])
    certain = far.any() and beyond.sum() <= 0.001 * column.present and (far & mask).sum() == mask.sum()
    capped = (column.numbers < low - 3 * (high - low)) | (column.numbers > high + 3 * (high - low))
    same = not bent and bool((capped == mask).all())  # else the step would cut true values, or cap -999
    return Hit(
        mask,
        f"{counted(mask.sum(), 'value lies', 'values lie')} below"
        f" {cell(f'{least:,.6g}', quotes=False)} or above {cell(f'{most:,.6g}', quotes=False)}.",
        {"columns": [column.name], "method": "iqr", "factor": 3.0} if same else None,
        "warning" if certain and not bent else "note",
        no_fix=FIRST if not same and aside.any() else None,
    )


def _positive_but_for(column: ColumnView, signs: np.ndarray) -> bool:
    """Whether all numbers are positive but those with a wrong sign and those that stand for missing ones."""
    below = column.numbers <= 0
    return bool((below & signs).any() and not (below & ~signs & ~codes_for_missing(column)).any())


def _behind_gaps(numbers: np.ndarray, least: float, most: float, bent: bool) -> tuple[float, float]:
    """The fences; where a gap parts a few values from all others, it is the fence: what lies before it is the tail."""
    values = numbers[np.isfinite(numbers)]
    if len(values) < LEAST:
        return least, most
    top = float(np.quantile(values, 1 - TAIL))
    low = float(np.quantile(values, TAIL))
    upper, lower = np.sort(values[values > top]), np.sort(-values[values < low])
    if bent:
        upper, lower = np.log(upper / top) if top > 0 else upper[:0], lower[:0]
    else:
        upper, lower = upper - top, lower + low
    above, below = _gap(upper, int(FEW * len(values))), _gap(lower, int(FEW * len(values)))
    if above is not None:
        most = top * np.exp(min(above, 600)) if bent else top + above
    if below is not None:
        least = low - below
    return least, most


def _gap(excess: np.ndarray, few: int) -> float | None:
    """The middle of the lowest gap in a tail that is too wide to be one of its spacings; None where there is none.

    A tail falls off exponentially, or faster on the scale chosen. The spacing before its k greatest values is then
    exponential with the mean of the tail divided by k (Renyi 1953); the mean is estimated without the `few` greatest.
    """
    if few < 1 or len(excess) < 4 * few or len(excess) < 10:
        return None
    usual = excess[: len(excess) - few]
    mean = (usual.sum() + few * usual[-1]) / len(usual)
    if mean <= 0:
        return None
    ordered = excess[len(usual) - 1 :]
    gaps = np.diff(ordered)
    behind = np.arange(few, 0, -1)
    wide = (behind * gaps > mean * np.log(few / 1e-4)) & (gaps > 2 * mean)
    at = int(np.argmax(wide))
    return float(ordered[at] + ordered[at + 1]) / 2 if wide[at] else None
