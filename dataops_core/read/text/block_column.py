"""One column of a text table on its way through, block by block: looked at, converted, and what was met noted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dataops_core.read.arrow.arrow_cells import plain_cells, suspects
from dataops_core.read.cells import ZONE_AT_END, ColumnSurvey, convert_cells, rounds, survey_column
from dataops_core.read.changed import note_cells, respelled

SETTLED = {"text", "code"}  # with one of these among its shapes, a column is text whatever else it holds
KNOWN = 20_000
VARIED = 500  # more distinct texts than this in a block, and looking at all cells at once is quicker than at each text


def value_counts(cells: pa.Array) -> dict[str, int]:
    """How often each text comes, in the order in which they come first."""
    coded = cells.dictionary_encode()
    return dict(zip(coded.dictionary.to_pylist(), np.bincount(coded.indices.to_numpy()).tolist(), strict=True))


class BlockColumn:
    """A column of a type, with the tokens that mean missing in it; `survey` gathers what its cells are, if wanted.

    A column that is not `fixed` has failed as soon as a cell does not fit its type.
    """

    def __init__(
        self,
        kind: str,
        decimal: str,
        tokens: frozenset[str],
        candidates: frozenset[str],
        survey: ColumnSurvey | None,
        *,
        fixed: bool,
    ) -> None:
        self.kind, self.decimal, self.tokens, self.candidates = kind, decimal, tokens, candidates
        self.survey, self.fixed = survey, fixed
        self.failed = self.skipped = self.held = self.varied = False
        self.misfits: list[Any] = [0, []]
        self.rounded: list[Any] = [0, []]
        self.zoned: list[Any] = [0, []]
        self.respelled: list[Any] = [0, []]
        self.blanks: dict[str, int] = {}  # tokens that were read as missing, with how often, and their rows
        self.blanked: list[np.ndarray] = []
        self._row = 0
        self._known: dict[str, bool] = {}
        self._longest = max((len(token.encode("utf-8", "surrogatepass")) for token in candidates), default=0)

    def take(self, cells: pa.Array, line: int) -> pa.Array:
        """The cells as values; `line` is the number of the first one's line."""
        done = self.texts(cells) if self.kind == "text" else self.plain(cells, line)
        done = self.distinct(cells, line) if done is None else done
        self.held = self.held or done.null_count < len(done)
        if done.null_count and len(self.tokens) > 1:
            said = pc.and_(pc.is_null(done), pc.greater(pc.binary_length(cells), 0))
            if said.true_count:
                places = pc.indices_nonzero(said)
                some = pc.utf8_trim_whitespace(cells.take(places))
                stand = np.asarray(pc.is_in(some, value_set=pa.array(sorted(self.tokens - {""}), pa.string())))
                self.blanked.append(places.to_numpy()[stand].astype(np.int64) + self._row)
                for token, count in zip(
                    *np.unique(some.filter(pa.array(stand)).to_numpy(zero_copy_only=False), return_counts=True),
                    strict=True,
                ):
                    self.blanks[str(token)] = self.blanks.get(str(token), 0) + int(count)
        self._row += len(cells)
        return done

    def plain(self, cells: pa.Array, line: int) -> pa.Array | None:
        """The quick way for numbers and moments; None where some cell needs a closer look."""
        found = plain_cells(cells, self.kind, self.decimal, self.tokens)
        if found is None:
            return None
        if self.survey is not None:
            self.survey.shapes |= found.shapes
            self.survey.tokens |= found.tokens
            self.skipped = True
        if len(found.respelled):
            note_cells(self.respelled, value_counts(found.respelled))
        if len(found.long):
            texts = cells.take(pa.array(found.long)).to_pylist()
            self.note(
                self.rounded, [line + int(at) for at, cell in zip(found.long, texts, strict=True) if rounds(cell)]
            )
        return found.values

    def texts(self, cells: pa.Array) -> pa.Array:
        """Cells as text, missing where they are a token."""
        settled = self.survey is None or (self.survey.shapes & SETTLED and self.survey.distinct is None)
        if self.varied and settled:
            some = suspects(cells, self._longest)
            bare = [
                (int(at), cell.strip()) for at, cell in zip(some, cells.take(pa.array(some)).to_pylist(), strict=True)
            ]
            if self.survey is not None:
                self.survey.tokens.update(cell for _, cell in bare if cell in self.candidates)
            gone = [at for at, cell in bare if cell in self.tokens]
            if not gone:
                return cells
            mask = np.zeros(len(cells), dtype=bool)
            mask[gone] = True
            return pc.if_else(pa.array(mask), None, cells)
        coded = cells.dictionary_encode()
        distinct = coded.dictionary.to_pylist()
        self.varied = len(distinct) > VARIED
        new = [cell for cell in distinct if cell not in self._known]
        if new and self.survey is not None:
            survey_column(self.survey, new, self.candidates)
        if len(self._known) > KNOWN:
            self._known.clear()
        self._known.update((cell, cell.strip() in self.tokens) for cell in new)
        gone = [self._known.get(cell, False) for cell in distinct]
        if not any(gone):
            return cells
        values = pc.if_else(pa.array(gone), None, coded.dictionary)
        return values.take(coded.indices)

    def distinct(self, cells: pa.Array, line: int) -> pa.Array:
        """The careful way: every distinct cell by the rules of the plain reader."""
        kind, coded = self.kind, cells.dictionary_encode()
        texts, places = coded.dictionary.to_pylist(), coded.indices.to_numpy()
        if self.survey is not None:
            survey_column(self.survey, texts, self.candidates)
        values, mask, wrong = convert_cells(texts, kind, self.decimal, self.tokens, {})
        if wrong:
            self.fail()
            rows = np.flatnonzero(np.isin(places, wrong))
            self.note(self.misfits, [(line + int(at), texts[places[at]]) for at in rows])
        if kind == "datetime":
            note_cells(
                self.zoned, {cell: count for cell, count in value_counts(cells).items() if ZONE_AT_END.search(cell)}
            )
        if kind in ("integer", "decimal"):
            odd = {cell for cell in texts if respelled(cell) and cell.strip() not in self.tokens}
            note_cells(
                self.respelled,
                {cell: count for cell, count in value_counts(cells).items() if cell in odd} if odd else {},
            )
        if kind == "decimal":
            long = [at for at, cell in enumerate(texts) if len(cell) > 17 and rounds(cell)]
            self.note(self.rounded, [line + int(at) for at in np.flatnonzero(np.isin(places, long))] if long else [])
        array = pa.array(values, mask=mask, from_pandas=True)
        return array.take(coded.indices)

    def fail(self) -> None:
        """Give the type up, unless it was asked for: from now on only what the cells are matters."""
        if not self.fixed:
            self.failed, self.kind = True, "text"

    def note(self, notes: list[Any], found: list[Any]) -> None:
        """Count what was found, and keep the first twenty of it."""
        notes[0] += len(found)
        notes[1] += found[: 20 - len(notes[1])] if len(notes[1]) < 20 else []
