"""Columns that hold the names of persons."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from dataops_core.privacy.identifiers.name_lists import cities, first_names, last_names, name_likeness, words

TITLES = (
    r"(?:dr|mr|mrs|ms|miss|mx|prof|sir|herr|frau|hr|fr|mme|mlle|monsieur|madame|mevr|dhr|sr|sra|sr\.ª"
    r"|don|doña|sig|pan|pani)"
)
PARTICLES = {
    "van", "von", "de", "der", "den", "del", "di", "da", "dos", "das", "la", "le", "el", "bin", "al", "ter", "ten",
    "te",
    "du", "des", "della", "af", "av", "ben", "ibn", "y", "e", "het", "in", "t", "zu", "zum", "op", "st",
}  # fmt: skip
_TITLE = re.compile(rf"^{TITLES}\.?\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]*)*\.?")
COMPANY = re.compile(
    r"\b(?:gmbh|ag|kg|ohg|ltd|limited|inc|llc|plc|corp|co|company|sa|srl|spa|s\.?p\.?a|sarl|bv|nv|oy|ab"
    r"|group|holding|bank|hotel"
    r"|school|shop|store|services?|solutions?|systems?|partners|trading|industries|foundation|university"
    r"|club|verein|e\.?v"
    r"|ооо|зао|ltda|sp\. z o\.o)\b\.?|&",
    re.IGNORECASE,
)

NAMES = 0.11  # measured: names of ten locales score 0.18 or more, what is no name 0.04 or less (`make bench-pii`)


@dataclass(frozen=True)
class NameSigns:
    """Shares of the values (one text each) that bear a sign of names of persons."""

    written: float  # one to five words that begin with capitals, particles aside, without digits
    several: float  # two words or more
    first: float  # a word in the list of first names
    last: float  # a word in the list of last names
    full: float  # one word in each
    city: float  # the whole a town
    plain: float  # a plain word in it
    company: float
    likeness: float

    @property
    def score(self) -> float:
        """Lists and letters weighed together: above NAMES for columns of names, below it for towns, firms, goods."""
        return max(self.first, self.last) + self.likeness - 0.3 * (self.plain + self.city)


def name_parts(text: str) -> list[str]:
    """The words of a text that could be parts of a name, titles and particles left out."""
    bare = _TITLE.sub("", text.strip())
    return [part for part in re.split(r"[,\s]+", bare) if part and part.lower() not in PARTICLES]


def is_written_like_name(text: str) -> bool:
    """Whether a text has the form of a name of a person: one to five words with capitals.

    >>> is_written_like_name("Joëlle van Putten"), is_written_like_name("Take 2"), is_written_like_name("all in lower")
    (True, False, False)
    """
    parts = name_parts(text)
    cased = text.upper() != text.lower()
    return 1 <= len(parts) <= 5 and all(
        _WORD.fullmatch(part) is not None and (not cased or part[0].isupper()) for part in parts
    )


def name_signs(texts: list[str]) -> NameSigns:
    """What speaks for names of persons in some different texts."""
    parts = [[part.lower() for part in name_parts(text)] for text in texts]
    first, last, known, towns = first_names(), last_names(), words(), cities()

    def share(marks: list[bool]) -> float:
        return float(np.mean(marks)) if marks else 0.0

    halves = [[half for part in some for half in {part, *part.split("-")}] for some in parts]
    return NameSigns(
        written=share([is_written_like_name(text) for text in texts]),
        several=share([len(some) > 1 for some in parts]),
        first=share([any(part in first for part in some) for some in halves]),
        last=share([any(part in last for part in some) for some in halves]),
        full=share(
            [any(a in first and b in last for i, a in enumerate(s) for j, b in enumerate(s) if i != j) for s in parts]
        ),
        city=share([text.strip().lower() in towns for text in texts]),
        plain=share([any(part in known for part in some) for some in parts]),
        company=share([COMPANY.search(text) is not None for text in texts]),
        likeness=name_likeness([part for some in parts for part in some]),
    )


def is_full_name(text: str) -> bool:
    """Whether a text is two to four capitalized words of which one is a listed first name and another a last name."""
    parts = name_parts(text)
    if not 2 <= len(parts) <= 4 or not all(part[:1].isupper() for part in parts):
        return False
    lower = [part.lower() for part in parts]
    first, last = first_names(), last_names()
    return any(a in first and b in last for i, a in enumerate(lower) for j, b in enumerate(lower) if i != j)
