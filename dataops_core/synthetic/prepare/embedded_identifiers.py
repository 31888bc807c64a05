"""Personal data inside cells: addresses, numbers and full names that stand among other words, or in a column where they
are few. What they are, the recognizer of the house says (dataops_core/privacy).
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from dataops_core.privacy import DIRECT
from dataops_core.privacy.identifiers.free_text import find_identifiers
from dataops_core.privacy.identifiers.person_names import is_full_name
from dataops_core.privacy.recognize_column import PROSE, is_prose

NAMES = DIRECT["person_name"]
_ALL = 20_000  # different texts up to which each is searched for names and addresses too
# of the different values that have several words and no digit: so many must be full names before any counts as one
MOST = 0.6
WRITTEN = 0.8  # share of the different values that must be written like names for the question whether they are
_DIGITS = re.compile(r"\d[\d\s()./-]{4,}\d")
LONG = 9  # digits of whole numbers that tell people apart, at least: of telephones, accounts, insurances
ALIKE = 0.9  # share of cells with as many digits as most have, or one more or less


def inside(cells: pd.Series) -> tuple[str, np.ndarray]:
    """What personal data stands in a column of text, by its most frequent sort, and in which cells (rows,); "" where
    there is none.
    """
    codes, values = pd.factorize(cells, use_na_sentinel=True)
    texts = [str(value) for value in values]
    some = texts[:: max(1, len(texts) // 3_000)]
    prose = bool(some) and float(np.mean([is_prose(text) for text in some])) >= PROSE
    kinds = [
        {span.type for span in find_identifiers(text[:5_000], prose=len(texts) <= _ALL or bool(_DIGITS.search(text)))}
        for text in texts
    ]
    hits = {
        what: np.array([kind in found for found in kinds], dtype=bool)
        for kind, what in DIRECT.items()
        if prose or kind not in ("person_name", "postal_address")
    }
    words = np.array([len(text.split()) >= 2 and not re.search(r"\d", text) for text in texts], dtype=bool)
    named = np.array([several and is_full_name(text) for several, text in zip(words, texts, strict=True)], dtype=bool)
    if named.sum() >= 2 and named.sum() >= MOST * words.sum():
        hits[NAMES] = hits.get(NAMES, np.zeros(len(texts), dtype=bool)) | named
    counts = {what: int(mask[codes[codes >= 0]].sum()) for what, mask in hits.items() if len(texts)}
    most = max(counts, key=lambda what: counts[what], default="")
    whole = np.any(list(hits.values()), axis=0) if texts else np.zeros(0, dtype=bool)
    return (most if counts.get(most) else ""), np.append(whole, False)[codes]


def like_names(cells: pd.Series) -> bool:
    """Whether most different values are two or three capitalised words, as names of people are in most scripts:
    somebody should look.
    """
    values = [str(value).split() for value in cells.dropna().unique()]
    named = [
        2 <= len(words) <= 3
        and all(word[0].isupper() and word.strip(".,'’-").replace("-", "").isalpha() for word in words)
        for words in values
    ]
    return len(values) >= 2 and sum(named) >= WRITTEN * len(values)


def long_numbers(cells: pd.Series) -> bool:
    """Whether whole numbers are long and of one length, as those of telephones and accounts are, and as amounts are
    not.
    """
    known = cells.dropna().to_numpy(dtype="float64")
    known = np.abs(known[np.isfinite(known)])
    if not len(known) or not np.all(known == np.round(known)) or len(np.unique(known)) < 3:
        return False
    digits = np.floor(np.log10(np.maximum(known, 1))) + 1
    return bool(np.median(digits) >= LONG and np.mean(np.abs(digits - np.median(digits)) <= 1) >= ALIKE)
