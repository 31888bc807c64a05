"""Orders of a shop with branches: skewed amounts, seasons, places that look alike, prices that add up."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from tests.planted import draws, kinds, slips
from tests.planted.plant import Draft, Planted, plant

CATEGORIES = ("Kitchen", "Garden", "Toys", "Lighting", "Bedding", "Books", "Tools", "Bath", "Office", "Pet care")
STORES, PRODUCTS = 24, 400
OPENINGS = (
    "Customer asked for",
    "Please leave",
    "Called about",
    "Wants",
    "Deliver only with",
    "Agreed on",
    "Neighbour takes",
)
MIDDLES = (
    "the blue one",
    "gift wrapping",
    "delivery after 17:00",
    "a second box",
    "the parcel at the back door",
    "an invoice by post",
    "it on Saturday",
)
ENDS = ("no hurry", "ring twice", "paid at the till", "café on the ground floor", "has a dog", "same as last time")


def table(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng([seed, 11])
    product, store, who = (
        np.minimum((size * rng.random(rows) ** power).astype(int), size - 1)
        for size, power in ((PRODUCTS, 1.8), (STORES, 1.4), (max(50, rows // 6), 1.5))
    )
    catalogue = np.random.default_rng([seed, 12])
    base, theme = catalogue.lognormal(2.9, 0.7, PRODUCTS), catalogue.integers(0, len(CATEGORIES), PRODUCTS)
    day = draws.season(rng, rows, "2022-01-03", "2026-06-18", peak=0.93)
    clock = (8 * 60 + 780 * rng.beta(2.2, 1.8, rows)).astype(int)  # open from 8 to 21
    moment = np.sort(day.astype("datetime64[m]") + clock)
    day = moment.astype("datetime64[D]")
    years = (day - draws.days("2022-01-03")).astype(int) / 365.25
    price = np.round(base[product] * (1 + 0.03 * years) * rng.choice([1, 1, 1, 0.9], rows), 2)
    quantity = 1 + rng.negative_binomial(1, 0.45, rows)
    gross = np.round(price * quantity, 2)
    discount = np.round(np.where(rng.random(rows) < 0.7, 0, gross * rng.beta(1.5, 8, rows)), 2)
    place = np.array([1 / (n + 3) for n in range(len(draws.CITIES))])
    city = rng.choice(len(draws.CITIES), rows, p=place / place.sum())
    names, countries = (np.array(part, dtype=object) for part in zip(*draws.CITIES, strict=True))
    country_code = np.unique(countries, return_inverse=True)[1]
    gender = (
        np.random.default_rng([seed, 13])
        .choice(["Female", "Male", "Diverse"], rows, p=[0.51, 0.47, 0.02])
        .astype(object)
    )
    age = (
        np.random.default_rng([seed, 14])
        .choice(["18-29", "30-44", "45-59", "60+"], rows, p=[0.24, 0.33, 0.27, 0.16])
        .astype(object)
    )
    rated = np.clip(np.round(rng.normal(4.1, 0.9, rows)), 1, 5)
    return pd.DataFrame(
        {
            "order_id": draws.code("SO-{:08}", 20_000_000 + np.cumsum(rng.integers(1, 5, rows))),
            "ordered_at": draws.iso(moment, "m"),
            "customer_no": draws.code("C{:06}", who + 1200),
            "gender": gender[who],
            "age_band": age[who],
            "store_code": draws.code("A-{}", store + 101),
            "store_city": names[store % 17],
            "channel": draws.some(rng, ["Web shop", "Branch", "App", "Telephone"], rows),
            "sku": draws.code("SKU-{:05}", 10_400 + product * 7),
            "category": np.array(CATEGORIES, dtype=object)[theme[product]],
            "unit_price": draws.number(price, 2),
            "quantity": draws.number(quantity),
            "gross": draws.number(gross, 2),
            "discount": draws.number(discount, 2),
            "net": draws.number(gross - discount, 2),
            "parcel_weight": draws.number(rng.lognormal(6.9, 0.6, rows)),
            "parcel_length": draws.number(rng.gamma(9, 4.2, rows), 1),
            "packing_minutes": draws.number(rng.gamma(5, 1.7, rows), 2),
            "payment": draws.some(
                rng,
                ["Card", "Invoice", "Direct debit", "Cash", "Gift voucher", "Cheque"],
                rows,
                [50, 26, 15, 8, 1, 0.2],
            ),
            "delivery": draws.some(rng, ["Parcel", "Express", "Pick-up point", "Courier"], rows),
            "ship_city": names[city],
            "ship_country": countries[city],
            "ship_postcode": draws.code(
                "{:05}", (country_code[city] + 1) * 1000 + (300 * rng.random(rows) ** 1.4).astype(int)
            ),
            "return_reason": draws.some(rng, ["Kept", "Too small", "Colour", "Damaged"], rows, [80, 9, 7, 4]),
            "invoiced_on": draws.iso(day + rng.integers(0, 4, rows)),
            "shipped_on": draws.blank(rng, draws.iso(day + rng.geometric(0.45, rows).clip(1, 8)), 0.02),
            "last_contact": draws.blank(rng, draws.iso(day - rng.geometric(0.02, rows).clip(1, 700)), 0.03),
            "balance": draws.number(rng.normal(15, 60, rows) * rng.lognormal(0, 0.4, rows), 2),
            "rating": draws.blank(rng, draws.number(rated), 0.04),
            "visits": draws.number(rng.negative_binomial(2, 0.25, rows)),
            "loyalty_points": draws.number(np.where(rng.random(rows) < 0.55, 0, rng.lognormal(4.5, 0.8, rows))),
            "is_gift": np.where(rng.random(rows) < 0.04, "true", "false").astype(object),
            "note": draws.sentences(rng, rows, OPENINGS, MIDDLES, ENDS),
            "pay_later": np.where(rng.random(rows) < 0.69, "yes", "no").astype(object),
        },
        dtype=object,
    )


def who(draft: Draft) -> np.ndarray:
    return draft.frame["customer_no"].str[1:].astype(int).to_numpy()


def mails(draft: Draft) -> list[str]:
    key = who(draft)
    first = np.array([slips.bare(name, draft.rng).lower() for name in draws.FIRST], dtype=object)
    return [f"{name}.{number}@example.com" for name, number in zip(first[key % len(first)], key.tolist(), strict=True)]


def thousands(draft: Draft) -> list[str]:
    return [f"{value:,.2f}" for value in draft.rng.lognormal(8.2, 0.5, len(draft.frame))]


def british(text: str, rng: np.random.Generator) -> str:
    area, (first, second) = (
        ("SW", "EC", "N", "LS", "M", "EH")[rng.integers(6)],
        rng.choice(list("ABDEFGHJLNPQRSTUWXYZ"), 2),
    )
    return f"{area}{rng.integers(1, 20)} {rng.integers(1, 10)}{first}{second}"


def leak(draft: Draft) -> np.ndarray:
    code = np.where(draft.frame["pay_later"] == "yes", "AC", "RJ").astype(object)
    code[draft.rng.random(len(code)) < 0.02] = None
    return code


def systems(draft: Draft) -> np.ndarray:
    place = np.arange(len(draft.frame)) / len(draft.frame)
    return np.array(["Kasse 1", "Navision", "cloud"], dtype=object)[np.searchsorted([0.3, 0.72], place, side="right")]


def money(cell: str) -> str:
    return f"-€{-float(cell):,.2f}" if cell.startswith("-") else f"€{float(cell):,.2f}"


def campaigns(draft: Draft) -> np.ndarray:
    size = max(300, len(draft.frame) // 12)
    return draws.code("mail {} v2", (size * draft.rng.random(len(draft.frame)) ** 1.2).astype(int) * 13 + 2001)


PLANTS = (
    kinds.gap("gender", "Female", 0.55),
    kinds.drift("parcel_weight", 0.71, lambda cell: f"{float(cell) / 1000:.3f}"),
    kinds.same_in_group("visits", "store_code", 9, "1"),
    kinds.missing("missing_cells", ["loyalty_points"], 0.07),
    kinds.cells("disguised_missing", "rating", slips.put("99"), 0.012, also=("impossible_values", "outliers")),
    kinds.cells("disguised_missing", "return_reason", slips.put("unknown", "n/a"), 0.015),
    kinds.spike("packing_minutes", "10.00", 0.025),
    kinds.cells("spaces_around_text", "channel", slips.spaces, 0.012),
    kinds.cells("case_variants", "delivery", slips.other_case, 0.012, new=True),
    kinds.cells(
        "spelling_variants",
        "ship_city",
        slips.one_of(slips.typo, slips.bare, slips.turned, slips.by_ear),
        0.008,
        among=kinds.frequent("ship_city", 5),
        new=True,
    ),
    kinds.cells(
        "mojibake",
        "ship_city",
        slips.mojibake,
        0.006,
        among=kinds.having("ship_city", r"[^\x00-\x7f]"),
        also=("spelling_variants", "control_characters"),
    ),
    kinds.cells("control_characters", "note", slips.hidden, 0.006),
    kinds.cells(
        "homoglyphs",
        "return_reason",
        slips.homoglyph,
        0.004,
        among=kinds.frequent("return_reason"),
        new=True,
        also=("spelling_variants",),
    ),
    kinds.cells(
        "unusual_pattern",
        "sku",
        lambda t, rng: (t.replace("-", ""), t[:-1], t + "7", f"SK-{t[4:]}")[rng.integers(4)],
        0.004,
        new=True,
        also=("spelling_variants",),
    ),
    kinds.cells("out_of_locale", "ship_postcode", british, 0.004, also=("unusual_pattern", "numbers_mixed_with_words")),
    kinds.with_rare("out_of_locale", "credit_limit", thousands, slips.european, 0.01, also=("numbers_as_text",)),
    kinds.cells(
        "mixed_date_formats",
        "invoiced_on",
        slips.one_of(slips.day("%d/%m/%Y"), slips.day("%d %b %Y")),
        0.02,
        also=("dates_as_text",),
    ),
    kinds.cells("future_dates", "last_contact", slips.in_year(2031, 2032, 2029), 0.003, also=("end_before_start",)),
    kinds.cells(
        "absurd_dates",
        "last_contact",
        slips.in_year(203, 1823, 2202),
        0.003,
        also=("future_dates", "end_before_start", "outliers"),
    ),
    kinds.before("shipped_on", "ordered_at"),
    kinds.cells("impossible_values", "parcel_length", lambda t, rng: f"-{t}", 0.003, also=("outliers",)),
    kinds.cells(
        "broken_sum",
        "net",
        slips.off_by(1.5, 40),
        0.006,
        given=("gross", "discount"),
        also=("impossible_values", "outliers"),
    ),
    kinds.other_value("category", "sku"),
    kinds.same_ids("order_id"),
    kinds.rewritten("numbers_as_text", "balance", money),
    kinds.added("constant_column", "tenant", lambda draft: ["main"] * len(draft.frame)),
    kinds.with_rare(
        "near_constant",
        "currency",
        lambda draft: ["EUR"] * len(draft.frame),
        slips.put("CHF", "USD"),
        0.002,
        also=("constant_column",),
    ),
    kinds.added("too_many_categories", "campaign", campaigns),
    kinds.added("direct_identifiers", "email", mails),
    kinds.added("direct_identifiers", "customer_name", lambda draft: draws.person(who(draft))),
    kinds.added(
        "target_leakage",
        "decision_code",
        leak,
        lambda end: end.present("decision_code"),
        given=("pay_later",),
        also=("duplicate_columns",),
    ),
    kinds.added("duplicate_columns", "rebate", lambda draft: draft.frame["discount"], given=("discount",)),
    kinds.added("sorted_rows", "system", systems, also=("drift_in_file", "broken_dependency")),
    kinds.repeated("near_duplicate_records", "order_id", 0.003, 60, slip=("customer_name", "note")),
    kinds.repeated("duplicate_rows", "order_id", 0.005, 60),
)


def retail(rows: int = 20_000, seed: int = 1, checks: Iterable[str] | None = None) -> Planted:
    """Orders with faults of all checks, or of some."""
    return plant(
        "retail",
        table(rows, seed),
        PLANTS,
        seed,
        target="pay_later",
        favorable="yes",
        sensitive=("gender", "age_band"),
        checks=checks,
    )
