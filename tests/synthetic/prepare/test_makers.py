"""Makers: what is made up holds no real value and no more of one than ten values share, in every script, and whole
numbers stay whole.
"""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.errors import SettingError
from dataops_core.synthetic import Settings, synthesize
from dataops_core.synthetic.prepare.column_treatments import MAKERS, WHOLE, apply_choices
from dataops_core.synthetic.prepare.pseudonyms import kind_of, make, recipe_of, with_luhn
from dataops_core.table import tidy, write_table

RNG = np.random.default_rng(8)


def words(letters: str, rows: int, least: int, most: int, first: str = "", last: str = "") -> list[str]:
    return [first + "".join(RNG.choice(list(letters), RNG.integers(least, most + 1))) + last for _ in range(rows)]


SCRIPTS = {
    "Cyrillic": [word.capitalize() for word in words("абвгдежзиклмнопрстуфхцчшщ", 30, 5, 12)],
    "Chinese": words("王李张刘陈杨黄赵周吴徐孙马朱胡郭何林", 24, 2, 4),
    "Japanese": [
        f"{name}{rest}さんに電話"
        for name, rest in zip(
            RNG.choice(["田中", "佐藤", "鈴木"], 60), words("あいうえおかきくけこさしすせそ", 60, 4, 4), strict=True
        )
    ],
    "Arabic digits": words("٠١٢٣٤٥٦٧٨٩", 30, 6, 6, first="ص"),
    "three rows": ["Лукьянова", "Щербаков", "Ёлкин"],
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_script_is_kept_as_it_is(script):
    """A real value is in no recipe and no made cell, neither whole nor with signs behind it."""
    real = pd.Series(SCRIPTS[script], dtype=object)
    told = recipe_of(real, "shape")
    made = make(told, 300, np.random.default_rng(1), set(real))
    assert len(set(made)) == 300 and not set(made) & set(real)
    kept = ["".join(sign for sign, free in template if not free) for template, _ in told["shapes"]]
    assert not any(value in part for value in real for part in kept)
    letters = {kind_of(sign) for value in real for sign in value}
    assert np.mean([{kind_of(sign) for sign in cell} <= letters for cell in made]) == 1
    assert np.mean([any(cell.startswith(value) for value in real if len(value) > 3) for cell in made]) == 0
    json.dumps(told)


def test_a_letter_stands_as_it_is_only_where_ten_values_share_it():
    few = recipe_of(pd.Series([f"Щ{n}" for n in (11, 42, 73, 94)] * 50, dtype=object), "shape")
    many = recipe_of(pd.Series([f"Щ{n}" for n in range(10, 99)], dtype=object), "shape")
    assert all(free for template, _ in few["shapes"] for _, free in template)
    assert many["shapes"] == [[[["Щ", 0], ["9", 1], ["9", 1]], 1.0]]


@pytest.mark.parametrize("maker", WHOLE)
def test_whole_numbers_are_made_with_as_many_digits_and_the_lead_that_all_share(maker):
    real = pd.Series(4_930_000_000_000 + np.random.default_rng(3).integers(10**8, 10**9, 300), dtype="Int64")
    made = make(recipe_of(real, maker), 300, np.random.default_rng(2), {str(value) for value in real})
    assert all(isinstance(cell, int) and str(cell).startswith("4930") and len(str(cell)) == 13 for cell in made)
    assert not set(made) & set(real)
    assert maker != "card" or all(with_luhn(str(cell)) == str(cell) for cell in made)


def test_the_largest_whole_numbers_fit_their_column():
    real = pd.Series(9_220_000_000_000_000_000 + np.random.default_rng(4).integers(0, 10**15, 50), dtype="Int64")
    made = pd.Series(
        make(recipe_of(real, "key"), 50, np.random.default_rng(2), {str(value) for value in real}), dtype="Int64"
    )
    assert made.is_unique and not set(made) & set(real)


def test_a_column_of_whole_telephone_numbers_is_made_up(tmp_path):
    frame = tidy(
        pd.DataFrame(
            {
                "tel": 4_930_000_000_000 + np.random.default_rng(3).integers(10**8, 10**9, 120),
                "x": np.random.default_rng(5).normal(0, 1, 120).round(2),
            }
        )
    )
    synthetic, _, _ = synthesize(
        write_table(tmp_path / "r.parquet", [frame]),
        tmp_path / "t.parquet",
        Settings(engine="independent", seed=1),
        judged=False,
    )
    rows = synthetic.frame()
    assert (
        str(rows["tel"].dtype) == "Int64"
        and (rows["tel"].astype(str).str.len() == 13).all()
        and not set(rows["tel"]) & set(frame["tel"])
    )


@pytest.mark.parametrize("maker", sorted(set(MAKERS) - set(WHOLE)))
def test_whole_numbers_cannot_be_made_up_as_texts(maker):
    proposed = [{"column": "tel", "type": "integer", "as": "learn", "maker": None}]
    with pytest.raises(SettingError, match="Whole numbers cannot be made up as"):
        apply_choices(proposed, {"tel": {"as": "make", "maker": maker}})
    assert apply_choices(proposed, {"tel": {"as": "make"}})[0]["maker"] == "key"


def test_a_sign_that_looks_like_a_digit_is_none():
    real = pd.Series([f"4{n}²" for n in range(100, 160)], dtype=object)
    assert all(
        cell[-1] == "²" and cell[:-1].isdecimal()
        for cell in make(recipe_of(real, "card"), 50, np.random.default_rng(0), set(real))
    )
