"""Read a text table (CSV, TSV, TXT) into a frame. Embedded in exported scripts: needs pandas and nothing else."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import InputError, SettingError, nearest
from dataops_core.read.cells import (
    MISSING_CANDIDATES,
    ZONE_AT_END,
    column_of,
    column_type,
    convert_cells,
    decimal_sign,
    keeps_na,
    maybe_thousands,
    new_survey,
    point_proven,
    rounds,
    survey_column,
)
from dataops_core.read.changed import BLANKED, ZEROS, ZONED, blanked_cells, changed_problem, note_cells, respelled
from dataops_core.read.names import EXTRA_CELLS, check_flaws, check_width, clean_names, nameless, table_flaws
from dataops_core.read.records import new_notes, text_batches, text_chunks
from dataops_core.read.sniff import (
    check_encoding,
    check_header,
    check_signs,
    consistency,
    is_comment,
    null_signs,
    sample_records,
    sample_texts,
    sniff_delimiter,
    sniff_encoding,
    sniff_header,
    sniff_quote,
    spoken_lines,
    undecodable,
)

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
    names = layout["names"]
    types = given_types(given, names)
    facts = given_facts(given, names)
    if facts is None:
        surveys = survey_text(data, layout, given, lambda share: tell(share * 0.5, "Looking at every cell"))
        facts = judge_columns(surveys, names, types, given, layout["delimiter"], problems)
    frame = fill_columns(data, layout, facts, problems, lambda share: tell(0.5 + share * 0.5, "Reading"))
    held = {at for at in nameless(layout["raw"]) if frame[names[at]].notna().any()}
    return frame, complete_options(layout, facts, list(frame.columns), held, len(frame), given), problems


def complete_options(
    layout: dict,
    facts: dict,
    columns: Sequence[str],
    held: Collection[int],
    rows: int,
    given: dict,
) -> dict[str, Any]:
    """The options that read the same again; refuses a flawed table unless it is to be mended."""
    flaws = table_flaws(layout["raw"], held, rows) if layout["header_row"] >= 0 else []
    flawed = check_flaws(flaws, layout["where"], given.get("lenient")) or layout["flawed"]
    return {
        "format": "csv",
        "encoding": layout["encoding"],
        "delimiter": layout["delimiter"],
        "quote": layout["quote"],
        "header_row": layout["header_row"],
        "decimal": facts["decimal"],
        "missing_tokens": facts["missing_tokens"],
        "types": {name: facts["types"].get(name, "text") for name in columns},
        "columns": list(columns),
        "kept": facts["kept"],
        **({"lenient": True} if flawed else {}),
    }


def text_layout(data: bytes, given: dict, problems: list[dict]) -> dict[str, Any]:
    """How the file is laid out: encoding, delimiter, quote, header, names; what is not given is found out."""
    if not data.strip():
        raise InputError("The file is empty.", "the whole file", "Bring a file with at least a header line.")
    check_signs(given)
    encoding = check_encoding(given["encoding"], data) if "encoding" in given else sniff_encoding(data, problems)
    problems += undecodable(data, encoding) + null_signs(data, encoding)
    lines = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors="replace", newline="")
    return layout_of(sample_texts(data, encoding), iter(lines), encoding, given, problems)


def layout_of(
    texts: Sequence[str],
    lines: Iterator[str],
    encoding: str,
    given: dict,
    problems: list[dict],
) -> dict[str, Any]:
    """The layout of a text whose encoding is known, from samples of it and its first lines."""
    delimiter = given.get("delimiter") or sniff_delimiter(texts, given.get("quote"))
    quote = given["quote"] if "quote" in given else sniff_quote(texts, delimiter)
    sample = sample_records(texts, delimiter, quote)
    plain = [record for record in sample if not is_comment(record)] or sample
    _, width, _ = consistency(plain)
    check_width(max(len(plain[0]) if plain else 0, width))
    numbers, records = next(text_batches(lines, delimiter, quote, width, [], 1100), ([], []))
    header, skipped = sniff_header(records, width)
    if check_header(given) not in (None, header):
        header = given["header_row"]
        skipped = list(range(min(header, len(records))))
    if header >= len(records):
        raise SettingError(
            f"There is no line {header + 1} to be the header.",
            "header_row",
            "Choose an earlier line, or -1 for none.",
        )
    if skipped:
        problems.append(
            {
                "what": (
                    f"{len(skipped):,} lines before the table were skipped: "
                    + " / ".join(f'"{delimiter[0].join(records[at])}"' for at in skipped[:5])
                    + "."
                ),
                "where": spoken_lines([numbers[at] for at in skipped], len(skipped)),
                "fix": "Choose another header line if they belong to the table.",
                "count": len(skipped),
            }
        )
    first = header + 1 if header >= 0 else len(skipped)
    raw = records[header] if header >= 0 else [f"column {n}" for n in range(1, width + 1)]
    where = f"line {numbers[header]}" if header >= 0 else "the first line"
    if header >= 0 and width == len(raw) + 1 and names_rows(records[first:], width):
        problems.append(
            {
                "what": "Every row has one cell more than the header; the first column holds row names.",
                "where": where,
                "fix": "Name the first column.",
                "count": 1,
            }
        )
        raw = ["", *raw]
    flawed = header >= 0 and flawed_start(raw, records[first:], where, given)
    if header < 0 and given.get("columns"):
        raw = [name for name in given["columns"] if name != EXTRA_CELLS]
    names = clean_names(raw, where, problems)
    if header >= 0 and given.get("columns"):
        gone = [name for name in given["columns"] if name not in names and not name.startswith(EXTRA_CELLS)]
        new = [name for name in names if name not in given["columns"]]
        if gone or new:
            problems.append(
                {
                    "what": (
                        f"The columns are not those expected: missing: {', '.join(gone[:20]) or 'none'}; "
                        f"new: {', '.join(new[:20]) or 'none'}."
                    ),
                    "where": where,
                    "fix": "Check that the file is the right one.",
                    "count": len(gone) + len(new),
                }
            )
    return {
        "encoding": encoding,
        "delimiter": delimiter,
        "quote": quote,
        "header_row": header,
        "first": first,
        "names": names,
        "width": len(names),
        "where": where,
        "raw": raw,
        "flawed": flawed,
    }


def flawed_start(raw: Sequence[str], records: Sequence[Sequence[str]], where: str, given: dict) -> bool:
    """Whether the names have flaws; refuses those that the first rows show, before all the others are read."""
    tokens = {"", *given.get("missing_tokens", MISSING_CANDIDATES)}
    held = {at for at in nameless(raw) for record in records if len(record) > at and record[at].strip() not in tokens}
    return any(records) and check_flaws(table_flaws(raw, held, len(records)), where, given.get("lenient"))


def names_rows(records: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the rows carry row names: all have one cell more than the header, and the last one is in use."""
    rows = [record for record in records if record]
    return bool(rows) and all(len(row) == width for row in rows) and any(row[-1].strip() for row in rows)


def given_types(given: dict, names: Sequence[str]) -> dict[str, str]:
    """The types that were asked for, by column; raises where a type or column is unknown."""
    types = dict(given.get("types") or {})
    for name, kind in types.items():
        if kind not in COLUMN_TYPES:
            raise SettingError(f'There is no type "{kind}".', f'column "{name}"', nearest(kind, COLUMN_TYPES))
        if name not in names and name not in (given.get("columns") or ()):
            raise SettingError(f'There is no column "{name}".', "types", nearest(name, names))
    return {name: kind for name, kind in types.items() if name in names}


def given_facts(given: dict, names: Sequence[str]) -> dict[str, Any] | None:
    """The facts that complete options state, so that no cell has to be looked at before; None where some is missing."""
    types = given_types(given, names)
    if len(types) < len(names) or "missing_tokens" not in given or "decimal" not in given:
        return None
    return {
        "types": types,
        "decimal": given["decimal"],
        "missing_tokens": list(given["missing_tokens"]),
        "kept": dict(given.get("kept", {})),
    }


def survey_text(
    data: bytes,
    layout: dict,
    given: dict,
    tell: Callable[[float], None],
) -> list[dict[str, Any]]:
    """What every column is made of: the shapes of its cells and the missing tokens among them."""
    candidates = token_candidates(given)
    surveys = [new_survey() for _ in layout["names"]]
    for columns, _lines, share in text_chunks(data, layout, new_notes(keeps=False)):
        for survey, cells in zip(surveys, columns, strict=True):
            survey_column(survey, cells, candidates)
        tell(share)
    return surveys


def token_candidates(given: dict) -> frozenset[str]:
    """The cells that mean missing, or may mean it where that was not said."""
    return frozenset(given["missing_tokens"]) | {""} if "missing_tokens" in given else frozenset(MISSING_CANDIDATES)


def judge_columns(
    surveys: Sequence[dict[str, Any]],
    names: Sequence[str],
    types: dict[str, str],
    given: dict,
    delimiter: str,
    problems: list[dict],
) -> dict[str, Any]:
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
        stays = set(kept.get(name, ())) & survey["tokens"]
        seen |= survey["tokens"] - stays
        survey["shapes"] |= {"text"} if stays else set()
    tokens = given.get("missing_tokens", [token for token in MISSING_CANDIDATES if token in seen or token == ""])
    decimal = given.get("decimal") or decimal_sign(surveys, delimiter)
    found = {name: column_type(survey["shapes"], decimal) for name, survey in zip(names, surveys, strict=True)}
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
                "fix": "Say which sign is the decimal sign (--decimal), or use the step parse_numbers.",
                "count": len(some),
            }
        )
    return {"types": {**found, **types}, "decimal": decimal, "missing_tokens": list(tokens), "kept": kept}


def fill_columns(
    data: bytes,
    layout: dict,
    facts: dict,
    problems: list[dict],
    tell: Callable[[float], None],
) -> pd.DataFrame:
    """The frame itself, its columns converted to their types piece by piece."""
    names, tokens = layout["names"], frozenset(facts["missing_tokens"]) | {""}
    pieces: dict[str, tuple[list[np.ndarray], list[np.ndarray | None]]] = {name: ([], []) for name in names}
    pools: dict[str, dict[str, str]] = {name: {} for name in names}
    misfits: dict[str, list[Any]] = {name: [0, []] for name in names}
    rounded: dict[str, list[Any]] = {name: [0, []] for name in names}
    zoned, odd = ({name: [0, []] for name in names} for _ in range(2))
    gone: dict[str, Counter[str]] = {name: Counter() for name in names}
    notes = new_notes()
    again: list[int] = []
    for columns, lines, share in text_chunks(data, layout, notes):
        again += repeated_headers(columns, lines, layout["raw"])
        for name, cells in zip(names, columns, strict=True):
            own = tokens - set(facts["kept"].get(name, ()))
            values, missing, wrong = convert_cells(
                cells,
                facts["types"][name],
                facts["decimal"],
                own,
                pools[name],
            )
            pieces[name][0].append(values)
            pieces[name][1].append(missing)
            if facts["types"][name] == "datetime":
                note_cells(zoned[name], Counter(cell for cell in cells if ZONE_AT_END.search(cell)))
            if facts["types"][name] in ("integer", "decimal"):
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
            if facts["types"][name] == "decimal" and max(map(len, cells)) > 17:
                lost = [line for line, cell in zip(lines, cells, strict=True) if len(cell) > 17 and rounds(cell)]
                rounded[name][0] += len(lost)
                rounded[name][1] += lost[:20]
            misfits[name][0] += len(wrong)
            misfits[name][1] += [(lines[at], cells[at]) for at in wrong[:20]]
        tell(share)
    columns_done = {name: column_of(facts["types"][name], *pieces.pop(name)) for name in names}
    if notes["extra"]:
        extra = np.full(notes["rows"], None, dtype=object)
        extra[list(notes["extra"])] = list(notes["extra"].values())
        name = clean_names([*names, EXTRA_CELLS], layout["where"], [])[-1]
        columns_done[name] = pd.Series(extra, dtype=object)
        notes["extra_name"] = name
    problems += row_problems({**notes, "again": again}, layout)
    problems += cell_problems(rounded, misfits, zoned, facts["types"])
    problems += changed_problem(ZEROS, odd) + changed_problem(BLANKED, blanked_cells(gone))
    return pd.DataFrame(columns_done, columns=list(columns_done), index=pd.RangeIndex(notes["rows"]))


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


def row_problems(notes: dict[str, Any], layout: dict) -> list[dict]:
    """What was mended in rows, each kind with its count and first lines."""
    said = {
        "damaged": (
            (
                "lines|line have|has a quote that is not closed, or not at the edge of a cell; their quotes were read"
                " as plain signs"
            ),
            "Double the quotes inside cells, or choose another quote.",
        ),
        "short": ("rows|row have|has too few cells; the rest was left empty", "Check these rows, or the delimiter."),
        "long": (
            f'rows|row have|has too many cells; the surplus stands in the column "{notes.get("extra_name")}"',
            "Put quotes around cells that hold the delimiter.",
        ),
        "again": ("lines|line repeat|repeats the header, kept as data", "Drop these rows: perhaps files were joined."),
        "blank": ("blank lines|line were|was skipped", ""),
    }
    found = [
        {
            "what": f"{len(notes[key]):,} {for_number(what, len(notes[key]))}.",
            "where": spoken_lines(notes[key], len(notes[key])),
            "fix": fix,
            "count": len(notes[key]),
        }
        for key, (what, fix) in said.items()
        if notes[key]
    ]
    if not notes["rows"]:
        found.append(
            {
                "what": "The table has no rows, only a header.",
                "where": layout["where"],
                "fix": "Check that the file is the right one.",
                "count": 1,
            }
        )
    return found


def for_number(text: str, number: int) -> str:
    """A text in which `many|one` stands for two forms of a word, in the form that fits a number.

    >>> for_number("rows|row have|has gone", 1)
    'row has gone'
    """
    return re.sub(r"(\w+)\|(\w+)", lambda match: str(match[2 if number == 1 else 1]), text)


def misfit_problems(misfits: dict[str, list[Any]], types: dict[str, str]) -> list[dict]:
    """The cells that did not fit the type asked for, by column: how many, and the first twenty of them."""
    return [
        {
            "what": (
                f"{count:,} cells are no {types[name]} and were left empty: "
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
