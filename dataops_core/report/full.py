"""The full report of ydata-profiling (maintained as fg-data-profiling), made here and sent nowhere."""

from __future__ import annotations

import os
import re
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from dataops_core.errors import InputError
from dataops_core.progress import Progress, no_progress
from dataops_core.table import Column, Table

MANY_CELLS = 2_000_000  # beyond: the package's own minimal settings, unless asked otherwise
MANY_COLUMNS = 40
DRAWN = 1000  # points of a scatter plot; each is a piece of the file
_MARKUP = str.maketrans({"<": "‹", ">": "›", '"': "”"})
_POLICY = (  # a browser that opens the file asks nobody for anything
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; font-src data:; '
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
)
_LOCK = threading.Lock()  # the package draws with pyplot, of which there is one
_TYPES = {
    "number": "Numeric",
    "category": "Categorical",
    "text": "Text",
    "datetime": "DateTime",
    "boolean": "Boolean",
    "id": "Text",
}
# the package calls home at every report unless the first is set; the second leaves its advertisement out
_QUIET = {"YDATA_PROFILING_NO_ANALYTICS": "1", "YDATA_SUPPRESS_BANNER": "1"}


def full_report(
    table: Table,
    out: Path,
    *,
    rows: int | None = None,
    minimal: bool | None = None,
    seed: int = 0,
    title: str = "Full report",
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Write the full report of a table, or of `rows` of its rows drawn by `seed`, as one HTML file.

    `minimal` leaves correlations and pairs of columns out; None: only for large tables. Returns rows, of, sampled,
    seed, minimal, columns, left_out (columns that the package cannot take, each with the reason) and package, as plain
    JSON values. It shows values as they are. Raises InputError where nothing can be reported.
    """
    if not table.rows or not table.columns:
        raise InputError("There is nothing to report on.", table.path.name, "Bring a table with rows and columns.")
    progress(0.0, "Reading the rows")
    frame = _rows(table, rows, seed)
    small = (
        len(frame) * len(table.columns) > MANY_CELLS or len(table.columns) > MANY_COLUMNS
        if minimal is None
        else minimal
    )
    told: dict[str, Any] = {
        "rows": len(frame),
        "of": table.rows,
        "sampled": len(frame) < table.rows,
        "seed": seed if len(frame) < table.rows else None,
        "minimal": small,
    }
    os.environ.update(_QUIET)
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the package and what it uses; nothing that a reader could mend
        made, left_out = _made(frame, table, title, told, progress)
    out.write_text(made, encoding="utf-8")
    progress(1.0, "Done")
    from data_profiling import __version__

    return told | {
        "columns": len(table.columns) - len(left_out),
        "left_out": left_out,
        "package": f"fg-data-profiling {__version__}",
    }


def _rows(table: Table, rows: int | None, seed: int) -> pd.DataFrame:
    """All rows, or so many drawn without replacement, in the table's order; only what is drawn is held."""
    if rows is None or rows >= table.rows:
        return table.frame().reset_index(drop=True)
    if rows < 1:
        raise InputError(f"A sample of {rows} rows is none.", table.path.name, "Give a number of rows from 1.")
    wanted = np.sort(np.random.default_rng(seed).choice(table.rows, rows, replace=False))
    parts, start = [], 0
    for part in table.batches():
        here = wanted[(wanted >= start) & (wanted < start + len(part))] - start
        parts.append(part.iloc[here])
        start += len(part)
    return pd.concat(parts, ignore_index=True)


def _made(
    frame: pd.DataFrame, table: Table, title: str, told: dict[str, Any], progress: Progress
) -> tuple[str, list[dict[str, str]]]:
    """The HTML, and the columns that had to be left out of it."""
    left_out: list[dict[str, str]] = []
    ready: dict[str, pd.Series] = {}
    for column in table.columns:
        try:
            ready[column.name] = _given(frame[column.name], column)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other columns come
            left_out.append({"column": column.name, "why": _why(error)})
    try:
        return _html(ready, table, title, told, left_out, progress), left_out
    except Exception as first:  # find the column that breaks it
        for name, values in list(ready.items()):
            try:
                _html({name: values}, table, title, told | {"minimal": True}, [], no_progress)
            except Exception as error:  # noqa: BLE001 - the package may break in any way
                left_out.append({"column": name, "why": _why(error)})
                del ready[name]
        if not ready:
            raise InputError("The full report cannot be made of any column.", table.path.name, _why(first)) from first
        try:
            return _html(ready, table, title, told, left_out, progress), left_out
        except Exception:  # noqa: BLE001 - no column alone breaks it, so the columns together do
            told["minimal"] = True
            return _html(ready, table, title, told, left_out, progress), left_out


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]


def _given(values: pd.Series, column: Column) -> pd.Series:
    """A column in the dtype in which the package takes it for what it is."""
    kind = _TYPES[column.kind]
    if kind in ("Categorical", "Text"):
        told = [
            None if gone else _harmless(str(value))
            for value, gone in zip(values.tolist(), values.isna().tolist(), strict=True)
        ]
        texts = pd.Series(told, dtype=object)
        return texts.astype("category") if kind == "Categorical" else texts
    if kind == "Numeric":
        return values.astype("float64") if values.isna().any() or column.type != "integer" else values.astype("int64")
    if kind == "Boolean":
        plain = [
            None if gone else bool(value) for value, gone in zip(values.tolist(), values.isna().tolist(), strict=True)
        ]
        return pd.Series(plain, dtype=object if values.isna().any() else bool)
    return values.astype("datetime64[ns]")


def _harmless(text: str) -> str:
    """A text without what could be markup: the package writes values and names into its page as they are."""
    return text.translate(_MARKUP)


def _names(names: list[str]) -> dict[str, str]:
    """The name that each column has on the page; no two share one."""
    told: dict[str, str] = {}
    for name in names:
        plain, number = _harmless(name), 2
        while plain in told.values():
            plain, number = f"{_harmless(name)} ({number})", number + 1
        told[name] = plain
    return told


def _html(
    ready: dict[str, pd.Series],
    table: Table,
    title: str,
    told: dict[str, Any],
    left_out: list[dict[str, str]],
    progress: Progress,
) -> str:
    import matplotlib as mpl

    mpl.use("Agg")  # no window, whatever machine this is
    from data_profiling import ProfileReport

    names = _names([column.name for column in table.columns if column.name in ready])
    frame = pd.DataFrame({plain: ready[name] for name, plain in names.items()})
    kinds = table.kinds
    head = f"{title} (a sample of {told['rows']:,} of {told['of']:,} rows)" if told["sampled"] else title
    with _watched(len(names), progress):
        report = ProfileReport(
            frame,
            minimal=told["minimal"],
            title=_harmless(head),
            progress_bar=True,
            pool_size=1,
            infer_dtypes=False,
            type_schema={plain: _TYPES[kinds[name]] for name, plain in names.items() if ready[name].notna().any()},
            dataset={"description": _harmless(_description(told, left_out))},
            html={"inline": True, "use_local_assets": True, "navbar_show": True},
            plot={"image_format": "svg", "scatter_threshold": DRAWN},
        )
        return re.sub(
            r"<head>|<meta\b",
            lambda found: f"{_POLICY}{found[0]}" if found[0] != "<head>" else f"<head>{_POLICY}",
            report.to_html(),
            count=1,
        )


def _description(told: dict[str, Any], left_out: list[dict[str, str]]) -> str:
    sampled = (
        f"A sample of {told['rows']:,} of {told['of']:,} rows, drawn with the seed {told['seed']}."
        if told["sampled"]
        else f"All {told['rows']:,} rows."
    )
    gone = "".join(f" Left out: {each['column']} ({each['why']})." for each in left_out)
    return f"{sampled}{' Correlations and pairs of columns are left out.' if told['minimal'] else ''}{gone}"


@contextmanager
def _watched(columns: int, progress: Progress) -> Iterator[None]:
    """While the package works, its progress bars speak to our callback and print nothing."""
    from data_profiling import profile_report
    from data_profiling.model import describe
    from data_profiling.model.pandas import summary_pandas
    from data_profiling.report.structure import report

    def drawing(config: Any, template: dict[str, Any]) -> None:
        seen.append(template.get("varname"))
        said(min(0.95, 0.5 + 0.45 * len(seen) / max(1, columns)), f"Drawing {template.get('varname')}")

    def renderers() -> dict[str, Callable[..., Any]]:
        return {name: _told_before(render, drawing) for name, render in real().items()}

    def said(share: float, note: str) -> None:
        reached[0] = max(reached[0], share)  # the package finds more to do as it goes
        progress(reached[0], note)

    seen: list[Any] = []
    reached = [0.0]
    real = report.get_render_map
    bar = type("Bar", (_Bar,), {"said": staticmethod(said)})
    with ExitStack() as stack:
        for module in (profile_report, describe, summary_pandas, report):
            stack.enter_context(_instead(module, "tqdm", bar))
        stack.enter_context(_instead(report, "get_render_map", renderers))
        yield


@contextmanager
def _instead(module: Any, name: str, value: Any) -> Iterator[None]:
    """While this lasts, a name of a module means something else."""
    real = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, real)


def _told_before(render: Callable[..., Any], tell: Callable[[Any, dict[str, Any]], None]) -> Callable[..., Any]:
    def told(config: Any, template: dict[str, Any]) -> Any:
        tell(config, template)
        return render(config, template)

    return told


class _Bar:
    """What the package uses of tqdm. Counting the columns takes the first half of the work, drawing them the second."""

    said: Progress

    def __init__(self, over: Iterable[Any] = (), total: int = 1, desc: str = "", **_: Any) -> None:
        self._over, self.total, self._counts, self._done = over, total, desc.startswith("Summarize"), 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._over)

    def update(self, steps: int = 1) -> None:
        """So many steps are done."""
        self._done += steps

    def set_postfix_str(self, note: str) -> None:
        """What is being done now."""
        if self._counts:
            self.said(
                0.02 + 0.48 * min(1.0, self._done / max(1, self.total)), note.replace("Describe variable:", "Column")
            )
