"""People who do not exist, with identifiers planted in columns and in remarks."""

from __future__ import annotations

import csv
import io

import numpy as np

from dataops_core.privacy.identifiers.check_digits import with_iban_digits

FIRST = ("Anna", "Peter", "Maria", "Thomas", "Laura", "Michael", "Julia", "David", "Sarah", "Daniel")
LAST = ("Schmidt", "Johnson", "Fischer", "Williams", "Weber", "Miller", "Wagner", "Taylor", "Becker", "Anderson")
_ROWS = 60


def _people() -> list[dict[str, str]]:
    draw = np.random.default_rng(5)
    out = []
    for n in range(_ROWS):
        first, last = FIRST[n % 10], LAST[(n // 6 + n) % 10]
        out.append(
            {
                "name": f"{first} {last}",
                "email": f"{first}.{last}{n}@mail-{n % 7}.org".lower(),
                "phone": f"+49 30 {5550000 + 137 * n}",
                "iban": with_iban_digits(f"DE00{draw.integers(10**17, 10**18)}"),
                "city": ("Berlin", "Hamburg", "Bonn")[n % 3],
                "amount": str(int(draw.integers(5, 500))),
            }
        )
    for n, row in enumerate(out):
        row["remark"] = (
            f"Spoke with {row['name']} about the order, will write to {row['email']}"
            if n % 2
            else f"Please call {row['phone']} before noon and pay to {row['iban']}"
        )
    return out


PEOPLE = _people()
IDENTIFIERS_OF = {key: [row[key] for row in PEOPLE] for key in ("name", "email", "phone", "iban")}
IDENTIFIERS = sorted({row[key] for row in PEOPLE for key in ("name", "email", "phone", "iban")})


def csv_of_people() -> str:
    """The table as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(PEOPLE[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(PEOPLE)
    return out.getvalue()
