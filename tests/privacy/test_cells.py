"""The plain forms of a type, which are settled without looking at each cell, all pass its test."""

import random
import re

import pytest

from dataops_core.privacy import Recognition
from dataops_core.privacy.cells import PLAIN, cell_test

WORDS = ["Elm", "Main", "Hill", "Street", "Corbel", "a", "Zz"]


def email(rng):
    return f"{rng.choice(WORDS)}.{rng.choice(WORDS)}{rng.randint(0, 99)}@{rng.choice(WORDS)}.{rng.choice(['org', 'co.uk', 'x'])}"


def phone(rng):
    parts = [f"+{rng.randint(1, 999)}", str(rng.randint(10, 9999)), str(rng.randint(100, 10**8))]
    return parts[0] + rng.choice(["", " "]) + parts[1] + rng.choice(["", " ", "-"]) + parts[2]


def address(rng):
    return " ".join([*rng.choices(WORDS, k=rng.randint(1, 6)), str(rng.randint(0, 999_999))])


@pytest.mark.parametrize(("kind", "made"), [("email", email), ("phone", phone), ("postal_address", address)])
def test_plain_forms_pass_the_test_of_their_type(kind, made):
    assert set(PLAIN) == {"email", "phone", "postal_address"}
    rng = random.Random(4)
    texts = [made(rng) for _ in range(2000)]
    test = cell_test(Recognition(kind, "certain", 1.0, 9, 1.0, False, 9, 9, ()))
    plain = [text for text in texts if re.fullmatch(PLAIN[kind].strip("^$"), text, re.ASCII)]
    assert len(plain) > 50
    assert [text for text in plain if not test(text)] == []
