"""How right text tables are read without being told anything, beside pandas, DuckDB and CleverCSV (make bench-read).

All read the same files of the corpus of the tests, in one run; cells are compared as text. The score is that of the
Pollock benchmark (Vitagliano et al., PVLDB 2023): the mean over files of ten measures: loaded at all; precision, recall
and F1 of the header's cells, of the records, and of the cells; from 0 to 10. CleverCSV is left out where it is not
installed (requirements-bench.txt). A word limits the run to files with it in their names: ARGS="portal".
"""

from __future__ import annotations

import contextlib
import csv
import io
import sys
import tempfile
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.read.corpus import Sample, samples

Rows = list[list[str]]
Reader = Callable[[Path], Rows]


def ours(path: Path) -> Rows:
    """The workbench's reader, cells as in the source."""
    from dataops_core.read import raw_rows

    return list(raw_rows(path))


def by_pandas(path: Path) -> Rows:
    """Pandas with its sniffer; rows with too many cells are skipped rather than that the file is refused."""
    import pandas as pd

    frame = pd.read_csv(path, sep=None, engine="python", dtype=str, keep_default_na=False, on_bad_lines="skip")
    cells = frame.reset_index() if frame.index.dtype == object else frame
    return [[str(name) for name in cells.columns], *cells.fillna("").astype(str).to_numpy().tolist()]


def by_duckdb(path: Path) -> Rows:
    """DuckDB with its sniffer."""
    import duckdb

    with duckdb.connect() as link:
        found = link.execute("SELECT * FROM read_csv_auto(?, all_varchar = true)", [str(path)])
        names = [column[0] for column in found.description]
        return [names, *([cell or "" for cell in row] for row in found.fetchall())]


def by_clevercsv(path: Path) -> Rows:
    """CleverCSV: dialect and encoding by itself; the first row is the header."""
    import clevercsv

    return [list(row) for row in clevercsv.read_table(str(path))]


def measures(found: Rows | None, sample: Sample) -> list[float]:
    """The ten measures of a file as read."""
    if found is None:
        return [0.0] * 10
    heads = max(1, len(sample.header))
    names = [cell for row in sample.header for cell in row]
    loaded = [cell for row in found[: heads if sample.header else 0] for cell in row]
    body = found[heads:]
    return [
        1.0,
        *shares(names, loaded),
        *shares([tuple(row) for row in sample.rows], [tuple(row) for row in body]),
        *shares([cell for row in sample.rows for cell in row], [cell for row in body for cell in row]),
    ]


def shares(wanted: Sequence[object], found: Sequence[object]) -> tuple[float, float, float]:
    """Precision, recall and F1 of what was found, as multisets."""
    if not wanted:
        return 1.0, 1.0, 1.0
    same = sum((Counter(wanted) & Counter(found)).values())
    if not same:
        return 0.0, 0.0, 0.0
    precision, recall = same / len(found), same / len(wanted)
    return precision, recall, 2 * precision * recall / (precision + recall)


def is_right(found: Rows | None, sample: Sample) -> bool:
    """Whether every cell came back, and nothing else."""
    heads = max(1, len(sample.header))
    return found is not None and found[heads:] == sample.rows and (not sample.header or found[:heads] == sample.header)


def mean(values: Sequence[float]) -> float:
    """The mean."""
    return sum(values) / len(values)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings that readers print."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def main() -> int:
    """Print, for each reader, the share of files read right and the score, by family of files."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    readers: dict[str, Reader] = {"ours": ours, "pandas": by_pandas, "DuckDB": by_duckdb, "CleverCSV": by_clevercsv}
    files = [sample for sample in samples() if wanted in sample.name]
    families = list(dict.fromkeys(sample.family for sample in files))
    csv.field_size_limit(2**31 - 1)
    print(f"{len(files)} files; share read exactly right, and score from 0 to 10")
    print(f"{'':12}" + "".join(f"{name:>20}" for name in [*families, "all"]) + f"{'seconds':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for name, read in readers.items():
            right: dict[str, list[bool]] = defaultdict(list)
            scores: dict[str, list[float]] = defaultdict(list)
            started = time.perf_counter()
            for sample in files:
                path = Path(folder) / "table.csv"
                path.write_bytes(sample.data)
                found: Rows | None = None
                with (
                    contextlib.suppress(Exception),
                    warnings.catch_warnings(),
                    contextlib.redirect_stderr(io.StringIO()),
                ):
                    warnings.simplefilter("ignore")
                    found = read(path)
                for family in (sample.family, "all"):
                    right[family].append(is_right(found, sample))
                    scores[family].append(sum(measures(found, sample)))
            seconds = time.perf_counter() - started
            told = [f"{100 * mean(right[at]):8.1f} %{mean(scores[at]):9.2f}" for at in [*families, "all"]]
            print(f"{name:12}" + "".join(f"{cell:>20}" for cell in told) + f"{seconds:>10.1f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
