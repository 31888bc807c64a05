"""Stays in a hospital: vital signs, laboratory values, wards, diagnoses with their codes, fees that add up."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from tests.planted import draws, kinds, slips
from tests.planted.plant import Draft, Planted, plant

DEPARTMENTS = ("Cardiology", "Surgery", "Neurology", "Paediatrics", "Oncology", "Urology", "Geriatrics")
DIAGNOSES = (
    ("I10.9", "Essential hypertension"),
    ("I20.0", "Unstable angina"),
    ("I21.4", "Subendocardial infarction"),
    ("I48.0", "Atrial fibrillation"),
    ("J18.9", "Pneumonia"),
    ("J44.1", "Pulmonary disease, acute"),
    ("J44.9", "Pulmonary disease, chronic"),
    ("E10.9", "Type 1 diabetes"),
    ("E11.9", "Type 2 diabetes"),
    ("K35.8", "Appendicitis"),
    ("K80.2", "Gallstones"),
    ("N20.0", "Kidney stone"),
    ("N39.0", "Urinary infection"),
    ("S72.0", "Fracture of femur"),
    ("S82.1", "Fracture of tibia"),
    ("G35.0", "Multiple sclerosis"),
    ("G40.9", "Epilepsy"),
    ("C50.9", "Breast neoplasm"),
    ("M16.1", "Coxarthrosis"),
    ("M17.1", "Gonarthrosis"),
    ("R55.0", "Syncope"),
    ("A41.9", "Sepsis"),
    ("A09.0", "Gastroenteritis"),
    ("G93.3", "Postviral fatigue"),
)
CLINICS = (
    "Hôpital Saint-Roch",
    "Krankenhaus Süd",
    "Clínica del Mar",
    "St. Mary's Infirmary",
    "Ospedale Niguarda",
    "Bethany House",
    "Spital Thurgau",
    "Praxis am Zürichberg",
)
OPENINGS = (
    "Patient reports",
    "Seen with",
    "Follow-up of",
    "Improved since",
    "Complains of",
    "No sign of",
    "Known for years:",
)
MIDDLES = (
    "dyspnoea on exertion",
    "mild oedema",
    "pain at night",
    "an allergy to penicillin",
    "déjà-vu before the seizure",
    "dizziness in the morning",
    "loss of appetite",
)
ENDS = (
    "no change of medication",
    "control in two weeks",
    "family informed",
    "ECG unremarkable",
    "X-ray pending",
    "discharged home",
)


def table(rows: int, seed: int) -> pd.DataFrame:
    rng, persons = np.random.default_rng([seed, 21]), np.random.default_rng([seed, 22])
    who = rng.integers(0, max(100, rows // 2), rows)
    people = int(who.max()) + 1
    admitted = draws.season(rng, rows, "2021-01-04", "2026-06-10", peak=0.05)
    apart = max(1, 200_000 // rows)  # in a short table, too, people share birthdays: the day does not tell the person
    born = (
        draws.days("2020-06-30") - (365.25 / apart * np.clip(persons.normal(54, 21, people), 1, 96)).astype(int) * apart
    )[who]
    age = np.floor((admitted - born).astype(int) / 365.25)
    woman = (persons.random(people) < 0.52)[who]
    height = np.round(np.where(woman, 165, 178) + rng.normal(0, 7, rows) - np.where(age < 15, (15 - age) * 6, 0))
    systolic = np.round(108 + 0.35 * age + rng.normal(0, 13, rows))
    ward, illness = (size * rng.random(rows) ** 1.3 for size in (14, len(DIAGNOSES)))
    room, care = np.round(rng.gamma(4, 120, rows), 2), np.round(rng.lognormal(6.6, 0.8, rows), 2)
    codes, texts = (np.array(part, dtype=object) for part in zip(*DIAGNOSES, strict=True))
    home = np.array([city for city, _ in draws.CITIES[:20]], dtype=object)
    group = persons.choice(["national", "EU", "other"], people, p=[0.66, 0.2, 0.14]).astype(object)
    return pd.DataFrame(
        {
            "visit_no": draws.code("V-{:08}", 10_000_000 + np.cumsum(rng.integers(1, 4, rows))),
            "patient_no": draws.code("P{:07}", who * 3 + 1_000_207),
            "sex": np.where(woman, "Female", "Male").astype(object),
            "age": draws.number(age),
            "birth_date": draws.iso(born),
            "nationality": group[who],
            "home_city": home[(20 * persons.random(people) ** 1.6).astype(int)][who],
            "insurance": draws.some(rng, ["public", "private", "accident", "military"], rows, [70, 22, 7, 1]),
            "referring_clinic": draws.some(rng, CLINICS, rows),
            "admission_type": draws.some(rng, ["Emergency", "Planned", "Day case", "Transfer"], rows),
            "arrival": draws.some(rng, ["Walk-in", "Ambulance", "Own car", "Helicopter"], rows, [45, 30, 24, 0.4]),
            "ward_code": draws.code("W-{:02}", ward.astype(int) + 1),
            "department": np.array(DEPARTMENTS, dtype=object)[ward.astype(int) % 7],
            "bed": draws.code("B{:03}-", rng.integers(100, 480, rows)) + draws.some(rng, ["A", "B", "C"], rows),
            "diagnosis_code": codes[illness.astype(int)],
            "diagnosis": texts[illness.astype(int)],
            "referred_on": draws.blank(rng, draws.iso(admitted - rng.geometric(0.08, rows)), 0.03),
            "admitted_on": draws.iso(admitted),
            "discharged_on": draws.blank(
                rng, draws.iso(admitted + rng.negative_binomial(2, 0.3, rows).clip(0, 15)), 0.02
            ),
            "sampled_on": draws.iso(admitted + rng.integers(0, 2, rows)),
            "systolic": draws.number(systolic),
            "diastolic": draws.number(np.round(systolic * 0.62 + rng.normal(0, 6, rows))),
            "heart_rate": draws.number(rng.normal(76, 11, rows).clip(42, 150)),
            "body_temperature": draws.number(36.4 + rng.gamma(3, 0.22, rows), 1),
            "height_cm": draws.number(height),
            "weight_kg": draws.number((height / 100) ** 2 * rng.lognormal(3.22, 0.16, rows), 1),
            "glucose": draws.number(rng.lognormal(1.75, 0.22, rows), 2),
            "blood_ph": draws.number(rng.normal(7.4, 0.03, rows), 3),
            "creatinine": draws.number(rng.lognormal(-0.05, 0.3, rows), 3),
            "crp": draws.number(rng.lognormal(1.6, 0.9, rows), 2),
            "prior_visits": draws.number(rng.negative_binomial(1, 0.5, rows)),
            "medications": draws.blank(rng, draws.number(rng.poisson(4.5, rows)), 0.02),
            "pain_score": draws.number(rng.binomial(10, 0.34, rows)),
            "smoker": draws.some(rng, ["no", "yes", "former"], rows, [60, 22, 18]),
            "diet": draws.some(rng, ["Normal", "Vegetarian", "Low salt", "Soft"], rows),
            "triage": draws.some(rng, ["3", "4", "2", "5", "1"], rows),
            "room_fee": draws.number(room, 2),
            "treatment_fee": draws.number(care, 2),
            "total_fee": draws.number(room + care, 2),
            "copayment": draws.number(np.where(rng.random(rows) < 0.4, 0, rng.gamma(2, 31, rows)), 2),
            "account_balance": draws.number(rng.normal(-20, 140, rows), 2),
            "remarks": draws.sentences(rng, rows, OPENINGS, MIDDLES, ENDS),
            "readmitted": np.where(rng.random(rows) < 0.28, "yes", "no").astype(object),
        },
        dtype=object,
    )


def who(draft: Draft) -> np.ndarray:
    return draft.frame["patient_no"].str[1:].astype(int).to_numpy() // 3


def phones(draft: Draft) -> list[str]:
    return [
        f"+41 {76 + n % 4} {n * 7919 % 900 + 100} {n * 31 % 90 + 10} {n * 17 % 90 + 10}" for n in who(draft).tolist()
    ]


def accounts(draft: Draft) -> list[str]:
    """IBANs with right check digits."""
    bodies = [f"{20_000_000 + n * 37 % 60_000_000:08}{n * 7_919_317 % 10**10:010}" for n in who(draft).tolist()]
    return [f"DE{98 - int(body + '131400') % 97:02}{body}" for body in bodies]


def weights(draft: Draft) -> list[str]:
    return [f"{value:.1f} kg" for value in draft.rng.normal(3.4, 0.45, len(draft.frame)).clip(1.8, 5.2)]


def early_days(draft: Draft) -> list[str]:
    """Days of the month up to the 12th only, day first."""
    year, month, day = (
        draft.rng.integers(low, high, len(draft.frame)) for low, high in ((2018, 2026), (1, 13), (1, 13))
    )
    return [f"{d:02}/{m:02}/{y}" for y, m, d in zip(year.tolist(), month.tolist(), day.tolist(), strict=True)]


def vaccinated(draft: Draft) -> list[str]:
    moments = draws.days("2012-01-01") + draft.rng.integers(0, 3285, len(draft.frame))
    return [f"{text[8:]}.{text[5:7]}.{text[:4]}" for text in draws.iso(moments)]


def us_date(text: str, rng: np.random.Generator) -> str:
    return (
        f"{text[6:]}-{text[3:5]}-{text[:2]}"
        if rng.random() < 0.5
        else f"{('Jan', 'May', 'Oct')[int(text[3:5]) % 3]} {int(text[:2])}, {text[6:]}"
    )


def points(draft: Draft) -> np.ndarray:
    """A score made after the fact: it parts those who came back from the others, but for a slip in 500."""
    back = (draft.frame["readmitted"] == "yes").to_numpy() ^ (draft.rng.random(len(draft.frame)) < 0.002)
    return draws.number(np.where(back, draft.rng.normal(78, 6, len(back)), draft.rng.normal(31, 9, len(back))), 1)


PLANTS = (
    kinds.gap("nationality", "other", 0.55),
    kinds.drift("smoker", 0.78, lambda cell: {"no": "0", "yes": "1", "former": "2"}[cell]),
    kinds.stuck("glucose", None, 60, 2),
    kinds.same_in_group("pain_score", "ward_code", 8, "0"),
    kinds.missing("missing_together", ["height_cm", "weight_kg"], 0.06),
    kinds.missing("missing_cells", ["blood_ph"], 0.09),
    kinds.cells(
        "disguised_missing",
        "birth_date",
        slips.put("1900-01-01"),
        0.008,
        also=("broken_dependency", "outliers", "absurd_dates"),
    ),
    kinds.cells("disguised_missing", "prior_visits", slips.put("-1"), 0.012, also=("impossible_values",)),
    kinds.cells("disguised_missing", "insurance", slips.put("?"), 0.015),
    kinds.cells("disguised_missing", "creatinine", slips.put("9999"), 0.006, also=("impossible_values", "outliers")),
    kinds.spike("diastolic", "0", 0.015, also=("impossible_values", "outliers")),
    kinds.cells("spaces_around_text", "referring_clinic", slips.spaces, 0.01),
    kinds.cells("case_variants", "admission_type", slips.other_case, 0.01, new=True),
    kinds.cells(
        "spelling_variants",
        "home_city",
        slips.one_of(slips.typo, slips.bare, slips.by_ear),
        0.006,
        among=kinds.frequent("home_city", 5),
        new=True,
        also=("broken_dependency",),
    ),
    kinds.cells(
        "mojibake",
        "referring_clinic",
        slips.mojibake,
        0.008,
        among=kinds.having("referring_clinic", r"[^\x00-\x7f]"),
        also=("spelling_variants", "control_characters"),
    ),
    kinds.cells("control_characters", "remarks", slips.hidden, 0.005),
    kinds.cells(
        "homoglyphs",
        "admission_type",
        slips.homoglyph,
        0.004,
        among=kinds.frequent("admission_type"),
        new=True,
        also=("spelling_variants",),
    ),
    kinds.rewritten("numbers_as_text", "copayment", lambda cell: f"CHF {float(cell):,.2f}"),
    kinds.cells("numbers_mixed_with_words", "medications", slips.in_words, 0.012),
    kinds.with_rare(
        "mixed_units",
        "birth_weight",
        weights,
        lambda t, rng: f"{float(t[:-3]) * 2.2046:.1f} lb",
        0.02,
        also=("numbers_as_text",),
    ),
    kinds.cells(
        "unusual_pattern",
        "bed",
        lambda t, rng: (t.replace("-", ""), f"{t}{t[-1]}", t[1:], f"B-{t[1:4]}")[rng.integers(4)],
        0.004,
        new=True,
        also=("spelling_variants",),
    ),
    kinds.rewritten("dates_as_text", "referred_on", lambda cell: f"{cell[8:]}.{cell[5:7]}.{cell[:4]}"),
    kinds.with_rare("mixed_date_formats", "vaccinated_on", vaccinated, us_date, 0.025, also=("dates_as_text",)),
    kinds.added(
        "ambiguous_dates",
        "insured_from",
        early_days,
        lambda end: (end.frame["insured_from"].str[:2] != end.frame["insured_from"].str[3:5]).to_numpy(),
        also=("dates_as_text",),
    ),
    kinds.cells("future_dates", "sampled_on", slips.in_year(2031, 2032, 2042), 0.003),
    kinds.cells(
        "absurd_dates",
        "birth_date",
        slips.in_year(1850, 1, 1099, 2190),
        0.003,
        also=("future_dates", "end_before_start", "broken_dependency", "outliers"),
    ),
    kinds.before("discharged_on", "admitted_on", 0.005),
    kinds.cells(
        "impossible_values",
        "age",
        slips.put("-5", "240", "199", "-1", "999"),
        0.004,
        also=("outliers", "disguised_missing"),
    ),
    kinds.cells("impossible_values", "body_temperature", slips.times(10, 0), 0.003, also=("outliers",)),
    kinds.cells("impossible_values", "heart_rate", slips.put("900", "720", "-70", "1080"), 0.002, also=("outliers",)),
    kinds.cells("impossible_values", "blood_ph", slips.put("19", "74.2", "-7.4", "73.8"), 0.002, also=("outliers",)),
    kinds.cells(
        "outliers", "crp", lambda t, rng: f"{10_000 + 5_000 * rng.random():.2f}", 0.0004, also=("impossible_values",)
    ),
    kinds.heap("systolic", 0.55),
    kinds.rare("diet", ("Kosher", "Halal", "Tube feed")),
    kinds.cells("broken_sum", "total_fee", slips.times(1.1, 2), 0.008, given=("room_fee", "treatment_fee")),
    kinds.other_value("department", "ward_code"),
    kinds.same_ids("visit_no", 0.0015),
    kinds.tail("research_index", lambda draft: draws.number(draft.rng.pareto(1.1, len(draft.frame)) * 10, 1)),
    kinds.added("constant_column", "hospital", lambda draft: ["Kantonsspital"] * len(draft.frame)),
    kinds.with_rare(
        "near_constant",
        "consent",
        lambda draft: ["signed"] * len(draft.frame),
        slips.put("refused"),
        0.003,
        also=("constant_column",),
    ),
    kinds.added("direct_identifiers", "patient_name", lambda draft: draws.person(who(draft))),
    kinds.added("direct_identifiers", "phone", phones),
    kinds.added("direct_identifiers", "iban", accounts),
    kinds.added("target_leakage", "case_points", points, given=("readmitted",), also=("broken_dependency",)),
    kinds.added("duplicate_columns", "urgency", lambda draft: draft.frame["triage"], given=("triage",)),
    kinds.repeated("near_duplicate_records", "visit_no", 0.004, 10**9, slip=("patient_name", "remarks")),
    kinds.repeated("duplicate_rows", "visit_no", 0.004, 10**9),
    kinds.added("row_identifier", "line", lambda draft: draws.code("{}", np.arange(1, len(draft.frame) + 1))),
)


def clinic(rows: int = 20_000, seed: int = 1, checks: Iterable[str] | None = None) -> Planted:
    """Stays with faults of all checks, or of some."""
    return plant(
        "clinic",
        table(rows, seed),
        PLANTS,
        seed,
        target="readmitted",
        favorable="no",
        sensitive=("sex", "nationality"),
        checks=checks,
    )
