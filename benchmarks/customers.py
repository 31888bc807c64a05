"""A made table of customers, as CSV or Parquet: `python -m benchmarks.customers OUT ROWS [COLUMNS]`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

PIECE = 500_000  # rows made at a time, so that ten million rows fit as well
SYLLABLES = [
    "an",
    "bel",
    "cor",
    "dan",
    "el",
    "fra",
    "gor",
    "hel",
    "is",
    "jo",
    "ka",
    "lin",
    "mar",
    "nor",
    "ol",
    "pet",
    "ros",
    "sa",
    "tom",
    "ver",
]
COUNTRIES = ["DE", "FR", "IT", "NO", "CH", "ES", "PL", "GB"]
DOMAINS = ["@example.com", "@example.org", "@example.net", "@mail.example"]
WORDS = (
    "the customer called about an order that came late and asked for money back we sent new parts on monday bill was"
    " paid twice please check address before delivery gate code changed dog in garden prefers phone contact in morning"
    " no answer yet see file"
)


def made_names(rng: np.random.Generator, count: int, syllables: int) -> np.ndarray:
    """Names that nobody has, as an array of objects."""
    parts = rng.choice(SYLLABLES, (count, syllables))
    return np.array(["".join(each).capitalize() for each in parts], dtype=object)


def customers(start: int, rows: int) -> pd.DataFrame:
    """Rows of the table from `start` on: keys, names, addresses, codes, dates, numbers, truth values and remarks."""
    fixed, rng = np.random.default_rng(1), np.random.default_rng([2, start])
    first, last, streets, cities = (made_names(fixed, *size) for size in ((600, 2), (8000, 3), (3000, 3), (400, 3)))
    chosen = {
        name: pool[np.minimum(rng.zipf(1.3, rows) - 1, len(pool) - 1)]
        for name, pool in (("first", first), ("last", last), ("city", cities))
    }
    numbers = np.arange(start, start + rows)
    joined = rng.integers(1_400_000_000, 1_700_000_000, rows)
    words = np.array(WORDS.split())
    ends = np.cumsum(rng.integers(4, 21, rows))
    remarks = [" ".join(some) for some in np.split(words[rng.integers(0, len(words), ends[-1])], ends[:-1])]
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{number:08d}" for number in numbers],
            "first_name": chosen["first"],
            "last_name": chosen["last"],
            "email": [
                f"{a}.{b}{n}{d}".lower()
                for a, b, n, d in zip(chosen["first"], chosen["last"], numbers, rng.choice(DOMAINS, rows), strict=True)
            ],
            "phone": [
                f"+49 {area} {line}"
                for area, line in zip(rng.integers(30, 999, rows), rng.integers(10**6, 10**7, rows), strict=True)
            ],
            "street": [
                f"{a} Street {n}"
                for a, n in zip(streets[rng.integers(0, len(streets), rows)], rng.integers(1, 200, rows), strict=True)
            ],
            "city": chosen["city"],
            "postcode": [f"{code:05d}" for code in rng.integers(1000, 99_999, rows)],
            "country": rng.choice(COUNTRIES, rows, p=[0.4, 0.2, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05]).astype(object),
            "birth_date": (
                (rng.integers(-1_000_000_000, 1_100_000_000, rows) // 86_400 * 86_400).astype("datetime64[s]")
            ),
            "registered": joined.astype("datetime64[s]"),
            "last_order": (joined + rng.integers(0, 60_000_000, rows)).astype("datetime64[s]"),
            "orders": rng.poisson(6, rows),
            "visits": rng.integers(0, 5000, rows),
            "balance": rng.normal(100, 250, rows),
            "score": rng.random(rows),
            "revenue": rng.gamma(2, 300, rows).round(2),
            "discount": rng.choice([0.0, 0.05, 0.1, 0.15, 0.25], rows),
            "active": rng.random(rows) < 0.7,
            "note": np.array(remarks, dtype=object),
        }
    )
    for name, share in {
        "email": 0.03,
        "phone": 0.1,
        "city": 0.01,
        "last_order": 0.2,
        "balance": 0.02,
        "revenue": 0.05,
        "note": 0.4,
    }.items():
        frame.loc[rng.random(rows) < share, name] = None
    spaced = rng.random(rows) < 0.002
    frame.loc[spaced, "city"] = " " + frame.loc[spaced, "city"]
    return frame


def make(path: Path, rows: int, columns: int = 20) -> None:
    """Write the table, piece by piece; columns beyond the twenty are numbers."""
    writer: pq.ParquetWriter | None = None
    for start in range(0, rows, PIECE):
        frame = customers(start, min(PIECE, rows - start))
        for extra in range(20, columns):
            frame[f"measure_{extra}"] = np.random.default_rng([extra, start]).normal(50, 9, len(frame)).round(1)
        if path.suffix == ".csv":
            frame["active"] = frame["active"].map({True: "true", False: "false"})
            frame.to_csv(path, index=False, mode="a" if start else "w", header=not start)
            continue
        piece = pa.Table.from_pandas(frame, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, piece.schema)
        writer.write_table(piece.cast(writer.schema))
    if writer:
        writer.close()


if __name__ == "__main__":
    make(Path(sys.argv[1]), *map(int, sys.argv[2:]))
