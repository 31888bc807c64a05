"""Read a plain text table block by block straight into a table at rest; the answer is that of `read_text_frame`.

Types are guessed from the start, middle and end, and the file is converted on that guess while every cell is looked
at. Where the guess proves wrong, the file is gone through once more with what was found.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.errors import DataOpsError
from dataops_core.progress import Progress
from dataops_core.read.ahead import ahead
from dataops_core.read.cells import ColumnSurvey, survey_column
from dataops_core.read.changed import BLANKED, ZEROS, blanked_cells, changed_problem
from dataops_core.read.content import Content
from dataops_core.read.names import nameless
from dataops_core.read.options import Blanked
from dataops_core.read.text.block_column import BlockColumn
from dataops_core.read.text.encodings import SAMPLE_BYTES, early_encoding, sniff_encoding
from dataops_core.read.text.layout import layout_of
from dataops_core.read.text.layout_types import ColumnFacts, TextLayout
from dataops_core.read.text.records import RowNotes
from dataops_core.read.text.sniff import check_encoding, check_signs, sample_texts
from dataops_core.read.text.text import (
    cell_problems,
    complete_options,
    given_facts,
    given_types,
    judge_columns,
    row_problems,
    token_candidates,
)
from dataops_core.read.text.text_blocks import CODE_PAGES, NotPlain, NotUtf8, readable, text_blocks
from dataops_core.table import Table, write_table

SAMPLE_ROWS = 2000


class _WrongGuess(Exception):
    """The types that were guessed are not those that all cells have."""


def read_plain_text(
    content: Content,
    out: Path,
    options: dict,
    tell: Progress,
) -> tuple[Table, dict, list[dict], dict[str, Blanked]] | None:
    """The table, complete options, problems and blanked cells of a plain text table; None where the careful reader is
    needed.
    """
    given = {key: value for key, value in options.items() if value is not None}
    try:
        try:
            return read_in(None, content, out, given, tell)
        except NotUtf8:
            problems: list[dict] = []
            encoding = content.sampled(lambda data: sniff_encoding(data, problems))
            return read_in(encoding, content, out, given, tell, problems)
    except NotPlain:
        return None


def read_in(
    encoding: str | None,
    content: Content,
    out: Path,
    given: dict,
    tell: Progress,
    problems: Sequence[dict] = (),
) -> tuple[Table, dict, list[dict], dict[str, Blanked]]:
    """The table of a text in this encoding (None: the one given, or UTF-8); raises NotPlain where that cannot be."""
    problems = list(problems)
    layout = content.sampled(lambda sample: plain_layout(encoding, content, sample, given, problems))
    try:
        facts, guessed = given_facts(given, layout.names), False
    except DataOpsError:
        raise NotPlain("not to be read so") from None
    if facts is None:
        facts, guessed = content.sampled(lambda sample: guessed_facts(content, layout, given, sample)), True
    first = _Pass(content, layout, given, facts, problems, guessed, lambda share: tell(0.05 + share * 0.55, "Reading"))
    try:
        return write_table(out, first.pieces()), first.options, first.problems, first.blanked()
    except _WrongGuess:
        again = _Pass(
            content,
            layout,
            given,
            first.facts,
            first.problems,
            False,
            lambda share: tell(0.6 + share * 0.4, "Reading again"),
        )
        return write_table(out, again.pieces()), again.options, again.problems, again.blanked()


def plain_layout(encoding: str | None, content: Content, sample: Any, given: dict, problems: list[dict]) -> TextLayout:
    """The layout of a file that should be in this encoding; whether it is shows when its blocks are read."""
    head = bytes(sample[:SAMPLE_BYTES])
    if not head.strip():
        raise NotPlain("blank")
    check_signs(given)
    if "encoding" in given:
        if encoding:
            raise NotPlain("not in the encoding that was given")
        encoding = check_encoding(given["encoding"], head)
    encoding = encoding or early_encoding(head) or utf8_so_far(head)
    known = codecs.lookup(encoding).name
    if known not in ("utf-8", "utf-8-sig", "ascii", *CODE_PAGES):
        raise NotPlain("another encoding")
    texts = sample_texts(sample, encoding)
    with content.opened() as file:
        lines = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        try:
            layout = layout_of(texts, iter(lines), encoding, given, problems)
        except DataOpsError:  # whether that holds is not sure before all bytes have been seen
            raise NotPlain("not to be read") from None
    if layout.tail or layout.last_line is not None or layout.body != layout.signs.width:
        raise NotPlain("lines after the table, or rows of another width than the header")
    if not readable(layout):
        raise NotPlain("other signs")
    return replace(layout, known=known)


def utf8_so_far(head: bytes) -> str:
    """The name of UTF-8, if the start of a file is that."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        raise NotUtf8("not UTF-8") from None
    return "utf-8"


def guessed_facts(content: Content, layout: TextLayout, given: dict, sample: Any) -> ColumnFacts:
    """Types, decimal sign and kept tokens, as some rows at the start, middle and end have them."""
    names, candidates = layout.names, token_candidates(given)
    surveys = [ColumnSurvey() for _ in names]
    with content.opened() as file:
        blocks = [columns for columns, _, _ in text_blocks(file, layout, 500_000, most=1)]
    for start in (len(sample) // 2, len(sample) - SAMPLE_BYTES // 4) if len(sample) > 4 * SAMPLE_BYTES else ():
        part = bytes(sample[start : start + SAMPLE_BYTES // 4])
        part = part[part.find(b"\n") + 1 : part.rfind(b"\n") + 1]
        blocks += [columns for columns, _, _ in text_blocks(io.BytesIO(part), replace(layout, first=0))]
    for columns in blocks:
        for survey, cells in zip(surveys, columns, strict=True):
            survey_column(survey, cells.slice(0, SAMPLE_ROWS).to_pylist(), candidates)
    return judge_columns(surveys, names, given_types(given, names), given, layout.signs.delimiter, [])


class _Pass:
    """One way through the file: its pieces as Arrow tables; afterwards what was found."""

    def __init__(
        self,
        content: Content,
        layout: TextLayout,
        given: dict,
        facts: ColumnFacts,
        problems: list[dict],
        guessed: bool,
        tell: Callable[[float], None],
    ) -> None:
        self.content, self.layout, self.given, self.facts = content, layout, given, facts
        self.problems, self.surveyed, self.tell = list(problems), guessed, tell
        self.options: dict[str, Any] = {}
        surveyed = guessed
        candidates = token_candidates(given) if surveyed else frozenset(facts.missing_tokens) | {""}
        self.columns = [
            BlockColumn(
                facts.types[name],
                facts.decimal,
                candidates - set(facts.kept.get(name, ())),
                candidates,
                ColumnSurvey() if surveyed else None,
                fixed=not surveyed or name in (given.get("types") or {}),
            )
            for name in layout.names
        ]

    def pieces(self) -> Iterator[pa.Table]:
        """The table piece by piece, as long as the guess may be right.

        Three things happen at once: a block is cut, the one before is converted, and that before it is written.
        """
        for piece, share in ahead(self.converted()):
            if piece is not None:
                yield piece
            self.tell(share)

    def converted(self) -> Generator[tuple[pa.Table | None, float], None, None]:
        """Pieces (None: the guess was wrong) with how much of the file has been gone through."""
        again: list[int] = []
        rows = 0
        with self.content.opened() as file:
            size = max(1, file.seek(0, io.SEEK_END))
            file.seek(0)
            for block, line, at in ahead(text_blocks(file, self.layout)):
                again += repeated_lines(block, line, self.layout.raw)
                done = [column.take(cells, line) for column, cells in zip(self.columns, block, strict=True)]
                rows += len(block[0])
                wrong = any(column.failed for column in self.columns)
                yield None if wrong else pa.Table.from_arrays(done, names=self.layout.names), at / size
        if not rows:
            raise NotPlain("no rows")
        if self.surveyed:
            self.judge()
        self.finish(again, rows)

    def judge(self) -> None:
        """Settle types, decimal sign and missing tokens; raises where they are not those that were guessed."""
        names, guessed = self.layout.names, self.facts
        surveys = [column.survey for column in self.columns if column.survey is not None]
        for column, survey in zip(self.columns, surveys, strict=True):
            if column.skipped and survey.distinct is not None and "NA" in survey.tokens and "text" in survey.shapes:
                raise NotPlain("whether NA is a value needs all values")
        types = given_types(self.given, names)
        self.facts = judge_columns(surveys, names, types, self.given, self.layout.signs.delimiter, self.problems)
        if replace(self.facts, missing_tokens=guessed.missing_tokens) != guessed:
            raise _WrongGuess

    def blanked(self) -> dict[str, Blanked]:
        """The cells that were read as missing because of what stood there, by column."""
        return {
            name: Blanked(column.blanks, np.concatenate(column.blanked))
            for name, column in zip(self.layout.names, self.columns, strict=True)
            if column.blanks
        }

    def finish(self, again: list[int], rows: int) -> None:
        """Say what was met, and the complete options; refuses a flawed table."""
        names, layout = self.layout.names, self.layout
        by_name = dict(zip(names, self.columns, strict=True))
        self.problems += row_problems(RowNotes(rows=rows, again=again), layout)
        self.problems += cell_problems(
            {name: column.rounded for name, column in by_name.items()},
            {name: column.misfits for name, column in by_name.items()},
            {name: column.zoned for name, column in by_name.items()},
            self.facts.types,
        )
        self.problems += changed_problem(ZEROS, {name: column.respelled for name, column in by_name.items()})
        self.problems += changed_problem(
            BLANKED, blanked_cells({name: column.blanks for name, column in by_name.items()})
        )
        held = {at for at in nameless(layout.raw) if self.columns[at].held}
        self.options = complete_options(layout, self.facts, names, held, rows, self.given)


def repeated_lines(block: Sequence[pa.Array], line: int, raw: Sequence[str]) -> list[int]:
    """The numbers of the lines that say the header again."""
    found = pc.indices_nonzero(pc.equal(block[0], raw[0])).to_pylist()
    return [line + at for at in found if all(cells[at].as_py() == cell for cells, cell in zip(block, raw, strict=True))]
