"""The report: small cells are gone from every corner of it, no badge, and everything to repeat it is there."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dataops_core.fairness import bias, compare_mitigations, html_report, json_report, recipe_impact
from dataops_core.fairness.bias import Bias
from dataops_core.fairness.guide import PRINCIPLES
from dataops_core.fairness.report import suppressed


@pytest.fixture
def told(make_table):
    rng = np.random.default_rng(0)
    group = np.array(["big"] * 200 + ["middle"] * 120 + ["Hermits"] * 4)
    ok = np.where(rng.random(324) < 0.5, "yes", "no")
    frame = pd.DataFrame({"g": group, "s": rng.choice(["x", "y"], 324), "pay": rng.normal(size=324), "ok": ok})
    return bias(
        make_table(frame),
        ["g"],
        target="ok",
        favorable="yes",
        strata=["s"],
        population={"big": 200, "middle": 100, "Hermits": 20},
    )


def test_small_cells_are_gone_and_cannot_be_got_back(told):
    hidden = suppressed(told.to_json())
    # the whole less the others
    assert hidden["groups"]["Hermits"] == {"suppressed": True} and hidden["groups"]["middle"] == {"suppressed": True}
    assert hidden["groups"]["big"]["n"] == 200
    assert hidden["model"]["groups"]["Hermits"] == {"suppressed": True}
    assert all(
        each["value"] is None and each["ci"] is None
        for each in hidden["gaps"]
        if each["group"] in ("Hermits", "middle")
    )
    assert hidden["data_measures"]["by_group"]["Hermits"] == {"suppressed": True} and hidden["confounding"]["by_group"][
        "Hermits"
    ] == {"suppressed": True}
    assert hidden["population"]["groups"]["Hermits"] == {"suppressed": True}
    assert told.look.groups["Hermits"].n == 4


def test_what_was_kept_as_json_is_read_as_it_was(told):
    assert Bias.from_json(json.loads(json.dumps(told.to_json()))) == told


def test_json_has_all_to_repeat_it(told):
    out = json_report(told, title="people.csv", content_hash="abc", suppress=5)
    json.dumps(out, allow_nan=False)
    assert (out["title"], out["content_hash"], out["suppressed_below"], out["seed"]) == ("people.csv", "abc", 5, 0)
    assert set(out["versions"]) == {"fairlearn", "scikit-learn", "scipy", "numpy", "pandas"} and out["decisions"][
        "features"
    ] == ["pay", "s"]


def test_html_names_the_measures_and_no_badge(told):
    page = html_report(told, title="<people>.csv", content_hash="abc")
    assert page == html_report(told, title="<people>.csv", content_hash="abc")
    assert (
        "&lt;people&gt;.csv" in page
        and "<people>" not in page
        and "<script" not in page
        and "http" not in page.replace("http-equiv", "")
    )
    text = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert (
        "suppressed" in text
        and "Wilson" in text
        and "Chouldechova" in text
        and "29 CFR 1607.4 D" in text
        and "fairlearn" in text
        and "abc" in text
    )
    assert not re.search(r"\b(is|are) fair\b(?!: )", text.replace(PRINCIPLES.no_badge, ""))
    row = re.search(r"<tr><th scope=row>Hermits</th>.*?</tr>", page)
    assert row and "suppressed" in row[0] and not re.search(r">\s*4\s*<", row[0])


def test_ways_and_steps_are_in_the_report_and_small_groups_are_not(make_table):
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"g": ["big"] * 300 + ["middle"] * 200 + ["Hermits"] * 6, "x": rng.normal(size=506)})
    frame["ok"] = np.where(frame["x"] + rng.normal(size=506) > 0, "yes", "no")
    table = make_table(frame)
    told = replace(
        bias(table, ["g"], target="ok", favorable="yes"),
        lab=compare_mitigations(table, "ok", "yes", ["g"], methods=["reweigh"]),
        through=recipe_impact([("read", table), ("Dropped rows", make_table(frame.iloc[50:]))], ["g"], "ok", "yes"),
    )
    page = html_report(told, title="t")
    assert "Ways to act on it</h2>" in page and "Reweighing" in page and "Dropped rows" in page
    ways = page.split("Ways to act on it</h2>")[1]
    assert "Hermits" not in ways and "big" in ways


def test_groups_alone_make_a_report_too(make_table):
    page = html_report(bias(make_table({"g": ["a", "b"] * 30}), ["g"]), title="t")
    assert "Decisions</h2>" not in page and "Groups</h2>" in page
