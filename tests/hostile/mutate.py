"""Small good files of every format, and files that differ from them in some bytes: what a damaged disk or a spiteful
person sends.
"""

import gzip
import json
import random

import pyarrow as pa

from tests.hostile.files import parquet, workbook, zipped
from tests.read.test_office import old_workbook, open_document

ROWS = [["id", "name", "price"], *[[number, f"name {number}", number / 4] for number in range(40)]]
CSV = "\n".join(",".join(map(str, row)) for row in ROWS).encode()
SHEET = "".join(
    "<row>"
    + "".join(f'<c t="inlineStr"><is><t>{v}</t></is></c>' if isinstance(v, str) else f"<c><v>{v}</v></c>" for v in row)
    + "</row>"
    for row in ROWS
)


def seeds() -> dict[str, bytes]:
    """A good file of each format, by name."""
    records = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
    columns = {name: [record[name] for record in records] for name in ROWS[0]}
    moments = pa.array(range(0, 40 * 86_400_000_000, 86_400_000_000), pa.timestamp("us", "UTC"))
    return {
        "t.csv": CSV,
        "quoted.csv": CSV.replace(b"name ", b'"na,""me ').replace(b",0", b'",0'),
        "t.tsv": CSV.replace(b",", b"\t"),
        "wide.csv": CSV.decode().encode("utf-16"),
        "t.json": json.dumps(records).encode(),
        "t.jsonl": "\n".join(map(json.dumps, records)).encode(),
        "t.xlsx": workbook(SHEET, "<si><t>x</t></si>"),
        "t.xls": old_workbook(ROWS),
        "t.ods": open_document(ROWS),
        "t.parquet": parquet(columns),
        "plain.parquet": parquet({**columns, "at": moments}, compression="none", use_dictionary=False),
        "nested.parquet": parquet({"a": [[1, 2], [], None], "b": [{"x": 1}, None, {"x": 2}]}),
        "t.csv.gz": gzip.compress(CSV, mtime=0),
        "t.zip": zipped({"t.csv": CSV}),
    }


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A file with a few changes: bits flipped, bytes set, pieces cut out, doubled, moved, or the end cut off."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        if not changed:
            break
        at, size = rng.randrange(len(changed)), rng.randrange(1, 40)
        match rng.randrange(7):
            case 0:
                changed[at] ^= 1 << rng.randrange(8)
            case 1:
                changed[at] = rng.choice((0, 255, 127, 128, 34, 10, 44))
            case 2:
                del changed[at : at + size]
            case 3:
                changed[at:at] = changed[at : at + size]
            case 4:
                changed[at : at + size] = rng.randbytes(size)
            case 5:
                changed[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0"))
            case _:
                changed = changed[:at] if rng.random() < 0.3 else changed
    return bytes(changed)


def mutations(count: int, seed: int) -> list[tuple[str, bytes]]:
    """That many mutated files, the formats in turn."""
    rng = random.Random(seed)
    known = list(seeds().items())
    made = []
    for number in range(count):
        name, data = known[number % len(known)]
        made.append((f"{number:05}-{name}", mutated(data, rng)))
    return made
