"""What personal data a column holds: name, form, check digits and lists weighed together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from dataops_core.privacy.header_words import kinds_named
from dataops_core.privacy.identifiers import patterns, phones
from dataops_core.privacy.identifiers.addresses import has_house_number, is_address
from dataops_core.privacy.identifiers.free_text import find_identifiers
from dataops_core.privacy.identifiers.national_numbers import COMPANIES, WRITTEN, best_number, is_valid
from dataops_core.privacy.identifiers.person_names import NAMES, is_full_name, is_written_like_name, name_signs
from dataops_core.privacy.kinds import DIRECT, Recognition, State
from dataops_core.privacy.masking import shape
from dataops_core.privacy.values import ColumnValues

MOST = 0.5  # share of the different values from which a column is of one kind
NEARLY_ALL = 0.95
SOME_NAMES = 400  # different values by which a column of names is told
FULL = 0.6  # share of the values of several words that must be full names before those among other values count
FEWEST = 10**6  # phone numbers and numbers of states have seven digits or more, cards twelve
_COORDINATES = frozenset({"latitude", "longitude"})
PROSE = 0.2  # share of values of four words or more from which names and addresses are looked for inside


def recognize_column(column: ColumnValues) -> list[Recognition]:
    """The personal data in a column, what tells most first; empty where there is none.

    >>> import pandas as pd
    >>> from dataops_core.privacy.values import values_of
    >>> found = recognize_column(values_of("contact", "text", pd.Series(["jo@example.com", "al@example.org"])))
    >>> [(each.type, each.state, each.share) for each in found]
    [('email', 'certain', 1.0)]
    """
    if not column.values or column.type in ("boolean", "datetime"):
        return []
    column = _stripped(column)
    whole = next(_whole(column), None)
    if whole is not None:
        return [whole]
    return _inside(column) if column.type == "text" else []


def names_nobody(name: str, kind: str, least: float, greatest: float) -> bool:
    """Whether no number of a column between these two can be personal data: it is then needless to look at its cells.

    >>> names_nobody("price", "decimal", 0.5, 1e9), names_nobody("lat", "decimal", 47.1, 54.9)
    (True, False)
    >>> names_nobody("phone", "integer", 0, 999_999), names_nobody("phone", "integer", 0, 1_000_000)
    (True, False)
    """
    if kind == "decimal":
        return not _COORDINATES & kinds_named(name)
    return kind == "integer" and least > -FEWEST and greatest < FEWEST


def _stripped(column: ColumnValues) -> ColumnValues:
    if column.type != "text":
        return column
    return ColumnValues(
        column.name,
        column.type,
        [" ".join(value.split()) for value in column.values],
        column.counts,
        column.candidates,
        column.candidate_counts,
        column.distinct,
        column.cells,
    )


def _whole(column: ColumnValues) -> Iterator[Recognition]:
    """What the cells are as a whole, most certain first."""
    named = kinds_named(column.name)
    if column.type == "decimal":
        yield from _coordinate(column, named)
        return
    yield from _patterned(column, named)
    yield from _national(column, named)
    yield from _phone(column, named)
    if column.type != "text":
        return
    yield from _plate(column, named)
    yield from _address(column, named)
    yield from _name(column, named)
    yield from _named_only(column, named)


def _found(
    column: ColumnValues, kind: str, state: State, confidence: float, mask: np.ndarray, *why: str, inside: bool = False
) -> Recognition:
    examples = list(dict.fromkeys(shape(column.values[at][:60]) for at in np.flatnonzero(mask)[:20]))[:3]
    matches = column.counted(mask)
    return Recognition(
        kind,
        state,
        round(confidence, 2),
        matches,
        round(matches / column.looked_at_cells, 4),
        inside,
        len(column.values),
        column.distinct,
        (*why, *([f"Written like {', '.join(examples)}."] if examples else [])),
    )


def _patterned(column: ColumnValues, named: frozenset[str]) -> Iterator[Recognition]:
    if column.type == "integer":
        mask = column.matching(patterns.is_card_text)
        if column.share(mask) >= MOST and (len(mask) >= 5 or "payment_card" in named):
            yield _found(column, "payment_card", "certain", 0.95, mask, "Check digits and issuers of cards hold.")
        return
    for kind, test in patterns.WHOLE.items():
        mask = column.matching(test)
        share = column.share(mask)
        if share < MOST or (kind == "ip_address" and "thing" in named):
            continue
        sure = kind not in ("social_security_number", "coordinates", "url_with_id") or kind in named
        sure = sure or (kind == "social_security_number" and "national_number" in named)
        yield _found(
            column,
            kind,
            "certain" if sure else "likely",
            min(0.99, (0.9 if sure else 0.75) + 0.09 * share),
            mask,
            f"{share:.0%} of the values have the form of {DIRECT[kind]}.",
        )


def _national(column: ColumnValues, named: frozenset[str]) -> Iterator[Recognition]:
    mask = column.matching(lambda text: WRITTEN.fullmatch(text) is not None and 6 <= sum(map(str.isdigit, text)) <= 18)
    called = "national_number" in named
    if column.share(mask) < 0.8 or (column.type == "integer" and max(map(len, column.values)) < 8):
        return
    texts = [column.values[at] for at in np.flatnonzero(mask)]
    number, share = best_number(texts, named=called)
    if called and share >= MOST:
        hits = column.matching(lambda text: is_valid(text, number))
        yield _found(
            column,
            "national_number",
            "certain",
            0.98,
            hits,
            f"The column's name says so, and the check digits of {number} are right.",
        )
    elif called:
        yield _found(column, "national_number", "likely", 0.7, mask, "The column's name says so.")
    elif share >= NEARLY_ALL and len(texts) >= 8 and number not in COMPANIES:
        hits = column.matching(lambda text: is_valid(text, number))
        state: State = "ask" if "thing" in named else "likely"
        yield _found(column, "national_number", state, 0.85, hits, f"The check digits of {number} are right.")


def _phone(column: ColumnValues, named: frozenset[str]) -> Iterator[Recognition]:
    called = "phone" in named
    written = column.matching(phones.is_written_like_phone)
    if column.share(written) < 0.7:
        return
    texts = [column.values[at] for at in np.flatnonzero(written)]
    region, share = phones.best_region(texts)
    if column.type == "integer":
        if called:
            yield _found(
                column,
                "phone",
                "certain" if share >= MOST else "likely",
                0.8 + 0.15 * share,
                written,
                "The column's name says so.",
            )
        return
    abroad = column.matching(phones.is_international)
    if column.share(abroad) >= MOST:
        yield _found(column, "phone", "certain", 0.97, written, "Country codes and lengths are those of phone numbers.")
    elif called:
        sure = share >= MOST
        yield _found(
            column,
            "phone",
            "certain" if sure else "likely",
            0.95 if sure else 0.8,
            written,
            "The column's name says so.",
        )
    elif share >= 0.6 and len(texts) >= 8 and np.mean([phones.is_grouped(text) for text in texts]) >= MOST:
        state: State = "ask" if "thing" in named else "likely"
        yield _found(
            column,
            "phone",
            state,
            0.6 + 0.3 * share,
            written,
            f"In a sample, {share:.0%} are valid numbers of {region}.",
        )


def _plate(column: ColumnValues, named: frozenset[str]) -> Iterator[Recognition]:
    upper = [value.upper() for value in column.values]
    shares = {
        country: float(np.mean([p.fullmatch(t) is not None for t in upper])) for country, p in patterns.PLATES.items()
    }
    country = max(shares, key=lambda name: shares[name])
    mask = column.matching(lambda text: patterns.PLATE.fullmatch(text) is not None and 4 <= len(text) <= 13)
    if "license_plate" in named and column.share(mask) >= 0.8:
        sure = shares[country] >= 0.8
        yield _found(
            column,
            "license_plate",
            "certain" if sure else "likely",
            0.9 if sure else 0.8,
            mask,
            "The column's name says so.",
        )
    elif shares[country] >= 0.98 and len(upper) >= 30 and "thing" not in named:
        letters = country in ("FR", "GB", "IT", "ES", "NL", "RU")
        hits = column.matching(lambda text: patterns.PLATES[country].fullmatch(text.upper()) is not None)
        state: State = "likely" if letters else "ask"
        yield _found(
            column, "license_plate", state, 0.75 if letters else 0.4, hits, f"Letters and digits as in {country}."
        )


def _coordinate(column: ColumnValues, named: frozenset[str]) -> Iterator[Recognition]:
    limit = 90 if "latitude" in named else 180 if "longitude" in named else 0
    if not limit:
        return
    mask = column.matching(lambda text: abs(float(text)) <= limit)
    fine = float(np.mean([len(value.partition(".")[2]) >= 3 for value in column.values]))
    if column.share(mask) == 1 and fine >= MOST:
        yield _found(
            column,
            "coordinates",
            "likely",
            0.85,
            mask,
            "The column's name says so; values are in range and have three decimal places or more.",
        )


def _address(column: ColumnValues, named: frozenset[str]) -> Iterator[Recognition]:
    housed, known = column.matching(has_house_number), column.matching(is_address)
    called = "postal_address" in named
    if called and (column.share(housed) >= MOST or column.share(known) >= 0.2):
        yield _found(
            column,
            "postal_address",
            "certain",
            0.95,
            housed,
            "The column's name says so, and there are streets with house numbers.",
        )
    elif called and "thing" not in named and _different(column) and column.share(column.matching(_has_words)) >= 0.8:
        yield _found(column, "postal_address", "likely", 0.7, column.matching(_has_words), "The column's name says so.")
    elif column.share(housed) >= 0.8 and column.share(known) >= 0.25 and "thing" not in named and len(housed) >= 5:
        yield _found(
            column,
            "postal_address",
            "likely",
            0.65 + 0.3 * column.share(known),
            housed,
            "Streets with house numbers.",
        )


def _has_words(text: str) -> bool:
    return sum(map(str.isalpha, text)) >= 4


def _different(column: ColumnValues) -> bool:
    """Whether values differ as those of persons do: more than a few dozen, or most of them once."""
    return column.distinct >= 30 or column.distinct >= 0.3 * column.cells


def _name(column: ColumnValues, named: frozenset[str]) -> Iterator[Recognition]:
    called, thing = "person_name" in named, "thing" in named
    some = column.values[:: max(1, len(column.values) // SOME_NAMES)]
    if np.mean([is_written_like_name(text) for text in some]) < (0.6 if called else 0.85) or not _different(column):
        return
    signs = name_signs(some)
    mask = column.matching(is_written_like_name)
    listed = max(signs.first, signs.last)
    if signs.company >= 0.2:
        return
    strong = signs.score >= NAMES and (signs.several < MOST or max(signs.first, signs.full) >= 0.18)
    why = f"In a sample, {signs.first:.0%} have a common first name and {signs.last:.0%} a common last name."
    if called and (strong or listed >= 0.2 or signs.likeness > 0):
        yield _found(
            column,
            "person_name",
            "certain" if strong else "likely",
            0.96 if strong else 0.8,
            mask,
            "The column's name says so.",
            why,
        )
    elif called and not thing and signs.several >= 0.6 and signs.plain < 0.3 and signs.city < 0.3:
        yield _found(
            column,
            "person_name",
            "likely",
            0.7,
            mask,
            "The column's name says so, and the values are written like names.",
            why,
        )
    elif called:
        yield _found(column, "person_name", "ask", 0.4, mask, "The column's name says so.", why)
    elif strong and not thing and len(some) >= 10:
        yield _found(column, "person_name", "likely", min(0.9, 0.6 + 0.3 * max(listed, signs.full)), mask, why)
    elif strong and signs.full >= MOST:
        yield _found(column, "person_name", "ask", 0.5, mask, why)


def _named_only(column: ColumnValues, named: frozenset[str]) -> Iterator[Recognition]:
    """Kinds without a form of their own, where the column's name says so and the values could be it."""
    for kind in ("account_name", "document_number", "iban", "payment_card"):
        mask = column.matching(lambda text: " " not in text.strip() and 3 <= len(text) <= 40)
        if kind in named and _different(column) and column.share(mask) >= 0.8:
            state: State = "likely" if kind in ("account_name", "document_number") else "ask"
            yield _found(column, kind, state, 0.7 if state == "likely" else 0.4, mask, "The column's name says so.")


def is_prose(text: str) -> bool:
    """Whether a text has four words or more, two of them (in scripts with capitals) in small letters."""
    parts = text.split()
    return (
        len(parts) >= 4
        and sum(part[0].islower() or not part[0].upper().isupper() for part in parts if part[0].isalpha()) > 1
    )


def _inside(column: ColumnValues) -> list[Recognition]:
    """What stands inside texts, or in a few cells of a column of something else; the most frequent kind first."""
    prose = float(np.mean([is_prose(value) for value in column.values])) >= PROSE
    seen = set(column.values)
    texts = [*column.values, *(text for text in column.candidates if text not in seen)]
    counts = [
        *column.counts.tolist(),
        *(n for t, n in zip(column.candidates, column.candidate_counts, strict=True) if t not in seen),
    ]
    cells: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    alone: Counter[str] = Counter()
    for text, count in zip(texts, counts, strict=True):
        spans = find_identifiers(text[:5_000], prose=prose)
        for kind in {span.type for span in spans}:
            cells[kind] += int(count)
        for span in spans:
            alone[span.type] += int(span.end - span.start >= len(text) - 1) * int(count)
            if len(shapes := examples.setdefault(span.type, [])) < 3:
                shapes.append(shape(text[span.start : span.end]))
    whole = column.cells if column.distinct == len(column.values) or not prose else column.looked_at_cells
    out = []
    for kind, matches in cells.most_common():
        few = matches < max(2, 0.002 * column.cells)
        weak = kind in ("person_name", "postal_address", "mac_address", "national_number", "ip_address")
        if weak and (few or matches < 0.01 * whole):
            state: State = "ask"
        else:
            state = "likely" if weak or kind in ("phone", "payment_card") else "certain"
        told = f"Written like {', '.join(dict.fromkeys(examples[kind]))}."
        out.append(
            Recognition(
                kind,
                state,
                {"certain": 0.95, "likely": 0.8, "ask": 0.4}[state],
                matches,
                round(min(1.0, matches / max(1, whole)), 4),
                alone[kind] < 0.5 * matches,
                len(texts),
                column.distinct,
                (f"Cells that hold {DIRECT[kind]}: {matches:,}.", told),
            )
        )
    if not prose:
        out += _among_others(column, {each.type for each in out})
    return sorted(out, key=lambda each: (each.state == "ask", -each.matches))


def _among_others(column: ColumnValues, known: set[str]) -> Iterator[Recognition]:
    """Full names among the values of a category: where most values of several words are names, those are."""
    several = column.matching(lambda text: len(text.split()) >= 2 and not any(map(str.isdigit, text)))
    if "person_name" in known or several.sum() < 2 or "thing" in kinds_named(column.name):
        return
    mask = several & column.matching(is_full_name)
    if mask.sum() >= 2 and mask.sum() >= FULL * several.sum():
        yield _found(column, "person_name", "likely", 0.6, mask, f"{mask.sum():,} values are full names.")
