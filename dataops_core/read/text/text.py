"""Read a text table (CSV, TSV, TXT) into a frame. Embedded in exported scripts: needs pandas and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import InputError, SettingError, nearest
from dataops_core.read.cells import (
    MISSING_CANDIDATES,
    ZONE_AT_END,
    ColumnSurvey,
    column_of,
    column_type,
    convert_cells,
    decimal_sign,
    keeps_na,
    maybe_thousands,
    point_proven,
    rounds,
    survey_column,
)
from dataops_core.read.changed import BLANKED, ZEROS, ZONED, blanked_cells, changed_problem, note_cells, respelled
from dataops_core.read.names import EXTRA_CELLS, check_flaws, clean_names, nameless, table_flaws
from dataops_core.read.text.layout import text_layout
from dataops_core.read.text.layout_types import ColumnFacts, TextLayout
from dataops_core.read.text.records import RowNotes, text_chunks
from dataops_core.read.text.sniff import spoken_lines
from dataops_core.wording import for_number

COLUMN_TYPES = ("text", "integer", "decimal", "boolean", "datetime")


def read_text_frame(
    data: bytes,
    options: dict | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> tuple[pd.DataFrame, dict, list[dict]]:
    """Read a text table: a tidy frame, the complete options, and the problems met.

    The file is gone through twice: once to learn the columns' types, once to fill them. With complete options the
    first time is left out, and the result is the same.

    >>> frame, options, problems = read_text_frame(b"zip;price\\n01067;1,5\\n10115;?\\n")
    >>> frame["zip"].tolist(), frame["price"].tolist(), options["decimal"], options["missing_tokens"]
    (['01067', '10115'], [1.5, nan], ',', ['', '?'])
    """
    tell = progress or (lambda _share, _what: None)
    problems: list[dict] = []
    given = {key: value for key, value in (options or {}).items() if value is not None}
    layout = text_layout(data, given, problems)
    names = layout.names
    types = given_types(given, names)
    facts = given_facts(given, names)
    if facts is None:
        surveys = survey_text(data, layout, given, lambda share: tell(share * 0.5, "Looking at every cell"))
        facts = judge_columns(surveys, names, types, given, layout.signs.delimiter, problems)
    frame = fill_columns(data, layout, facts, problems, lambda share: tell(0.5 + share * 0.5, "Reading"))
    held = {at for at in nameless(layout.raw) if frame[names[at]].notna().any()}
    return frame, complete_options(layout, facts, list(frame.columns), held, len(frame), given), problems


def complete_options(
    layout: TextLayout,
    facts: ColumnFacts,
    columns: Sequence[str],
    held: Collection[int],
    rows: int,
    given: dict,
) -> dict[str, Any]:
    """The options that read the same again; refuses a flawed table unless it is to be mended."""
    flaws = table_flaws(layout.raw, held, rows) if layout.header_row >= 0 else []
    flawed = check_flaws(flaws, layout.where, given.get("lenient")) or layout.flawed
    return {
        "format": "csv",
        "encoding": layout.encoding,
        "delimiter": layout.signs.delimiter,
        "quote": layout.signs.quote,
        "header_row": layout.header_row,
        **({"header_rows": layout.header_rows} if layout.header_rows > 1 or "header_rows" in given else {}),
        **({"table": layout.table} if layout.table else {}),
        **({"repairs": list(given["repairs"])} if given.get("repairs") is not None else {}),
        "decimal": facts.decimal,
        "missing_tokens": facts.missing_tokens,
        "types": {name: facts.types.get(name, "text") for name in columns},
        "columns": list(columns),
        "kept": facts.kept,
        **({"lenient": True} if flawed else {}),
    }


def given_types(given: dict, names: Sequence[str]) -> dict[str, str]:
    """The types that were asked for, by column; raises where a type or column is unknown."""
    types = dict(given.get("types") or {})
    for name, kind in types.items():
        if kind not in COLUMN_TYPES:
            raise SettingError(f'There is no type "{kind}".', f'column "{name}"', nearest(kind, COLUMN_TYPES))
        if name not in names and name not in (given.get("columns") or ()):
            raise SettingError(f'There is no column "{name}".', "types", nearest(name, names))
    return {name: kind for name, kind in types.items() if name in names}


def given_facts(given: dict, names: Sequence[str]) -> ColumnFacts | None:
    """The facts that complete options state, so that no cell has to be looked at before; None where some is missing."""
    types = given_types(given, names)
    if len(types) < len(names) or "missing_tokens" not in given or "decimal" not in given:
        return None
    return ColumnFacts(types, given["decimal"], list(given["missing_tokens"]), dict(given.get("kept", {})))


def survey_text(
    data: Any,
    layout: TextLayout,
    given: dict,
    tell: Callable[[float], None],
    notes: RowNotes | None = None,
) -> list[ColumnSurvey]:
    """What every column is made of: the shapes of its cells and the missing tokens among them."""
    candidates = token_candidates(given)
    surveys = [ColumnSurvey() for _ in layout.names]
    for columns, _lines, share in text_chunks(data, layout, RowNotes(keeps=False) if notes is None else notes):
        for survey, cells in zip(surveys, columns, strict=True):
            survey_column(survey, cells, candidates)
        tell(share)
    return surveys


def token_candidates(given: dict) -> frozenset[str]:
    """The cells that mean missing, or may mean it where that was not said."""
    return frozenset(given["missing_tokens"]) | {""} if "missing_tokens" in given else frozenset(MISSING_CANDIDATES)


def judge_columns(
    surveys: Sequence[ColumnSurvey],
    names: Sequence[str],
    types: dict[str, str],
    given: dict,
    delimiter: str,
    problems: list[dict],
) -> ColumnFacts:
    """Types, decimal sign and missing tokens, from what the columns are made of."""
    kept: dict[str, list[str]] = dict(given.get("kept", {}))
    if "missing_tokens" not in given:
        kept = {name: ["NA"] for name, survey in zip(names, surveys, strict=True) if keeps_na(survey)}
        if kept:
            problems.append(
                {
                    "what": '"NA" was kept as a value: nearly all other values are codes of two capital letters.',
                    "where": ", ".join(f'column "{name}"' for name in kept),
                    "fix": 'Give the missing tokens yourself if "NA" means missing there.',
                    "count": len(kept),
                }
            )
    seen: set[str] = set()
    for name, survey in zip(names, surveys, strict=True):
        stays = set(kept.get(name, ())) & survey.tokens
        seen |= survey.tokens - stays
        survey.shapes |= {"text"} if stays else set()
    tokens = given.get("missing_tokens", [token for token in MISSING_CANDIDATES if token in seen or token == ""])
    decimal = given.get("decimal") or decimal_sign(surveys, delimiter)
    found = {name: column_type(survey.shapes, decimal) for name, survey in zip(names, surveys, strict=True)}
    doubtful = [
        name
        for name, survey in zip(names, surveys, strict=True)
        if decimal == "." and name not in types and maybe_thousands(survey, "comma")
    ]
    dotted = (
        []
        if decimal == "," or "decimal" in given or point_proven(surveys, delimiter)
        else [
            name
            for name, survey in zip(names, surveys, strict=True)
            if name not in types and maybe_thousands(survey, "dot")
        ]
    )
    found.update(dict.fromkeys(dotted, "text"))
    for some, example in (([] if delimiter.startswith(",") else doubtful, "1,234"), (dotted, "1.234")):
        if not some or "decimal" in given:
            continue
        problems.append(
            {
                "what": f'Numbers like "{example}" could be thousands or decimals; they were kept as text.',
                "where": ", ".join(f'column "{name}"' for name in some[:20]) + ", …" * (len(some) > 20),
                "fix": "Say which sign is the decimal sign, or use the step parse_numbers.",
                "count": len(some),
            }
        )
    return ColumnFacts({**found, **types}, decimal, list(tokens), kept)


def fill_columns(
    data: Any,
    layout: TextLayout,
    facts: ColumnFacts,
    problems: list[dict],
    tell: Callable[[float], None],
) -> pd.DataFrame:
    """The frame itself, its columns converted to their types."""
    return next(filled_frames(data, layout, facts, problems, tell))


def filled_frames(
    data: Any,
    layout: TextLayout,
    facts: ColumnFacts,
    problems: list[dict],
    tell: Callable[[float], None],
    most: int = 0,
    surplus: bool = False,
) -> Iterator[pd.DataFrame]:
    """The frame as a whole, or in pieces of `most` rows and more; the problems are complete when the last one is there.

    Surplus cells are a column where there are any; in pieces, where `surplus` says so.
    """
    names, tokens = layout.names, frozenset(facts.missing_tokens) | {""}
    pieces: dict[str, tuple[list[np.ndarray], list[np.ndarray | None]]] = {name: ([], []) for name in names}
    pools: dict[str, dict[str, str]] = {name: {} for name in names}
    misfits: dict[str, list[Any]] = {name: [0, []] for name in names}
    rounded: dict[str, list[Any]] = {name: [0, []] for name in names}
    zoned, odd = ({name: [0, []] for name in names} for _ in range(2))
    gone: dict[str, Counter[str]] = {name: Counter() for name in names}
    notes = RowNotes()
    again: list[int] = []
    done = 0
    for columns, lines, share in text_chunks(data, layout, notes):
        if most and notes.rows - len(lines) - done >= most:
            yield piece_frame(pieces, facts.types, notes, layout, (done, notes.rows - len(lines)), surplus)
            done = notes.rows - len(lines)
            pieces, pools = {name: ([], []) for name in names}, {name: {} for name in names}
        again += repeated_headers(columns, lines, layout.raw)
        for name, cells in zip(names, columns, strict=True):
            own = tokens - set(facts.kept.get(name, ()))
            values, missing, wrong = convert_cells(
                cells,
                facts.types[name],
                facts.decimal,
                own,
                pools[name],
            )
            pieces[name][0].append(values)
            pieces[name][1].append(missing)
            if facts.types[name] == "datetime":
                note_cells(zoned[name], Counter(cell for cell in cells if ZONE_AT_END.search(cell)))
            if facts.types[name] in ("integer", "decimal"):
                note_cells(
                    odd[name],
                    {
                        cell: count
                        for cell, count in Counter(cells).items()
                        if respelled(cell) and cell.strip() not in own
                    },
                )
            if len(own) > 1:
                blank = {cell for cell in set(cells) if cell.strip() and cell.strip() in own}
                gone[name].update(cell.strip() for cell in cells if cell in blank)
            if facts.types[name] == "decimal" and max(map(len, cells)) > 17:
                lost = [line for line, cell in zip(lines, cells, strict=True) if len(cell) > 17 and rounds(cell)]
                rounded[name][0] += len(lost)
                rounded[name][1] += lost[:20]
            misfits[name][0] += len(wrong)
            misfits[name][1] += [(lines[at], cells[at]) for at in wrong[:20]]
        tell(share)
    check_widths(notes, layout)
    notes.extra_name, notes.again = surplus_name(layout), again
    problems += row_problems(notes, layout)
    problems += cell_problems(rounded, misfits, zoned, facts.types)
    problems += changed_problem(ZEROS, odd) + changed_problem(BLANKED, blanked_cells(gone))
    span = (done, notes.rows)
    yield piece_frame(pieces, facts.types, notes, layout, span, surplus if most else bool(notes.extra))


def surplus_name(layout: TextLayout) -> str:
    """The name of the column of surplus cells."""
    return clean_names([*layout.names, EXTRA_CELLS], layout.where, [])[-1]


def piece_frame(
    pieces: dict[str, tuple[list[np.ndarray], list[np.ndarray | None]]],
    types: dict[str, str],
    notes: RowNotes,
    layout: TextLayout,
    span: tuple[int, int],
    surplus: bool,
) -> pd.DataFrame:
    """The frame of the rows of a span (first, end); takes the cells of the pieces away."""
    first, end = span
    columns = {name: column_of(types[name], *pieces.pop(name)) for name in layout.names}
    if surplus:
        extra = np.full(end - first, None, dtype=object)
        here = [row for row in notes.extra if row < end]
        extra[[row - first for row in here]] = [layout.signs.delimiter[0].join(notes.extra.pop(row)) for row in here]
        columns[surplus_name(layout)] = pd.Series(extra, dtype=object)
    return pd.DataFrame(columns, columns=list(columns), index=pd.RangeIndex(end - first))


def check_widths(notes: RowNotes, layout: TextLayout) -> None:
    """Refuse rows of another width than the header, where they are not to be fitted."""
    odd = sorted({*notes.short, *notes.long})
    if odd and "widths" not in layout.signs.repairs:
        raise InputError(
            for_number(f"{len(odd):,} rows|row do|does not have as many cells as the header.", len(odd)),
            spoken_lines(odd, len(odd)),
            "Repair these lines, or allow the repair of widths.",
        )


def cell_problems(rounded: dict, misfits: dict, zoned: dict[str, list[Any]], types: dict[str, str]) -> list[dict]:
    """What was changed in cells, by column: counts, and for some sorts the first lines."""
    return [
        *(
            {
                "what": f"{count:,} numbers have more digits than a decimal holds; they were rounded to about 17.",
                "where": f'{spoken_lines(some, count)}, column "{name}"',
                "fix": "Read the column as text to keep every digit.",
                "count": count,
            }
            for name, (count, some) in rounded.items()
            if count
        ),
        *misfit_problems(misfits, types),
        *changed_problem(ZONED, zoned),
    ]


def repeated_headers(columns: Sequence[Sequence[str]], lines: Sequence[int], raw: Sequence[str]) -> list[int]:
    """The numbers of the lines that say the header again."""
    if not raw or raw[0] not in columns[0]:
        return []
    header = tuple(raw)
    rows = zip(*columns, strict=True)
    return [line for line, row in zip(lines, rows, strict=True) if row == header]


def row_problems(notes: RowNotes, layout: TextLayout) -> list[dict]:
    """What was mended in rows, each kind with its count and first lines."""
    said = (
        (
            notes.damaged,
            (
                "lines|line have|has a quote that is not closed, or not at the edge of a cell; such quotes were kept"
                " as plain signs"
            ),
            "Double the quotes inside cells, or choose another quote.",
        ),
        (
            notes.recut,
            "lines|line have|has another delimiter than the table or stands in quotes as a whole; it was cut so",
            "Write these lines as all others are.",
        ),
        (
            notes.short,
            "rows|row have|has too few cells; the rest was left empty",
            "Check these rows, or the delimiter.",
        ),
        (
            notes.long,
            f'rows|row have|has too many cells; the surplus stands in the column "{notes.extra_name}"',
            "Put quotes around cells that hold the delimiter.",
        ),
        (
            notes.again,
            "lines|line repeat|repeats the header, kept as data",
            "Drop these rows: perhaps files were joined.",
        ),
        (notes.blank, "blank lines|line were|was skipped", ""),
    )
    found = [
        {
            "what": f"{len(lines):,} {for_number(what, len(lines))}.",
            "where": spoken_lines(lines, len(lines)),
            "fix": fix,
            "count": len(lines),
        }
        for lines, what, fix in said
        if lines
    ]
    if not notes.rows:
        found.append(
            {
                "what": "The table has no rows, only a header.",
                "where": layout.where,
                "fix": "Check that the file is the right one.",
                "count": 1,
            }
        )
    return found


def misfit_problems(misfits: dict[str, list[Any]], types: dict[str, str]) -> list[dict]:
    """The cells that did not fit the type asked for, by column: how many, and the first twenty of them."""
    return [
        {
            "what": (
                for_number(f"{count:,} cells|cell are|is no {types[name]} and were|was left empty: ", count)
                + ", ".join(f'line {line} "{cell}"' for line, cell in cells[:20])
                + (", …." if count > 20 else ".")
            ),
            "where": f'{spoken_lines([line for line, _ in cells], count)}, column "{name}"',
            "fix": "Read the column as text, and repair these cells.",
            "count": count,
            "misfit": True,
        }
        for name, (count, cells) in misfits.items()
        if count
    ]
