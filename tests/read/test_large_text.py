"""A text that only the careful reader understands is read piece by piece, with the same result as in one piece."""

import pytest

from dataops_core.errors import DataOpsError
from dataops_core.read import ReadOptions, file, read_file
from dataops_core.read.text import large_text
from tests.read.corpus import samples

SAMPLES = list(samples())


def told(path, out, options=None):
    """What reading answers, in plain values."""
    try:
        source = read_file(path, out, options)
    except DataOpsError as error:
        return str(error)
    plain = source.options.to_json()
    return source.table.content_hash, plain, [vars(problem) for problem in source.problems]


@pytest.mark.slow
def test_every_file_of_the_corpus_is_read_alike(tmp_path, monkeypatch):
    monkeypatch.setattr(large_text, "CELLS", 40)
    monkeypatch.setattr(file, "read_plain_text", lambda *_: None)
    wrong, given = [], 0
    for number, sample in enumerate(SAMPLES):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(sample.data)
        monkeypatch.setattr(file, "LARGE", 1 << 40)
        once = told(path, tmp_path / "a.parquet")
        monkeypatch.setattr(file, "LARGE", 0)
        if told(path, tmp_path / "b.parquet") != once:
            wrong.append(sample.name)
        elif number % 4 == 0 and not isinstance(once, str):
            given += 1
            again = told(path, tmp_path / "c.parquet", ReadOptions.from_json(once[1]))
            wrong += [] if again[:2] == once[:2] else [f"{sample.name} with its options"]
    assert len(SAMPLES) >= 200 and given > 30 and wrong == []


def test_surplus_cells_are_a_column_in_every_piece(tmp_path, monkeypatch):
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 9 + "3,4,5,6\n" + "7,8\n" * 9 + "9,9,x\n", encoding="utf-8")
    monkeypatch.setattr(large_text, "CELLS", 6)
    monkeypatch.setattr(file, "LARGE", 0)
    source = read_file(tmp_path / "t.csv", tmp_path / "t.parquet")
    extra = source.table.frame().iloc[:, 2]
    assert source.table.rows == 20 and [(at, cell) for at, cell in enumerate(extra) if cell] == [(9, "5,6"), (19, "x")]


def test_surplus_cells_are_kept_with_the_options_of_a_file_without_them(tmp_path, monkeypatch):
    monkeypatch.setattr(large_text, "CELLS", 6)
    monkeypatch.setattr(file, "LARGE", 0)
    monkeypatch.setattr(file, "read_plain_text", lambda *_: None)
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 20, encoding="utf-8")
    options = read_file(tmp_path / "t.csv", tmp_path / "t.parquet").options
    (tmp_path / "t.csv").write_text("a,b\n" + "1,2\n" * 19 + "3,4,lost\n", encoding="utf-8")
    source = read_file(tmp_path / "t.csv", tmp_path / "t.parquet", options)
    assert source.table.frame().iloc[19].tolist() == [3, 4, "lost"]
