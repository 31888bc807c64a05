"""How far a column can be generalized, level by level: each level is a step of the recipe, and joins groups of the
level before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dataops_core.recipe.recipe import RecipeStep
from dataops_core.steps import get
from dataops_core.steps._cells import cell_texts
from dataops_core.table.kinds import tidy_column, type_of
from dataops_core.values.numbers import in_microseconds

BANDS = 15  # bands that the narrowest level of a number has, at most
CODE = 10  # characters of a code that is cut from its end, at most


@dataclass(frozen=True)
class Level:
    """One level of a column: the step that reaches it, the group of each different value, and what each value loses.

    `codes` (values,) numbers the groups, a missing cell being the last value; `loss` (values,) is the normalized
    certainty penalty (Xu et al. 2006): 0 where the value is as it was, 1 where it says nothing.
    """

    step: RecipeStep | None
    words: str
    codes: np.ndarray
    loss: np.ndarray


def levels_of(column: pd.Series, name: str, k: int, *, prefix: bool = False) -> tuple[np.ndarray, list[Level]]:
    """Which different value each row has (rows,), and the levels of a column: as it is first, without it last.

    `prefix` says that values are codes whose first characters tell most (postal codes).
    """
    own, values = pd.factorize(column, use_na_sentinel=True)
    rows = np.where(own < 0, len(values), own)
    distinct = tidy_column(pd.Series(values)) if len(values) else column.iloc[:0]
    counts = np.bincount(rows, minlength=len(values) + 1)[:-1]
    kind = type_of(column)
    raw = Level(None, "as it is", np.arange(len(values) + 1), np.zeros(len(values) + 1))
    levels = [raw]
    for step, words in _steps(distinct, counts, name, kind, k, prefix):
        made = _level(step, words, distinct, counts, kind)
        if made.codes.max(initial=0) < levels[-1].codes.max(initial=0):
            levels.append(made)
    nothing = np.zeros(len(values) + 1, dtype=np.int64)
    levels.append(Level(RecipeStep("drop_columns", {"columns": [name]}), "left out", nothing, np.ones(len(values) + 1)))
    return rows, levels


def _steps(
    distinct: pd.Series, counts: np.ndarray, name: str, kind: str, k: int, prefix: bool
) -> list[tuple[RecipeStep, str]]:
    def general(words: str, **settings: object) -> tuple[RecipeStep, str]:
        return RecipeStep("generalize_values", {"columns": [name], **settings}), words

    if kind == "boolean" or len(distinct) < 3:
        return []
    if kind == "datetime":
        return [general(f"by {part}", how="dates", part=part) for part in ("month", "quarter", "year", "decade")]
    texts = [text for text in cell_texts(distinct) if text is not None]
    if prefix or (kind == "text" and _are_codes(texts)):
        longest = min(CODE, max(map(len, texts)))
        return [
            general(f"first {keep} characters" if keep > 1 else "first character", how="prefix", keep=keep)
            for keep in range(longest - 1, 0, -1)
        ]
    if kind in ("integer", "decimal"):
        width = _narrowest(distinct, kind)
        span = float(pd.Series(distinct).max() - pd.Series(distinct).min()) if width else 0.0
        widths = [width * 2**power for power in range(8) if width * 2**power <= span]
        return [general(f"bands of {width:g}", how="bands", width=width) for width in widths]
    total = int(counts.sum())
    thresholds = sorted({max(2, least) for least in (k, 4 * k, total // 100, total // 20, total // 5)})
    return [
        (
            RecipeStep("suppress_rare", {"columns": [name], "fewer_than": least, "into": "other"}),
            f'values of fewer than {least:,} rows become "other"',
        )
        for least in thresholds
    ]


def _are_codes(texts: list[str]) -> bool:
    """Whether texts are codes of one length with digits, as postal codes are."""
    lengths = pd.Series([len(text) for text in texts]).value_counts()
    digits = np.mean([any(sign.isdigit() for sign in text) for text in texts])
    return bool(lengths.iloc[0] >= 0.8 * len(texts) and 2 <= lengths.index[0] <= CODE and digits >= 0.9)


def _narrowest(distinct: pd.Series, kind: str) -> float:
    """The width of the narrowest bands: 1, 2 or 5 times a power of ten; 0 where no band makes sense."""
    numbers = distinct.to_numpy(dtype="float64")
    numbers = numbers[np.isfinite(numbers)]
    span = float(numbers.max() - numbers.min()) if len(numbers) else 0.0
    if not 1e-6 < span < 1e12:
        return 0.0
    ten = 10.0 ** math.floor(math.log10(span / BANDS))
    width = next(factor * ten for factor in (1, 2, 5, 10) if span / (factor * ten) <= BANDS)
    return max(2.0, width) if kind == "integer" else width


def _level(step: RecipeStep, words: str, distinct: pd.Series, counts: np.ndarray, kind: str) -> Level:
    """What the step itself makes of each different value."""
    name = step.settings["columns"][0]
    frame = pd.DataFrame({name: distinct})
    settings = get(step.op).check(step.settings)
    learned = {}
    if step.op == "suppress_rare":
        kept = sorted(t for t, n in zip(cell_texts(distinct), counts, strict=True) if n >= settings["fewer_than"] and t)
        learned = {"learned": {name: kept}}
    made = get(step.op)(frame, **settings, **learned)[name]
    groups, labels = pd.factorize(made, use_na_sentinel=False)
    codes = np.append(groups, len(labels)).astype(np.int64)
    return Level(step, words, codes, np.append(_loss(groups, distinct, made, kind), 0.0))


def _loss(groups: np.ndarray, distinct: pd.Series, made: pd.Series, kind: str) -> np.ndarray:
    """The share of the column's extent that a group has: of its range for numbers and dates, else of its values."""
    sizes = np.bincount(groups, minlength=int(groups.max(initial=0)) + 1)
    if kind in ("integer", "decimal", "datetime"):
        numbers = in_microseconds(distinct)
        numbers = np.nan_to_num(numbers, posinf=np.nanmax(np.where(np.isfinite(numbers), numbers, np.nan), initial=0))
        span = float(np.ptp(numbers)) or 1.0
        low = np.full(len(sizes), np.inf)
        high = np.full(len(sizes), -np.inf)
        np.minimum.at(low, groups, numbers)
        np.maximum.at(high, groups, numbers)
        return np.asarray(np.clip((high - low)[groups] / span, 0.0, 1.0))
    return np.asarray((sizes[groups] - 1) / max(1, len(distinct) - 1), dtype="float64")
