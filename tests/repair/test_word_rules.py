"""Words that some cells write otherwise than most do."""

import numpy as np
import pytest

from dataops_core.repair.notation import word_rules

STREETS = ("Garten", "Bahnhof", "Haupt", "Berg", "Schul", "Park", "Post", "Wald")


def found(coded, cells):
    [column] = coded({"street": cells}).columns
    return {column.values[at]: (text, each.sure) for each in word_rules.find(column) for at, text in each.new.items()}


def streets(long, short, rare=0.1):
    rng = np.random.default_rng(1)
    cells = [f"{rng.choice(STREETS)}{long} {rng.integers(1, 40)}" for _ in range(400)]
    return [text.replace(long, short) if rng.random() < rare else text for text in cells]


@pytest.mark.parametrize(("long", "short"), [("straße", "str."), (" Avenue", " Ave"), (" Boulevard", " Bd")])
def test_the_rarer_writing_of_a_word_becomes_the_usual_one(coded, long, short):
    cells = [*streets(long, short), f"Kirch{short} 7"]  # no other cell has this street
    made = found(coded, cells)
    assert set(made) == {text for text in cells if short in text and long not in text}
    assert all(new == old.replace(short, long) and sure >= 0.85 for old, (new, sure) in made.items())


def test_what_most_cells_have_is_usual_even_where_it_is_shorter(coded):
    made = found(coded, streets(" Ave", " Avenue"))
    assert made
    assert all(new == old.replace("Avenue", "Ave") for old, (new, _) in made.items())


def test_two_words_that_are_about_as_frequent_stay(coded):
    assert found(coded, streets(" Avenue", " Ave", rare=0.4)) == {}


def test_other_words_and_few_examples_say_nothing(coded):
    assert found(coded, streets(" Street", " Strand")) == {}
    cells = streets(" Street", " St", rare=0.0)
    assert found(coded, [*cells, "Garten St 3"]) == {}


def test_spaces_in_a_row_and_signs_at_the_end_of_a_word_are_no_words(coded):
    cells = [
        f"{street} {sign}{n}" for street in STREETS for n in range(30) for sign in ("Road,  ", "Road.  ")[n % 7 == 0 :]
    ]
    assert found(coded, cells) == {}


def test_sentences_are_not_reworded(coded):
    rng = np.random.default_rng(2)
    told = "the damage to the left wing was {} to the people who were there"
    cells = [told.format(rng.choice(["unknown", "unk"], p=[0.1, 0.9])) + f" on day {n}" for n in range(60)]
    assert found(coded, [*streets(" Avenue", " Ave", rare=0.0)[:100], *cells]) == {}
