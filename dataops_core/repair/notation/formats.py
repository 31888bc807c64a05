"""Cells that are written in another form than nearly all others of their column: dates, times, durations, page ranges,
amounts, codes and names.

A form is learned from the whole column: the one in which most cells come out again exactly when they are read and
written. Other cells are proposed in it where they can be read in one way only, by what the column itself proves.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dataops_core.repair.encoding import EncodedColumn, EncodedTable
from dataops_core.repair.notation import format_slips
from dataops_core.repair.notation import format_texts as texts
from dataops_core.repair.notation import format_times as times
from dataops_core.repair.notation.format_times import Reading
from dataops_core.values.text import LETTER

LOOKED_AT, GLANCE = 300, 0.6  # values for a first glance, and the share of them that must be readable
READ = 0.8  # of the cells must be readable
MAIN = 0.6  # of them must have the main form
BESIDE = 0.25  # of them in another form: a form beside the main one, of which nobody knows whether it is a fault
FEWEST = 10  # cells in the main form
UNCLEAR = (("no unit",), ("brackets",))  # forms that are never the main one
LONGEST_RANGE = 200  # pages, in the middle
AFFIX_ROWS, AFFIX_VALUES = 3, 2  # rows with the same, and different values beside it
AFFIX_PARTS, AFFIX_LENGTH = 4, 16  # its words and signs, and its characters
CLOCKS = ("time", "date and time", "date", "month", "duration")  # kinds in which letters tell something
SIGNS = ("-", "\u2212", "+", ".", ",")
PARTS = re.compile(rf"\d+|{LETTER}+|\s+|.", re.DOTALL)
DIGITS = re.compile(r"\d+")
WORDS_IN_CAPITALS = re.compile(r"\b[^\W\d_a-zß-öø-ÿ](?:[^\W\d_a-zß-öø-ÿ]|['’](?=\w))+\b")
MOST_CAPITALS = 0.1  # of the words of names, where capitals are another way to write them
MOST_VALUES, MOST_LEARNED = 200_000, 20_000  # to rewrite, and to learn from
PLANTED, ENOUGH = 60, 10  # different main cells written in another form, to measure by
FEWEST_KNOWN = 3  # of them, where what comes out stands in other cells
CROWDED = 0.05  # values of a column for each number that it could hold: of more, one is met by chance


@dataclass(frozen=True)
class Kind:
    """A kind of values: how they are read and written, when one form may become another, what a form has in common
    with others that are read alike, a value as a number, where values can be compared, and whether the first way to
    read a text is the usual one.
    """

    name: str
    read: Callable[[str], list[Reading]]
    write: Callable[[tuple, tuple], str | None]
    family: Callable[[tuple], object] = lambda form: form
    allowed: Callable[[tuple, tuple], bool] = lambda _old, _new: True
    number: Callable[[tuple], float] | None = None
    usual: bool = False


KINDS = (
    Kind("date and time", times.read_moment, times.write_moment, lambda form: form[0][:3], number=times.moment_number),
    Kind("date", times.read_day, times.write_day, lambda form: form[:3], number=times.day_number),
    Kind("month", times.read_month, times.write_month, lambda form: form[:2], number=times.month_number),
    Kind("time", times.read_time, times.write_time, lambda form: form[4] or len(form)),
    Kind("duration", times.read_duration, times.write_duration, number=lambda value: value[0]),
    Kind("page range", texts.read_range, texts.write_range, lambda form: form[-1]),
    Kind("number", texts.read_width, texts.write_width, allowed=lambda _old, new: new[0] > 1),
    Kind(
        "amount", texts.read_amount, texts.write_amount, lambda form: form[-1], number=texts.amount_number, usual=True
    ),
    Kind("name", texts.read_name, texts.write_name),
    Kind("code", texts.read_code, texts.write_code, allowed=texts.same_places),
    Kind("code", texts.read_runs, texts.write_runs),
)


@dataclass
class Format:
    """What a column teaches: the kind of its values, the main form, how many cells prove each form and family, the
    numbers between which nearly all lie, and for names the words seen as last and first.
    """

    kind: Kind
    main: tuple
    share: float  # of the readable cells that have the main form
    proofs: Counter[object] = field(default_factory=Counter)
    span: tuple[float, float] | None = None
    words: tuple[Counter[str], Counter[str]] | None = None

    def rewrite(self, text: str, least: int = 1) -> tuple[str, tuple] | None:
        """A text in the main form, and the form that it has; None where it has the main form or could be read in
        several ways. `least` is how many names must hold a word for it to be known.
        """
        readings = self.kind.read(text)
        if not readings or any(form == self.main for _, form in readings):
            return None
        options: dict[str, list[Reading]] = defaultdict(list)
        for value, form in readings:
            if self.kind.allowed(form, self.main):
                cased = value if self.words is None else self._cased(value)
                new = self.kind.write(cased, self.main)
                if new is not None:
                    options[new].append((cased, form))
        if self.words is not None:
            options = self._known_words(options, least)
        elif len(options) > 1:
            options = self._within(options)
            for key in (lambda form: ("form", form), lambda form: ("family", self.kind.family(form))):
                if len(options) > 1:
                    options = self._proven(options, key)
        if len(options) != 1:
            return None
        new, own = next(iter(options.items()))
        return None if new == text else (new, own[0][1])

    def _cased(self, value: tuple) -> tuple:
        """A name whose words in capitals are written as other cells write them: those are not in capitals."""
        if not any(WORDS_IN_CAPITALS.search(part) for part in value) or self._capitals > MOST_CAPITALS:
            return value
        known = {word.casefold(): word for counts in self.words or () for word in counts if not word.isupper()}
        return tuple(
            WORDS_IN_CAPITALS.sub(lambda found: known.get(found[0].casefold(), found[0].title()), part)
            for part in value
        )

    @functools.cached_property
    def _capitals(self) -> float:
        """The share of the words of names that are in capitals."""
        words = [word for counts in self.words or () for word in counts.elements()]
        return sum(word.isupper() for word in words) / max(1, len(words))

    def strip(self, text: str) -> tuple[str, tuple] | None:
        """The longest part of a text that has the main form, or is that in another, and what stands before and after
        it; None where there is none. Nothing that belongs to a number is taken off, and no letter of a time.
        """
        if self.kind.name in CLOCKS:
            return None
        parts = PARTS.findall(text[:100])
        sides = range(min(AFFIX_PARTS, len(parts) - 1) + 1)
        ends = sorted(((a, b) for a in sides for b in sides if 0 < a + b < len(parts)), key=sum)
        for before, after in ends:
            core = "".join(parts[before : len(parts) - after])
            affix = ("affix", "".join(parts[:before]), "".join(parts[len(parts) - after :]))
            signs = [*parts[:before], *parts[len(parts) - after :]]
            if sum(map(len, signs)) > AFFIX_LENGTH or any(len(p) == 1 and p.isalpha() for p in signs):
                continue  # letters beside the value may stand in the place of others
            if any(p in texts.COMPARED for p in signs):
                continue
            if _is_part_of_number(affix[1], affix[2]) or (self._has_words and any(p[0].isalpha() for p in signs)):
                continue
            found = self._settled(core)
            if found is not None:
                return found, affix
        return None

    @property
    def _has_words(self) -> bool:
        """Whether values of the main form hold words: one word more may be part of a value."""
        return self.kind.name == "name" or (self.kind.write is texts.write_runs and any(map(str.isalpha, self.main)))

    def _settled(self, text: str) -> str | None:
        """A text in the main form, which it may have already; None where it can be read in several ways."""
        options: dict[str, list[Reading]] = defaultdict(list)
        for value, form in self.kind.read(text):
            new = text if form == self.main else self.kind.write(value, self.main)
            if new is not None and (form == self.main or self.kind.allowed(form, self.main)):
                options[new].append((value, form))
        if len(options) > 1:
            options = self._within(options)
        if len(options) > 1:
            options = self._proven(options, lambda form: ("family", self.kind.family(form)))
        return next(iter(options)) if len(options) == 1 else None

    def _within(self, options: Mapping[str, list[Reading]]) -> dict[str, list[Reading]]:
        if self.span is None or self.kind.number is None:
            return dict(options)
        low, high = self.span
        return {new: own for new, own in options.items() if low <= self.kind.number(own[0][0]) <= high}

    def _proven(
        self, options: Mapping[str, list[Reading]], key: Callable[[tuple], tuple[str, object]]
    ) -> dict[str, list[Reading]]:
        """The option that the column proves five times as often as any other; all where none is."""
        proofs = {new: max(self.proofs[key(form)] for _, form in own) for new, own in options.items()}
        best = max(proofs, key=lambda new: proofs[new])
        others = sum(number for new, number in proofs.items() if new != best)
        return {best: options[best]} if proofs[best] > 5 * others else dict(options)

    def _known_words(self, options: Mapping[str, list[Reading]], least: int) -> dict[str, list[Reading]]:
        """The reading of a name whose words are seen in the same places in other cells."""
        known = {}
        for new, own in options.items():
            last, first = own[0][0]
            seen = zip((last, first.split(" ")[0]), self.words or (), strict=True)
            known[new] = sum(counts[word] >= least for word, counts in seen)
        best = max(known.values(), default=0)
        return {new: options[new] for new, number in known.items() if number == best and best}


def _is_part_of_number(before: str, after: str) -> bool:
    """Whether what stands beside a number belongs to it: a sign, the digits before its point, a group of thousands.

    >>> [_is_part_of_number(*sides) for sides in (("0.", ""), ("-", ""), ("", " 450"), ("", ".50"), ("12 ", ""))]
    [True, True, True, True, True]
    >>> _is_part_of_number("", "/01/2023")
    True
    >>> [_is_part_of_number(*sides) for sides in (("(", ")"), ("", "/10"), ("Vol. ", ""), ("", " mg/L"))]
    [False, False, False, False]
    """
    digits = [any(sign.isdigit() for sign in text) for text in (before, after)]
    return (
        after[:1] in (".", ",")
        or before[-1:] in SIGNS
        or f"{before}{after}".isalnum()
        or digits[0]
        or (digits[1] and (after[0].isspace() or after[0] == "'" or len(DIGITS.findall(after)) > 1))
    )


def learn(column: EncodedColumn) -> Format | None:
    """The form of a column; None where its cells are not of one kind, or no form is the main one."""
    counts = column.counts
    held = np.flatnonzero(counts)
    if column.type != "text" or not 2 <= len(held) <= MOST_VALUES:
        return None
    glance = [column.values[at] for at in held[:: max(1, len(held) // LOOKED_AT)].tolist()]
    for kind in KINDS:
        if kind.name == "number" and not any(text[:1] == "0" and len(text) > 1 for text in column.values):
            continue  # nothing has leading zeros
        if sum(bool(kind.read(text)) for text in glance) >= GLANCE * len(glance):
            some = held if len(held) <= MOST_LEARNED else held[np.linspace(0, len(held) - 1, MOST_LEARNED).astype(int)]
            found = _learn_kind(kind, column.values, counts, some.tolist())
            if found is not None:
                return found
    return None


def learn_columns(table: EncodedTable) -> dict[int, Format]:
    """The forms of all columns that have one, by the place of the column."""
    found = {at: learn(column) for at, column in enumerate(table.columns)}
    return {at: each for at, each in found.items() if each is not None}


def _learn_kind(kind: Kind, values: Sequence[str], counts: np.ndarray, held: Sequence[int]) -> Format | None:
    proofs: Counter[object] = Counter()
    total = sum(int(counts[at]) for at in held)
    known: list[tuple[int, list[Reading]]] = []
    for at in held:
        readings = kind.read(values[at])
        if readings:
            known.append((int(counts[at]), readings))
            proofs.update(dict.fromkeys(_proves(kind, readings), int(counts[at])))
    read = sum(number for number, _ in known)
    if read < max(FEWEST, READ * total):
        return None
    forms: Counter[tuple] = Counter()
    for number, readings in known:
        for form in {form for _, form in _likely(kind, readings, proofs)}:
            forms[form] += number
    some_values = [readings[0][0] for _, readings in known[:FEWEST]]
    for form in list(forms):
        if form[:1] in UNCLEAR or all(kind.write(value, form) is None for value in some_values):
            del forms[form]
    main = min(forms, key=lambda form: (-forms[form], getattr(form, "point", ".") != ".", str(form)), default=())
    if forms[main] < max(FEWEST, MAIN * read):
        return None
    made = Format(kind, main, forms[main] / read, proofs)
    in_main = [(value, number) for number, readings in known for value, form in readings if form == main]
    if kind.number is not None:
        numbers = np.array([kind.number(value) for value, _ in in_main])
        made.span = low, high = float(numbers.min()), float(numbers.max())
        for number, readings in known:  # 20.08.23 proves an order where no year is 1923
            within = [each for each in readings if low <= kind.number(each[0]) <= high]
            if 0 < len(within) < len(readings) and not _proves(kind, readings):
                proofs.update(dict.fromkeys(_proves(kind, within), number))
    if kind.name == "page range" and np.median([(v[2] or v[1]) - v[1] for v, _ in in_main]) > LONGEST_RANGE:
        return None  # two numbers with a hyphen, such as those of telephones
    if kind.name == "name":
        if forms[("comma",)] == 0:
            return None  # any two words could be a name
        made.words = (
            Counter(value[0] for value, _ in in_main),
            Counter(value[1].split(" ")[0] for value, _ in in_main),
        )
    return made


def _proves(kind: Kind, readings: Sequence[Reading]) -> list[tuple[str, object]]:
    """The forms and the family that a text proves, which can be read in one way only; 4/4/2020 proves no order."""
    families = {kind.family(form) for _, form in readings}
    if len(families) != 1 or len({value for value, _ in readings}) != 1:
        return []
    return [
        *(("family", family) for family in families),
        *(("form", form) for form in dict.fromkeys(form for _, form in readings)),
    ]


def _likely(kind: Kind, readings: list[Reading], proofs: Counter[object]) -> list[Reading]:
    """Of the ways to read a text those that the column proves most; where nothing tells, the usual one or all."""
    if not kind.usual or len({value for value, _ in readings}) == 1:
        return readings
    proven = [proofs["family", kind.family(form)] for _, form in readings]
    if max(proven) == min(proven):
        return [each for each in readings if each[0] == readings[0][0]]
    return [each for each, number in zip(readings, proven, strict=True) if number == max(proven)]


@dataclass(frozen=True)
class Rewritten:
    """Values of a column (their places) in the main form, how sure (NaN: not tested), and why."""

    new: dict[int, str]
    sure: float
    why: str


def find(column: EncodedColumn, found: Format, seed: int = 0) -> Iterator[Rewritten]:
    """The values of a column in another form than the main one, which was learned, a form at a time."""
    counts = column.counts
    held = np.flatnonzero(counts).tolist()
    by_form: defaultdict[tuple, dict[int, str]] = defaultdict(dict)
    in_main = []
    unread = 0
    for at in held:
        rewritten = found.rewrite(column.values[at])
        if rewritten is not None:
            by_form[rewritten[1]][at] = rewritten[0]
        elif any(form == found.main for _, form in found.kind.read(column.values[at])):
            in_main.append(column.values[at])
        elif found.words is None:
            stripped = found.strip(column.values[at])
            if stripped is not None:
                by_form[stripped[1]][at] = stripped[0]
            else:
                unread += int(counts[at])
    for form in [form for form in by_form if form[0] == "affix"]:
        if sum(int(counts[at]) for at in by_form[form]) < AFFIX_ROWS or len(by_form[form]) < AFFIX_VALUES:
            del by_form[form]
    if not by_form:
        return
    total = sum(int(counts[at]) for at in held)
    measured = {form: _planted(found, form, in_main, seed) for form in by_form}
    asked, right = (sum(each[side] for each in measured.values()) for side in (0, 1))
    slips = format_slips.expected(found, in_main, known := {column.values[at] for at in held}, unread, seed)
    cells_of: Counter[tuple[tuple, bool]] = Counter()
    for form, new in by_form.items():
        for at, text in new.items():
            cells_of[format_slips.like(form), text in known] += int(counts[at])
    for form, new in by_form.items():
        own = measured[form] if measured[form][0] >= ENOUGH else (asked, right)
        cells = sum(int(counts[at]) for at in new)
        is_few = cells <= BESIDE * total
        for is_known in (True, False):
            part = {at: text for at, text in new.items() if (text in known) == is_known}
            sure = (own[1] + 0.5) / (own[0] + 1.0) if is_few and own[0] >= ENOUGH else float("nan")
            if is_known and is_few and np.isnan(sure):
                sure = _not_by_chance(found, in_main, own)
            if part:
                key = (format_slips.like(form), is_known)
                slipped = min(1.0, slips.get(key, 0.0) / cells_of[key])
                old, shown = next((column.values[at], text) for at, text in part.items())
                rest = f'{found.share:.0%} of the column have the form of "{shown}" ({found.kind.name})'
                yield Rewritten(part, sure * (1 - slipped), f'{rest}, not that of "{old}"')


def _not_by_chance(found: Format, in_main: Sequence[str], measured: tuple[int, int]) -> float:
    """How sure it is that a cell in another form is a value that others hold, where little could be measured: as sure
    as values of the column are far apart. NaN where that tells nothing.
    """
    if measured[0] >= FEWEST_KNOWN:
        return (measured[1] + 0.5) / (measured[0] + 1.0)
    if found.span is None or measured[0]:
        return float("nan")
    crowded = len(in_main) / (found.span[1] - found.span[0] + 1.0)
    return 1.0 - max(crowded, 0.01) if crowded <= CROWDED else float("nan")


def _planted(found: Format, form: tuple, in_main: Sequence[str], seed: int) -> tuple[int, int]:
    """How many cells of the main form were written in another form, and how many of them came back."""
    rng = np.random.default_rng([seed, len(in_main)])
    asked = right = 0
    for at in rng.permutation(len(in_main)).tolist():
        text = in_main[at]
        value = next(value for value, own in found.kind.read(text) if own == found.main)
        affix = form[0] == "affix"
        planted = f"{form[1]}{text}{form[2]}" if affix else found.kind.write(value, form)
        if planted is None or planted == text or any(own == found.main for _, own in found.kind.read(planted)):
            continue
        asked += 1
        back = found.strip(planted) if affix else found.rewrite(planted, least=2)  # the cell itself must not help
        right += back is not None and back[0] == text
        if asked == PLANTED:
            break
    return asked, right
