"""Read the files of Stata (.dta), SPSS (.sav, .zsav, .por) and SAS (.sas7bdat, .xpt) into a frame."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd

from dataops_core.errors import InputError
from dataops_core.read.names import check_flaws, check_width, clean_names, nameless, table_flaws
from dataops_core.read.values import value_frame

READERS = {
    "stata": ("read_dta",),
    "spss": ("read_sav", "read_por"),
    "sas": ("read_sas7bdat", "read_xport"),
}
LABELLED = ("read_dta", "read_sav")  # formats whose files hold the labels themselves


def read_statistics_frame(data: bytes, options: dict | None = None) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read a file of a statistics program: a tidy frame, the complete options, and the problems met.

    Codes that the file gives labels for are read as the labels (1 becomes "female"); codes that the file declares to
    be missing are missing. Numbers without a fraction are read as integers, for these programs have no integers.
    """
    given = {key: value for key, value in (options or {}).items() if value is not None}
    problems: list[dict] = []
    frame, about = statistics_table(data, given["format"])
    check_width(len(frame.columns))
    labelled = [name for name in frame.columns if about.variable_value_labels.get(name)]
    if labelled:
        problems.append(
            {
                "what": "Codes were read as the labels that the file gives them.",
                "where": ", ".join(f'column "{name}"' for name in labelled[:20]),
                "fix": "",
                "count": len(labelled),
            }
        )
    raw = [str(name) for name in frame.columns]
    names = clean_names(raw, "the file", problems)
    columns = [[plain_cell(cell) for cell in frame.iloc[:, at]] for at in range(len(raw))]
    made, facts = value_frame(names, columns, given, problems, "row", None, "missing_tokens" in given)
    if not len(made):
        problems.append(
            {"what": "The table has no rows.", "where": "the whole file", "fix": "Check the file.", "count": 1}
        )
    held = {at for at in nameless(raw) if made[names[at]].notna().any()}
    flawed = check_flaws(table_flaws(raw, held, len(made)), "the file", given.get("lenient"))
    complete = {"format": given["format"], **facts}
    if "missing_tokens" not in given:
        complete.pop("missing_tokens", None)
    return made, {**complete, **({"lenient": True} if flawed else {})}, problems


def plain_cell(cell: Any) -> Any:
    """A cell as a Python value: 3.0 is the number 3, and what is not there is None."""
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, float) and abs(cell) <= 2**53 and cell == int(cell):
        return int(cell)
    return cell.item() if hasattr(cell, "item") else cell


def statistics_table(data: bytes, form: str) -> tuple[pd.DataFrame, Any]:
    """The frame that the reader of this format makes, and what the file says about its columns."""
    import pyreadstat

    with tempfile.TemporaryDirectory(prefix="dataops-read-") as folder:
        path = Path(folder) / "object"
        path.write_bytes(data)
        reasons = []
        for name in READERS[form]:
            labels = {"apply_value_formats": True, "formats_as_category": False} if name in LABELLED else {}
            try:
                return getattr(pyreadstat, name)(str(path), **labels)
            except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError, KeyError) as error:
                reasons.append(str(error))
    raise InputError(
        f"The file cannot be read: {reasons[0].rstrip('.')}.",
        "the whole file",
        "Open it in the program that wrote it, save it as .csv, and upload that file.",
    )
