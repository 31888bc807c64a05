"""Every page runs, with no data, with the sample and with odd tables; and no page sends a whole table."""

import csv
import io

import pytest

from dataops_core import checks, steps
from tests.pages.driver import PAGES, bring, button, dataset, go, header, said, start, texts, unforeseen

ODD_NAMES = [
    "a_b*c",
    "$x$",
    ":material/home:",
    "[link](x)",
    "# head",
    "a|b",
    "`code`",
    "<b>x</b>",
    "naïve Größe 数",
    "{x}",
    "\\",
    "-",
]


def text(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


ODD = {
    "one row": "a,b\n1,x\n",
    "no rows": "a,b\n",
    "one column": "a\n" + "\n".join(str(n) for n in range(30)) + "\n",
    "all missing": "a,b\n" + ",\n" * 20,
    "300 columns": text([[f"c{n}" for n in range(300)], *[[n * m for n in range(300)] for m in range(5)]]),
    "duplicates only": "a,b\n" + "1,x\n" * 40,
    "odd names": text([ODD_NAMES, *[[f"{name} {row % 3}" for name in ODD_NAMES] for row in range(12)]]),
    "markdown in cells": "a,b\n" + "".join(f"**x** $y${n % 4},:material/home: [l](x)\n" for n in range(25)),
    "long text": "a,b\n" + f"{'x' * 30_000},1\n" * 3,
    "dates": "d,n\n" + "".join(f"2024-01-{1 + n % 28:02},{n / 3}\n" for n in range(300)),
}


@pytest.mark.parametrize("page", PAGES)
def test_page_without_data_says_how_to_begin(page):
    app = start(page)
    assert unforeseen(app) == []
    assert [title.value for title in app.title] == [page.capitalize()]
    if page in ("overview", "data"):
        assert button(app, "Open the sample")
    elif page != "guide":
        assert said(app) == [("There is no data here yet", "Open the sample or bring a file first.")]


@pytest.mark.parametrize("page", PAGES)
def test_page_with_the_sample_runs(unopened, page):
    app = go(unopened, page)
    assert unforeseen(app) == []
    expected = {
        "versions": [
            (
                "No versions yet",
                "Once a version is saved you can export it as one zip, with data, steps, script and data card.",
            )
        ],
        "rules": [
            (
                "No rules yet",
                (
                    "A rule says what you require of this table: no cell missing, each order once, ages from 0 to 120. Take"
                    " some that the data itself suggests, or write your own. Each version keeps the state of its rules."
                ),
            )
        ],
        "bias": [("", "Choose the columns that tell groups of people apart.")],
        "compare": [("", "Choose the column that a model is to predict.")],
    }
    told = said(app)
    if page == "impute":
        assert told.pop(0)[1].startswith("What the data cannot tell")
    assert told == expected.get(page, [])


def test_sample_is_opened_with_its_rows_and_columns(sample):
    assert "4,960 × 17" in header(sample)
    assert sample.query_params["d"] == dataset(sample).id


def test_profile_of_the_sample_counts_its_duplicates(unopened):
    app = go(unopened, "profile")
    assert {"4,960 × 17", "18 findings", "0 steps", "Not saved"} <= set(header(app))
    assert "Missing cells: **867 (1.0 %)** · Duplicate rows: **60** · counted on all 4,960 rows" in texts(app)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name == "300 columns" else name for name in ODD]
)
def test_every_page_and_tab_runs_on_an_odd_table(few_trees, name):
    app = start(d=bring(ODD[name], f"{name}.csv"))
    for page in PAGES:
        go(app, page)
        assert unforeseen(app) == [], page
        for tab in {
            "data": ("Rows", "How it was read", "Column roles"),
            "profile": ("Scores", "Columns", "Relationships", "Variants", "Rows", "Reports"),
            "synthesize": ("Constraints", "Engine and rows", "Generate", "Verdicts", "Export"),
        }.get(page, ()):
            app.session_state[f"{page}.tabs"] = tab
            app.run()
            assert unforeseen(app) == [], (page, tab)
        assert all(len(frame.value) <= 100 and len(frame.value.columns) <= 60 for frame in app.dataframe), page


@pytest.mark.parametrize("name", ODD_NAMES)
def test_column_name_is_shown_letter_by_letter(name):
    app = start("profile", d=bring(text([[name, "other"], *[["same", n] for n in range(12)]])))
    escaped = "".join(f"\\{c}" if c in "\\`*_{}[]()#+!|<>~$:" else c for c in name)
    assert any(each.value.endswith(f" in **{escaped}**") for each in app.markdown)
    go(app, "clean")
    assert name in app.dataframe[0].value.columns


def test_long_table_is_sent_one_hundred_rows_at_a_time():
    app = start(d=bring("a,b\n" + "".join(f"{n},x\n" for n in range(1000))))
    for page, state in (("data", {}), ("clean", {}), ("profile", {"profile.tabs": "Rows"})):
        for key, value in state.items():
            app.session_state[key] = value
        go(app, page)
        assert [len(frame.value) for frame in app.dataframe] == [100], page
        assert "Rows 1 to 100 of 1,000." in texts(app)


def test_pager_shows_the_next_hundred_rows(sample):
    sample.pagination[0].set_value(25).run()
    assert sample.dataframe[0].value.index.tolist() == list(range(2401, 2501))


def test_unknown_dataset_gives_a_message_and_the_way_on():
    app = start(d="no-such-dataset")
    assert unforeseen(app) == []
    assert said(app)[0] == ("There is no such dataset.", "Choose one on the Data page. (no-such-dataset)")
    assert button(app, "Open the sample")


def test_guide_explains_every_step_and_check_and_finds_by_word():
    app = start("guide")
    assert unforeseen(app) == []
    listed = {}
    for tab in ("Steps", "Checks"):
        app.session_state["guide.tabs"] = next(each.label for each in app.tabs if each.label.startswith(tab))
        listed[tab] = [each.label.partition(":")[0] for each in app.run().expander]
    assert sorted(listed["Steps"]) == sorted({s.title for s in steps.REGISTRY.values()})
    assert sorted(listed["Checks"]) == sorted(c.title for c in checks.REGISTRY.values())
    app.text_input(key="guide.search").set_value("duplicate").run()
    assert unforeseen(app) == []
    assert 0 < len(app.expander) < len(listed["Checks"])
    assert any(each.label.startswith("Drop duplicate rows") for each in app.expander)
    app.session_state["guide.step.drop_duplicate_rows"] = True
    app.run()
    assert unforeseen(app) == []
    assert "def drop_duplicate_rows" in app.code[0].value
    app.text_input(key="guide.search").set_value("blank down").run()
    assert unforeseen(app) == []
    (table,) = [each.value for each in app.table if "There" in each.value]
    assert table[["There", "The step here"]].values.tolist() == [["Blank down", "Blank repeated values"]]
    app.text_input(key="guide.search").set_value("no such thing").run()
    assert [each.value for each in app.info] == [
        "Try a shorter word, or one that the table or the problem would have in its name."
    ]
