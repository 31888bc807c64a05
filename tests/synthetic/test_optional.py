"""Engines that need a package of their own: shown where it is missing, with what installs it; the same promises where
it is there.
"""

import importlib.util
import json

import numpy as np
import pytest

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.synthetic import ENGINES, Settings, synthesize
from dataops_core.synthetic.engines.registry import engine
from dataops_core.synthetic.plan.plan import plan
from tests.synthetic.people import people

OPTIONAL = {"mostlyai": ("mostlyai-engine", "Apache-2.0"), "syndiffix": ("syndiffix", "MIT")}


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_engine_that_is_not_installed_is_shown_with_what_installs_it(
    name, monkeypatch, make_table, tmp_path, capsys
):
    there = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda package, *rest: None if package == ENGINES[name].needs else there(package, *rest),
    )
    package, licence = OPTIONAL[name]
    told = plan(make_table(people(60, 1)))["engines"][name]
    assert (told["there"], told["install"], told["package"], told["licence"]) == (
        False,
        f"pip install {package}",
        package,
        licence,
    )
    with pytest.raises(SettingError, match=rf"Install it \(pip install {package}\)"):
        engine(name)
    people(60, 1).to_csv(tmp_path / "p.csv", index=False)
    assert main(["synthesize", str(tmp_path / "p.csv"), "--engine", name, "-o", str(tmp_path / "t.csv"), "--json"]) == 2
    assert (
        f"pip install {package}" in json.loads(capsys.readouterr().out)["error"]["fix"]
        and not (tmp_path / "t.csv").exists()
    )


def test_an_engine_whose_parent_package_is_missing_is_not_there(monkeypatch):
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda package: (_ for _ in ()).throw(ModuleNotFoundError(package))
    )
    assert ENGINES["mostlyai"].there is False and ENGINES["independent"].there is True


@pytest.mark.parametrize("name", OPTIONAL)
def test_an_engine_that_is_installed_makes_rows(name, make_table, tmp_path):
    if not ENGINES[name].there:
        pytest.skip(f"{OPTIONAL[name][0]} is not installed, and not needed")
    frame = people(500, 1)
    frame["low"], frame["high"] = frame["age"] - 5, frame["age"] + np.arange(500) % 7
    table = make_table(frame[["age", "sex", "income", "low", "high"]])
    hashes = []
    for number in (1, 2):
        synthetic, told, _ = synthesize(
            table,
            tmp_path / f"t{number}.parquet",
            Settings(engine=name, seed=5, epochs=4, rows=700),
            judged=number == 2,
        )
        hashes.append(synthetic.content_hash)
    rows = synthetic.frame()
    assert (
        hashes[0] == hashes[1]
        and len(rows) == 700
        and (rows["low"] <= rows["high"]).all()
        and set(rows["sex"]) == {"f", "m"}
    )
    assert (
        told["judge"]["privacy"]["exact_matches"] == 0
        and told["engine"]["package"] == OPTIONAL[name][0]
        and told["engine"]["version"]
    )
