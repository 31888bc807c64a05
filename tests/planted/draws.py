"""What the clean tables are drawn from: words of the world, and columns of text cells."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

CITIES = (  # the most common first; names that look alike are different places
    ("Berlin", "Germany"),
    ("Zürich", "Switzerland"),
    ("Wien", "Austria"),
    ("München", "Germany"),
    ("Köln", "Germany"),
    ("St. Gallen", "Switzerland"),
    ("Paris", "France"),
    ("Saint-Étienne", "France"),
    ("Málaga", "Spain"),
    ("Madrid", "Spain"),
    ("Düsseldorf", "Germany"),
    ("Salzburg", "Austria"),
    ("Genève", "Switzerland"),
    ("Portland", "United States"),
    ("Cortland", "United States"),
    ("L'Aquila", "Italy"),
    ("Milano", "Italy"),
    ("'s-Hertogenbosch", "Netherlands"),
    ("Den Haag", "Netherlands"),
    ("Göteborg", "Sweden"),
    ("Malmö", "Sweden"),
    ("Łódź", "Poland"),
    ("Kraków", "Poland"),
    ("Sydney", "Australia"),
    ("Newcastle", "Australia"),
    ("Tehran", "Iran"),
    ("Baghdad", "Iraq"),
    ("São Paulo", "Brazil"),
    ("Reykjavík", "Iceland"),
    ("Dublin", "Ireland"),
    ("Lublin", "Poland"),
    ("Freiburg", "Germany"),
    ("Fribourg", "Switzerland"),
    ("Linz", "Austria"),
    ("Lienz", "Austria"),
    ("Graz", "Austria"),
    ("Abidjan", "Côte d'Ivoire"),
    ("Niamey", "Niger"),
    ("Lagos", "Nigeria"),
    ("Bratislava", "Slovakia"),
    ("Ljubljana", "Slovenia"),
    ("Perth", "Australia"),
)
FIRST = (
    "Anna",
    "Jonas",
    "María",
    "Luca",
    "Zoë",
    "Émile",
    "Fatima",
    "Piotr",
    "Sinéad",
    "Björn",
    "Aisha",
    "Mehmet",
    "Clara",
    "Tomás",
    "Ingrid",
    "David",
)
LAST = (
    "Müller",
    "O'Brien",
    "García",
    "Nowak",
    "van Dijk",
    "Rossi",
    "Johansson",
    "Haddad",
    "Keller",
    "Dubois",
    "Silva",
    "Novák",
    "Okafor",
    "Yılmaz",
    "Meyer",
    "Brandt",
    "Lindqvist",
    "Moreau",
)


def number(values: np.ndarray, digits: int = 0) -> np.ndarray:
    """Numbers as a CSV holds them."""
    return np.array([f"{value:.{digits}f}" for value in (np.round(values, digits) + 0.0).tolist()], dtype=object)


def iso(moments: np.ndarray, unit: str = "D") -> np.ndarray:
    """Days, or moments to the minute ('m') or second ('s')."""
    cells = np.datetime_as_string(moments.astype(f"datetime64[{unit}]"))
    return (cells if unit == "D" else np.char.replace(cells, "T", " ")).astype(object)


def days(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


def code(pattern: str, values: np.ndarray) -> np.ndarray:
    return np.array([pattern.format(value) for value in values.tolist()], dtype=object)


def some(
    rng: np.random.Generator, values: Sequence[str], rows: int, weights: Sequence[float] | None = None
) -> np.ndarray:
    """Draw from categories; without weights the first is the most common and none is rare."""
    shares = np.array(weights if weights is not None else 1 / (np.arange(len(values)) + 3), dtype=float)
    return np.array(values, dtype=object)[rng.choice(len(values), rows, p=shares / shares.sum())]


def blank(rng: np.random.Generator, cells: np.ndarray, share: float) -> np.ndarray:
    """A few cells missing, as in every honest table."""
    out = cells.copy()
    out[rng.random(len(out)) < share] = None
    return out


def season(rng: np.random.Generator, rows: int, first: str, last: str, peak: float) -> np.ndarray:
    """Sorted days from first to last, more of them around `peak` (a share of the year), fewer on Sundays."""
    span = np.arange(days(first), days(last) + 1)
    week = (span.astype(int) + 3) % 7
    weight = (1.3 + np.cos(2 * np.pi * (np.arange(len(span)) / 365.25 - peak))) * np.where(week == 6, 0.35, 1.0)
    return np.sort(span[rng.choice(len(span), rows, p=weight / weight.sum())])


def sentences(
    rng: np.random.Generator, rows: int, openings: Sequence[str], middles: Sequence[str], ends: Sequence[str]
) -> np.ndarray:
    """Free text of one to three parts and a number now and then, so that few are alike."""
    one, two, three = (
        np.array(part, dtype=object)[rng.integers(0, len(part), rows)] for part in (openings, middles, ends)
    )
    figure, form = rng.integers(2, 4000, rows), rng.integers(0, 4, rows)
    return np.array(
        [
            (f"{a} {b}, {c}.", f"{a} {b} (ref {n}).", f"{a} {b}.", f"{a} {b}, {c}; see {n}.")[f]
            for a, b, c, n, f in zip(one, two, three, figure.tolist(), form.tolist(), strict=True)
        ],
        dtype=object,
    )


def person(key: np.ndarray) -> np.ndarray:
    """An invented name for each number; the same number has the same name."""
    initials = np.array([f" {letter}. " for letter in "ABCDEFGHJKLMNPRST"], dtype=object)
    first, last = np.array(FIRST, dtype=object), np.array(LAST, dtype=object)
    return first[key % len(FIRST)] + initials[key // 7 % 17] + last[key // 16 % len(LAST)]
