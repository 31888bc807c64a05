"""Messages of climate sensors in buildings: devices interleaved in time, daily cycles, seasons, counters
that add up.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable

import numpy as np
import pandas as pd

from tests.planted import draws, kinds, slips
from tests.planted.plant import Draft, Planted, plant

DEVICES = 12
SITES = (
    ("Zürich-Oerlikon", 47.4111, 8.5442),
    ("Zürich-Oberstrass", 47.3852, 8.5514),
    ("St. Gallen Süd", 47.4149, 9.3549),
    ("L'Aquila Centro", 42.3498, 13.3995),
)
FIRMS = ("Müller Klimatechnik", "Ärö Service", "Brückner & Söhne", "Climat d'Été", "Polar Systems", "Nordlüft")
ROOMS = ("Archive", "Reading room", "Server room", "Cold store", "Atrium", "Workshop")
OPENINGS = (
    "Filter changed",
    "Routine message",
    "Fan louder than usual",
    "Checked on site",
    "Window reported",
    "Restarted",
    "Condensate drained",
)
MIDDLES = (
    "by the caretaker",
    "after the storm",
    "during the night shift",
    "without finding",
    "on the café side",
    "for the audit",
    "as planned",
)
ENDS = ("no action needed", "watch for a week", "spare part ordered", "same as in spring", "told the tenant")


def table(rows: int, seed: int) -> pd.DataFrame:
    rng, fixed = np.random.default_rng([seed, 31]), np.random.default_rng([seed, 32])
    sent = np.sort(rng.choice(int(rows * 1.02) + DEVICES, rows, replace=False))  # one message in fifty is lost
    device, tick = sent % DEVICES, sent // DEVICES
    minutes = 60 if rows < 200_000 else 15
    last = np.datetime64("2026-06-24T22:00:00", "s")
    moment = last - (tick.max() - tick) * minutes * 60 + device * 4 + rng.integers(0, 3, rows)
    hours = moment.astype(int) / 3600
    sun = np.cos(2 * np.pi * (hours - 14) / 24)
    summer = np.cos(2 * np.pi * (hours / 24 - 200) / 365.25)
    outdoor = 9.5 + 9.5 * summer + 4 * sun + rng.normal(0, 2.4, rows)
    offset = fixed.normal(0, 0.8, DEVICES)[device]
    grid = np.round(rng.gamma(3, 0.35, rows) * (1.3 - 0.3 * sun), 3)
    solar = np.round(np.where(sun > 0.05, sun * rng.gamma(4, 0.2, rows), 0), 3)
    site = device // 3
    names, north, east = (np.array(part, dtype=object) for part in zip(*SITES, strict=True))
    busy = rng.poisson(np.where(sun > 0, 6, 0.3))
    # no two alike; some of them, such as 3e6473240168, could be taken for numbers
    serial = (np.arange(1, rows + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4B) + np.uint64(seed)) % np.uint64(2**48)
    installed = draws.iso(draws.days("2018-02-01") + fixed.integers(0, 900, DEVICES))
    return pd.DataFrame(
        {
            "message_id": draws.code("{:012x}", serial),
            "sent_at": draws.iso(moment, "s"),
            "device": draws.code("D-{:02}", device + 1),
            "gateway": draws.code("GW-{}", device % 4 + 1),
            "site": names[site],
            "latitude": draws.number(north[site].astype(float), 4),
            "longitude": draws.number(east[site].astype(float), 4),
            "installed_on": installed[device],
            "room": draws.some(rng, ROOMS, rows),
            "firm": draws.some(rng, FIRMS, rows),
            "part_no": (
                draws.code("PN-{}", 48_000 + (300 * rng.random(rows) ** 1.3).astype(int) * 13)
                + draws.some(rng, ["-A", "-B"], rows)
            ),
            "mode": draws.some(rng, ["Automatic", "Heating", "Cooling", "Eco"], rows),
            "status": draws.some(rng, ["running", "standby", "warming up", "defrost"], rows, [70, 20, 7, 3]),
            "season_setting": draws.some(rng, ["summer", "winter", "transition", "holiday"], rows, [40, 35, 24.7, 0.3]),
            "temperature": draws.number(20.6 + 0.9 * sun + 1.4 * summer + offset + rng.normal(0, 0.35, rows), 3),
            "outdoor_temperature": draws.number(outdoor, 2),
            "setpoint": draws.number(np.round((20.5 + rng.normal(0, 0.7, rows)) * 2) / 2, 1),
            "humidity": draws.number((52 - 6 * sun + 4 * summer + rng.normal(0, 5, rows)).clip(8, 96), 1),
            "pressure_hpa": draws.number(968 + 4 * site + rng.normal(0, 6.5, rows), 2),
            "co2_ppm": draws.number(410 + busy * 45 + rng.gamma(2, 30, rows)),
            "flow_lpm": draws.number(rng.normal(118, 14, rows), 2),
            "vibration": draws.number(rng.lognormal(0.2, 0.5, rows), 3),
            "noise_db": draws.number(38 + 3 * sun + rng.normal(0, 4, rows), 1),
            "light_lux": draws.number(np.where(sun > -0.2, (sun + 0.2) * rng.lognormal(5.8, 0.6, rows), 0)),
            "energy_grid": draws.number(grid, 3),
            "energy_solar": draws.number(solar, 3),
            "energy_total": draws.number(grid + solar, 3),
            "battery": draws.number((96 - 20 * rng.beta(2, 5, rows)).clip(0, 100)),
            "valve_open": draws.number(100 * rng.beta(1.6, 2.2, rows)),
            "people": draws.number(busy),
            "signal_dbm": draws.blank(rng, draws.number(rng.normal(-71, 7, rows)), 0.03),
            "tank_level": draws.number(rng.normal(643, 88, rows)),
            "range_min": draws.number(rng.normal(12, 1.2, rows), 1),
            "range_max": draws.number(rng.normal(29, 1.5, rows), 1),
            "window_open": np.where(rng.random(rows) < 0.12, "true", "false").astype(object),
            "restarts": draws.number(rng.poisson(0.08, rows)),
            "serviced_on": draws.iso(moment.astype("datetime64[D]") - rng.integers(3, 260, rows)),
            "checked_on": draws.blank(rng, draws.iso(moment.astype("datetime64[D]") - rng.geometric(0.15, rows)), 0.02),
            "note": draws.sentences(rng, rows, OPENINGS, MIDDLES, ENDS),
            "alarm": np.where(rng.random(rows) < 0.3, "yes", "no").astype(object),
        },
        dtype=object,
    )


def pressures(draft: Draft) -> list[str]:
    return [f"{value:.2f} bar" for value in draft.rng.normal(2.4, 0.3, len(draft.frame))]


def meters(draft: Draft) -> list[str]:
    """Decimal commas; the odd one out has a point."""
    return [
        slips.european(f"{value:,.1f}", draft.rng)
        for value in draft.rng.normal(31_000, 5_500, len(draft.frame)).clip(4_000)
    ]


def addresses(draft: Draft) -> list[str]:
    """Addresses of the laptops that people connected from."""
    parts = draft.rng.integers(1, 255, (len(draft.frame), 2)).tolist()
    return [f"84.{a % 60 + 20}.{b}.{(a * b) % 250 + 2}" for a, b in parts]


def technicians(draft: Draft) -> np.ndarray:
    key = draft.rng.integers(0, 60, len(draft.frame))
    names = [slips.bare(name, draft.rng).split()[-1].lower() for name in draws.person(np.arange(60) * 17)]
    mails = np.array([f"{name}.{n}@example.org" for n, name in enumerate(names)], dtype=object)
    return draws.blank(draft.rng, mails[key], 0.03)


def inspections(draft: Draft) -> list[str]:
    """Month first, and always in the first days of the month."""
    year, month, day = (
        draft.rng.integers(low, high, len(draft.frame)) for low, high in ((2022, 2026), (1, 13), (1, 11))
    )
    return [f"{m}/{d}/{y}" for y, m, d in zip(year.tolist(), month.tolist(), day.tolist(), strict=True)]


def unequal(end: Draft) -> np.ndarray:
    parts = end.frame["inspected"].str.split("/")
    return (parts.str[0] != parts.str[1]).to_numpy()


def us_day(text: str) -> str:
    return f"{calendar.month_name[int(text[5:7])]} {text[8:]}, {text[:4]}"


def event_codes(draft: Draft) -> np.ndarray:
    return np.where(draft.frame["alarm"] == "yes", "E-17", "OK-0").astype(object)


PLANTS = (
    kinds.imbalance("yes", "no", 0.02),
    kinds.drift(
        "outdoor_temperature",
        0.66,
        lambda cell: f"{float(cell) * 1.8 + 32:.2f}",
        also=("impossible_values", "outliers"),
    ),
    kinds.stuck("temperature", "device", 48, 3),
    kinds.same_in_group("valve_open", "device", 4, "50"),
    kinds.missing("missing_together", ["light_lux", "people"], 0.065),
    kinds.missing("missing_cells", ["signal_dbm"], 0.06),
    kinds.cells("disguised_missing", "humidity", slips.put("-999"), 0.008, also=("impossible_values", "outliers")),
    kinds.cells("disguised_missing", "co2_ppm", slips.put("9999"), 0.01, also=("impossible_values", "outliers")),
    kinds.cells("disguised_missing", "serviced_on", slips.put("1970-01-01"), 0.01, also=("outliers", "absurd_dates")),
    kinds.cells("disguised_missing", "mode", slips.put("-"), 0.015),
    kinds.spike("flow_lpm", "120.00", 0.03, also=("rounding_heaping",)),
    kinds.cells("spaces_around_text", "room", slips.spaces, 0.012),
    kinds.cells("case_variants", "status", slips.other_case, 0.01, among=kinds.frequent("status"), new=True),
    kinds.cells(
        "spelling_variants", "firm", slips.one_of(slips.typo, slips.typo, slips.bare, slips.turned), 0.008, new=True
    ),
    kinds.cells(
        "mojibake",
        "firm",
        slips.mojibake,
        0.008,
        among=kinds.having("firm", r"[^\x00-\x7f]"),
        also=("spelling_variants", "control_characters"),
    ),
    kinds.cells("control_characters", "note", slips.hidden, 0.004),
    kinds.cells("homoglyphs", "room", slips.homoglyph, 0.004, new=True, also=("spelling_variants",)),
    kinds.cells(
        "numbers_mixed_with_words",
        "noise_db",
        slips.put("quiet", "about 40", "sensor off", "n/a yet", "> 45"),
        0.01,
        also=("disguised_missing",),
    ),
    kinds.rewritten("numbers_as_text", "pressure_hpa", lambda cell: f"{cell} hPa"),
    kinds.with_rare("out_of_locale", "meter_kwh", meters, slips.european, 0.008, also=("numbers_as_text",)),
    kinds.with_rare(
        "mixed_units",
        "pipe_pressure",
        pressures,
        lambda t, rng: f"{float(t[:-4]) * 14.504:.1f} psi",
        0.025,
        also=("numbers_as_text",),
    ),
    kinds.cells(
        "unusual_pattern",
        "part_no",
        lambda t, rng: (t.replace("-", ""), t[3:], f"{t}1", f"PN {t[3:]}")[rng.integers(4)],
        0.005,
        new=True,
        also=("spelling_variants",),
    ),
    kinds.rewritten("dates_as_text", "installed_on", us_day),
    kinds.added("ambiguous_dates", "inspected", inspections, unequal, also=("dates_as_text",)),
    kinds.cells("future_dates", "checked_on", slips.in_year(2031, 2036), 0.004, also=("end_before_start",)),
    kinds.cells(
        "absurd_dates",
        "serviced_on",
        slips.in_year(1026, 226, 2202),
        0.003,
        also=("future_dates", "outliers", "end_before_start"),
    ),
    kinds.cells(
        "end_before_start",
        "range_max",
        lambda t, rng: f"{rng.uniform(1, 5):.1f}",
        0.004,
        given=("range_min",),
        also=("outliers",),
    ),
    kinds.cells("impossible_values", "battery", slips.put("130", "-20", "412"), 0.003, also=("outliers",)),
    kinds.cells(
        "impossible_values",
        "latitude",
        slips.put("412.0000", "-950.0000", "474.1110"),
        0.002,
        also=("broken_dependency", "outliers"),
    ),
    kinds.cells(
        "outliers", "vibration", lambda t, rng: f"{900 + 300 * rng.random():.3f}", 0.0005, also=("impossible_values",)
    ),
    kinds.heap("tank_level", 0.6, 50),
    kinds.rare("status", ("self-test", "firmware update"), 4),
    kinds.cells(
        "broken_sum",
        "energy_total",
        slips.times(10, 3),
        0.006,
        given=("energy_grid", "energy_solar"),
        also=("outliers",),
    ),
    kinds.other_value("gateway", "device", 0.008),
    kinds.same_ids("message_id", 0.001),
    kinds.tail("queue_bytes", lambda draft: draws.number(draft.rng.pareto(1.2, len(draft.frame)) * 400)),
    kinds.added("constant_column", "schema", lambda draft: ["2"] * len(draft.frame)),
    kinds.added("constant_column", "reserved", lambda draft: [None] * len(draft.frame), also=("missing_cells",)),
    kinds.with_rare(
        "near_constant",
        "protocol",
        lambda draft: ["mqtt"] * len(draft.frame),
        slips.put("http"),
        0.0025,
        also=("constant_column",),
    ),
    kinds.added("direct_identifiers", "technician", technicians, lambda end: end.present("technician")),
    kinds.added("direct_identifiers", "laptop_ip", addresses),
    kinds.added("target_leakage", "event", event_codes, given=("alarm",), also=("duplicate_columns",)),
    kinds.added("duplicate_columns", "target_temperature", lambda draft: draft.frame["setpoint"], given=("setpoint",)),
    kinds.repeated("duplicate_rows", "message_id", 0.006, 36),
)


def sensors(rows: int = 20_000, seed: int = 1, checks: Iterable[str] | None = None) -> Planted:
    """Messages with faults of all checks, or of some; no column is about people, so none is sensitive."""
    return plant("sensors", table(rows, seed), PLANTS, seed, target="alarm", favorable=None, checks=checks)
