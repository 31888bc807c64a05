"""Writes shop_orders.xlsx: the order book of a small firm as an office keeps it, with the faults that such sheets have.

`python sample_data/make_shop_orders.py` writes the same bytes every time. Customers, addresses and numbers are made up;
the numbers lie in ranges that nobody can call (Ofcom's 020 7946 0000 to 0999), and addresses are at example.com.
"""

import datetime
import random
from pathlib import Path

import xlsxwriter

ROWS = 180
HEADER = [
    "Order no",
    "Customer",
    "Order date",
    "Delivered",
    "Product",
    "Quantity",
    "Unit price",
    "Amount",
    "Paid",
    "Remarks",
]
PRODUCTS = {"Oak shelf": 49.5, "Desk lamp": 24.9, "Office chair": 129.0, "Rug 2x3": 89.0, "Side table": 65.0}
FIRST = ["Anna", "Ben", "Clara", "David", "Emma", "Felix", "Grace", "Henry", "Ines", "Jonas", "Kate", "Leo", "Maria"]
LAST = ["Adler", "Brook", "Carter", "Dupont", "Evans", "Fischer", "Green", "Hughes", "Ito", "Jansen", "Keller", "Lopez"]
PAID = ["yes", "no", "y", "Yes", "n", "No"]
FILE = Path(__file__).with_name("shop_orders.xlsx")
BLANK_AFTER = (60, 120)  # orders after which two rows are left blank
TOP = 4  # rows above the header


def orders() -> list[dict]:
    """The orders without faults of the sheet; amounts and prices as numbers, days as dates."""
    rng = random.Random(20260105)  # noqa: S311 - made-up data
    start = datetime.date(2025, 1, 6)
    found = []
    for number in range(ROWS):
        product = rng.choice(list(PRODUCTS))
        quantity = rng.randint(1, 6)
        ordered = start + datetime.timedelta(days=number * 2 + rng.randint(0, 1))
        found.append(
            {
                "Order no": f"SO-{number + 1001}",
                "Customer": f"{rng.choice(FIRST)} {rng.choice(LAST)}",
                "Order date": ordered,
                "Delivered": ordered + datetime.timedelta(days=rng.randint(1, 14)),
                "Product": product,
                "Quantity": quantity,
                "Unit price": PRODUCTS[product],
                "Amount": round(quantity * PRODUCTS[product], 2),
                "Paid": rng.choices(PAID, weights=(60, 20, 8, 6, 3, 3))[0],
                "Remarks": "",
            }
        )
    for at, remark in REMARKS.items():
        found[at]["Remarks"] = remark
    for at in LATE:  # delivered before it was ordered
        found[at]["Delivered"] = found[at]["Order date"] - datetime.timedelta(days=3)
    return found


REMARKS = {
    4: "call before delivery 020 7946 0123",
    17: "leave it with the neighbor",
    33: "second floor, no lift",
    51: "please phone 020 7946 0456 after five",
    77: "invoice to office@example.com",
    90: "gift wrapping",
    143: "paid in two parts",
}
LATE = (45, 99, 160)
TEXT_DAYS = range(90, ROWS)  # the second half of the year was typed by somebody else: days as text, 31.12.2025
EURO = range(0, ROWS, 4)  # amounts typed with the sign


def make(path: Path) -> None:
    """Write the sheet."""
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC)})
    sheet = book.add_worksheet("Orders 2025")
    bold, day, money = (
        book.add_format(about) for about in ({"bold": True}, {"num_format": "dd.mm.yyyy"}, {"num_format": "#,##0.00"})
    )
    sheet.write(0, 0, "Order book 2025", bold)
    sheet.write(1, 0, "Printed 05.01.2026 09:12")
    sheet.write(1, 8, "Page 1 of 1")
    sheet.write_row(TOP - 1, 0, HEADER, bold)
    at = TOP
    for number, order in enumerate(orders()):
        for column, name in enumerate(HEADER):
            value = order[name]
            if isinstance(value, datetime.date) and number in TEXT_DAYS:
                sheet.write_string(at, column, value.strftime("%d.%m.%Y"))
            elif isinstance(value, datetime.date):
                sheet.write_datetime(at, column, datetime.datetime.combine(value, datetime.time()), day)
            elif name == "Amount" and number in EURO:
                sheet.write_string(at, column, f"€ {value:,.2f}")
            elif isinstance(value, float):
                sheet.write_number(at, column, value, money)
            elif value != "":
                sheet.write(at, column, value)
        at += 3 if number + 1 in BLANK_AFTER else 1
    sheet.write(at, 0, "TOTAL", bold)
    sheet.write(at, 5, sum(order["Quantity"] for order in orders()), bold)
    sheet.write(at, 7, round(sum(order["Amount"] for order in orders()), 2), money)
    sheet.write(at + 2, 0, "All amounts include value added tax.")
    sheet.set_column(0, 9, 14)
    book.close()


if __name__ == "__main__":
    make(FILE)
