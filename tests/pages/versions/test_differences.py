"""Compare two versions on the page: rules and groups of people stand beside rows and cells."""

from dataops_core.store import datasets, versions
from dataops_core.store.store import Store
from tests.pages.driver import bring, start, texts, unforeseen
from tests.pages.test_clean import TRIM, with_steps


def test_the_groups_of_two_versions_are_compared(tmp_path):
    rows = "".join(f"{n}, {'fm'[n % 2]},{('yes', 'no')[n % 3 == 0]},{('Rome', ' Oslo')[n % 2]}\n" for n in range(60))
    made = bring("id,sex,bought,city\n" + rows, "shop.csv")
    store = Store()
    roles = {"sensitive": ["sex"], "target": "bought", "favorable": "yes"}
    datasets.set_roles(store, made, datasets.get(store, made).revision, roles, "tester")
    versions.commit(store, made, "first", "tester")
    app = start("versions", d=made)
    with_steps(app, TRIM)
    versions.commit(store, made, "second", "tester")
    app.session_state["versions.tabs"] = "Compare two"
    app.switch_page("pages/versions.py").run()
    assert unforeseen(app) == []
    assert "the gap between groups goes from 0.0% (may be chance) to 0.0% (may be chance)" in texts(
        app
    ) and "Groups of people" in texts(app)
    tables = [each.value for each in app.dataframe if "Rows before" in each.value.columns]
    assert [list(each["Rows before"]) for each in tables] == [[30, 30]]


def test_rows_of_another_file_are_matched_by_their_identifier(tmp_path):
    made = bring("code,n\n" + "".join(f"K-{n:04d},{n % 7}\n" for n in range(60)), "shop.csv")
    store = Store()
    versions.commit(store, made, "first", "tester")
    (tmp_path / "next.csv").write_text(
        "code,n\n" + "".join(f"K-{n:04d},{n % 7 + (n == 50)}\n" for n in range(5, 60)) + "K-0099,3\n"
    )
    here = datasets.get(store, made)
    raw = datasets.store_raw(store, tmp_path / "next.csv", "next.csv")
    datasets.edit(store, made, here.revision, here.recipe, "next", "tester", raw=raw)
    versions.commit(store, made, "second", "tester")
    app = start("versions", d=made)
    app.session_state["versions.tabs"] = "Compare two"
    app.switch_page("pages/versions.py").run()
    assert unforeseen(app) == [] and "Rows are matched by code." in texts(app)
    (table,) = [each.value for each in app.dataframe if "This row" in each.value.columns]
    told = table["This row"].tolist()
    assert (told.count("went"), told.count("was added"), told.count("changed")) == (5, 1, 1)
    assert table.loc[table["This row"] == "changed", ["code", "n"]].to_numpy().tolist() == [["K-0050", "1 → 2"]]
    assert table.loc[table["This row"] == "went", "code"].tolist() == [f"K-{n:04d}" for n in range(5)]
