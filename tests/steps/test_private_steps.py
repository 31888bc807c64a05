"""Steps that treat personal data: what they hide, what stays consistent, and that the key is nowhere."""

import hmac
import json
import math
import re

import numpy as np
import pandas as pd
import pytest
from stdnum import luhn
from stdnum.nl import bsn

from dataops_core.errors import SecretError, SettingError
from dataops_core.privacy.identifiers.check_digits import is_card, is_iban
from dataops_core.privacy.keys import PSEUDONYM_KEY, key_fingerprint, pseudonym_key
from dataops_core.recipe.recipe import Recipe, RecipeStep, dump
from dataops_core.recipe.replay import run_recipe
from dataops_core.recipe.script import script
from dataops_core.steps import REGISTRY, get
from dataops_core.table import tidy

KEYED = sorted({step.name for step in REGISTRY.values() if step.keyed})


def run(op, frame, **settings):
    step, frame = get(op), tidy(pd.DataFrame(frame))
    given = step.check(settings)
    extra = {"learned": step.learner(frame, **given)} if step.learner else {}
    return tidy(step(frame, **given, **extra))


def test_a_keyed_hash_is_hmac_sha256_with_a_key_of_its_own_for_each_column(monkeypatch):
    monkeypatch.setenv(PSEUDONYM_KEY, "0123456789abcdef")
    out = run("hash_values", {"a": ["jo"], "b": ["jo"]}, columns=["a", "b"], digits=64)
    own = hmac.digest(b"0123456789abcdef", b"hash:a", "sha256")
    assert out["a"][0] == hmac.digest(own, b"jo", "sha256").hex()
    assert out["a"][0] != out["b"][0]
    shared = run("hash_values", {"a": ["jo"], "b": ["jo"]}, columns=["a", "b"], domain="person")
    assert shared["a"][0] == shared["b"][0]


@pytest.mark.parametrize("given", [None, "", "short"])
def test_without_a_key_the_error_says_what_to_do(monkeypatch, given):
    if given is None:
        monkeypatch.delenv(PSEUDONYM_KEY)
    else:
        monkeypatch.setenv(PSEUDONYM_KEY, given)
    with pytest.raises(SecretError, match="key of pseudonyms") as told:
        run("hash_values", {"a": ["jo"]}, columns=["a"])
    assert PSEUDONYM_KEY in told.value.fix
    assert "short" not in str(told.value).replace("fewer", "")


def test_the_key_is_in_no_recipe_and_no_script_but_its_fingerprint_is(make_table, tmp_path, monkeypatch):
    secret = "a secret that nobody may see anywhere"
    monkeypatch.setenv(PSEUDONYM_KEY, secret)
    settings = {
        "hash_values": {"columns": ["a"]},
        "pseudonymize": {"columns": ["a"], "kind": "name"},
        "shift_dates": {"columns": ["d"], "person": "a"},
        "add_noise": {"columns": ["n"], "low": 0, "high": 10},
        "redact_text": {"columns": ["a"], "known": ["a"]},
    }
    assert set(settings) == set(KEYED)
    table = make_table({"a": ["Jo Roe", "Al Poe"], "d": pd.to_datetime(["2024-01-01"] * 2), "n": [1.0, 2.0]})
    for op in KEYED:
        done = run_recipe(Recipe("r", 0, (RecipeStep(op, settings[op]),)), table, tmp_path)
        assert done.failed is None
        told = dump(done.recipe)
        assert secret not in told + script(done.recipe)
        assert key_fingerprint(pseudonym_key()) in told


@pytest.mark.parametrize("op", KEYED)
def test_another_key_is_refused_at_replay(make_table, tmp_path, monkeypatch, op):
    settings = {
        "hash_values": {"columns": ["a"]},
        "pseudonymize": {"columns": ["a"], "kind": "phone"},
        "shift_dates": {"columns": ["d"], "person": "a"},
        "add_noise": {"columns": ["n"], "low": 0, "high": 10},
        "redact_text": {"columns": ["a"], "known": ["b"]},
    }[op]
    table = make_table(
        {"a": ["x1", "x2"], "d": pd.to_datetime(["2024-01-01"] * 2), "n": [1.0, 2.0], "b": ["Xqzt Wvrrk", "y"]}
    )
    first = run_recipe(Recipe("r", 0, (RecipeStep(op, settings),)), table, tmp_path)
    again = run_recipe(first.recipe, table, tmp_path)
    assert again.table.content_hash == first.table.content_hash
    monkeypatch.setenv(PSEUDONYM_KEY, "quite another key than before")
    failed = run_recipe(first.recipe, table, tmp_path).failed
    assert failed is not None
    assert "was made with the key" in failed.reason
    refit = run_recipe(first.recipe.unfitted(), table, tmp_path)
    if op == "redact_text":  # the key decides by what names are found, not what stands in their place
        assert refit.recipe.steps[0].learned != first.recipe.steps[0].learned
    else:
        assert refit.table.content_hash != first.table.content_hash


def test_one_person_has_one_pseudonym_in_all_columns_and_tables():
    out = run(
        "pseudonymize", {"a": ["Jo Smith", "Al Roe"], "b": ["al  roe", "Smith, Jo"]}, columns=["a", "b"], kind="name"
    )
    assert out["b"][0] == out["a"][1].lower()
    first, last = out["a"][0].rsplit(" ", 1)
    assert out["b"][1] == f"{last}, {first}"
    other = run("pseudonymize", {"z": ["Jo Smith"]}, columns=["z"], kind="name")
    assert other["z"][0] == out["a"][0]


def test_first_name_last_name_and_mail_of_one_person_agree():
    frame = {
        "id": [1, 1, 2],
        "f": ["Jo", "Joe", "Al"],
        "l": ["Smith", "Smith", "Roe"],
        "m": ["j@x.org", "jo@y.org", "a@x.org"],
    }
    made = {
        name: run("pseudonymize", frame, columns=[name], kind=kind, person="id")[name]
        for name, kind in (("f", "first_name"), ("l", "last_name"), ("m", "email"))
    }
    assert made["f"][0] == made["f"][1]
    assert made["m"][0] == made["m"][1] != made["m"][2]
    assert made["m"][0].startswith(f"{made['f'][0]}.{made['l'][0]}".lower().replace(" ", "").replace("'", ""))


def test_pseudonyms_have_check_digits_and_are_not_the_value():
    numbers = [str(n) for n in range(111222300, 111223300) if bsn.is_valid(str(n))][:30]
    values = {
        "iban": (["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000"], is_iban),
        "payment_card": (["4539 1488 0343 6467", "5555555555554444"], is_card),
        "national_number": (numbers, bsn.is_valid),
    }
    for kind, (given, holds) in values.items():
        out = run("pseudonymize", {"a": given}, columns=["a"], kind=kind)["a"].tolist()
        assert all(map(holds, given))
        assert all(map(holds, out)), kind
        assert not set(out) & set(given)
        assert [len(text) for text in out] == [len(text) for text in given]
    assert luhn.is_valid(run("pseudonymize", {"a": ["4539148803436467"]}, columns=["a"], kind="payment_card")["a"][0])


def test_a_phone_keeps_its_country_and_an_address_of_a_network_is_private():
    assert run("pseudonymize", {"a": ["+31 6 1234 5678"]}, columns=["a"], kind="phone")["a"][0].startswith("+31 ")
    v4, v6 = run("pseudonymize", {"a": ["8.8.8.8", "2001:db8::1"]}, columns=["a"], kind="ip_address")["a"]
    assert v4.startswith("10.")
    assert v6.startswith("fd00::")


def test_dates_of_a_person_move_together_and_never_stay():
    days = pd.date_range("2024-01-01", periods=200)
    frame = {"who": [f"p{n % 20}" for n in range(200)], "d": days}
    out = run("shift_dates", frame, columns=["d"], person="who", days=10)
    moved = (out["d"] - pd.Series(days)).dt.days
    assert moved.groupby(frame["who"]).nunique().max() == 1
    assert moved.abs().between(1, 10).all()
    assert moved.nunique() > 5


def test_bands_prefixes_and_dates():
    ages = pd.array([0, 9, 10, -1, None], dtype="Int64")
    assert run("generalize_values", {"a": ages}, columns=["a"], how="bands", width=10)["a"].tolist() == [
        "0-9", "0-9", "10-19", "-10--1", None,
    ]  # fmt: skip
    day = {"d": pd.to_datetime(["2024-05-31", None])}
    told = {
        part: run("generalize_values", day, columns=["d"], how="dates", part=part)["d"][0]
        for part in ("month", "quarter", "year", "decade")
    }
    assert told == {"month": "2024-05", "quarter": "2024-Q2", "year": "2024", "decade": "2020s"}
    limited = run("generalize_values", {"a": ages}, columns=["a"], how="limits", low=1, high=9)["a"]
    assert limited.tolist()[:4] == [1, 9, 9, 1]
    with pytest.raises(SettingError, match="column of type text"):
        run("generalize_values", {"t": ["x"]}, columns=["t"], how="bands")


def test_rare_values_go_and_new_ones_too_at_replay():
    step = get("suppress_rare")
    frame = tidy(pd.DataFrame({"t": ["a"] * 3 + ["b"]}))
    settings = step.check({"columns": ["t"], "fewer_than": 3, "into": "other"})
    learned = step.learner(frame, **settings)
    assert "b" not in json.dumps(learned)
    new = tidy(pd.DataFrame({"t": ["a", "b", "c", None]}))
    assert step(new, **settings, learned=learned)["t"].tolist() == ["a", "other", "other", None]


def test_small_groups_go():
    frame = {"a": [1, 1, 1, 2], "s": ["x", "x", "x", "y"]}
    assert len(run("suppress_small_groups", frame, columns=["a"], k=3)) == 3
    assert len(run("suppress_small_groups", frame, columns=["a"], k=3, sensitive="s", different=2)) == 0


def test_laplace_noise_has_the_scale_of_its_epsilon():
    """Mean 0, and mean absolute value equal to the scale: (100 - 0) / 2 = 50."""
    out = (
        run("add_noise", {"a": np.full(20_000, 50.0)}, columns=["a"], low=0, high=100, epsilon=2.0, decimals=6)["a"]
        - 50
    )
    assert abs(out.mean()) < 1.5
    assert out.abs().mean() == pytest.approx(50, rel=0.03)
    assert (out.abs() > 50 * math.log(10)).mean() == pytest.approx(0.1, abs=0.01)


def test_identifiers_leave_texts_and_so_does_what_other_columns_say():
    frame = {
        "name": ["Xqzt Wvrrk"],
        "note": ["Xqzt called about IBAN GB82 WEST 1234 5698 7654 32, mail jo@example.com or +31 6 12345678"],
    }
    (note,) = run("redact_text", frame, columns=["note"], known=["name"])["note"]
    assert note == "*** called about IBAN [iban], mail [email] or [phone]"


OTHERS = {
    "name": ["Xqzt Wvrrk", "Jo Pq", "Müller, Jörg", "Mary Young", None, "Zyzzva"],
    "phone": ["0912 44 55 66", None, None, None, "12345", None],
    "note": [
        "Jo Pq paid, as did PQ JO; pq alone did not",
        "wvrrk's friend Jörg MULLER; young people",
        "talked to Young. Young people came",
        "number 0912445566, or 0912-445566; order 44 55, room 12345",
        "nobody",
        None,
    ],
}


def test_names_of_other_rows_leave_texts_by_their_keyed_digests_alone():
    frame = tidy(pd.DataFrame(OTHERS, dtype=object))
    step = get("redact_text")
    settings = step.check({"columns": ["note"], "known": ["name", "phone"]})
    learned = step.learner(frame, **settings)
    out = step(frame, **settings, learned=learned)["note"].tolist()
    assert out == [
        "*** paid, as did ***; pq alone did not",
        "***'s friend *** ***; young people",
        "talked to ***. Young people came",
        "number ***, or ***; order 44 55, room 12345",
        "nobody",
        None,
    ]
    kept = json.dumps(learned).casefold()
    assert not [word for word in ("xqzt", "wvrrk", "ller", "young", "zyz", "0912", "pq") if word in kept]
    later = tidy(pd.DataFrame({"name": [None], "phone": [None], "note": ["Zyzzva met Abcdef"]}, dtype=object))
    assert step(later, **settings, learned=learned)["note"].tolist() == ["*** met Abcdef"], "at replay, on other rows"
    assert step.learner(frame.iloc[::-1], **settings) == learned, "the order of rows does not matter"


def test_without_a_key_names_of_the_own_row_are_found_and_the_step_says_so(make_table, tmp_path, monkeypatch):
    recipe = Recipe("r", 0, (RecipeStep("redact_text", {"columns": ["note"], "known": ["name"]}),))
    table = make_table({"name": ["Xqzt Wvrrk", "Zyzzva"], "note": ["xqzt", "wvrrk"]})
    with_key = run_recipe(recipe, table, tmp_path)
    assert (with_key.outcomes[0].reason, with_key.table.frame()["note"].tolist()) == ("", ["***", "***"])
    monkeypatch.delenv(PSEUDONYM_KEY)
    assert "fingerprint" not in (run_recipe(with_key.recipe, table, tmp_path).failed.reason.casefold())
    without = run_recipe(recipe, table, tmp_path)
    assert without.table.frame()["note"].tolist() == ["***", "wvrrk"]
    assert "names of other rows may have stayed" in without.outcomes[0].reason
    assert run_recipe(without.recipe, table, tmp_path).table.content_hash == without.table.content_hash


def test_names_are_learned_from_the_training_rows(make_table, tmp_path):
    split = RecipeStep("split_rows", {"test": 0.5})
    redact = RecipeStep("redact_text", {"columns": ["note"], "known": ["name"]})
    names = [f"Q{chr(97 + n // 26)}{chr(97 + n % 26)}xvz" for n in range(40)]
    table = make_table({"name": names, "note": [*names[1:], names[0]]})
    done = run_recipe(Recipe("r", 0, (split, redact)), table, tmp_path)
    assert done.failed is None
    frame = done.table.frame()
    train = set(frame["name"][frame["split"] == "train"])
    assert 0 < len(train) < 40
    assert len(done.recipe.steps[1].learned["names"]) == len(train)
    assert {note for note in frame["note"] if note != "***"} == set(names) - train


def test_masks():
    card = {"c": ["4539148803436467"]}
    assert run("mask_values", card, columns=["c"])["c"][0] == "***"
    assert run("mask_values", card, columns=["c"], how="ends", first=1, last=2)["c"][0] == "4*************67"
    assert run("mask_values", {"c": ["ab1"]}, columns=["c"], how="ends", last=3)["c"][0] == "***"


CODED = {
    "same_shape": [f"{n}-{letter}" for n in range(10, 100) for letter in "ab"],
    "phone": [f"+31 6 {n:04d}" for n in range(10_000)],
    "iban": [
        f"DE{98 - (int(f'{n:018d}131400') % 97):02d}{n:018d}" for n in range(37040044053201300, 37040044053201800)
    ],
    "payment_card": [f"4539 1488 0343 {n:03d}{luhn.calc_check_digit(f'453914880343{n:03d}')}" for n in range(1000)],
    "national_number": [str(n) for n in range(111222300, 111242300) if bsn.is_valid(str(n))],
    "ip_address": [f"192.168.{a}.{b}" for a in range(20) for b in range(200)],
    "address": [f"Main Street {n}" for n in range(4000)],
    "name": [f"Person {chr(97 + n // 676)}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" for n in range(4000)],
    "user_name": [f"user{n}" for n in range(2000)],
}


@pytest.mark.parametrize("kind", CODED)
def test_no_two_values_share_a_pseudonym(kind):
    given = CODED[kind]
    out = run("pseudonymize", {"a": given}, columns=["a"], kind=kind)["a"]
    assert out.nunique() == len(given) == len(set(given))
    assert not [one for one, other in zip(given, out, strict=True) if one == other]


def test_of_two_who_fall_together_one_is_told_apart_without_being_named():
    streets = [f"{n} Alley {chr(97 + n % 26)}" for n in range(6000)]
    frame = pd.DataFrame({"a": streets}, dtype=object)
    step = REGISTRY["pseudonymize"]
    learned = step.learner(frame, columns=["a"], kind="address")
    assert learned["apart"], "6,000 addresses out of some 5,000,000 that can be made: some fall together"
    assert not [name for name in learned["apart"] if not re.fullmatch("[0-9a-f]{24}", name)]
    whole = step.function(frame, columns=["a"], kind="address", learned=learned)["a"]
    assert whole.nunique() == 6000
    blind = step.function(frame, columns=["a"], kind="address", learned=learned | {"apart": {}})["a"]
    assert blind.nunique() == 6000 - len(learned["apart"]), "as many would fall together"
    upside_down = step.learner(frame.iloc[::-1], columns=["a"], kind="address")
    assert upside_down == learned, "who is told apart does not depend on the order of rows"
    alone = [
        step.function(frame.iloc[[at]], columns=["a"], kind="address", learned=learned)["a"].iloc[0] for at in (0, 9)
    ]
    assert alone == [whole[0], whole[9]], "a row alone has the pseudonym that it has among all"


def test_a_number_is_the_same_however_it_is_written():
    given = ["GB82 WEST 1234 5698 7654 32", "gb82west12345698765432", "GB82WEST12345698765432"]
    out = run("pseudonymize", {"a": given}, columns=["a"], kind="iban")["a"]
    assert len({text.replace(" ", "").upper() for text in out}) == 1 and out[0].count(" ") == 5
    phones = run("pseudonymize", {"a": ["06-1234 5678", "0612345678"]}, columns=["a"], kind="phone")["a"]
    assert phones[0].replace("-", "").replace(" ", "") == phones[1]
