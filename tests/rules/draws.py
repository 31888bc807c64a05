"""Sources from which tables are drawn, again and again: what a clean second file of the same kind looks like."""

from __future__ import annotations

import numpy as np
import pandas as pd

TOWNS = {
    "1012": ("Amsterdam", "Noord-Holland"),
    "2611": ("Delft", "Zuid-Holland"),
    "3011": ("Rotterdam", "Zuid-Holland"),
    "3511": ("Utrecht", "Utrecht"),
    "5611": ("Eindhoven", "Noord-Brabant"),
    "6211": ("Maastricht", "Limburg"),
    "7511": ("Enschede", "Overijssel"),
    "9711": ("Groningen", "Groningen"),
}
FIRST = [
    "Anna",
    "Bram",
    "Carla",
    "Daan",
    "Eva",
    "Femke",
    "Gijs",
    "Hanna",
    "Iris",
    "Jan",
    "Kees",
    "Lotte",
    "Maud",
    "Noor",
    "Otto",
    "Piet",
    "Rosa",
    "Sem",
    "Tess",
    "Ugo",
]
LAST = [
    "Bakker",
    "Visser",
    "Smit",
    "Mulder",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "Dekker",
    "Brouwer",
    "Koning",
    "Prins",
    "Jansen",
    "Kuiper",
    "Maas",
]


def orders(seed: int, rows: int = 2_000) -> pd.DataFrame:
    """Orders of a shop."""
    rng = np.random.default_rng([1, seed])
    zips = rng.choice(list(TOWNS), rows)
    ordered = np.datetime64("2024-01-01") + rng.integers(0, 700, rows)
    days = rng.integers(0, 15, rows)
    quantity = rng.geometric(0.4, rows)
    price = np.round(rng.lognormal(3, 0.6, rows), 2)
    net = np.round(quantity * price, 2)
    status = rng.choice(["open", "shipped", "closed"], rows, p=[0.2, 0.3, 0.5])
    closed_on = (ordered + days + 3).astype("datetime64[us]")
    number = seed % 90 * 1_000_000 + rng.permutation(rows * 3)[:rows]
    names = [f"{a} {b}" for a, b in zip(rng.choice(FIRST, rows), rng.choice(LAST, rows), strict=True)]
    return pd.DataFrame(
        {
            "order_id": [f"ORD-{n:08d}" for n in number],
            "customer": names,
            "email": [
                f"{name.replace(' ', '.').lower()}{n % 97}@example.com" for name, n in zip(names, number, strict=True)
            ],
            "zip": zips,
            "town": [TOWNS[each][0] for each in zips],
            "province": [TOWNS[each][1] for each in zips],
            "ordered_on": ordered.astype("datetime64[us]"),
            "shipped_on": (ordered + days).astype("datetime64[us]"),
            "quantity": quantity,
            "price": price,
            "net": net,
            "tax": np.round(net * 0.21, 2),
            "gross": np.round(net + np.round(net * 0.21, 2), 2),
            "status": status,
            "closed_on": pd.Series(closed_on).where(status == "closed"),
            "rating": rng.choice([1, 2, 3, 4, 5], rows, p=[0.05, 0.1, 0.2, 0.35, 0.3]),
            "weight": np.round(rng.gamma(3, 0.7, rows), 3),
        }
    )


def patients(seed: int, rows: int = 1_500) -> pd.DataFrame:
    """Visits of patients."""
    rng = np.random.default_rng([2, seed])
    sex = rng.choice(["female", "male"], rows)
    age = np.clip(rng.normal(52, 18, rows), 0, 104).round().astype(int)
    low = rng.normal(78, 9, rows).round()
    ward, heads = rng.integers(0, 6, rows), ["Bos", "Vos", "Maas", "Prins", "Smit", "Kuiper"]
    born = np.datetime64("1935-01-01") + rng.integers(0, 29_000, rows)
    return pd.DataFrame(
        {
            "patient": rng.permutation(rows) + 100_000 + seed * 10_000_000,
            "sex": sex,
            "age": age,
            "born_on": born.astype("datetime64[us]"),
            "ward": [f"W{each + 1}" for each in ward],
            "head": [heads[each] for each in ward],
            "pressure_low": low,
            "pressure_high": low + rng.gamma(8, 5, rows).round() + 1,
            "temperature": np.round(rng.normal(37, 0.5, rows), 1),
            "pregnant": pd.array(np.where(sex == "male", False, rng.random(rows) < 0.2), dtype="boolean"),
            "weight": np.round(rng.normal(75, 14, rows).clip(30), 1),
            "visits": rng.poisson(3, rows),
            "blood": rng.choice(["A", "B", "AB", "0"], rows, p=[0.42, 0.09, 0.04, 0.45]),
            "phone": [f"0{rng.integers(10, 99)}-{rng.integers(1_000_000, 9_999_999)}" for _ in range(rows)],
            "remark": [" ".join(rng.choice(FIRST + LAST, rng.integers(2, 12))) for _ in range(rows)],
            "insured": rng.choice(["yes", "no"], rows, p=[0.97, 0.03]),
        }
    )


def meters(seed: int, rows: int = 4_000) -> pd.DataFrame:
    """Readings of meters."""
    rng = np.random.default_rng([3, seed])
    start = np.datetime64("2025-01-01T00:00", "m") + seed * rows * 15
    power = rng.exponential(2.5, rows).round(3)
    return pd.DataFrame(
        {
            "reading": np.arange(rows) + 1 + seed * rows,
            "at": (start + 15 * np.arange(rows)).astype("datetime64[us]"),
            "meter": [f"M{each:03d}" for each in rng.integers(0, 40, rows)],
            "power": power,
            "voltage": rng.normal(230, 3, rows).round(1),
            "energy": (power * 0.25).round(4),
            "frequency": rng.uniform(49.9, 50.1, rows).round(3),
            "phase": rng.integers(1, 4, rows),
            "valid": pd.array(rng.random(rows) < 0.98, dtype="boolean"),
            "temperature": rng.normal(12, 9, rows).round(1),
            "heavy": rng.pareto(1.5, rows).round(3),
            "bimodal": np.where(rng.random(rows) < 0.5, rng.normal(10, 1, rows), rng.normal(50, 4, rows)).round(2),
            "note": np.where(rng.random(rows) < 0.7, None, rng.choice(["ok", "check", "late"], rows)),
        }
    )


SOURCES = {"orders": orders, "patients": patients, "meters": meters}
