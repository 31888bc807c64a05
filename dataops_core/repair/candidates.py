"""All candidates for repair of a table, not yet judged: forms first, then slips, then what groups of rows agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from dataops_core.repair import (
    agreement,
    dependencies,
    slips,
    sources,
    usual_writing,
)
from dataops_core.repair.agreement import Ballot
from dataops_core.repair.dependencies import Dependency
from dataops_core.repair.encoding import EncodedColumn, EncodedTable
from dataops_core.repair.notation import (
    decimal_points,
    formats,
    forms,
    letter_case,
    other_names,
    other_units,
    word_rules,
)
from dataops_core.repair.notation.characters import answers, characters, digits
from dataops_core.repair.rows import arithmetic, date_order, exchanged, scales, swapped_columns, years

SURE_OF_FORM = 0.99  # what was written in another way can be read in one way only
LEAST = 0.5  # score of a candidate
CLEAR = 0.9  # score of one on which the second round builds
SOILED, STILL_SOILED = 0.025, 0.003  # share of cells clearly repaired in a round that makes another one worth it
ROUNDS = 3  # at the most, after the second
VOUCHED = 0.8  # score of repairs from which the kinds of slips are learned
MISSING = -1


@dataclass
class Candidates:
    """Candidates for one column and cause: rows, the new codes (-1: nothing) and scores, all of one length. Where
    sources contradict each other, also what was held there (codes), and the columns of things and sources.
    """

    column: int
    cause: str
    rows: np.ndarray
    codes: np.ndarray
    score: np.ndarray
    why: str = ""
    held: np.ndarray | None = None
    claimed: tuple[int, int] = (-1, -1)


@dataclass
class Search:
    """What was found in a table: the candidates, the dependencies, the sign that stands for any letter, and the table
    with the clear candidates put in.
    """

    found: list[Candidates]
    dependencies: list[Dependency]
    sign: str | None
    repaired: EncodedTable
    ballots: list[Ballot] = field(default_factory=list)


def search(table: EncodedTable, seed: int = 0, known: list[Dependency] | None = None) -> Search:
    """The candidates of a table, at most one per cell besides one for its form; `known` are its dependencies, where
    they were found before, and its forms and contradictions within rows are repaired.
    """
    work, is_first = table.copy(), known is None
    written = _characters(work) if known is None else []
    _put(work, written)
    learned = formats.learn_columns(work) if known is None else {}
    rewritten = _forms(work, learned, seed) if known is None else []
    _put(work, [each for each in rewritten if not np.isnan(each.score).any()])
    written += rewritten
    found = _swapped(work, learned) if known is None else []
    _put(work, found)
    named = _other_names(work, learned, _taken(found, work)) if known is None else []
    _put(work, named)
    found += named
    split = _splits(work)
    _put(work, split)
    found += split
    if known is None:
        scaled = _scaled(work, learned, _taken(found, work))
        found += scaled
        _put(work, scaled)
        rows = _rows(work, learned, _taken(found, work), seed)
        written += [each for each in rows if np.isnan(each.score).any()]
        found += [each for each in rows if not np.isnan(each.score).any()]
        _put(work, found)
    claims = _sources(work, _taken(found, work))
    found += claims
    _put(work, claims)
    known = dependencies.find(work, seed) if known is None else known
    taken = _taken(found, work)
    agreed, made = _agreed(work, known, taken)
    sign = slips.stray_sign(_pairs(work, agreed))
    slipped = _slips(work, sign, made, agreed, taken)
    both = _merged(agreed, slipped)
    for least in (SOILED, *[STILL_SOILED] * ROUNDS):
        clear = _one_of_linked([_only(each, each.score >= CLEAR) for each in both], known, work.rows)
        found += clear
        _put(work, clear)
        if sum(len(each.rows) for each in clear) < least * work.rows * len(work.columns):
            break  # else groups were so soiled that what follows from what is found out anew
        if is_first:
            known = _with(known, dependencies.find(work, seed))
        unclear = [_only(each, each.score < CLEAR) for each in both if each.cause == "slip"]
        both = _merged(_agreed(work, known, _taken(found, work))[0], unclear)
    again, made = _agreed(work, known, _taken(found, work))  # groups are cleaner now: what was unclear is judged anew
    unclear = [_only(each, each.score < CLEAR) for each in both if each.cause == "slip"]
    again = _merged(again, unclear)
    found += again
    _put(work, [_only(each, each.score >= CLEAR) for each in again])
    return Search([each for each in [*written, *found] if len(each.rows)], known, sign, work, made)


def _with(known: Sequence[Dependency], more: Sequence[Dependency]) -> list[Dependency]:
    """Dependencies with those that were found later; where both have one, the later, which rests on cleaner cells."""
    by_place = {(each.deciding, each.following): each for each in (*known, *more)}
    return sorted(by_place.values(), key=lambda each: (len(each.deciding), each.deciding, each.following))


def _only(each: Candidates, mask: np.ndarray) -> Candidates:
    return replace(each, rows=each.rows[mask], codes=each.codes[mask], score=each.score[mask])


def _one_of_linked(found: list[Candidates], known: Sequence[Dependency], rows: int) -> list[Candidates]:
    """Of the candidates of a row in columns of which one decides the other the surer one: where a row is in the wrong
    group, the cell that put it there is wrong, and not all that follows from it. The other is judged anew.
    """
    links = {(deciding, each.following) for each in known for deciding in each.deciding}
    best: dict[int, np.ndarray] = {}
    for each in found:
        if each.cause == "agreement":
            score = best.setdefault(each.column, np.zeros(rows))
            score[each.rows] = np.maximum(score[each.rows], each.score)
    made = []
    for each in found:
        kept = np.ones(len(each.rows), dtype=bool)
        for other, score in best.items() if each.cause == "agreement" else ():
            if (other, each.column) in links:
                kept &= score[each.rows] <= each.score
            if (each.column, other) in links:
                kept &= score[each.rows] < each.score + 1e-12
        made.append(_only(each, kept))
    return made


def _put(table: EncodedTable, found: Sequence[Candidates]) -> None:
    """Put candidates into the table."""
    for each in found:
        table.columns[each.column].codes[each.rows] = each.codes


def _taken(found: Sequence[Candidates], table: EncodedTable) -> list[np.ndarray]:
    """Per column, the rows whose cell has a candidate already."""
    masks = [np.zeros(table.rows, dtype=bool) for _ in table.columns]
    for each in found:
        masks[each.column][each.rows] = True
    return masks


def _characters(table: EncodedTable) -> list[Candidates]:
    found = []
    for at, column in enumerate(table.columns):
        found += [
            _written(at, column, each.cause, each.new, SURE_OF_FORM, each.why)
            for each in (*characters(column), *digits(column))
        ]
    return found


def _forms(table: EncodedTable, learned: dict[int, formats.Format], seed: int) -> list[Candidates]:
    made = []
    for at, column in enumerate(table.columns):
        units = [(each.cause, each.new, SURE_OF_FORM, each.why) for each in forms.amounts(column)]
        found = units or [("point", each.new, each.sure, each.why) for each in decimal_points.find(column, seed)]
        form = learned.get(at)
        if units and form is not None and getattr(form.main, "before", "") + getattr(form.main, "after", "") != "":
            form = learned.pop(at) and None  # the unit is taken off
        taken = {old for _, new, _, _ in found for old in new}
        for cause, new, sure, why in _in_other_forms(column, form, seed):
            found.append((cause, {old: text for old, text in new.items() if old not in taken}, sure, why))
        made += [_written(at, column, *each) for each in found if each[1]]
    return made


def _in_other_forms(
    column: EncodedColumn, known: formats.Format | None, seed: int
) -> list[tuple[str, dict[int, str], float, str]]:
    """What a column writes otherwise than in most rows: cause, new values by place, how sure, and why."""
    conversions = list(other_units.find(column, seed))
    made = [("measure", each.new, each.sure, each.why) for each in conversions]
    made += [(each.cause, each.new, SURE_OF_FORM, each.why) for each in answers(column)]
    taken = {old for each in conversions for old in each.places} | {old for _, new, _, _ in made for old in new}
    for cause, new, sure, why in [
        *(("spelling", each.new, each.sure, each.why) for each in word_rules.find(column)),
        *(("format", each.new, each.sure, each.why) for each in (formats.find(column, known, seed) if known else ())),
        *((each.cause, each.new, SURE_OF_FORM, each.why) for each in forms.spellings(column)),
        *(("spelling", each.new, each.sure, each.why) for each in letter_case.find(column, seed)),
    ]:
        made.append((cause, {old: text for old, text in new.items() if old not in taken}, sure, why))
        taken |= set(new)
    return made


def _written(at: int, column: EncodedColumn, cause: str, new: dict[int, str], score: float, why: str) -> Candidates:
    """The candidates for all cells that hold one of these values (places)."""
    to = np.full(len(column.values) + 1, -2, dtype=np.int32)
    for old, text in new.items():
        to[old] = column.code_of(text)
    rows = np.flatnonzero((to[column.codes] >= 0) & (column.codes >= 0))
    return Candidates(at, cause, rows, to[column.codes[rows]], np.full(len(rows), score), why)


def _swapped(table: EncodedTable, learned: dict[int, formats.Format]) -> list[Candidates]:
    made, taken = [], np.zeros(table.rows, dtype=bool)
    for each in [*swapped_columns.find(table), *exchanged.find(table, learned)]:
        rows = each.rows[~taken[each.rows]]
        taken[rows] = True
        score = np.full(len(rows), each.sure)
        for at, by in [(each.other, each.one), *([] if each.moved else [(each.one, each.other)])]:
            target, source = table.columns[at], table.columns[by]
            texts = [source.values[code] for code in source.codes[rows].tolist()]
            codes = [target.code_of(exchanged.written_as(t, learned.get(by), target, learned.get(at))) for t in texts]
            made.append(Candidates(at, "swapped", rows, np.array(codes, dtype=np.int32), score, each.why))
        if each.moved:
            made.append(Candidates(each.one, "swapped", rows, np.full(len(rows), -1, np.int32), score, each.why))
    return made


def _other_names(
    table: EncodedTable, learned: dict[int, formats.Format], taken: Sequence[np.ndarray]
) -> list[Candidates]:
    made = []
    for each in other_names.find(table, learned):
        column = table.columns[each.column]
        to = np.full(len(column.values) + 1, -1, dtype=np.int32)
        to[list(each.new)] = list(each.new.values())
        rows = np.flatnonzero((to[column.codes] >= 0) & ~taken[each.column])
        score = np.full(len(rows), each.sure)
        made.append(Candidates(each.column, "spelling", rows, to[column.codes[rows]], score, each.why))
    return made


def _splits(table: EncodedTable) -> list[Candidates]:
    made = []
    for split in list(forms.splits(table)):
        one, other = table.columns[split.column], table.columns[split.other]
        left = np.array([one.code_of(text) for text in split.left], dtype=np.int32)
        right = np.array([other.code_of(text) for text in split.right], dtype=np.int32)
        score = np.full(len(split.rows), 0.98)
        named = f'the end of "{one.name}" is a value of "{other.name}", which is missing in this row'
        made.append(Candidates(split.column, "split", split.rows, left, score, named))
        made.append(Candidates(split.other, "split", split.rows, right, score, named))
    return made


def _rows(
    table: EncodedTable, learned: dict[int, formats.Format], taken: Sequence[np.ndarray], seed: int
) -> list[Candidates]:
    """Numbers and dates that contradict others in their row; one cell of a row at the most."""
    made, seen = [], np.zeros(table.rows, dtype=bool)
    days = date_order.days_of(table, learned)
    wrong_years = years.find(days, [column.name for column in table.columns], seed)
    numbers = arithmetic.find(table, learned, seed)
    for each in [*numbers, *wrong_years, *date_order.find(table, days, seed)]:
        rows, column = np.array(each.rows, dtype=np.int64), table.columns[each.column]
        codes = np.array([column.code_of(text) for text in each.new], dtype=np.int32)
        free = ~taken[each.column][rows] & ~seen[rows]
        seen[rows] = True
        score = np.full(int(free.sum()), min(each.sure, 0.999))
        made.append(Candidates(each.column, "row", rows[free], codes[free], score, each.why))
    return made


def _scaled(table: EncodedTable, learned: dict[int, formats.Format], taken: Sequence[np.ndarray]) -> list[Candidates]:
    made = []
    for each in scales.find(table, learned):
        column, free = table.columns[each.column], ~taken[each.column][each.rows]
        codes = np.array([column.code_of(text) for text in each.new], dtype=np.int32)
        score = np.full(int(free.sum()), each.sure)
        made.append(Candidates(each.column, "scale", each.rows[free], codes[free], score, each.why))
    return made


def _sources(table: EncodedTable, taken: Sequence[np.ndarray]) -> list[Candidates]:
    made = []
    for each in sources.settle(table):
        mask = (each.score >= LEAST) & ~taken[each.column][each.rows]
        things, by = table.columns[each.things].name, table.columns[each.sources].name
        why = f'most reliable sources ("{by}") say so of the same "{things}"'
        held = table.columns[each.column].codes[each.rows[mask]]
        made.append(
            Candidates(
                each.column,
                "source",
                each.rows[mask],
                each.codes[mask],
                each.score[mask],
                why,
                held,
                (each.things, each.sources),
            )
        )
    return made


def _agreed(
    table: EncodedTable, known: Sequence[Dependency], taken: Sequence[np.ndarray]
) -> tuple[list[Candidates], list[Ballot]]:
    made = agreement.ballots(table, known)
    doubts = agreement.trust(made, table.rows)
    counts = [column.counts for column in table.columns]
    found = []
    for at, column in enumerate(table.columns):
        own = [ballot for ballot in made if ballot.dependency.following == at]
        if not own:
            continue
        votes = agreement.votes(table, at, own, doubts, counts)
        same, likely = np.zeros(len(votes.rows), dtype=bool), votes.score > LEAST
        same[likely] = usual_writing.are_same(column, votes.rows[likely], votes.codes[likely])  # they agree, then
        score = np.where(same, votes.score, votes.score * (1 - votes.current))
        mask = (score > LEAST) & ~taken[at][votes.rows] & _is_supported(column, votes, own, counts[at])
        gone = column.codes[votes.rows] < 0
        if (mask & gone).any():
            mask &= ~(gone & agreement.left_empty(table, at, counts)[votes.rows])
        for cause, kind in (("agreement", ~gone), ("missing", gone)):
            both = mask & kind
            if both.any():
                here = Candidates(at, cause, votes.rows[both], votes.codes[both], score[both])
                found += _written_otherwise(column, here, same[both], own) if same[both].any() else [here]
    return found, made


def _written_otherwise(
    column: EncodedColumn, each: Candidates, same: np.ndarray, own: Sequence[Ballot]
) -> list[Candidates]:
    """Candidates in which a cell holds what its group agrees on in another, less usual writing, and those in which it
    holds something else.
    """
    part = _only(each, same & usual_writing.are_into_usual(column, each.rows, each.codes))
    why = "the same in another writing than in the rows it belongs to"
    score = np.full(len(part.rows), usual_writing.apart(column, own))
    return [replace(part, cause="spelling", score=score, why=why), _only(each, ~same)]


def _is_supported(
    column: EncodedColumn, votes: agreement.Votes, own: Sequence[Ballot], counts: np.ndarray
) -> np.ndarray:
    """Which votes have more behind them than the word of one other row: a group in which two rows hold the value, or a
    value that stands more often in the column than the one it would replace (votes,).
    """
    rows, codes = votes.rows, votes.codes
    agree = np.zeros(len(rows), dtype=np.int64)
    for ballot in own:
        agree = np.maximum(agree, np.where(ballot.value[rows] == codes, ballot.agree[rows], 0))
    held = column.codes[rows]
    frequent = counts[codes] > np.where(held >= 0, counts[held], 1)
    return (agree >= 2) | frequent


def _pairs(table: EncodedTable, found: Sequence[Candidates]) -> list[tuple[str, str]]:
    pairs = []
    for each in found:
        column = table.columns[each.column]
        if each.cause == "agreement" and column.type == "text":
            for row, code in zip(each.rows[each.score >= VOUCHED], each.codes[each.score >= VOUCHED], strict=True):
                pairs.append((column.values[column.codes[row]], column.values[code]))
    return pairs


def _slips(
    table: EncodedTable,
    sign: str | None,
    made: Sequence[Ballot],
    agreed: Sequence[Candidates],
    taken: Sequence[np.ndarray],
) -> list[Candidates]:
    found = []
    for at, column in enumerate(table.columns):
        own = [ballot for ballot in made if ballot.dependency.following == at]
        for slip in slips.find(column, sign):
            rows = np.flatnonzero((column.codes == slip.code) & ~taken[at])
            code = column.code_of(slip.new)
            score = np.full(len(rows), slip.sure)
            for ballot in own:  # what the groups of these rows say of the new value
                heard = (ballot.others[rows] > 0) & (ballot.value[rows] >= 0)
                says = ballot.value[rows] == code
                strength = ballot.dependency.strength
                score = np.where(heard & says, 1 - (1 - score) * (1 - 0.5 * strength), score)
                score = np.where(
                    heard & ~says, score * (1 - strength * ballot.agree[rows] / (ballot.others[rows] + 1)), score
                )
            if sign is None or sign not in column.values[slip.code]:
                score = score * _follows(table, at, rows, code, made)
            keep = score >= LEAST
            if keep.any():
                found.append(
                    Candidates(at, "slip", rows[keep], np.full(keep.sum(), code, np.int32), score[keep], slip.how)
                )
    return found


def _follows(table: EncodedTable, at: int, rows: np.ndarray, code: int, made: Sequence[Ballot]) -> np.ndarray:
    """How well these rows would fit among those that hold the new value, by the columns that follow from this one."""
    fit, heard = np.zeros(len(rows)), np.zeros(len(rows))
    for ballot in made:
        if ballot.dependency.deciding != (at,):
            continue
        other = table.columns[ballot.dependency.following]
        mates = np.flatnonzero(table.columns[at].codes == code)
        held = other.codes[mates]
        held = held[held >= 0]
        if not len(held):
            continue
        usual = np.bincount(held).argmax()
        there = other.codes[rows] >= 0
        fit += there & (other.codes[rows] == usual)
        heard += there
    return np.where(heard > 0, fit / np.maximum(1, heard), 0.7)


def _merged(agreed: Sequence[Candidates], slipped: Sequence[Candidates]) -> list[Candidates]:
    """One candidate per cell: where slips and groups say the same, both count; else the better one."""
    made: list[Candidates] = []
    for at in {each.column for each in (*agreed, *slipped)}:
        best: dict[int, tuple[int, float, Candidates]] = {}
        for each in (*agreed, *slipped):
            if each.column != at:
                continue
            for row, code, score in zip(each.rows.tolist(), each.codes.tolist(), each.score.tolist(), strict=True):
                known = best.get(row)
                if known is not None and known[0] == code:
                    best[row] = (code, 1 - (1 - known[1]) * (1 - score), known[2])
                elif known is None or score > known[1]:
                    best[row] = (code, score, each)
        sources = {id(owner): owner for _, _, owner in best.values()}
        for key, owner in sources.items():
            rows = [row for row, (_, _, who) in best.items() if id(who) == key]
            codes = np.array([best[row][0] for row in rows], dtype=np.int32)
            score = np.array([best[row][1] for row in rows])
            made.append(Candidates(at, owner.cause, np.array(rows, dtype=np.int64), codes, score, owner.why))
    return made
