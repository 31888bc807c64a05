"""Marks beside values, and numbers that are finer than the others: found exactly, and not where they are natural."""

import numpy as np
import pytest

from dataops_core.checks.profile import profile_table
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import run_recipe
from tests.checks.test_mixed_causes import rows_of

TOWNS = ("Oslo", "Bergen", "Sandnes", "Tromsø", "Drammen")


def towns(rows=200, **marked):
    cells = [TOWNS[n % 5] for n in range(rows)]
    for row, form in marked.items():
        cells[int(row[1:])] = form.format(cells[int(row[1:])])
    return cells


def test_marks_are_found_and_taken_off(make_table, tmp_path):
    table = make_table({"town": towns(r3="{} (?)", r7="{} *", r31="[!] {}", r62="{}†")})
    [found] = [each for each in profile_table(table)[0]["findings"] if each["check"] == "marks_beside_values"]
    assert found["rows"] == [3, 7, 31, 62]
    assert found["fix"]["with"]["mapping"]["Tromsø (?)"] == "Tromsø"
    done = run_recipe(Recipe("r", 0, (RecipeStep(found["fix"]["op"], found["fix"]["with"]),)), table, tmp_path)
    assert done.table.frame()["town"].tolist() == towns()


def test_many_values_with_a_mark_lose_it_by_a_pattern(make_table, tmp_path):
    cells = [f"Ward {n} of Tromsø" for n in range(900)]
    table = make_table({"ward": [f"{text} (?)" if n % 6 == 0 else text for n, text in enumerate(cells)]})
    [found] = [each for each in profile_table(table)[0]["findings"] if each["check"] == "marks_beside_values"]
    assert found["count"] == 150
    assert found["fix"]["with"]["match"] == "pattern"
    done = run_recipe(Recipe("r", 0, (RecipeStep(found["fix"]["op"], found["fix"]["with"]),)), table, tmp_path)
    assert done.table.frame()["ward"].tolist() == cells


@pytest.mark.parametrize(
    "cells",
    [
        ["A", "A*", "B", "C"] * 50,  # a grade
        [*towns(), "Oslo (?)", "Bergen (?)"],  # two alone
        [f"What did the people of {town} say?" for town in TOWNS] * 40,
        [*towns(), *(f"{town} (N)" for town in TOWNS)],
        [*towns(), "*", "(?)", "?", "**"],  # no values
        ["I liked it, and so did all the others who came along with us that day !"] * 20
        + ["The room was clean, the bed was good, and I would go there again any day."] * 180,
    ],
)
def test_what_belongs_to_a_value_or_a_sentence_is_no_mark(make_table, cells):
    assert rows_of(make_table({"what": cells}), "marks_beside_values") == []


@pytest.mark.parametrize(("digits", "shown"), [(0, "whole"), (1, "1 decimal at most")])
def test_numbers_with_more_decimals_than_the_rest(make_table, digits, shown):
    rng = np.random.default_rng(3)
    height = np.round(rng.normal(165, 8, 400), digits)
    rows = [5, 50, 150, 250]
    height[rows] = np.round(height[rows] / 2.54, 2) + 0.003
    table = make_table({"height": height})
    [found] = [each for each in profile_table(table)[0]["findings"] if each["check"] == "finer_numbers"]
    assert (found["rows"], found["severity"]) == (rows, "note")
    assert shown in found["message"]


def test_halves_among_whole_numbers_mixed_decimals_and_one_value_are_natural(make_table):
    rng = np.random.default_rng(4)
    hours = rng.integers(20, 60, 400).astype(float)
    hours[[3, 30, 300, 350]] = (37.5, 38.25, 12.5, 40.75)
    years = rng.integers(20, 60, 400).astype(float)
    years[[3, 30, 300, 350]] = 0.417
    table = make_table({"hours": hours, "years": years, "mean": np.round(rng.normal(5, 1, 400), 3) + hours / 7})
    assert rows_of(table, "finer_numbers") == []


def test_numbers_written_as_text_are_looked_at_as_meant(make_table):
    cells = [f"{n % 80 + 100}" for n in range(300)]
    for row in (4, 40, 140):
        cells[row] = f"{int(cells[row]) / 2.54:.2f}"
    cells[9] = "see note"
    assert rows_of(make_table({"length": cells}), "finer_numbers") == [[4, 40, 140]]


def test_infinite_and_huge_numbers_are_passed_over(make_table):
    numbers = np.array([*range(300), 31.27, 44.09, 29.53, np.inf, -np.inf, 1e308])
    assert rows_of(make_table({"a": numbers}), "finer_numbers") == [[300, 301, 302]]
