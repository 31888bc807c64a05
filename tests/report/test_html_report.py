"""The report of a profile: what it tells, whom it does not name, and how it is built."""

import copy
import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from dataops_core.checks import Context
from dataops_core.checks.profile import profile_table
from dataops_core.privacy.masking import shape
from dataops_core.read import read_file
from dataops_core.report import html_report
from dataops_core.report.mask import masked
from tests.store.people import IDENTIFIERS, csv_of_people

MAILS = ["jolis.feduveld@example.com", "O'Neil+x@mail.example.co.uk", "jörg@münchen.example"]
PHONES = ["+31 6 1234 5678", "030-1234567", "(555) 013-4567", "06.12.34.56.78", "+4915112345678", "0151/23456789"]


def profile_of(table, **context):
    return profile_table(table, context=Context(today="2026-01-31", **context))[0]


@pytest.fixture
def persons(make_table):
    """A hundred rows with e-mail addresses and phone numbers wherever a table can hold them."""
    every = [*MAILS, *PHONES]
    return make_table(
        {
            "email": [f"person{i}.{MAILS[i % 3]}" for i in range(100)],
            "notes": [f"Asked on day {i} to be reached at {every[i % 9]} or later" for i in range(100)],
            "channel": [every[i // 10] if i < 90 else "shop" for i in range(100)],
            f"reach {MAILS[0]}": list(range(100)),
            f"call {PHONES[0]}": ["a", "b"] * 50,
            "amount": [i * 1.5 for i in range(100)],
        }
    )


K_MESSAGE = '2 cells differ: "K0003-Zebulon" for "k0003-zebulon", and K0031-Zebulon; 1,234 rows.'
CITY_MESSAGE = 'All but 7 cells are "Paris" or "Rome", not "Xanadu" or "Ultima Thule", never Xanadu.'
TOWN_MESSAGE = '7 cells are "Town Pp", "Hamlet L" or "no town".'


def spans(message, *values):
    """Where values stand in a message, as findings tell it."""
    return sorted([found.start(), found.end()] for value in values for found in re.finditer(re.escape(value), message))


def digits(text):
    return re.sub(r"\D", "", text)


def holds_number(document, number):
    """Whether the digits of a number stand there, whatever stands between them in a number."""
    return re.search(r"[\s./()+-]*".join(digits(number)), document) is not None


def test_nobody_is_named_unless_asked_for(persons):
    profile = profile_of(persons)
    profile["findings"].append(
        copy.deepcopy(profile["findings"][0])
        | {
            "columns": ["amount"],
            "message": f'Some cells are "{MAILS[1]}" or {PHONES[2]}, not numbers.',
            "values": [],
            "fix": {"op": "mark_missing", "with": {"columns": ["amount"], "tokens": [MAILS[2]]}},
            "check": "numbers_as_text",
        }
    )
    quiet, open_ = html_report(profile, title=MAILS[0]), html_report(profile, title=MAILS[0], show_values=True)
    for secret in (*MAILS, *PHONES):
        plain = secret.replace("'", "&#39;")
        assert secret not in quiet and plain not in quiet, secret
        assert secret in open_ or plain in open_, secret
    assert not re.search(r"[\w.]+@(?!a)[\w.]+", re.sub(r"<style>.*?</style>", "", quiet, flags=re.DOTALL))
    assert not [number for number in PHONES if holds_number(quiet, number)]
    assert "aaaaa.aaaaaaaa@aaaaaaa.aaa" in quiet


def test_values_of_identifiers_and_text_are_shapes_in_messages_too(make_table):
    table = make_table({"patient_id": [f"K{i:04d}-Zebulon" for i in range(60)], "word": ["a", "b"] * 30})
    profile = profile_of(table)
    profile["findings"].append(
        {
            "check": "case_variants",
            "title": "Case variants",
            "columns": ["patient_id"],
            "count": 1,
            "share": 1 / 60,
            "rows": [3],
            "severity": "warning",
            "message": K_MESSAGE,
            "values": spans(K_MESSAGE, "K0003-Zebulon", "k0003-zebulon", "K0031-Zebulon"),
            "why": "w",
            "fix": {
                "op": "replace_values",
                "with": {"column": "patient_id", "mapping": {"K0003-Zebulon": "k0003-zebulon"}},
            },
            "no_fix": None,
        }
    )
    told = html_report(profile, title="t")
    assert "ebulon" not in told
    assert "&#34;A9999-Aaaaaaa&#34; for &#34;a9999-aaaaaaa&#34;, and A9999-Aaaaaaa; 1,234 rows." in told
    assert "K0003-Zebulon" in html_report(profile, title="t", show_values=True)


def test_numbers_that_identify_have_no_ends_and_no_histogram(make_table):
    table = make_table({"customer_no": [7001 + i for i in range(100)], "age": [20 + i % 50 for i in range(100)]})
    told = html_report(profile_of(table), title="t")
    assert "7,001" not in told and "7001" not in told
    assert told.count("Histogram of ") == 1
    assert "7,001" in html_report(profile_of(table), title="t", show_values=True)


def test_categories_of_few_rows_are_not_named(make_table):
    table = make_table({"city": ["Paris"] * 60 + ["Rome"] * 50 + ["Xanadu"] * 4 + ["Ultima Thule"] * 3})
    profile = profile_of(table)
    profile["findings"].append(
        {
            "check": "near_constant",
            "title": "A finding",
            "columns": ["city"],
            "count": 7,
            "share": 0.06,
            "rows": [110],
            "severity": "note",
            "message": CITY_MESSAGE,
            "values": spans(CITY_MESSAGE, "Paris", "Rome", "Xanadu", "Ultima Thule"),
            "why": "w",
            "fix": None,
            "no_fix": "None.",
        }
    )
    told = html_report(profile, title="t")
    assert "Xanadu" not in told and "Ultima" not in told
    assert (
        "Paris" in told
        and "never (fewer than 10 rows)." in told
        and "not &#34;(fewer than 10 rows)&#34;" in told
        and "(fewer than 10 rows): 2 values are not named here." in told
    )
    assert "Xanadu" in html_report(profile, title="t", show_values=True)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-31 09:30:00",
        "31.12.2026",
        "12/31/2026",
        "1999-2004",
        "1,234,567 rows",
        "0.12345678",
        "3.14159265",
        "12 of 4,960 (51.1 %)",
        "18850",
    ],
)
def test_dates_and_figures_are_no_phone_numbers(text):
    assert masked(text) == text


@pytest.mark.parametrize(
    "text", [*MAILS, *PHONES, "5551234567", "tel:030 123 45 67,x", "jo @ example.com", "19.99.1234.567"]
)
def test_addresses_and_numbers_are_masked_wherever_they_stand(text):
    told = masked(f"see,{text};or later")
    assert digits(told).strip("9") == "" and text not in told
    assert masked(told) == told


def test_a_shape_keeps_how_a_text_is_built():
    assert shape("Jö-77 Ω٣ 😀") == "Aa-99 A9 •"


def test_everything_is_escaped(make_table):
    table = make_table(
        {
            "<script>alert(1)</script>": ['"><img src=x onerror=alert(2)>', "it's & <b>"] * 30,
            '"quoted"': list(range(60)),
        }
    )
    for show in (False, True):
        told = html_report(profile_of(table), title="</title><script>alert(3)</script>", show_values=show)
        assert "<script" not in told and "<img" not in told and "<b>" not in told
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in told


def test_the_same_profile_gives_the_same_bytes(persons):
    profile = profile_of(persons)
    assert html_report(profile, title="t", table=persons) == html_report(
        copy.deepcopy(profile), title="t", table=persons
    )
    assert persons.content_hash in html_report(profile, title="t", table=persons)


class Built(HTMLParser):
    """What a document is built of."""

    def __init__(self, document):
        super().__init__()
        self.tags, self.heads, self.ids, self.links, self.loads = [], [], [], [], []
        self.feed(document)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.tags.append((tag, told))
        self.heads += [int(tag[1])] if re.fullmatch("h[1-6]", tag) else []
        self.ids += [told["id"]] if "id" in told else []
        self.links += [told["href"]] if "href" in told else []
        self.loads += [told[name] for name in ("src", "srcset", "data", "action") if name in told]


def test_it_is_one_file_with_landmarks_and_ordered_headings(persons):
    document = html_report(profile_of(persons), title="t")
    built = Built(document)
    names = [tag for tag, _ in built.tags]
    assert built.tags[0] == ("html", {"lang": "en"})
    assert [names.count(tag) for tag in ("header", "nav", "main", "footer", "h1", "script", "link", "iframe")] == [
        1,
        1,
        1,
        1,
        1,
        0,
        0,
        0,
    ]
    assert built.loads == [] and "url(" not in document and "@import" not in document
    assert all(link[0] == "#" and link[1:] in built.ids for link in built.links)
    assert len(set(built.ids)) == len(built.ids)
    assert all(later <= before + 1 for before, later in zip(built.heads, built.heads[1:], strict=False))
    assert all(told.get("role") == "img" and told.get("aria-label") for tag, told in built.tags if tag == "svg")
    assert names.count("table") == names.count("caption")
    assert all("scope" in told for tag, told in built.tags if tag == "th")


def test_it_says_what_was_counted_and_what_was_found(make_table):
    table = make_table({"age": [20, 21, None, 300] * 30, "when": pd.to_datetime(["2025-01-01", "2027-05-05"] * 60)})
    profile = profile_of(table)
    told = html_report(profile, title="people.csv")
    assert "Counted and checked on all 120 rows: nothing was sampled." in told
    assert "Dates were judged as of 2026-01-31" in told
    assert "30 of 120 rows (25 %)" in told
    grades = re.findall(r'<article class="(\w+)"', told)
    assert grades == sorted(grades, key=["error", "warning", "note"].index) and len(grades) == len(profile["findings"])
    assert "Step that mends it: <strong>Fill missing values</strong> (Fill with: median)" in told


def wide(columns: int, findings: int) -> dict:
    """A profile at the limits: long names and texts, many columns, many findings."""
    names = [f"column {i} with a very long name " + "x" * 200 for i in range(columns)]
    bins = {
        "edges": [i * 12345.678 for i in range(51)],
        "counts": [i * 977 for i in range(50)],
        "below": 12345,
        "above": 678,
    }
    tops = [{"value": f"{i} " + "long text <&> " * 500, "count": 100_000 - i} for i in range(10)]
    number = {
        "type": "decimal",
        "kind": "number",
        "rows": 1_000_000,
        "missing": 12_345,
        "distinct": 987_655,
        "distinct_error": 0.01,
        "singles": None,
        "entropy": None,
        "top": [],
        "bottom": [],
        "mean": 1234.5678,
        "min": -9.9e8,
        "max": 9.9e8,
        "zeros": 3,
        "negatives": 44,
        "infinite": 1,
        "sd": 55.5,
        "quantiles": {q: 1e6 * float(q) for q in ("0.01", "0.05", "0.25", "0.5", "0.75", "0.95", "0.99")},
        "histogram": bins,
        "monotonic": None,
    }
    text = {
        "type": "text",
        "kind": "category",
        "rows": 1_000_000,
        "missing": 0,
        "distinct": 200,
        "distinct_error": None,
        "singles": 0,
        "entropy": 3.0,
        "top": tops,
        "bottom": tops,
        "shortest": 1,
        "longest": 7000,
        "mean_length": 20.0,
        "monotonic": None,
    }
    return {
        "rows": 1_000_000,
        "columns": columns,
        "missing_cells": 99,
        "duplicate_rows": 0,
        "context": Context().to_json(),
        "facts": {name: number if i % 2 else text for i, name in enumerate(names)},
        "findings": [
            {
                "check": f"check{i % 90}",
                "title": "A finding",
                "columns": [names[i % columns], names[(i * 7) % columns]],
                "count": 1000,
                "share": 0.001,
                "rows": list(range(200)),
                "severity": ("error", "warning", "note")[i * 3 // findings],
                "message": "long message " * 200,
                "why": "why " * 200,
                "fix": None,
                "no_fix": "because " * 100,
            }
            for i in range(findings)
        ],
    }


@pytest.mark.parametrize(("columns", "findings"), [(300, 1000), pytest.param(5000, 5000, marks=pytest.mark.slow)])
def test_it_stays_under_three_megabytes(columns, findings):
    told = html_report(wide(columns, findings), title="wide")
    assert len(told.encode()) < 3_000_000
    assert max(map(len, re.findall(r"<text[^>]*>([^<]*)", told))) < 120
    built = Built(told)
    assert all(link[1:] in built.ids for link in built.links)


def test_many_findings_of_one_check_are_told_together(make_table):
    table = make_table({f"c{i}": [i, None, i + 1, i + 7] * 10 for i in range(30)} | {"there": [0, 1] * 20})
    profile = profile_of(table)
    missing = [f for f in profile["findings"] if f["check"] == "missing_cells"]
    assert len(missing) == 30
    assert "Missing cells in 30 places" in html_report(profile, title="t")
    assert "Missing cells in 30 places" not in html_report(profile, title="t", bundle=30)


def test_a_table_without_rows_and_a_column_that_failed_have_a_report_too(make_table):
    profile = profile_of(make_table({"a": [1, 2], "b": ["x", "y"]}))
    profile["facts"]["a"] = {
        "type": "integer",
        "kind": "number",
        "rows": 2,
        "missing": 0,
        "distinct": 0,
        "top": [],
        "bottom": [],
        "failed": "ValueError: cannot read 'Jolis Feduveld'",
    }
    told = html_report(profile, title="t")
    assert "could not be counted (ValueError)" in told and "Feduveld" not in told
    empty = profile_of(make_table(pd.DataFrame({"a": pd.Series([], dtype="Int64")})))
    assert "found nothing" in html_report(empty, title="t")


def test_with_the_table_every_category_of_enough_rows_is_named(make_table):
    towns = {f"Town {chr(65 + i)}{chr(97 + i)}": 40 - i for i in range(20)} | {
        f"Hamlet {chr(65 + i)}": 3 for i in range(12)
    }
    table = make_table({"place": [name for name, rows in towns.items() for _ in range(rows)]})
    profile = profile_of(table)
    assert profile["facts"]["place"]["kind"] == "category"
    profile["findings"].append(
        {
            "check": "case_variants",
            "title": "A finding",
            "columns": ["place"],
            "count": 7,
            "share": 0.06,
            "rows": [110],
            "severity": "note",
            "message": TOWN_MESSAGE,
            "values": spans(TOWN_MESSAGE, "Town Pp", "Hamlet L", "no town"),
            "why": "w",
            "fix": None,
            "no_fix": "None.",
        }
    )
    assert "are &#34;Aaaa Aa&#34;, &#34;Aaaaaa A&#34; or &#34;aa aaaa&#34;." in html_report(profile, title="t")
    assert "are &#34;Town Pp&#34;, &#34;(fewer than 10 rows)&#34; or &#34;no town&#34;." in html_report(
        profile, title="t", table=table
    )


def test_how_dates_are_written_is_told_even_where_dates_are_hidden(make_table):
    table = make_table(
        {"day": [f"2024-03-{1 + i % 28:02d}" for i in range(300)] + [f"{1 + i % 28} Mar 2024" for i in range(30)]}
    )
    profile = profile_of(table)
    message = next(f["message"] for f in profile["findings"] if f["check"] == "mixed_date_formats")
    assert "2020-12-31" in message and message in html_report(profile, title="t")


def test_a_report_on_people_names_none_of_them(tmp_path):
    (tmp_path / "people.csv").write_text(csv_of_people(), encoding="utf-8")
    table = read_file(tmp_path / "people.csv", tmp_path / "people.parquet").table
    profile = profile_of(table)
    found = {name for each in profile["findings"] if each["check"] == "direct_identifiers" for name in each["columns"]}
    assert found == {"name", "email", "phone", "iban"}
    assert any(each["check"] == "identifiers_in_text" for each in profile["findings"])
    told = html_report(profile, title="people", table=table)
    assert [value for value in IDENTIFIERS if value in told] == []
