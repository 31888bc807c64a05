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
