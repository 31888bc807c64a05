"""Dependencies of tables in which much is wrong: found where what contradicts them is scattered as errors are."""

import numpy as np
import pandas as pd
import pytest

from dataops_core.repair import dependencies
from dataops_core.repair.encoding import EncodedTable, encode
from dataops_core.repair.propose import propose

PLACES = [f"Place {letter}{other}" for letter in "ABCDEFGHIJ" for other in "klmno"]


def shops(share: float, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Shops whose city, phone, street and owner follow from their number, and the same with that share of cells of another shop."""
    rng = np.random.default_rng(seed)
    shop = rng.integers(0, 50, 2_000)
    right = pd.DataFrame(
        {
            "shop": [f"S{at:03}" for at in shop],
            "city": [PLACES[at] for at in shop],
            "phone": [f"555-{7 * at:04}" for at in shop],
            "street": [f"{PLACES[(11 * at) % 50]} Street" for at in shop],
            "owner": [f"Owner of {3 * at}" for at in shop],
        }
    )
    wrong = right.copy()
    for name in wrong:
        rows = np.flatnonzero(rng.random(len(wrong)) < share)
        wrong.loc[rows, name] = rng.permutation(right[name].to_numpy())[: len(rows)]
    return right, wrong


def found(frame: pd.DataFrame, make_table) -> dict[tuple[tuple[str, ...], str], dependencies.Dependency]:
    table: EncodedTable = encode(make_table(frame))
    names = [column.name for column in table.columns]
    return {
        (tuple(names[at] for at in each.deciding), names[each.following]): each for each in dependencies.find(table)
    }


def test_strength_is_the_share_of_right_cells_where_a_fifth_are_wrong(make_table):
    each = found(shops(0.2)[1], make_table)[("shop",), "city"]
    assert each.noisy and each.strength == pytest.approx(0.8 * 0.8, abs=0.04)  # the shop and the city are right


def test_most_of_a_seventh_of_wrong_cells_is_put_right_and_nearly_nothing_spoiled(make_table):
    right, wrong = shops(1 / 7)
    repairs = [each for each in propose(make_table(wrong)).repairs if each.sure is not None and each.sure >= 0.9]
    good = sum(each.new == right.at[each.row, each.column] for each in repairs)
    errors = int((right != wrong).to_numpy().sum())
    assert good >= 0.97 * len(repairs) and good >= 0.8 * errors


def test_a_second_value_for_a_reason_is_no_noise(make_table):
    rng = np.random.default_rng(5)
    shop = rng.integers(0, 50, 2_000)
    moved = rng.random(2_000) < 0.3  # each shop moved once: a third of its rows have its new city
    city = [PLACES[(at + 7 * late) % 50] for at, late in zip(shop, moved, strict=True)]
    assert (("shop",), "city") not in found(pd.DataFrame({"shop": shop.astype(str), "city": city}), make_table)


def test_what_two_columns_explain_is_no_noise_of_one(make_table):
    rng = np.random.default_rng(6)
    shop, late = rng.integers(0, 50, 3_000), rng.integers(0, 12, 3_000) * (rng.random(3_000) < 0.3)
    city = [PLACES[(at * (1 + each)) % 50] for at, each in zip(shop, late, strict=True)]
    both = found(pd.DataFrame({"shop": shop.astype(str), "late": late.astype(str), "city": city}), make_table)
    assert [set(key[0]) for key in both if key[1] == "city"] == [{"shop", "late"}]


def test_a_clerk_who_mostly_looks_after_a_shop_does_not_follow_from_it(make_table):
    right, _ = shops(0.0)
    rng = np.random.default_rng(8)
    clerks = np.array(["Nowak", "Seidel", "Yilmaz", "Brandt", "Keller", "Lorenz", "Moser"])
    own = clerks[rng.integers(0, len(clerks), 50)][[int(shop[1:]) for shop in right["shop"]]]
    right["clerk"] = np.where(rng.random(2_000) < 0.75, own, clerks[rng.integers(0, len(clerks), 2_000)])
    assert (("shop",), "clerk") not in found(right, make_table)
    assert [each for each in propose(make_table(right)).repairs if each.column == "clerk"] == []
    slipped = right.copy()  # where a fifth of what differs are slips, it may be errors
    rows = np.flatnonzero((slipped["clerk"] != own).to_numpy())[::4]
    slipped.loc[rows, "clerk"] = [f"{slipped.at[row, 'clerk'][:-1]}{chr(97 + row % 26)}{row % 10}" for row in rows]
    assert (("shop",), "clerk") in found(slipped, make_table)
