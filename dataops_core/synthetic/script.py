"""The plain script: the same twin's making with pandas and SDV 2.0 alone, for whoever does not have the workbench."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

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
    """A Python script that makes a twin with SDV alone, from what `synthesize` told; None for an engine that is not
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
    joint = {column for each in told["constraints"] if each["type"] == "combination" for column in each["columns"]}
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
    constraints, sums = _constraints(told)
    settings = "" if name == "gaussian_copula" else f", epochs={told['settings']['epochs']}, enable_gpu=False"
    return _TEMPLATE.format(
        version=told["engine"]["version"],
        cls=_CLASS[name],
        settings=settings,
        drop=json.dumps(drop, ensure_ascii=False),
        columns=_python(sdtypes),
        constraints=constraints,
        sums=_python(sums),
        rare=told["settings"]["rare"],
        rows=told["rows"]["made"],
        seed=told["settings"]["seed"],
    )


def _constraints(told: Mapping[str, Any]) -> tuple[str, list[list[Any]]]:
    lines: list[str] = []
    sums: list[list[Any]] = []
    taken: set[str] = set()
    for each in told["constraints"]:
        names = list(each["columns"])
        if set(names) & taken:
            continue
        if each["type"] == "order" and len(names) == 2:
            lines.append(f"Inequality(low_column_name={names[0]!r}, high_column_name={names[1]!r}),")
        elif each["type"] == "order":
            lines.append(
                f"Range(low_column_name={names[0]!r}, middle_column_name={names[1]!r}, high_column_name={names[2]!r},"
                " strict_boundaries=False),"
            )
        elif each["type"] == "combination":
            lines.append(f"FixedCombinations(column_names={names!r}),")
        elif each["type"] == "one_hot":
            lines.append(f"OneHotEncoding(column_names={names!r}),")
        elif each["type"] == "increment":
            lines.append(f"FixedIncrements(column_name={names[0]!r}, increment_value={int(each['by'])}),")
        elif each["type"] == "sum":
            sums.append([names, each["total"]])
        else:
            continue
        taken |= {*names, *([each["total"]] if each["type"] == "sum" else [])}
    return "\n    ".join(lines), sums


def _python(value: Any) -> str:
    return repr(value)


_TEMPLATE = '''"""A synthetic twin with pandas and SDV {version} alone: python generate.py REAL.csv TWIN.csv

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
learn = frame.sample(frac=0.5, random_state=SEED)  # the other half is for judging the twin
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
    twin = synthesizer.sample(ROWS)["table"]
for parts, total in SUMS:
    twin[total] = twin[parts].sum(axis=1)
twin[list(COLUMNS)].to_csv(out, index=False)
'''
