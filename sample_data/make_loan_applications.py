"""Make the sample table of loan applications: invented people, known faults, the same bytes every time.

    python sample_data/make_loan_applications.py        rewrites sample_data/loan_applications.csv

`make()` returns the table, the table without its faults, and for every fault the rows that have it, so that tests can
hold what the workbench finds and repairs against what was put in.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

SEED = 20240229
PEOPLE = 4900
COPIES = 60
FILE = Path(__file__).with_name("loan_applications.csv")

SYLLABLES = ("ba", "du", "fe", "go", "ha", "jo", "ka", "li", "mo", "ne", "pa", "ri", "sa", "te", "vo", "wi", "ya", "zu")
ENDINGS = ("dam", "ker", "lstra", "mer", "nga", "rsen", "ster", "veld")
CITIES = {  # share of the people, and the way it is misspelled
    "Amsterdam": (0.3, "Amsterdm"),
    "Rotterdam": (0.22, "Roterdam"),
    "Utrecht": (0.16, "Utrect"),
    "Eindhoven": (0.13, "Eindhovn"),
    "Groningen": (0.11, "Gronigen"),
    "Zwolle": (0.08, "Zwole"),
}
IMPOSSIBLE_AGES = (-5, 0, 199, 240)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Sample(NamedTuple):
    """The table as written, the same rows without faults, and the rows (0 = first data row) that have each fault."""

    table: pd.DataFrame
    clean: pd.DataFrame
    faults: dict[str, list[int]]


def make() -> Sample:
    """The whole sample, from the seed."""
    rng = np.random.default_rng(SEED)
    clean = people(rng)
    table, marks = with_faults(clean, rng)
    order = np.concatenate([np.arange(PEOPLE), rng.choice(PEOPLE, COPIES, replace=False)])
    order = order[np.argsort(rng.random(len(order)), kind="stable")]
    faults = {name: np.flatnonzero(mark[order]).tolist() for name, mark in marks.items()}
    faults["exact duplicate"] = np.flatnonzero(pd.Series(order).duplicated()).tolist()
    return Sample(table.iloc[order].reset_index(drop=True), clean.iloc[order].reset_index(drop=True), faults)


def people(rng: np.random.Generator) -> pd.DataFrame:
    """Applications as they really were: no fault, but an outcome that treats groups differently."""
    n = PEOPLE
    woman, migrant = rng.random(n) < 0.48, rng.random(n) < 0.24
    age = 20 + (rng.random(n) * rng.random(n) * 55 + rng.random(n) * 6).astype(int)
    employed = np.minimum(age - 18, (rng.random(n) ** 2 * 30).astype(int))
    spread = sum(rng.random(n) for _ in range(4)) - 2  # bell-shaped, from uniform numbers only: stable everywhere
    income = (2900 + 45 * employed - 260 * woman - 180 * migrant + 1300 * spread).clip(900).round(-1).astype(int)
    amount = ((2 + rng.random(n) * 58) * 500).astype(int) // 50 * 50
    debt = np.where(rng.random(n) < 0.4, 0, (rng.random(n) ** 2 * 20000).astype(int))
    # The unfair part: of people with equal income, amount, debt and employment, women and migrants are granted less.
    score = (income - 2900) / 900 - amount / 15000 - debt / 12000 + employed / 20 + 1.3 - 0.7 * woman - 0.5 * migrant
    approved = rng.random(n) < 1 / (1 + np.exp(-1.5 * score))
    day = rng.integers(0, 731, n)
    number = rng.permutation(np.arange(10001, 10001 + n))
    first, last = names(rng, ("n", "l", "s", "")), names(rng, ENDINGS)
    return pd.DataFrame(
        {
            "application_id": [f"A-{value}" for value in number],
            "customer_no": [str(value) for value in number],
            "name": [f"{a} {b}" for a, b in zip(first, last, strict=True)],
            "email": [f"{a}.{b}.{value}@example.com".lower() for a, b, value in zip(first, last, number, strict=True)],
            "sex": np.where(woman, "female", "male"),
            "migration_background": np.where(migrant, "yes", "no"),
            "age": age.astype(str),
            "city": rng.choice(list(CITIES), n, p=[share for share, _ in CITIES.values()]),
            "postal_code": [f"{value:05}" for value in rng.integers(1000, 99999, n)],
            "country": "NL",
            "housing": rng.choice(["rent", "own", "family"], n, p=[0.5, 0.38, 0.12]),
            "employment_years": employed.astype(str),
            "income": income.astype(str),
            "existing_debt": debt.astype(str),
            "loan_amount": amount.astype(str),
            "application_date": [(date(2023, 1, 1) + timedelta(days=int(value))).isoformat() for value in day],
            "approved": np.where(approved, "yes", "no"),
        },
        dtype=object,
    )


def names(rng: np.random.Generator, endings: tuple[str, ...]) -> list[str]:
    """Invented names: two syllables and an ending."""
    picks, ends = rng.integers(0, len(SYLLABLES), (PEOPLE, 2)), rng.integers(0, len(endings), PEOPLE)
    return [
        (SYLLABLES[one] + SYLLABLES[two] + endings[end]).capitalize()
        for (one, two), end in zip(picks, ends, strict=True)
    ]


def with_faults(clean: pd.DataFrame, rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """The applications as they were delivered, and which rows have which fault."""
    table, draw = clean.copy(), rng.random
    income, woman = clean["income"].astype(int), (clean["sex"] == "female").to_numpy()
    rich = (income > income.quantile(0.8)).to_numpy()
    city, written, money = draw(PEOPLE), draw(PEOPLE), draw(PEOPLE)
    marks = {
        "missing at random": draw(PEOPLE) < 0.06,
        "missing not at random": draw(PEOPLE) < 0.03 + 0.15 * rich + 0.06 * woman,
        "question mark": draw(PEOPLE) < 0.03,
        "-999": draw(PEOPLE) < 0.025,
        "impossible age": draw(PEOPLE) < 0.006,
        "city misspelled": city < 0.03,
        "city in other case": (city >= 0.03) & (city < 0.09),
        "city with spaces": (city >= 0.09) & (city < 0.14),
        "date day first": written < 0.25,
        "date with month name": (written >= 0.25) & (written < 0.35),
        "money with euro sign": money < 0.3,
        "money with EUR": (money >= 0.3) & (money < 0.4),
        "other customer number": draw(PEOPLE) < 0.005,
    }
    column = {
        "missing at random": ("employment_years", lambda _, __: ""),
        "missing not at random": ("income", lambda _, __: ""),
        "question mark": ("housing", lambda _, __: "?"),
        "-999": ("existing_debt", lambda _, __: "-999"),
        "impossible age": ("age", lambda _, row: str(IMPOSSIBLE_AGES[row % len(IMPOSSIBLE_AGES)])),
        "city misspelled": ("city", lambda cell, _: CITIES[cell][1]),
        "city in other case": ("city", lambda cell, row: cell.upper() if row % 2 else cell.lower()),
        "city with spaces": ("city", lambda cell, row: f"{cell} " if row % 2 else f"  {cell}"),
        "date day first": ("application_date", lambda cell, _: f"{cell[8:]}/{cell[5:7]}/{cell[:4]}"),
        "date with month name": (
            "application_date",
            lambda cell, _: f"{int(cell[8:])} {MONTHS[int(cell[5:7]) - 1]} {cell[:4]}",
        ),
        "money with euro sign": ("loan_amount", lambda cell, _: f"€ {int(cell):,}.00"),
        "money with EUR": ("loan_amount", lambda cell, _: f"EUR {cell}"),
        "other customer number": ("customer_no", lambda cell, _: str(int(cell) + 50000)),
    }
    for fault, (name, spoil) in column.items():
        cells = table[name].tolist()
        for row in np.flatnonzero(marks[fault]):
            cells[row] = spoil(cells[row], int(row))
        table[name] = pd.Series(cells, dtype=object)
    return table, {**marks, "leading zero": clean["postal_code"].str.startswith("0").to_numpy(dtype=bool)}


def write(path: Path = FILE) -> Sample:
    """Write the table as CSV (UTF-8, commas, one line end on every system)."""
    sample = make()
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(sample.table.columns)
        lines.writerows(sample.table.itertuples(index=False))
    return sample


if __name__ == "__main__":
    for fault, rows in write().faults.items():
        print(f"{fault}: {len(rows)}")
