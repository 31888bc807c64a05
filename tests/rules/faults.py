"""Twenty kinds of faults, planted into a clean draw: what was changed, and in which rows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from tests.rules.draws import meters, orders, patients

Frame = pd.DataFrame
FAULTS: dict[str, tuple[str, Callable[[Frame, np.ndarray], Frame]]] = {}
ROWS = 7


def fault(source: str) -> Callable:
    def register(function: Callable[[Frame, np.ndarray], Frame]) -> Callable:
        FAULTS[function.__name__] = (source, function)
        return function

    return register


def put(frame: Frame, column: str, rows: np.ndarray, value: object) -> Frame:
    cells = frame[column].astype(object).copy()
    cells.iloc[rows] = value if not callable(value) else [value(each) for each in cells.iloc[rows]]
    frame[column] = cells if not isinstance(cells.iloc[rows[0]], (int, float)) else cells.infer_objects()
    return frame


@fault("orders")
def words_among_numbers(frame, rows):
    return put(frame.assign(quantity=frame["quantity"].astype(str)), "quantity", rows, "a few")


@fault("orders")
def missing_cells(frame, rows):
    return put(frame, "town", rows, None)


@fault("orders")
def doubled_keys(frame, rows):
    return put(frame, "order_id", rows, frame["order_id"].iloc[rows[0]])


@fault("patients")
def ages_of_999(frame, rows):
    return put(frame, "age", rows, 999)


@fault("patients")
def negative_amounts(frame, rows):
    return put(frame, "weight", rows, lambda value: -value)


@fault("meters")
def wrong_unit(frame, rows):
    return put(frame, "voltage", rows, lambda value: value * 1000)


@fault("orders")
def dates_of_1900(frame, rows):
    return put(frame, "ordered_on", rows, pd.Timestamp("1900-01-01"))


@fault("orders")
def dates_of_2999(frame, rows):
    return put(frame, "ordered_on", rows, pd.Timestamp("2099-12-31"))


@fault("orders")
def unknown_category(frame, rows):
    return put(frame, "status", rows, "lost")


@fault("patients")
def misspelled_category(frame, rows):
    return put(frame, "sex", rows, "femlae")


@fault("patients")
def other_case(frame, rows):
    return put(frame, "sex", rows, str.upper)


@fault("orders")
def spaces_around(frame, rows):
    return put(frame, "customer", rows, lambda value: f" {value} ")


@fault("orders")
def other_code_format(frame, rows):
    return put(frame, "order_id", rows, lambda value: value.replace("ORD-", "order "))


@fault("orders")
def email_without_at(frame, rows):
    return put(frame, "email", rows, lambda value: value.replace("@", " at "))


@fault("patients")
def overlong_text(frame, rows):
    return put(frame, "remark", rows, "x" * 900)


@fault("orders")
def shipped_before_ordered(frame, rows):
    shipped = frame["ordered_on"].iloc[rows] - pd.Timedelta(days=40)
    frame.loc[frame.index[rows], "shipped_on"] = shipped
    return frame


@fault("orders")
def wrong_sum(frame, rows):
    return put(frame, "gross", rows, lambda value: round(value + 11.3, 2))


@fault("orders")
def wrong_town_of_zip(frame, rows):
    return put(frame, "town", rows, lambda value: "Delft" if value != "Delft" else "Utrecht")


@fault("patients")
def pregnant_men(frame, rows):
    men = np.flatnonzero(frame["sex"] == "male")[: len(rows)]
    frame.iloc[men, frame.columns.get_loc("pregnant")] = True
    rows[:] = men
    return frame


@fault("orders")
def rows_lost(frame, rows):
    rows[:] = -1
    return frame.iloc[: len(frame) // 5].copy()


def planted(name: str, seed: int) -> tuple[Frame, Frame, np.ndarray]:
    """A clean draw, another one with the fault, and the rows that have it; none for a fault of the whole table."""
    source, plant = FAULTS[name]
    make = {"orders": orders, "patients": patients, "meters": meters}[source]
    rows = np.sort(np.random.default_rng(seed).choice(1_000, ROWS, replace=False))
    dirty = plant(make(seed + 50).copy(), rows)
    return make(seed), dirty, rows[rows >= 0]
