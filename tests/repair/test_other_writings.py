"""Other writings of one value: case, abbreviations, codes; and values that only look like them."""

import numpy as np
import pytest

from dataops_core.repair.notation import letter_case
from dataops_core.repair.notation.other_writing import is_other_writing, may_abbreviate
from dataops_core.repair.propose import propose

JOURNALS = (
    "Journal of Ecology", "Journal of Documentation", "Annals of Botany", "Marine Biology", "Review of Finance",
    "Plant Cell", "Applied Optics", "Soil Science", "Acta Materialia", "Urban Studies",
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("J. Biol. Chem.", "Journal of Biological Chemistry"),
        ("Children & Families", "Children and Families"),
        ("Aquarelle s. papier", "Aquarelle sur papier"),
        ("HZ", "Historische Zeitschrift"),
        ("Poststr. 7", "Poststraße 7"),
        ("GÖTEBORG", "Goteborg"),
    ],
)
def test_writings_of_one_name(one, other):
    assert is_other_writing(one, other)
    assert is_other_writing(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Portland", "South Portland"),
        ("Ward 1", "Ward 12"),
        ("Poststr. 7", "Poststraße 70"),
        ("Ann", "Anna"),
        ("Finance", "Financial Affairs"),
        ("A", "B"),
        ("Journal of Ecology", "Journal of Botany"),
    ],
)
def test_names_of_two_things(one, other):
    assert not is_other_writing(one, other)
    assert not is_other_writing(other, one)


def articles(seed):
    rng = np.random.default_rng(seed)
    of = rng.integers(0, len(JOURNALS), 900)
    return of, {
        "issn": [f"{1000 + 37 * at}-{4400 + 13 * at}" for at in of],
        "journal": [JOURNALS[at] for at in of],
        "year": [str(1990 + at) for at in rng.integers(0, 30, 900)],
        "pages": [f"{at}-{at + 9}" for at in rng.integers(1, 900, 900)],
    }


def test_a_frequent_abbreviation_becomes_what_the_other_rows_of_its_group_hold(make):
    of, columns = articles(1)
    some = [row for row in range(900) if of[row] == 0 and row % 4 == 0]
    assert len(some) > 15  # far more than slips
    for row in some:
        columns["journal"][row] = "J. Ecol."
    found = {each.row: each for each in propose(make(columns)).repairs if each.column == "journal"}
    assert set(found) == set(some)
    assert {(each.new, each.cause) for each in found.values()} == {(JOURNALS[0], "spelling")}
    assert min(each.sure for each in found.values()) >= 0.9


def test_a_frequent_value_of_its_own_is_left_alone(make):
    of, columns = articles(2)
    for row in [row for row in range(900) if of[row] == 0 and row % 4 == 0]:
        columns["journal"][row] = "Oecologia"
    found = [each for each in propose(make(columns)).repairs if each.column == "journal" and (each.sure or 0) >= 0.5]
    assert found == []


def names(seed):
    rng = np.random.default_rng(seed)
    first, last = ("Anna", "Ben", "Clara", "David", "Eva"), ("Huber", "Klein", "Lang", "Moser", "Novak", "Pohl")
    return [f"{rng.choice(first)} {rng.choice(last)} {chr(65 + at % 26)}{chr(97 + at // 26)}" for at in range(300)]


def test_names_in_capitals_are_written_as_the_other_cells_are(coded):
    right = names(3)
    cells = [name.upper() if at % 20 == 0 else name for at, name in enumerate(right)]
    column = coded({"name": cells}).columns[0]
    found = list(letter_case.find(column))
    new = {column.values[at]: text for each in found for at, text in each.new.items()}
    assert new == {cell: name for cell, name in zip(cells, right, strict=True) if cell != name}
    assert min(each.sure for each in found) >= 0.95


def test_where_case_tells_little_capitals_are_hardly_rewritten(coded):
    rng = np.random.default_rng(4)
    cells = ["".join(rng.choice(list("abcABC"), 4)) + " " + "".join(rng.choice(list("xyzXYZ"), 4)) for _ in range(300)]
    column = coded({"code": [*cells, "ABCA XYZX", "BBCA ZYZX"]}).columns[0]
    assert max((each.sure for each in letter_case.find(column)), default=0.0) < 0.1


def test_capitals_are_left_where_many_cells_or_single_words_have_them(coded):
    right = names(5)
    column = coded({"name": [name.upper() if at % 4 == 0 else name for at, name in enumerate(right)]}).columns[0]
    assert list(letter_case.find(column)) == []
    column = coded({"firm": [*right, "NVIDIA", "IBM", "ADIDAS"]}).columns[0]
    assert list(letter_case.find(column)) == []


def test_codes_of_html_and_addresses_are_resolved(make):
    firms = ["Tom & Co", "Brown & Sons", "Alpha Trading", "Beta Works"]
    columns = {"firm": [firms[at % 4] for at in range(200)], "n": list(range(200))}
    columns["firm"][3], columns["firm"][5] = "Tom &amp; Co", "Beta%20Works"
    found = {(each.row, each.new, each.cause) for each in propose(make(columns)).repairs}
    assert found == {(3, "Tom & Co", "characters"), (5, "Beta Works", "characters")}


def test_a_word_that_says_the_opposite_is_never_left_out():
    assert not is_other_writing("Self-emp-inc", "Self-emp-not-inc")
    assert not is_other_writing("mit Zucker", "ohne mit Zucker")
    assert not may_abbreviate("smoker", "no smoker", {"smoker"})
    assert is_other_writing("No. 5 Dep. of Trade", "No 5 Department of Trade")
