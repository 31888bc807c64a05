"""What the columns of a table are probably for: outcome, groups of people, identifier, weight and split, by the words
of their names and by whether their values fit. Somebody decides.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from dataops_core.privacy.header_words import kinds_named, plain_words
from dataops_core.privacy.special_categories import category_named
from dataops_core.table import Table

OUTCOMES = {
    "target", "label", "class", "outcome", "income", "churn", "churned", "survived", "default", "defaulted", "approved",
    "approval", "accepted", "admitted", "hired", "promoted", "granted", "rejected", "response", "diagnosis", "fraud",
    "attrition", "readmitted", "recidivism", "risk", "decision", "result", "ziel", "genehmigt", "bewilligt", "ausfall",
    "gekundigt", "ergebnis", "entscheidung",
}  # fmt: skip
GROUPS = ("sex", "age", "nationality", "marital_status")
WEIGHTS = {"fnlwgt", "sample weight", "sampling weight", "survey weight", "person weight", "pweight", "wgt"}
SPLITS = {"train", "training", "test", "testing", "valid", "validation", "val", "dev", "holdout"}
KEYS = {"id", "key", "uuid", "guid", "code", "number", "no", "nr", "num", "nummer"}
LOOKED_AT = 100_000  # rows from the first; an identifier must be one in all of them
CLASSES = 10  # values of an outcome, at the most
GROUP_VALUES = 60  # of a column that tells groups apart; ages may have more


def propose_roles(table: Table) -> dict[str, Any]:
    """The roles that columns seem to have: {"target", "sensitive", "id", "weight", "split"}, where one fits."""
    names = [name for name in table.names if _speaks(name)]
    frame = table.page(0, LOOKED_AT, names)
    made: dict[str, Any] = {}
    outcomes = [name for name in names if _is_outcome(name, frame[name])]
    if outcomes:
        made["target"] = min(outcomes, key=lambda name: (frame[name].nunique(), -table.names.index(name)))
    sensitive = [name for name in names if name not in outcomes[:1] and _tells_groups(name, frame[name])]
    made["sensitive"] = [name for name in sensitive if name != made.get("target")]
    for role, fits in (("id", _is_key), ("weight", _is_weight), ("split", _is_split)):
        made[role] = next((name for name in names if fits(name, frame[name])), None)
    if made["id"] and table.rows > LOOKED_AT and not _is_key(made["id"], table.frame([made["id"]])[made["id"]]):
        del made["id"]
    return {role: value for role, value in made.items() if value}


def _speaks(name: str) -> bool:
    """Whether a name says anything of a role."""
    words = plain_words(name)
    return bool(
        {*words} & (OUTCOMES | KEYS)
        or " ".join(words) in WEIGHTS
        or {*words} & {"split", "fold", "partition", "subset", "set"}
        or kinds_named(name) & {*GROUPS}
        or category_named(name)
    )


def _is_outcome(name: str, values: pd.Series) -> bool:
    return bool({*plain_words(name)} & OUTCOMES) and 2 <= values.nunique() <= CLASSES


def _tells_groups(name: str, values: pd.Series) -> bool:
    if not (kinds_named(name) & {*GROUPS} or category_named(name)):
        return False
    is_age = "age" in kinds_named(name) and pd.api.types.is_numeric_dtype(values)
    return bool(is_age or 2 <= values.nunique() <= GROUP_VALUES)


def _is_key(name: str, values: pd.Series) -> bool:
    words = plain_words(name)
    return bool(words and words[-1] in KEYS and values.notna().all() and values.is_unique and len(values) > 1)


def _is_weight(name: str, values: pd.Series) -> bool:
    said = " ".join(plain_words(name)) in WEIGHTS
    return said and pd.api.types.is_numeric_dtype(values) and bool((values.dropna() > 0).all())


def _is_split(name: str, values: pd.Series) -> bool:
    if not {*plain_words(name)} & {"split", "fold", "partition", "subset", "set"}:
        return False
    held = {str(value).strip().lower() for value in values.dropna().unique()[:CLASSES]}
    return len(held) >= 2 and held <= SPLITS
