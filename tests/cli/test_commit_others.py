"""Commit with tables that the recipe joins."""

import json

import pytest

from dataops_core.cli.main import main


@pytest.mark.slow
def test_a_version_with_a_joined_table_is_committed_exported_and_verified(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    orders, shops, recipe, out = (
        str(tmp_path / name) for name in ("orders.csv", "shops.csv", "recipe.json", "out.zip")
    )
    (tmp_path / "orders.csv").write_text("shop,sum\na,5\nb,7\na,9\n", encoding="utf-8")
    (tmp_path / "shops.csv").write_text("shop;city\nb;Delft\na;Ghent\n", encoding="utf-8")
    joined = {"op": "join_table", "with": {"table": "shops", "keys": ["shop"]}}
    (tmp_path / "recipe.json").write_text(json.dumps({"steps": [joined]}), encoding="utf-8")

    assert main(["commit", "orders", orders, "--recipe", recipe, "-m", "one", "--with", "stores=x.csv"]) == 2
    assert 'No step of the recipe works with a table "stores"' in capsys.readouterr().err
    assert (
        main(["commit", "orders", orders, "--recipe", recipe, "-m", "one", "--with", f"shops={shops}", "--json"]) == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert main(["run", recipe, orders, "--with", f"shops={shops}", "-o", str(tmp_path / "t.csv"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["content_hash"] == told["content_hash"]
    assert (tmp_path / "t.csv").read_text(encoding="utf-8").splitlines()[1:] == ["a,5,Ghent", "b,7,Delft", "a,9,Ghent"]
    (tmp_path / "shops.csv").unlink()  # the store has its own copy
    assert main(["export", "orders", "1", "-o", out, "--json"]) == 0
    assert main(["verify", out]) == 0
