"""Rebuild and compare on the page Versions."""

from dataops_core.store import catalog, jobs, versions
from dataops_core.store.results import rebuild
from dataops_core.store.store import Store
from tests.pages.driver import bring, start, unforeseen
from tests.pages.test_clean import TRIM, with_steps


def test_a_version_is_rebuilt_and_what_came_out_is_told(tmp_path):
    made = bring("id,city\n" + "".join(f"{n},{('Rome', ' Oslo')[n % 2]}\n" for n in range(60)), "shop.csv")
    store = Store()
    app = start("clean", d=made)
    with_steps(app, TRIM)
    versions.commit(store, made, "trimmed", "tester")
    app = start("versions", d=made)
    app.button(key="versions.rebuild.1").click().run()
    assert unforeseen(app) == []
    job = jobs.last(store, rebuild.KIND, made)
    assert jobs.wait(store, job.id).state == "done"
    app.run()
    assert any("very same table" in each.value for each in app.success) and not app.error
    with store.writing() as connection:  # as if another table had come out
        told = dict(job.result or jobs.get(store, job.id).result)
        told |= {"same": False, "packages": {"pandas": ["1.0", "2.3"]}, "difference": None}
        told["checks"] = [{"what": "x", "ok": False, "seen": "content hash 12"}]
        connection.execute(catalog.job.update().where(catalog.job.c.id == job.id).values(result=told))
    app.run()
    assert unforeseen(app) == [] and any("content hash 12" in each.value for each in app.error)
    assert [list(each.value["Then"]) for each in app.dataframe if "Then" in each.value.columns] == [["1.0"]]
