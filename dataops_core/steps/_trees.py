"""Gradient-boosted trees as plain numbers: fitted by scikit-learn, kept as text, asked with numpy alone.

A node takes 8 bytes: the feature (2; -1 for a leaf), the threshold or the leaf's value (4), the node to the right (2,
counted from the root; the one to the left follows at once). So a model needs no pickle, and gives the same answer with
any version of scikit-learn and any number of threads.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

LEAVES = 8
# many numbers can hardly be predicted: small steps do no harm
NUMBER = {
    "max_iter": 80,
    "learning_rate": 0.07,
    "l2_regularization": 10.0,
}
CATEGORY = {"max_iter": 40, "learning_rate": 0.1}
AT_ONCE = 500  # rows
MISSING_LEFT = 10_000  # added to the feature of a node that sends what is not known to the left


def fit_trees(
    features: dict[str, np.ndarray],
    levels: dict[str, int],
    target: np.ndarray,
    classes: int,
    seed: int,
) -> dict[str, Any]:
    """Fit histogram gradient boosting (Ke and others, LightGBM, 2017, as scikit-learn has it) to numbers, or to codes
    of classes.

    `features` by name, float64, NaN where not known; `levels` says how many values each category among them has. Gaps
    in the features are no hindrance. `classes` is 0 for numbers.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    names = sorted(features, key=lambda name: name not in levels)  # categories first, as scikit-learn sorts them inside
    matrix = np.column_stack([features[name] for name in names])
    kind = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    model = kind(
        **(CATEGORY if classes else NUMBER),
        max_leaf_nodes=LEAVES,
        early_stopping=False,
        categorical_features=[name in levels for name in names],
        random_state=seed,
    ).fit(matrix, target)
    met = [
        np.unique(matrix[~np.isnan(matrix[:, place]), place]).astype("int64")
        for place in range(sum(name in levels for name in names))
    ]
    return {
        "features": names,
        "classes": [int(code) for code in model.classes_] if classes else [],
        "start": [float(value) for value in np.ravel(model._baseline_prediction)],
        **_packed([tree for turn in model._predictors for tree in turn], met, [levels.get(name, 0) for name in names]),
    }


def _packed(trees: list[Any], met: list[np.ndarray], levels: list[int]) -> dict[str, Any]:
    """All trees of a fitted model, one after the other; `met` are the codes that each category had in the fit."""
    parts: dict[str, list[np.ndarray]] = {"feature": [], "value": [], "right": []}
    roots: list[int] = []
    left: list[str] = []
    start = 0
    for tree in trees:
        nodes = tree.nodes
        leaf, missing_left = nodes["is_leaf"].astype(bool), nodes["missing_go_to_left"].astype(bool)
        feature = nodes["feature_idx"].astype("int64")
        value = np.where(leaf, nodes["value"], _rounded_up(nodes["num_threshold"]))
        for number in np.flatnonzero(nodes["is_categorical"].astype(bool) & ~leaf):
            place, bits = int(feature[number]), tree.raw_left_cat_bitsets[int(nodes["bitset_idx"][number])]
            goes = np.full(levels[place] + 1, missing_left[number])  # the last one is for what is not known
            goes[met[place]] = [bool((int(bits[rank // 32]) >> (rank % 32)) & 1) for rank in range(len(met[place]))]
            value[number] = len(left)
            left.append("".join("1" if each else "0" for each in goes))
        parts["feature"].append(np.where(leaf, -1, np.where(missing_left, feature + MISSING_LEFT, feature)))
        parts["value"].append(value)
        parts["right"].append(np.where(leaf, 0, nodes["right"].astype("int64")))
        roots.append(start)
        start += len(nodes)
    dtypes = {"feature": "<i2", "value": "<f4", "right": "<i2"}
    return {"roots": roots, "left": left} | {
        key: _text(np.concatenate(part).astype(dtypes[key])) for key, part in parts.items()
    }


def _rounded_up(thresholds: np.ndarray) -> np.ndarray:
    """Thresholds as 4-byte numbers that are no smaller: cells that equal a threshold must stay on its left."""
    short = thresholds.astype("float32")
    return np.where(short < thresholds, np.nextafter(short, np.float32(np.inf)), short)


def _text(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode("ascii")


def ask_trees(packed: dict[str, Any], features: dict[str, np.ndarray], levels: dict[str, int]) -> np.ndarray:
    """The raw answers of packed trees, rows x (1, or 1 for two classes, or classes): the same for a row whatever stands
    beside it.
    """
    feature = np.frombuffer(base64.b64decode(packed["feature"]), dtype="<i2").astype("int64")
    value = np.frombuffer(base64.b64decode(packed["value"]), dtype="<f4").astype("float64")
    right = np.frombuffer(base64.b64decode(packed["right"]), dtype="<i2").astype("int64")
    roots, start = np.array(packed["roots"], dtype="int64"), np.array(packed["start"])
    leaf, missing_left = feature < 0, feature >= MISSING_LEFT
    feature = np.where(missing_left, feature - MISSING_LEFT, np.maximum(feature, 0))
    jump = right + np.repeat(roots, np.diff([*packed["roots"], len(right)]))
    names = packed["features"]
    matrix = np.column_stack([features[name] for name in names]) if names else np.zeros((0, 0))
    by_level = np.array([name in levels for name in names], dtype=bool)
    tables = _tables(packed["left"])
    out = np.empty((len(matrix), len(start)))
    for first in range(0, len(matrix), AT_ONCE):
        out[first : first + AT_ONCE] = start
        here = _leaves(
            matrix[first : first + AT_ONCE], roots, (feature, value, jump, leaf, missing_left), by_level, tables
        )
        for turn in range(0, len(roots), len(start)):
            out[first : first + AT_ONCE] += value[here[:, turn : turn + len(start)]]
    return out


def _tables(left: list[str]) -> np.ndarray:
    """Which levels go to the left, a row for each split by category; the last column is for what is not known."""
    widest = max((len(text) for text in left), default=1)
    return np.array(
        [[sign == "1" for sign in text[:-1].ljust(widest - 1, text[-1]) + text[-1]] for text in left] or [[False]]
    )


def _leaves(
    matrix: np.ndarray,
    roots: np.ndarray,
    trees: tuple[np.ndarray, ...],
    by_level: np.ndarray,
    tables: np.ndarray,
) -> np.ndarray:
    """The leaf that each row reaches in each tree, rows x trees."""
    feature, value, jump, leaf, missing_left = trees
    at = np.tile(roots, (len(matrix), 1))
    rows = np.arange(len(matrix))[:, None]
    gone = np.isnan(matrix)
    level = np.where(gone | ~by_level, -1, np.where(gone, 0, matrix)).astype("int64")
    while True:
        on = ~leaf[at]
        if not on.any():
            return at
        asked = feature[at]
        cells, lost = matrix[rows, asked], gone[rows, asked]
        goes = np.where(lost, missing_left[at], cells <= value[at])
        split = by_level[asked] & on
        if split.any():
            goes[split] = tables[value[at[split]].astype("int64"), level[rows, asked][split]]
        at = np.where(on, np.where(goes, at + 1, jump[at]), at)
