"""A sheet of an office in the Netherlands: customers who do not exist, named in each other's remarks too."""

from __future__ import annotations

import csv
import io

import numpy as np

from dataops_core.privacy.identifiers.check_digits import with_iban_digits

FIRST = ("Sjoukje", "Wiebren", "Hendrikje", "Bartholomeus", "Tjitske", "Jo", "Gijsbert", "Aafke", "Ype", "Marijke")
LAST = ("Zwartendijk", "Obbema", "Kwakernaak", "de Ruijterveen", "Hoogeboezem", "Tjepkema", "van der Zwaagstra")
LAST = (*LAST, "Bontenbal", "Schaapveld", "Müllerhoff")
STREETS = ("Lindengracht", "Nieuwe Herengracht", "Kerkstraat", "Parallelweg")
ROWS = 80
KINDS = ("customer", "phone", "e-mail", "iban", "address")


def _customers() -> list[dict[str, str]]:
    draw = np.random.default_rng(18)
    people = []
    for n in range(ROWS):
        first, last = FIRST[n % 10], LAST[(n // 10 + n) % 10]
        people.append(
            {
                "order no": f"ORD-{20260 + n}",
                "customer": f"{last}, {first}" if n % 9 == 0 else f"{first} {last}",
                "phone": f"06-{41000000 + 7919 * n}",
                "e-mail": f"{first}.{last.split()[-1]}.{n}@postvak-{n % 5}.nl".lower().replace("ü", "u"),
                "iban": with_iban_digits(f"NL00BANK{draw.integers(10**9, 10**10)}"),
                "address": f"{STREETS[n % 4]} {11 + n}, {1011 + n} {'ABCDEFGHKL'[n % 10]}X Amsterdam",
                "product": ("Chair", "Desk", "Lamp")[n % 3],
                "amount": str(int(draw.integers(20, 900))),
            }
        )
    for n, row in enumerate(people):
        other, third = people[(n * 7 + 3) % ROWS], people[(n * 11 + 5) % ROWS]
        row["remark"] = (
            f"Please deliver together with the order of {other['customer']}",
            f"Neighbour {other['customer']} takes it in, ring {other['phone']}",
            f"{third['customer']} called: the invoice goes to {third['e-mail']}",
            f"paid from {other['iban']} (that is {other['customer'].upper()})",
            f"not at home; moved to {third['address']}",
            f"ask for {other['customer'].split()[-1] if ',' not in other['customer'] else 'the caretaker'}",
            "left a lamp behind",
            f"Delivered at {row['address']} and signed by {row['customer']}",
        )[n % 8]
    return people


CUSTOMERS = _customers()
PLANTED = sorted({row[kind] for row in CUSTOMERS for kind in KINDS})
SURNAMES = tuple(last.split()[-1] for last in LAST)  # that no list of names holds


def csv_of_customers() -> str:
    """The sheet as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(CUSTOMERS[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(CUSTOMERS)
    return out.getvalue()
