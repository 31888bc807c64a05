"""Slips that look like another form, ends of cells that mean nothing, and columns of few values."""

import numpy as np

from dataops_core.repair import dependencies
from dataops_core.repair.encoding import EncodedColumn
from dataops_core.repair.notation import format_slips, formats, forms


def column(texts):
    values = sorted(set(texts) - {None})
    codes = np.array([values.index(text) if text is not None else -1 for text in texts], dtype=np.int32)
    return EncodedColumn("a", "text", values, codes)


def rewritten(texts):
    held = column(texts)
    found = formats.learn(held)
    return {held.values[at]: each.sure for each in formats.find(held, found) for at in each.new}


DAYS = [f"2024-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 28)]


def test_a_day_without_its_zero_is_sure_where_nothing_else_is_wrong():
    sure = rewritten([*DAYS, "2024-2-5", "2024-3-7", "2024-7-9"])
    assert set(sure) == {"2024-2-5", "2024-3-7", "2024-7-9"} and min(sure.values()) > 0.9


def test_a_day_of_one_digit_among_slips_may_have_lost_the_other():
    rng = np.random.default_rng(1)
    slips = [format_slips.one_slip(DAYS[int(rng.integers(len(DAYS)))], rng) for _ in range(60)]
    sure = rewritten([*DAYS, *slips, "2024-02-5"])
    assert sure["2024-02-5"] < 0.6


def test_a_letter_in_lower_case_among_slips_may_be_another_letter():
    rng = np.random.default_rng(2)
    codes = [f"{a}{b}{n} {n}{a}{a}" for a in "BDLTY" for b in "ARSO" for n in range(1, 9)]
    slips = [format_slips.one_slip(codes[int(rng.integers(len(codes)))], rng) for _ in range(60)]
    sure = rewritten([*codes * 3, *slips, "BA1 1Bq", "ba1 1bb"])
    assert sure["BA1 1Bq"] < 0.5
    assert sure["ba1 1bb"] > 0.9  # in the main form it is a value that other rows hold


class Two:
    """Two columns, as `splits` takes them."""

    def __init__(self, *columns):
        self.columns = columns


def test_a_cell_that_ends_like_all_others_holds_no_other_value():
    names = [f"lamp {n % 7 + 1}" for n in range(60)]
    amounts = [str(n % 9 + 1) if n % 4 else None for n in range(60)]
    assert list(forms.splits(Two(column(names), column(amounts)))) == []
    towns = [f"town {n} CA" if not n % 4 else f"town {n}" for n in range(60)]
    states = [None if not n % 4 else ("CA", "NY", "WA")[n % 3] for n in range(60)]
    (split,) = forms.splits(Two(column(towns), column(states)))
    assert split.left[0] == "town 0" and set(split.right) == {"CA"}


def test_what_contradicts_in_a_column_of_few_values_is_alike_for_want_of_others():
    """Sizes of products: a tenth of them is another size, or a slip; of 12, 16 and 24 few others are left."""
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(200), 10)
    sizes = np.array(["12"] * 6 + ["16"] * 3 + ["24"])
    held = rng.choice(sizes, 200)[groups].astype(object)
    odd = np.flatnonzero(rng.random(2000) < 0.1)
    held[odd] = rng.choice(sizes, len(odd))
    held[odd[::4]] = [f"slip {n}" for n in odd[::4]]
    values, codes = np.unique(held.astype(str), return_inverse=True)
    chance = dependencies.by_chance(np.bincount(codes))
    assert chance < dependencies.MIXED
    assert not dependencies.is_noise(groups, codes, len(values), chance)
    names = np.array([f"name {n}" for n in range(200)])
    held = names[groups]
    held[odd] = rng.choice(names, len(odd))
    values, codes = np.unique(held, return_inverse=True)
    assert dependencies.is_noise(groups, codes, len(values), dependencies.by_chance(np.bincount(codes)))
