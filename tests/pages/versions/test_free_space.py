"""Free space on the page Overview: what would go is counted, then it goes."""

import os
import time

from dataops_core.store import datasets, jobs, versions
from dataops_core.store.people import members
from dataops_core.store.purge import compaction, leftovers
from dataops_core.store.store import Store
from tests.pages.driver import bring, start, texts, unforeseen
from tests.pages.test_clean import TRIM, with_steps


def opened(made):
    app = start("overview", d=made)
    app.session_state["free_space.open"] = True
    return app.run()


def ended(store, kind, **args):
    job = jobs.wait(store, jobs.latest(store, kind, args).id)
    assert job.state == "done", job
    return job.result


def test_what_would_go_is_counted_and_then_goes(tmp_path):
    rows = "".join(f"{n},{('Rome', ' Oslo')[n % 2]}\n" for n in range(60))
    made = bring("id,city\n" + rows, "shop.csv")
    store = Store()
    with_steps(start("clean", d=made), TRIM)
    one = versions.commit(store, made, "trimmed", store.person)
    here = datasets.get(store, made)
    (tmp_path / "next.csv").write_text("id,city\n" + rows + "99,Rome\n")
    raw = datasets.store_raw(store, tmp_path / "next.csv", "next.csv")
    datasets.edit(store, made, here.revision, here.recipe, "next file", store.person, raw=raw)
    versions.commit(store, made, "next", store.person)
    over = store.scratch_file()
    over.write_bytes(b"x" * 5000)
    over = store.objects.put(over).md5
    os.utime(store.objects.local(over), (time.time() - 200_000,) * 2)
    app = opened(made)
    assert unforeseen(app) == [] and "Tables of shop that can be computed again" in texts(app)
    assert [each.key for each in app.button if "free_space" in (each.key or "")] == [
        "free_space.compact.count",
        "free_space.leftovers.count",
    ]
    app.button(key="free_space.compact.count").click().run()
    would = ended(store, compaction.KIND, dataset=made, dry_run=True)
    assert would["tables"] == 1 and would["freed"] > 0
    app.run()
    assert "Would go: 1 table" in texts(app)
    app.button(key="free_space.compact.do").click().run()
    assert ended(store, compaction.KIND, dataset=made, dry_run=False)["tables"] == 1
    app.run()
    assert "Removed: 1 table" in texts(app) and unforeseen(app) == []
    assert versions.table(store, one).content_hash == one.content_hash
    app.button(key="free_space.leftovers.count").click().run()
    assert ended(store, leftovers.KIND, dry_run=True)["size"] == 5000
    app.run()
    app.button(key="free_space.leftovers.do").click().run()
    ended(store, leftovers.KIND, dry_run=False)
    app.run()
    assert unforeseen(app) == [] and "Removed: 1 stored file" in texts(app) and not store.objects.has(over)


def test_who_may_not_sees_why_and_nothing_of_the_whole_store(tmp_path):
    made = bring("id,city\n1,Rome\n", "shop.csv")
    store = Store()
    members.switch_on(store, ["boss"], store.person)
    project = datasets.get(store.of("boss"), made).project
    members.invite(store.of("boss"), project, store.person, "editor", "boss")
    app = opened(made)
    (button,) = [each for each in app.button if "free_space" in (each.key or "")]
    assert button.disabled and "steward" in button.help and "killed processes" not in texts(app)
