"""Wrong date parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from dataops_core.checks.check import Hit, check
from dataops_core.checks.derived import with_days_swapped
from dataops_core.checks.table_view import TableView
from dataops_core.checks.wording import cell
from dataops_core.wording import counted

FEWEST_TURNED = 3  # dates with day and month exchanged
HOLDS = 0.9  # of the rows with both, in which the column holds the part
FEWEST, PARTS = 50, 3  # rows with both; different parts in them
MOST_DATES, MOST_NUMBERS = 12, 400  # columns; different numbers of a column of parts
MOST_WORDS = 40  # different words of a column of weekdays or months
WEEKDAYS = (
    "monday mon montag mo lundi lun lunes maandag ma lunedì poniedziałek",
    "tuesday tue tues dienstag di mardi mar martes dinsdag martedì wtorek",
    "wednesday wed mittwoch mi mercredi mer miércoles mié woensdag wo mercoledì środa",
    "thursday thu thur thurs donnerstag do jeudi jeu jueves jue donderdag giovedì gio czwartek",
    "friday fri freitag fr vendredi ven viernes vie vrijdag vr venerdì piątek",
    "saturday sat samstag sonnabend sa samedi sam sábado sáb zaterdag za sabato sobota",
    "sunday sun sonntag so dimanche dim domingo dom zondag zo domenica niedziela",
)
MONTHS = (
    "january jan januar januari janvier janv enero ene gennaio gen styczeń",
    "february feb februar februari février févr febrero febbraio luty",
    "march mar märz mär mrz maart mrt mars marzo marzec",
    "april apr avril avr abril abr aprile kwiecień",
    "may mai mei mayo maggio maj",
    "june jun juni juin junio giugno giu czerwiec",
    "july jul juli juillet juil julio luglio lug lipiec",
    "august aug août agosto ago augustus sierpień",
    "september sep sept septembre septiembre settembre set wrzesień",
    "october oct oktober okt octobre octubre ottobre ott październik",
    "november nov novembre noviembre listopad",
    "december dec dezember dez décembre déc diciembre dic dicembre grudzień",
)


def _by_word(groups: tuple[str, ...]) -> Mapping[str, int]:
    return {word: number for number, words in enumerate(groups, 1) for word in words.split()}


RANGES = {"year": (1500, 2200), "month": (1, 12), "day": (1, 31), "quarter": (1, 4), "weekday": (1, 7)}  # as numbers
NAMED = {"weekday": _by_word(WEEKDAYS), "month": _by_word(MONTHS)}


@check(
    "Wrong date parts",
    group="Dates",
    scope="table",
    no_fix="Which of the two is wrong, only the source knows; where it is the part, compute it anew from the date.",
)
def wrong_date_parts(look: TableView) -> Iterator[Hit]:
    """A weekday, month, quarter, year or day of the month in a column of its own that is not that of the row's date.

    One of the two is wrong, and whoever groups by the part counts the row in the wrong place.
    """
    dates = look.named(types=["datetime"], as_meant=True)[:MOST_DATES]
    for name in look.named(least=PARTS) if dates else ():
        held = _parts(look, name) if name not in dates else {}
        for date in dates if held else ():
            hits = list(_wrong(look, name, held, date))
            yield from hits
            if hits:
                break


def _wrong(look: TableView, name: str, held: Mapping[str, np.ndarray], date: str) -> Iterator[Hit]:
    """The rows in which a column, of which `held` says what parts its cells may be, does not hold that of a date; apart
    those in which it is that of the date with day and month exchanged.
    """
    moments = look.meant(date).moments
    for part, own in held.items():
        right = _of_date(moments, part)
        both = np.isfinite(own) & np.isfinite(right)
        mask = both & (own != right)
        if both.sum() < FEWEST or len(np.unique(right[both])) < PARTS or mask.sum() > (1 - HOLDS) * both.sum():
            continue
        turned = mask & (_of_date(_turned(moments), part) == own)
        if turned.sum() < FEWEST_TURNED or turned.sum() < mask.sum() / PARTS:  # some weekdays fit by chance
            turned[:] = False
        if (mask & ~turned).any():
            yield Hit(mask & ~turned, f"{_message(look, mask & ~turned, name, (part, date))}.", columns=(name, date))
        if turned.any():
            said = f"{_message(look, turned, name, (part, date))}; with day and month exchanged it is."
            yield Hit(turned, said, columns=(date,))
        return


def _message(look: TableView, rows: np.ndarray, name: str, of: tuple[str, str]) -> str:
    part, date = of
    row = np.flatnonzero(rows)[:1]
    shown, day = look.cells(name).at(row)[0].as_py(), cell(str(look.meant(date).moments[row[0]])[:10], quotes=False)
    return f"{name} is not the {part} of {date} in {counted(rows.sum(), 'row')}: {cell(shown)} beside {day}"


def _parts(look: TableView, name: str) -> dict[str, np.ndarray]:
    """What parts of a date the cells of a column may be: numbers, NaN where a cell is none (rows,)."""
    cells = look.meant(name)
    if cells.type == "text" and look.distinct(name) <= MOST_WORDS:
        words = [str(value).strip().strip(".").casefold() for value in look.values(name)]
        found = {}
        for part, named in NAMED.items():
            known = np.array([float(named.get(word, np.nan)) for word in words] + [np.nan])
            if np.isfinite(known).sum() >= PARTS:
                found[part] = known[look.codes(name)]
        return found
    if cells.type not in ("integer", "decimal") or look.distinct(name) > MOST_NUMBERS:
        return {}
    numbers = cells.numbers
    there = numbers[np.isfinite(numbers)]
    return {
        part: numbers
        for part, (low, high) in RANGES.items()
        if len(there) and ((there >= low) & (there <= high)).mean() >= HOLDS
    }


def _turned(moments: np.ndarray) -> np.ndarray:
    """Dates with day and month exchanged; NaT where there is no such day (rows,)."""
    seconds = np.where(np.isnat(moments), np.nan, moments.astype("datetime64[s]").astype(float))
    made = with_days_swapped(seconds)
    return np.where(np.isnan(made), np.datetime64("NaT"), np.nan_to_num(made).astype("int64").astype("datetime64[s]"))


def _of_date(moments: np.ndarray, part: str) -> np.ndarray:
    """A part of each date as a number; NaN where it is missing (rows,)."""
    days = moments.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    since = months.astype("int64")
    number = {
        "weekday": (days.astype("int64") + 3) % 7 + 1,
        "month": since % 12 + 1,
        "quarter": since % 12 // 3 + 1,
        "year": since // 12 + 1970,
        "day": (days - months).astype("int64") + 1,
    }[part]
    return np.where(np.isnat(moments), np.nan, number.astype(float))
