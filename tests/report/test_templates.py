"""What is put into a template is text, wherever it stands."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from dataops_core import templates
from dataops_core.fairness import bias, html_report
from dataops_core.report.document import document, table
from dataops_core.templates import render

HOSTILE = ["</td><script>alert(1)</script>", '" onload="x', "' onload='x", "</style><b>", "&amp; {{ 7 * 7 }} {% raw %}"]


class Read(HTMLParser):
    """The tags of a document with their attributes, and its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.names, self.text = [], set(), ""
        self.feed(str(page))

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_a_table_takes_any_text(text):
    plain, read = Read(table(["a", "b"], [["c", "d"]])), Read(table([text, text], [[text, text]]))
    assert (read.tags, read.names) == (plain.tags, plain.names)
    assert read.text.count(text) == 4  # beside the one that is an attribute


@pytest.mark.parametrize("text", HOSTILE)
def test_the_report_on_bias_takes_any_names_and_values(make_table, text):
    frame = pd.DataFrame({text: [f"{text}{i % 2}" for i in range(80)], "ok": ["yes", "no", "no", "no"] * 20})
    read = Read(html_report(bias(make_table(frame), [text], target="ok", favorable="yes"), title=text))
    assert not {"script", "b"} & set(read.tags) and not any(name.startswith("on") for name in read.names)
    assert f"Bias report: {text}" in read.text and f"{text}0" in " ".join(read.text.split())


def test_parts_without_anything_are_left_out():
    page = document("store/results/templates/difference.html", **_difference(groups=[]))
    assert "Rows and columns</h2>" in page and "Groups of people" not in page


@pytest.mark.parametrize("text", HOSTILE)
def test_the_report_on_two_versions_takes_any_names_and_values(text):
    group = {"name": text, "reference": text, "before": [(text,) * 7], "after": [(text,) * 7]}
    plain = Read(document("store/results/templates/difference.html", **_difference(text="x", groups=[group])))
    read = Read(document("store/results/templates/difference.html", **_difference(text=text, groups=[group])))
    assert (read.tags, read.names) == (plain.tags, plain.names)
    assert f"Difference report: {text}" in read.text and f"Rows are matched by {text}." in read.text


def _difference(text="x", groups=()):
    return {
        "kind": "Difference report",
        "title": text,
        "intro": text,
        "found": {"cells": {"key": text}},
        "rows": {key: [(text,) * 3] for key in ("rows", "columns", "cells", "versions")} | {"rules": [(text,) * 5]},
        "spread": [(text, 0.5, [(text,) * 3])],
        "groups": groups,
        "within": text,
        "one": 1,
        "other": 2,
    }


def test_no_template_passes_text_as_markup():
    files = list(templates.ROOT.rglob("templates/*.html"))
    assert len(files) > 5
    for path in files:
        assert not re.search(r"\|\s*safe|autoescape|Markup", path.read_text(encoding="utf-8")), path


def test_what_a_template_misses_is_an_error_and_no_gap():
    with pytest.raises(Exception, match="'why' is undefined"):
        render("report/templates/no_chart.html")
