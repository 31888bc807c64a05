"""The file load.py of a version: its rows as scikit-learn, PyTorch and TensorFlow take them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataops_core.export.parts import split_column

FILE = "load.py"


def loader(version: Mapping[str, Any]) -> str:
    """The program that loads a version, with its columns and what they are for.

    Features are all columns but the target, weights, ids, the split and sensitive ones.
    """
    roles, split = version.get("roles") or {}, split_column(version)
    sensitive = roles.get("sensitive") or []
    named = {roles.get(role) for role in ("target", "weight", "id", "split")} | {split, *sensitive}
    kinds = {column["name"]: column["kind"] for column in version["data"]["columns"]}
    known = {
        "CONTENT_HASH": version["data"]["content_hash"],
        "TARGET": roles.get("target") if roles.get("target") in kinds else None,
        "SENSITIVE": [name for name in sensitive if name in kinds],
        "FEATURES": [name for name, kind in kinds.items() if name not in named and kind != "id"],
        "SPLIT": split,
    }
    title = f"version {version['number']}"
    return _TEXT.replace("__TITLE__", title).replace(
        "__KNOWN__", "\n".join(f"{name} = {value!a}" for name, value in known.items())
    )


_TEXT = '''\
"""Load the rows of this dataset, __TITLE__, for training.

    python load.py     # what there is, and the sum of each column of numbers

    import load
    X, y = load.xy("train")                    # scikit-learn: a frame and a column, as they are in the table
    rows = load.torch_dataset("train")         # PyTorch: a Dataset of numbers
    rows = load.tf_dataset("train")            # TensorFlow: a tf.data.Dataset of numbers

Without a name of a part ("train", "validation", "test") all rows are loaded. It needs pandas and pyarrow, and
PyTorch or TensorFlow where these are asked for.
"""

import functools
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
__KNOWN__


def frame(part=None):
    """All rows, or those of a part, as they are in the table."""
    if part and not SPLIT:
        raise ValueError("This version has no parts: no step of it split the rows.")
    path = HERE / (f"{part}.parquet" if part else "data.parquet")
    if not path.exists():
        raise ValueError(f"There are no rows for {part}.")
    return pd.read_parquet(path)


def xy(part=None):
    """The features, and the target (None where the version has none)."""
    rows = frame(part)
    return rows[FEATURES], rows[TARGET] if TARGET else None


@functools.lru_cache(maxsize=None)
def words(column):
    """The words of a column of text, as the rows for training have them: nothing is learned from other rows."""
    return pd.Index(sorted(frame("train" if SPLIT else None)[column].dropna().unique()))


def numbers(cells):
    """A column as numbers: true is 1, a date its seconds since 1970, a word its place among the words of the training
    rows (-1: not one of them); what is missing is NaN."""
    missing = cells.isna().to_numpy()
    if pd.api.types.is_datetime64_any_dtype(cells):
        known = (cells - pd.Timestamp(0)) / pd.Timedelta(seconds=1)
    elif pd.api.types.is_bool_dtype(cells) or pd.api.types.is_numeric_dtype(cells):
        known = cells
    elif cells.dropna().map(type).eq(bool).all():
        known = cells.map({True: 1.0, False: 0.0})
    else:
        known = pd.Series(words(cells.name).get_indexer(cells), index=cells.index)
    made = np.array(pd.to_numeric(known).to_numpy(dtype="float64", na_value=np.nan))  # a copy: it is written to
    made[missing] = np.nan
    return made


def arrays(part=None, dtype="float32"):
    """Features as a matrix of numbers and the target as a vector (None where there is none)."""
    x, y = xy(part)
    matrix = np.column_stack([numbers(x[name]) for name in FEATURES]) if FEATURES else np.empty((len(x), 0))
    return matrix.astype(dtype), None if y is None else numbers(y).astype(dtype)


def torch_dataset(part=None, dtype="float32"):
    """The rows as a Dataset of PyTorch: (features, target), or (features,) where there is no target."""
    import torch

    return torch.utils.data.TensorDataset(*(torch.from_numpy(each) for each in arrays(part, dtype) if each is not None))


def tf_dataset(part=None, dtype="float32"):
    """The rows as a Dataset of TensorFlow: (features, target), or features where there is no target."""
    import tensorflow as tf

    x, y = arrays(part, dtype)
    return tf.data.Dataset.from_tensor_slices(x if y is None else (x, y))


if __name__ == "__main__":
    print(f"Target {TARGET}, {len(FEATURES)} features, content hash {CONTENT_HASH}")
    for part in ["train", "validation", "test"] if SPLIT else [None]:
        if part is None or (HERE / f"{part}.parquet").exists():
            rows = frame(part)
            print(f"{part or 'all'}: {len(rows)} rows")
            for name, total in rows.select_dtypes("number").sum().items():
                print(f"  {name}: sum {float(total)!r}")
'''
