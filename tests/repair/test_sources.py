"""Contradicting sources: settled by how reliable each proves to be, and never where there are no sources."""

import numpy as np
import pytest

from dataops_core.repair import sources
from dataops_core.repair.propose import propose
from dataops_core.repair.recipe import accept

THINGS, SITES = 80, 24
TOLD = ("departs", "arrives", "gate")


def told(seed, good=0.95, bad=0.35, share_bad=0.6):
    """What sites say of flights, and the truth of each cell; more than half of the sites are mostly wrong."""
    rng = np.random.default_rng(seed)
    reliable = np.where(rng.random(SITES) < share_bad, bad, good)
    truth = {name: rng.integers(0, 1440, THINGS) for name in TOLD}
    wrong = {name: rng.integers(0, 1440, (THINGS, 4)) for name in TOLD}  # a few false values go round
    columns = {"site": [], "flight": [], **{name: [] for name in TOLD}}
    right = {name: [] for name in TOLD}
    for site in range(SITES):
        for flight in range(THINGS):
            if rng.random() < 0.15:
                continue
            columns["site"].append(f"site {chr(97 + site)}")
            columns["flight"].append(f"AA-{flight}")
            for name in TOLD:
                says = truth[name][flight]
                if rng.random() > reliable[site]:
                    says = wrong[name][flight][rng.integers(4)]
                columns[name].append(f"{says // 60}:{says % 60:02d} h")
                right[name].append(f"{truth[name][flight] // 60}:{truth[name][flight] % 60:02d} h")
    return columns, right


def majority(columns, name):
    """What most sites say of each flight."""
    said = {}
    for flight, value in zip(columns["flight"], columns[name], strict=True):
        said.setdefault(flight, {}).setdefault(value, 0)
        said[flight][value] += 1
    return [max(said[flight], key=lambda v: (said[flight][v], v)) for flight in columns["flight"]]


@pytest.mark.parametrize("seed", [1, 2])
def test_reliable_sources_outvote_more_numerous_ones(coded, seed):
    columns, right = told(seed)
    table = coded(columns)
    for settled in sources.settle(table):
        name = table.columns[settled.column].name
        values = table.columns[settled.column].values
        new = list(columns[name])
        for row, code in zip(settled.rows.tolist(), settled.codes.tolist(), strict=True):
            new[row] = values[code]
        ours = np.mean([a == b for a, b in zip(new, right[name], strict=True)])
        most = np.mean([a == b for a, b in zip(majority(columns, name), right[name], strict=True)])
        assert ours >= 0.97
        assert ours >= most


def test_contradictions_of_sources_become_repairs_that_are_right(make):
    columns, right = told(3, share_bad=0.3)
    repairs = accept(propose(make(columns)).repairs, 0.9)
    errors = sum(a != b for name in TOLD for a, b in zip(columns[name], right[name], strict=True))
    good = [right[each.column][each.row] == each.new for each in repairs]
    assert sum(good) >= 0.95 * len(good)
    assert sum(good) >= 0.8 * errors


@pytest.mark.slow
def test_where_most_are_right_those_that_are_often_wrong_still_count_for_less(make):
    columns, right = told(8, good=0.99, bad=0.7, share_bad=0.4)
    repairs = accept(propose(make(columns)).repairs, 0.9)
    errors = sum(a != b for name in TOLD for a, b in zip(columns[name], right[name], strict=True))
    assert {each.cause for each in repairs} == {"source"}
    assert sum(right[each.column][each.row] == each.new for each in repairs) >= 0.98 * max(errors, len(repairs))


def test_a_source_that_always_differs_tells_of_something_else(coded):
    columns, _ = told(5, share_bad=0.3)
    own = [row for row, site in enumerate(columns["site"]) if site == "site c"]
    for row in own:
        columns["gate"][row] = f"terminal {row}"
    corrected = {(each.column, row) for each in sources.settle(coded(columns)) for row in each.rows.tolist()}
    assert corrected
    assert not corrected & {(4, row) for row in own}


def test_where_nearly_all_agree_the_majority_settles_it(coded):
    columns, _ = told(6, good=0.99, share_bad=0.0)
    assert list(sources.settle(coded(columns))) == []


def test_a_panel_of_years_has_no_sources(coded):
    rng = np.random.default_rng(4)
    columns = {
        "land": [f"land {chr(97 + n % 20)}" for n in range(300)],
        "year": [2000 + n // 20 for n in range(300)],
        "group": [["low", "middle", "high"][(n % 20) % 3 if rng.random() > 0.2 else 2] for n in range(300)],
        "rank": [f"r{(n % 20) if rng.random() > 0.2 else 1}" for n in range(300)],
    }
    assert list(sources.settle(coded(columns))) == []


def test_a_wrong_time_in_another_form_is_repaired_in_both(make):
    columns, right = told(7, share_bad=0.3)
    for name in TOLD:  # "7:05 h" becomes a time of day; one in ten stands behind a date
        right[name] = [cell.removesuffix(" h") for cell in right[name]]
        cells = [cell.removesuffix(" h") for cell in columns[name]]
        columns[name] = [f"2011-12-02 {cell}" if row % 10 == 0 else cell for row, cell in enumerate(cells)]
    repairs = accept(propose(make(columns)).repairs, 0.9)
    good = [right[each.column][each.row] == each.new for each in repairs]
    errors = sum(a != b for name in TOLD for a, b in zip(columns[name], right[name], strict=True))
    assert sum(good) >= 0.97 * len(good)
    assert sum(good) >= 0.9 * errors


def test_a_row_that_tells_of_another_thing_is_left_alone(coded):
    rng = np.random.default_rng(21)
    things, agencies = 60, 6
    truth = {
        name: rng.choice([f"{name} {k}" for k in range(40)], things) for name in ("hall", "date", "price", "singer")
    }
    rows = [(t, s) for t in range(things) for s in range(agencies)]
    columns = {"event": [f"event {t}" for t, _ in rows], "agency": [f"agency {chr(97 + s)}" for _, s in rows]}
    for name, values in truth.items():
        told = [values[t] if rng.random() > 0.25 * (s == 5) + 0.03 else rng.choice(values) for t, s in rows]
        columns[name] = [str(each) for each in told]
    astray = 10 * agencies + 1  # a row of event 10 gets the number of event 20
    columns["event"][astray] = "event 20"
    table = coded(columns)
    found = list(sources.settle(table))
    assert found and not any(astray in each.rows for each in found)
    other = 30 * agencies + 2  # wrong throughout, and of no other event
    for name in truth:
        columns[name][other] = f"{name} unheard of"
    assert any(other in each.rows for each in sources.settle(coded(columns)))


def priced(seed):
    """Prices of products by shops, all of which sell for less now and then; of one of them the weights in kilograms."""
    rng = np.random.default_rng(seed)
    things, shops = 120, 8
    price, weight = rng.integers(10, 900, things) + 0.99, rng.integers(100, 9000, things)
    brand = rng.integers(0, 9, things)
    columns = {"product": [], "shop": [], "price": [], "weight": [], "brand": []}
    for thing in range(things):
        for shop in range(shops):
            columns["product"].append(f"P-{thing}")
            columns["shop"].append(f"shop {chr(97 + shop)}")
            less = rng.choice([1, 1, 1, 0.95, 0.9])
            columns["price"].append(f"{price[thing] * less:.2f}")
            told = weight[thing] if rng.random() > 0.3 * (shop == 6) else weight[thing] + rng.integers(1, 90)
            columns["weight"].append(f"{told / 1000:.3f}" if shop == 7 else str(told))
            columns["brand"].append(f"brand {brand[thing] if rng.random() > 0.3 * (shop == 5) else rng.integers(0, 9)}")
    return columns, weight


def test_prices_that_every_shop_lowers_now_and_then_are_not_settled(coded):
    columns, _ = priced(8)
    table = coded(columns)
    assert "price" not in {table.columns[each.column].name for each in sources.settle(table)}
    for row, shop in enumerate(columns["shop"]):  # two shops alone that tell half of the price are wrong
        if shop in ("shop b", "shop c"):
            columns["price"][row] = f"{float(columns['price'][row]) / (1 + (row % 3 == 0)):.2f}"
        else:
            columns["price"][row] = columns["price"][row - row % 8]
    table = coded(columns)
    assert "price" in {table.columns[each.column].name for each in sources.settle(table)}


def test_a_source_that_tells_another_unit_throughout_is_settled_as_well(coded):
    columns, weight = priced(9)
    table = coded(columns)
    new = {
        row: table.columns[each.column].values[code]
        for each in sources.settle(table)
        if table.columns[each.column].name == "weight"
        for row, code in zip(each.rows.tolist(), each.codes.tolist(), strict=True)
    }
    rows = [row for row, shop in enumerate(columns["shop"]) if shop == "shop h"]
    assert [float(new[row]) for row in rows] == [weight[row // 8] for row in rows]


def test_what_a_source_never_tells_is_not_filled(make):
    columns, _ = told(10, share_bad=0.3)
    for row, site in enumerate(columns["site"]):
        if site in ("site d", "site k"):
            columns["gate"][row] = None
        elif row % 37 == 0:
            columns["gate"][row] = None  # of the others some have gone
    never = {row for row, site in enumerate(columns["site"]) if site in ("site d", "site k")}
    filled = {each.row for each in propose(make(columns)).repairs if each.column == "gate" and each.old is None}
    assert filled
    assert not filled & never
