"""What people write where they know nothing: words, numbers, dates."""

from __future__ import annotations

import re

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
    "n/d",
    "n.d.",
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
    "k. a.",
    "keine angabe",
    "keine angaben",
    "nicht bekannt",
    "n. a.",
    "n. d.",
    "nicht angegeben",
    "sans réponse",
    "non connu",
    "onbekend",
    "desconocido",
    "sconosciuto",
    "inconnu",
    "not recorded",
    "not reported",
    "not provided",
    "not stated",
    "to be confirmed",
    "to be determined",
    "n.n.",
    "s.n.",
    "[s.n.]",
    "n.c.",
    "non renseigné",
    "non communiqué",
    "entfällt",
    "brak",
    "brak danych",
    "b.d.",
    "nieznany",
    "sin datos",
    "no consta",
    "desconhecido",
    "não informado",
    "n.v.t.",
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


NO_DAY = r"^(?:99[./-]99[./-]9{2,4}|00[./-]00[./-]0{2,4}|9{4}[./-]99[./-]99|0{4}[./-]00[./-]00)$"
_NO_DAY = re.compile(NO_DAY)


def means_missing(text: str) -> bool:
    """Whether a text is one of the usual words for "nothing known", or a date of nothing but nines or zeros.

    >>> means_missing("Unknown"), means_missing("99/99/9999"), means_missing("09/09/1999")
    (True, True, False)
    """
    bare = text.strip().casefold()
    return bare in WORDS or (bare[:1] in ("0", "9") and _NO_DAY.fullmatch(bare) is not None)
