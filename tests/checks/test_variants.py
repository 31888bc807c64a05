"""Clustering as OpenRefine's documentation describes it ("Clustering In Depth",
openrefine.org/docs/technical-reference/clustering-in-depth).
"""

import pytest

from dataops_core.checks.variants import clusters, fingerprint, ngram_fingerprint, slips, sound


# the documentation's steps: trim, lower case, no punctuation, split, sort, unique, join, plain letters
@pytest.mark.parametrize(
    "text", ["Tom Cruise", "Cruise, Tom", "tom cruise", " Tom  Cruise ", "Tom Cruise tom", "Tóm Crüise"]
)
def test_the_fingerprint_takes_words_in_any_order_case_and_accent(text):
    assert fingerprint(text) == "cruise tom"


# the documentation's own example: the 2-gram fingerprint of "Paris" is "arispari", the 1-gram one "aiprs"
def test_the_ngram_fingerprint_of_paris_is_the_published_one():
    assert ngram_fingerprint("Paris", 2) == "arispari"
    assert ngram_fingerprint("Paris", 1) == "aiprs"


# there too: "Krzysztof", "Kryzysztof" and "Krzystof" share their 1-gram fingerprint
def test_small_slips_share_a_1_gram_fingerprint():
    assert {ngram_fingerprint(name, 1) for name in ("Krzysztof", "Kryzysztof", "Krzystof")} == {
        ngram_fingerprint("Krzysztof", 1)
    }


def test_phonetic_keys_bring_reuben_gevorkiantz_and_its_variants_together():
    assert sound("Reuben Gevorkiantz") == sound("Ruben Gevorkyants".replace("ky", "ki").replace("ts", "tz"))


def test_neighbours_are_few_letters_apart_and_named_by_the_most_frequent():
    found = clusters({"Amsterdam": 90, "Amsterdm": 2, "Amstrdam": 1, "Rotterdam": 40}, "neighbours", 1)
    assert [cluster.values for cluster in found] == [(("Amsterdam", 90), ("Amsterdm", 2), ("Amstrdam", 1))]
    assert found[0].target == "Amsterdam"


def test_neighbours_need_the_distance_that_was_asked_for():
    counts = {"Wageningen": 5, "Wagenigen": 3, "Wagengen": 1}
    assert len(clusters(counts, "neighbours", 1)[0].values) == 3  # linked through the middle one
    assert clusters({"Wageningen": 5, "Wagengen": 1}, "neighbours", 1) == []


def test_a_value_as_frequent_as_the_other_is_no_slip():
    assert slips({"Austria": 300, "Australia": 200, "Slovakia": 90, "Slovenia": 80}) == {}
