"""Small tables with known cells, the sample that every file of the corpus is checked against, and how they are written
as text.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A file and what must come back from it: the header (empty: the file has none) and the rows, cell by cell."""

    name: str
    data: bytes
    header: list[list[str]]
    rows: list[list[str]]

    @property
    def family(self) -> str:
        return self.name.split("/", 1)[0]


TOWNS = ["Leeds", "Bath", "Ghent", "Porto", "Turku", "Basel", "Nantes", "Graz", "Malmö", "Split", "Brno", "Cork"]
FIRST = ["Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "John", "Radia", "Tim"]
LAST = ["Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Allen", "Backus", "Perlman", "Lee"]
WORDS = [
    "river",
    "stone",
    "market",
    "garden",
    "bridge",
    "window",
    "letter",
    "winter",
    "summer",
    "copper",
    "silver",
    "paper",
    "wooden",
    "quiet",
    "early",
    "north",
]


def orders(count: int = 18, seed: int = 1) -> tuple[list[str], list[list[str]]]:
    """Nine columns of nine types; some cells hold commas, some quotes, some nothing."""
    rng = random.Random(f"orders {seed}")
    header = ["ordered", "at", "quantity", "price", "code", "customer", "paid", "link", "comment"]
    rows = []
    for at in range(count):
        customer = f"{rng.choice(LAST)}, {rng.choice(FIRST)}"
        comment = rng.choice(["", "as usual", 'the "good" one', "call first, then ring", "two words"])
        rows.append(
            [
                f"20{rng.randrange(10, 25)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
                f"{rng.randrange(24):02}:{rng.randrange(60):02}:00",
                str(rng.randrange(1, 40)),
                f"{rng.randrange(1, 900)}.{rng.randrange(100):02}",
                f"{rng.randrange(10_000):05}",
                customer,
                rng.choice(["TRUE", "FALSE"]),
                f"http://example.org/{rng.choice(WORDS)}/{at}",
                comment,
            ]
        )
    return header, rows


def stations(count: int = 15, seed: int = 1) -> tuple[list[str], list[list[str]]]:
    """A name and numbers: what portals publish most."""
    rng = random.Random(f"stations {seed}")
    header = ["Station", "Year", "Rain", "Sun", "Wind"]
    rows = [
        [
            TOWNS[at % len(TOWNS)],
            str(2000 + at),
            f"{rng.randrange(200, 900)}",
            f"{rng.randrange(900, 2200)}.{rng.randrange(1, 10)}",
            f"{rng.randrange(1, 60)}.{rng.randrange(1, 10)}",
        ]
        for at in range(count)
    ]
    return header, rows


def words(count: int = 14, width: int = 4, seed: int = 1) -> tuple[list[str], list[list[str]]]:
    """A table of text alone."""
    rng = random.Random(f"words {seed} {width}")
    header = ["title", "subject", "place", "keeper", "note", "source"][:width]
    rows = [[" ".join(rng.sample(WORDS, rng.randrange(1, 4))) for _ in header] for _ in range(count)]
    return header, rows


def numbers(count: int = 14, width: int = 6, seed: int = 1) -> list[list[str]]:
    """Rows of numbers."""
    rng = random.Random(f"numbers {seed} {width}")
    return [[str(rng.randrange(1, 10 ** (1 + at % 5))) for at in range(width)] for _ in range(count)]


def cell_text(cell: str, delimiter: str, quote: str, escape: str, always: bool) -> str:
    """A cell as a careful writer spells it."""
    if not quote:
        return cell
    special = (delimiter, quote, "\n", "\r")
    needs = always or any(sign in cell for sign in special) or (delimiter == " " and (" " in cell or not cell))
    if not needs:
        return cell
    return quote + cell.replace(quote, escape + quote) + quote


def line(cells: list[str], delimiter: str = ",", quote: str = '"', escape: str = "", always: bool = False) -> str:
    """A row as a line without its end; the quote inside cells is doubled unless there is another escape."""
    return delimiter.join(cell_text(cell, delimiter, quote, escape or quote, always) for cell in cells)


def text(rows: list[list[str]], end: str = "\n", **how: object) -> str:
    """Rows as lines."""
    return "".join(line(row, **how) + end for row in rows)


def sample(name: str, content: str | bytes, header: list[str] | list[list[str]], rows: list[list[str]]) -> Sample:
    """A sample; a header of one row may be given as that row."""
    heads = [header] if header and isinstance(header[0], str) else header
    return Sample(name, content if isinstance(content, bytes) else content.encode(), heads, rows)
