"""What people write where they know nothing: words, numbers, dates."""

from __future__ import annotations

WORDS = {
    "?",
    "??",
    "???",
    "-",
    "--",
    "---",
    ".",
    "..",
    "...",
    "n/a",
    "na",
    "n.a.",
    "nan",
    "null",
    "nil",
    "none",
    "unknown",
    "unk",
    "n/k",
    "not available",
    "not known",
    "not specified",
    "not given",
    "not applicable",
    "missing",
    "undefined",
    "tbd",
    "tba",
    "xxx",
    "xx",
    "#n/a",
    "empty",
    "(blank)",
    "blank",
    "no data",
    "no answer",
    "unbekannt",
    "k.a.",
    "inconnu",
    "#value!",
    "#ref!",
    "#null!",
    "-999",
    "-9999",
    "9999",
    "99999",
    "999999",
    "-99",
    "1900-01-01",
    "0000-00-00",
}
# what programs write for "nothing"
PLAIN_MISSING = {
    "NA",
    "N/A",
    "n/a",
    "#N/A",
    "NULL",
    "null",
    "NaN",
    "nan",
    "<NA>",
    ".",
}
CODES = (-1, -9, -99, -999, -9999, -99999, 99, 999, 9999, 99999, 999999, 9999999)
DATES = (
    "1900-01-01",
    "1899-12-31",
    "1899-12-30",
    "1901-01-01",
    "1904-01-01",
    "1970-01-01",
    "1111-11-11",
    "9999-12-31",
    "0001-01-01",
    "2099-12-31",
)


def means_missing(text: str) -> bool:
    """Whether a text is one of the usual words for "nothing known"."""
    return text.strip().casefold() in WORDS
