"""Large text is looked at piece by piece, and with the same result as at once."""

import mmap
import random

import pytest

from dataops_core.read import read_file
from dataops_core.read.text import encodings


@pytest.mark.parametrize("piece", [7, 64, 8_000_000])
def test_pieces_say_what_the_whole_says(piece, monkeypatch):
    monkeypatch.setattr(encodings, "PIECE", piece)
    rng = random.Random(1)
    for _ in range(150):
        text = "".join(rng.choice("abc,\né日 ßя;") for _ in range(150))
        data = text.encode(rng.choice(["utf-8", "cp1252"]), "replace")
        if rng.random() < 0.5:
            data = bytes(byte if rng.random() > 0.01 else rng.randrange(32, 256) for byte in data)
        assert b"".join(encodings.byte_pieces(data)) == data
        assert "".join(encodings.decoded_pieces(data, "replace")) == data.decode("utf-8", "replace")
        letters = sum(len(encodings.UTF8_LETTER.findall(part)) for part in encodings.byte_pieces(data))
        assert piece == 7 or letters == len(encodings.UTF8_LETTER.findall(data))
    assert list(encodings.byte_pieces(b"x" * 100)) != [], "text without any sign between is cut somewhere"


def test_a_large_file_of_another_code_page_is_read_through_a_map(tmp_path):
    path = tmp_path / "t.csv"
    rows = b"".join(b"%d,Z\xfcrich am See\n" % number for number in range(300_000))
    path.write_bytes(b"id,city\n" + rows)
    assert path.stat().st_size > 4 * encodings.SAMPLE_BYTES
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        problems = []
        assert encodings.sniff_encoding(mapped, problems) == "cp1252" and problems[0]["count"] == 300_000
    source = read_file(path, tmp_path / "t.parquet")
    assert (source.table.rows, source.options.encoding) == (300_000, "cp1252")
