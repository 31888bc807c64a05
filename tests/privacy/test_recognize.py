"""Personal data is recognized by name, form, check digits and lists; what names nobody is left alone."""

import json

import pandas as pd
import pytest

from benchmarks.pii import SAME, kind_found
from benchmarks.pii_columns import LOCALES, harmless_columns, personal_columns, sentences
from dataops_core.cli import main
from dataops_core.privacy import recognize_column, values_of
from dataops_core.privacy.header_words import kinds_named
from dataops_core.privacy.identifiers.free_text import find_identifiers
from dataops_core.privacy.masking import shape
from dataops_core.privacy.quasi_identifiers import quasi_identifier
from dataops_core.privacy.special_categories import special_category


def recognized(name, cells, kind="text"):
    found = recognize_column(values_of(name, kind, pd.Series(cells)))
    return [(each.type, each.state) for each in found]


@pytest.mark.slow
def test_columns_of_another_generator_are_recognized_in_ten_languages():
    told, right, missed = 0, 0, []
    personal = list(personal_columns(60, seed=23))
    for made in (*personal, *harmless_columns(60, seed=23)):
        kind, _ = kind_found(made)
        told += bool(kind)
        right += bool(kind) and kind == made.truth
        if kind != made.truth:
            missed.append(f"{made.origin}: {kind}")
    assert len(personal) == 300
    assert right / len(personal) >= 0.95, missed
    assert right / told >= 0.95, missed


def test_identifiers_inside_texts_are_found():
    found = []
    for _, kind, text, value in sentences(15, seed=23, locales=LOCALES[:6]):
        start = text.index(value)
        spans = [s for s in find_identifiers(text) if s.start < start + len(value) and s.end > start]
        found.append(any(SAME.get(span.type, span.type) == kind for span in spans))
    assert sum(found) / len(found) >= 0.9


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Kundenvorname", {"person_name"}),
        ("N° de téléphone", {"phone"}),
        ("product_name", {"thing"}),
        ("customer_name", {"person_name"}),
        ("email_address", {"email"}),
        ("Data urodzenia", {"birth_date"}),
        ("c17", set()),
    ],
)
def test_names_of_columns_speak_many_languages(name, kinds):
    assert kinds_named(name) == kinds


def test_check_digits_decide():
    good, bad = (
        ["GB82WEST12345698765432", "DE89370400440532013000"],
        ["GB83WEST12345698765432", "DE88370400440532013000"],
    )
    assert recognized("c", good) == [("iban", "certain")]
    assert recognized("c", bad) == []
    assert recognized("c", ["4539148803436467", "5500005555555559"])[0][0] == "payment_card"
    assert recognized("c", ["4539148803436468", "5500005555555551"]) == []


def test_one_address_among_many_cells_is_found_and_shown_as_a_shape():
    cells = [f"order {at} was late again" for at in range(5_000)] + ["write to jo.doe@example.com please"]
    (found,) = recognize_column(values_of("remark", "text", pd.Series(cells)))
    assert (found.type, found.state, found.matches, found.inside) == ("email", "certain", 1, True)
    assert "jo.doe" not in " ".join(found.evidence) and shape("jo.doe@example.com") in " ".join(found.evidence)


def test_what_is_looked_at_is_bounded_and_said():
    values = values_of("mail", "text", pd.Series([f"person{at}@example.com" for at in range(50_000)]))
    (found,) = recognize_column(values)
    assert (found.looked_at, found.distinct, found.share) == (3_000, 50_000, 1.0)


@pytest.mark.parametrize("kind", ["text", "integer", "decimal", "boolean", "datetime"])
def test_empty_columns_hold_nothing(kind):
    dtype = {"text": "object", "integer": "Int64", "decimal": "float64", "boolean": "boolean"}
    cells = pd.Series([None, None], dtype=dtype.get(kind, "datetime64[us]"))
    values = values_of("first name", kind, cells)
    assert recognize_column(values) == [] and special_category(values) is None and quasi_identifier(values) is None


def test_special_categories_and_quasi_identifiers():
    def values(name, cells):
        return values_of(name, "text", pd.Series(cells))

    found = special_category(values("Diagnosis", ["diabetes", "asthma", "asthma"]))
    assert (found.type, found.state) == ("health", "certain")
    assert special_category(values("c1", ["Catholic", "Muslim", "none", "Hindu"])).type == "religion"
    assert special_category(values("color", ["red", "blue"])) is None
    assert quasi_identifier(values("c2", ["m", "f", "f"])) == "sex"
    assert quasi_identifier(values("Geburtsdatum", ["1.2.1980", "3.4.1990"])) == "birth_date"
    assert quasi_identifier(values("status", ["open", "closed"])) is None


def test_the_command_tells_columns_risk_and_an_exit_code(tmp_path, capsys):
    path = tmp_path / "people.csv"
    rows = [f"jo{at}@example.com,{30 + at % 2},{'flu' if at < 3 else 'asthma'}" for at in range(6)]
    path.write_text("contact,age,diagnosis\n" + "\n".join(rows))
    assert main(["pii", str(path), "--sensitive", "diagnosis", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["columns"]["contact"]["type"] == "email" and told["columns"]["contact"]["matches"] == 6
    assert told["quasi_identifiers"] == ["age"] and told["k"] == 3 and told["l"] == {"diagnosis": 2}
    assert told["special_categories"]["diagnosis"]["type"] == "health"
    assert "jo1" not in json.dumps(told)
    path.write_text("size,price\n1,2.5\n2,3.5\n3,3.5\n")
    assert main(["pii", str(path), "--quasi", "size"]) == 0
    assert "k-anonymity 1 over 3 classes; 3 of 3 rows stand alone" in capsys.readouterr().out
    assert main(["pii", str(path), "--quasi", "sise"]) == 2
    assert 'Did you mean "size"?' in capsys.readouterr().err


def test_a_last_name_that_is_a_town_is_a_name_where_a_person_is_spoken_of():
    text = "Spoke with Ruud Ivanova, his wife."
    assert [(each.type, text[each.start : each.end]) for each in find_identifiers(text)] == [
        ("person_name", "Ruud Ivanova")
    ]
    assert find_identifiers("The Ruud Ivanova line is late") == []


@pytest.mark.parametrize(
    ("name", "cells", "kind"),
    [
        ("住所", ["小田原市 99-57-83", "広島市 92-91-62", "盛岡市 87-12-12"], "postal_address"),
        ("x", ["천변좌로 470", "송림대로 755", "구룡로 1102", "양천로 936", "새벽길 1346"], "postal_address"),
        ("氏名", ["早人 波留", "花音 小脇", "正 須賀", "俊介 高倉"], "person_name"),
        ("διεύθυνση", ["Κουντουριώτη 470", "Κίτσου 913", "Εκάλης 1179"], "postal_address"),
        ("cím", ["Koszta József útja 470", "Nyári Pál út 755", "Márk köz 689"], "postal_address"),
    ],
)
def test_names_and_addresses_are_found_beyond_the_latin_letters(name, cells, kind):
    found = recognize_column(values_of(name, "text", pd.Series(cells, dtype=object)))
    assert [(each.type, each.state != "ask") for each in found] == [(kind, True)]
