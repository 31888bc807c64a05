"""Deliveries: a file held against a version, kept once, in quarantine where it fails, until somebody decides."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from dataops_core.cli.main import main
from dataops_core.errors import ConflictError, SettingError
from dataops_core.monitoring import Limits
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.rules import Rule
from dataops_core.store import catalog, dataset_rules, datasets, fsck, removal, versions
from dataops_core.store.monitoring import alerts, deliveries
from dataops_core.store.store import Store
from dataops_core.store.trail import audit


def sales(rows, scale=1, seed=0):
    """Rows of a shop: number, town with a stray space, amount around 50 (times scale)."""
    draw = random.Random(seed)
    lines = [f"{at + 1}, {draw.choice(['Ghent', 'Bruges'])},{draw.gauss(50, 10) * scale:.1f}" for at in range(rows)]
    return "\n".join(["id,town,amount", *lines]) + "\n"


@pytest.fixture
def shop(store, tmp_path):
    """A dataset whose version 1 has its towns trimmed."""
    file = tmp_path / "may.csv"
    file.write_text(sales(300), encoding="utf-8")
    made = datasets.add(store, datasets.default_project(store, "ann"), file, "may.csv", "ann", name="sales")
    here = datasets.get(store, made)
    trim = RecipeStep("trim_spaces", {"columns": ["town"]})
    datasets.edit(store, made, here.revision, replace(here.recipe, steps=(trim,)), "trim", "ann")
    versions.commit(store, made, "first", "ann")
    return made


@pytest.fixture
def deliver(store, shop, tmp_path):
    def deliver(text, name="june.csv", **how):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return deliveries.watch(store, shop, datasets.store_raw(store, tmp_path / name, name), "ann", **how)

    return deliver


def verdicts(found):
    return {check.area: check.verdict for check in found.report.checks}


def logged(store, dataset):
    with store.reading() as connection:
        return [entry["what"] for entry in audit.entries(connection, dataset)]


def test_a_delivery_like_the_version_passes(store, shop, deliver):
    found = deliver(sales(310, seed=1))
    assert (found.number, found.standing, found.report.verdict, found.fresh) == (1, "accepted", "pass", True)
    assert verdicts(found) == {
        "schema": "pass",
        "volume": "pass",
        "steps": "pass",
        "rules": "not checked",
        "drift": "pass",
        "freshness": "not checked",
        "quality": "pass",
    }
    assert found.report.figures.rows == 310 and found.report.figures.rows_before == 300
    assert logged(store, shop)[-1] == "delivery judged"
    with store.reading() as connection:
        assert connection.execute(catalog.alert.select()).all() == []


def test_amounts_in_cents_fail_by_drift_alone_and_are_quarantined(store, shop, deliver):
    found = deliver(sales(310, scale=100, seed=1))
    assert found.standing == "quarantined"
    assert [area for area, verdict in verdicts(found).items() if verdict == "fail"] == ["drift"]
    assert found.report.figures.drifted == 1


def test_a_rule_that_blocks_fails_the_delivery_and_is_judged_after_the_steps(store, shop, deliver):
    towns = {"kind": "allowed", "column": "town", "values": ["Ghent", "Bruges"]}
    dataset_rules.save(store, shop, [Rule.from_json(towns)], "ann")
    assert verdicts(deliver(sales(310, seed=1)))["rules"] == "pass"  # trimmed by the recipe
    found = deliver(sales(310, seed=1).replace(" Ghent", "Gent", 1), "july.csv")
    assert (verdicts(found)["rules"], found.standing) == ("fail", "quarantined")


def test_a_column_that_the_recipe_needs_is_gone(store, shop, deliver):
    found = deliver(sales(310, seed=1).replace("id,town", "id,Town name"))
    assert (verdicts(found)["schema"], verdicts(found)["steps"]) == ("warn", "fail")  # the new one's verdict is last
    assert found.report.troubles[0].says.startswith("Gone: town.")


def test_what_cannot_be_read_is_a_delivery_that_fails(store, shop, deliver):
    found = deliver("id,id\n1,2\n")
    assert (found.standing, verdicts(found), found.state) == ("quarantined", {"reading": "fail"}, None)
    with pytest.raises(SettingError, match="cannot be read"):
        deliveries.decide(store, shop, found.number, accept=True, reason="why not", actor="ben")


def test_the_same_file_is_one_delivery_until_rules_or_limits_change(store, shop, deliver):
    text = sales(310, scale=100, seed=1)
    first, again = deliver(text), deliver(text, "another-name.csv")
    assert (again.id, again.fresh) == (first.id, False)
    deliveries.set_limits(store, shop, Limits(large_drift="warn"), "ann")
    third = deliver(text)
    assert (third.number, third.standing, third.report.verdict) == (2, "accepted", "warn")


def test_the_file_of_the_version_itself_is_a_warning(store, shop, deliver):
    found = deliver(sales(300))
    assert found.report.verdict == "warn" and "very file" in found.report.troubles[0].says


def test_many_who_bring_the_same_file_at_once_make_one_delivery_and_one_alert(store, shop, tmp_path):
    (tmp_path / "june.csv").write_text(sales(310, scale=100, seed=1))
    raw = datasets.store_raw(store, tmp_path / "june.csv", "june.csv")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: deliveries.watch(Store(store.home), shop, raw, "ann"), range(4)))
    assert {each.number for each in found} == {1}
    assert [each.channel for each in alerts.listed(store, shop)] == ["log"]


def test_a_file_in_quarantine_is_not_worked_on_before_somebody_accepts_it(store, shop, deliver, tmp_path):
    found = deliver(sales(310, scale=100, seed=1))
    here = datasets.get(store, shop)
    with pytest.raises(ConflictError, match="Delivery 1 is quarantined"):
        datasets.edit(store, shop, here.revision, here.recipe, "by another way", "ann", raw=found.raw)
    with pytest.raises(SettingError, match="is quarantined"):
        deliveries.use(store, shop, here.revision, 1, "ann")
    with pytest.raises(SettingError, match="no reason"):
        deliveries.decide(store, shop, 1, accept=True, reason=" ", actor="ben")
    made = deliveries.decide(store, shop, 1, accept=True, reason="Cents from June on", actor="ben")
    assert (made.standing, made.decided_by, made.reason) == ("accepted", "ben", "Cents from June on")
    with pytest.raises(ConflictError, match="not in quarantine"):
        deliveries.decide(store, shop, 1, accept=False, reason="too late", actor="eva")
    deliveries.use(store, shop, here.revision, 1, "ann")
    now = datasets.get(store, shop)
    assert now.raw["sha256"] == found.raw["sha256"] and [step.op for step in now.recipe.steps] == ["trim_spaces"]
    assert logged(store, shop)[-2:] == ["delivery accepted", "recipe changed"]


def test_a_rejected_file_stays_out(store, shop, deliver):
    found = deliver(sales(310, scale=100, seed=1))
    deliveries.decide(store, shop, 1, accept=False, reason="Ask for euros", actor="ben")
    here = datasets.get(store, shop)
    with pytest.raises(ConflictError, match="Delivery 1 is rejected"):
        datasets.edit(store, shop, here.revision, here.recipe, "all the same", "ann", raw=found.raw)


def test_deliveries_are_checked_by_fsck_and_go_with_their_dataset(store, shop, deliver):
    found = deliver(sales(310, scale=100, seed=1))
    assert found.raw["md5"] in fsck.needed(store)
    removal.delete(store, shop, "ann", confirm="sales")
    assert found.raw["md5"] not in fsck.needed(store)
    assert fsck.check(store).ok
    with store.reading() as connection:
        assert connection.execute(catalog.delivery.select()).all() == []


def test_from_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    for name, text in (("may", sales(300)), ("june", sales(310, seed=1)), ("july", sales(310, scale=100, seed=2))):
        (tmp_path / f"{name}.csv").write_text(text)
    assert main(["watch", "sales", str(tmp_path / "june.csv")]) == 2  # no such dataset
    assert main(["commit", "sales", str(tmp_path / "may.csv"), "-m", "first"]) == 0
    assert main(["watch", "sales", str(tmp_path / "none.csv")]) == 2
    capsys.readouterr()
    assert main(["watch", "sales", str(tmp_path / "june.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "pass"
    assert main(["watch", "sales", str(tmp_path / "july.csv"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["standing"], told["alerts"][0]["channel"]) == ("fail", "quarantined", "log")
    lines = [json.loads(line) for line in (tmp_path / "home" / "alerts.log").read_text().splitlines()]
    assert [line["says"] for line in lines] == ["sales: delivery 2 fails and is in quarantine"]
    assert main(["deliveries", "sales"]) == 1
    assert main(["deliveries", "sales", "--accept", "why"]) == 2
    assert main(["deliveries", "sales", "2", "--reject", "Ask for euros"]) == 0
    assert main(["watch", "sales", str(tmp_path / "july.csv")]) == 1  # rejected is not accepted
    assert main(["limits", "sales", "--set", "large_drift=warn", "--set", "drift_ignored=amount,town"]) == 0
    assert main(["limits", "sales", "--set", "large_drift"]) == 2
    capsys.readouterr()
    assert main(["limits", "sales", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["limits"]["drift_ignored"] == ["amount", "town"]
    assert main(["alerts"]) == 0


def test_a_catalog_without_the_new_tables_is_given_them(store):
    with store.writing() as connection:
        for name in ("alert", "delivery"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
        connection.exec_driver_sql("UPDATE about SET value = '2'")
    store.close()
    again = Store(store.home)
    with again.reading() as connection:
        assert connection.execute(catalog.delivery.select()).all() == []
    again.close()
    Store(store.home).close()
