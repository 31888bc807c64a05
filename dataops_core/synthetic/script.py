"""The plain script: the same synthetic data's making with pandas and SDV 2.0 alone, for whoever does not have the workbench."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dataops_core.synthetic.constraints.catalog.combination import Combination
from dataops_core.synthetic.constraints.constraint import sdv_calls
from dataops_core.synthetic.constraints.reading import all_from_json

_CLASS = {
    "gaussian_copula": "GaussianCopulaSynthesizer",
    "ctgan": "CTGANSynthesizer",
    "tvae": "TVAESynthesizer",
    "copulagan": "CopulaGANSynthesizer",
}
SCRIPTED = tuple(_CLASS)
_SDTYPE = {
    "email": "email",
    "phone": "phone_number",
    "name": "name",
    "iban": "iban",
    "card": "credit_card_number",
    "ip": "ipv4_address",
}


def script(told: Mapping[str, Any]) -> str | None:
    """A Python script that makes a synthetic table with SDV alone, from what `synthesize` told; None for an engine that is not
    SDV's.

    It treats columns, rare values, extremes and constraints alike, but its rows are others: gaps and made-up columns
    are SDV's own.
    """
    name = told["engine"]["name"]
    if name not in _CLASS:
        return None
    treated = {each["column"]: each for each in told["treatment"]}
    drop = [column for column, each in treated.items() if each["as"] == "leave out"]
    made = {
        column: _SDTYPE.get(str(each["maker"]), "text" if each["maker"] == "words" else "id")
        for column, each in treated.items()
        if each["as"] == "make"
    }
    constraints = all_from_json(told["constraints"])
    joint = {column for each in constraints if isinstance(each, Combination) for column in each.columns}
    sdtypes: dict[str, dict[str, Any]] = {}
    for column in told["columns"]:
        column_name = column["name"]
        if column_name in made:
            sdtypes[column_name] = {
                "sdtype": made[column_name],
                **({"regex_format": "[A-Z]{2}[0-9]{8}"} if made[column_name] in ("id", "text") else {"pii": True}),
            }
        elif column["type"] == "datetime":
            sdtypes[column_name] = {"sdtype": "datetime", "datetime_format": "%Y-%m-%d %H:%M:%S"}
        elif column["type"] in ("integer", "decimal") and column["kind"] != "category" and column_name not in joint:
            sdtypes[column_name] = {"sdtype": "numerical"}
        else:
            sdtypes[column_name] = {"sdtype": "categorical"}
    calls = sdv_calls(constraints)
    sums = [list(call.arguments.values()) for call in calls if call.name == "Total"]
    settings = "" if name == "gaussian_copula" else f", epochs={told['settings']['epochs']}, enable_gpu=False"
    return _TEMPLATE.format(
        version=told["engine"]["version"],
        cls=_CLASS[name],
        settings=settings,
        drop=json.dumps(drop, ensure_ascii=False),
        columns=_python(sdtypes),
        constraints="\n    ".join(f"{call.source()}," for call in calls if call.name != "Total"),
        sums=_python(sums),
        rare=told["settings"]["rare"],
        rows=told["rows"]["made"],
        seed=told["settings"]["seed"],
    )


def _python(value: Any) -> str:
    return repr(value)


_TEMPLATE = '''"""A synthetic table with pandas and SDV {version} alone: python generate.py REAL.csv SYNTHETIC.csv

Columns, rare values, extremes and constraints are treated as in the workbench; its rows are not the workbench's rows, because
missing values and made-up columns are left to SDV here. SDV is under the Business Source License 1.1.
"""

import random
import sys
import warnings

import joblib
import numpy as np
import pandas as pd
import torch
from sdv.cag import FixedCombinations, FixedIncrements, Inequality, OneHotEncoding, Range  # noqa: F401
from sdv.metadata import Metadata
from sdv.single_table import {cls}

COLUMNS = {columns}
LEFT_OUT = {drop}
SUMS = {sums}
CONSTRAINTS = [
    {constraints}
]
RARE, ROWS, SEED = {rare}, {rows}, {seed}

real, out = sys.argv[1:3]
random.seed(SEED)
np.random.seed(SEED)
torch.manual_seed(SEED)
torch.set_num_threads(1)
warnings.simplefilter("ignore")

frame = pd.read_csv(real).drop(columns=LEFT_OUT)
frame = frame[list(COLUMNS)]
learn = frame.sample(frac=0.5, random_state=SEED)  # the other half is for judging the synthetic data
bound = {{name for each in CONSTRAINTS for key in ("column_names",) for name in (getattr(each, key, None) or getattr(each, "_" + key, None) or [])}}
for name, about in COLUMNS.items():
    if about["sdtype"] == "categorical":
        learn[name] = learn[name].astype(object).where(learn[name].notna(), None)
        learn[name] = learn[name].map(lambda value: value if value is None else str(value))
        counts = learn[name].value_counts()
        if name not in bound and RARE > 1:
            learn.loc[learn[name].isin(counts.index[counts < RARE]), name] = "(other)"
    elif about["sdtype"] == "numerical" and learn[name].notna().sum() >= 4 * RARE and not CONSTRAINTS:
        known = learn[name].dropna().sort_values()
        learn[name] = learn[name].clip(known.iloc[:RARE].mean(), known.iloc[-RARE:].mean())
    elif about["sdtype"] == "datetime":
        learn[name] = pd.to_datetime(learn[name]).dt.strftime("%Y-%m-%d %H:%M:%S")
totals = [total for _, total in SUMS]
learn = learn.drop(columns=totals)
columns = {{name: about for name, about in COLUMNS.items() if name not in totals}}
metadata = Metadata.load_from_dict({{"tables": {{"table": {{"columns": columns}}}}, "relationships": [], "METADATA_SPEC_VERSION": "V2"}})
synthesizer = {cls}(metadata{settings})
if CONSTRAINTS:
    synthesizer.add_constraints(CONSTRAINTS)
with joblib.parallel_config(backend="threading", n_jobs=1):
    synthesizer.fit({{"table": learn.reset_index(drop=True)}})
    synthetic = synthesizer.sample(ROWS)["table"]
for parts, total in SUMS:
    synthetic[total] = synthetic[parts].sum(axis=1)
synthetic[list(COLUMNS)].to_csv(out, index=False)
'''
