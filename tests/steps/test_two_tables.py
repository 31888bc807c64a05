"""Steps that work with a second table: what is matched, what is added, and what is refused."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.recipe.recipe import Recipe, RecipeStep, dump, load
from dataops_core.recipe.replay import run_recipe
from dataops_core.steps import get
from dataops_core.store import states
from dataops_core.store.datasets import store_raw
from dataops_core.table import tidy

join, append = get("join_table"), get("append_rows")
ORDERS = tidy(pd.DataFrame({"shop": ["a", "b", None, "z", "a"], "sum": [5, 7, 9, 1, 2]}))
SHOPS = tidy(
    pd.DataFrame({"shop": ["b", "a", "c", None], "city": ["Delft", "Ghent", "Lille", "Nowhere"], "sum": [1, 2, 3, 4]})
)
TWICE = tidy(pd.DataFrame({"code": ["a", "b", "a"], "tag": ["x", "y", "w"]}))


def test_a_left_join_keeps_rows_and_ids_and_names_apart():
    out = tidy(join(ORDERS, "shops", ["shop"], other=SHOPS))
    assert out["city"].tolist() == ["Ghent", "Delft", None, None, "Ghent"]
    assert list(out.columns) == ["shop", "sum", "city", "sum_other"] and list(out.index) == list(ORDERS.index)
    assert out["sum"].tolist() == ORDERS["sum"].tolist()


def test_an_inner_join_drops_rows_without_a_match_and_a_full_one_adds_those_of_the_other_table():
    assert list(join(ORDERS, "shops", ["shop"], how="inner", other=SHOPS).index) == [0, 1, 4]
    out = tidy(join(ORDERS, "shops", ["shop"], how="full", columns=["city"], other=SHOPS))
    assert list(out.index) == [0, 1, 2, 3, 4, 5, 6]
    assert out["shop"].tolist() == ["a", "b", None, "z", "a", "c", None]
    assert out["city"].tolist()[5:] == ["Lille", "Nowhere"] and out["sum"].isna().tolist()[5:] == [True, True]


def test_several_matches_are_refused_unless_it_is_said_what_to_do():
    with pytest.raises(SettingError, match='2 rows match several rows of "tags", and would become 4'):
        join(ORDERS, "tags", ["shop"], ["code"], other=TWICE)
    first = join(ORDERS, "tags", ["shop"], ["code"], several="first", other=TWICE)
    assert first["tag"].tolist()[:2] == ["x", "y"] and len(first) == 5
    every = tidy(join(ORDERS, "tags", ["shop"], ["code"], several="all", other=TWICE))
    assert list(every.index) == [0, 1, 2, 3, 4, 5, 6]
    assert every[["shop", "sum", "tag"]].iloc[5:].to_numpy().tolist() == [["a", 5, "w"], ["a", 2, "w"]]


def test_keys_of_another_type_or_name_are_said():
    with pytest.raises(SettingError, match="holds integer here"):
        join(ORDERS, "shops", ["sum"], ["city"], other=SHOPS)
    with pytest.raises(SettingError, match='no column "cod"'):
        join(ORDERS, "tags", ["shop"], ["cod"], other=TWICE)
    with pytest.raises(SettingError, match="1 key columns here and 2"):
        join(ORDERS, "tags", ["shop"], ["code", "tag"], other=TWICE)
    with pytest.raises(SettingError, match='The table "shops" is not here'):
        join(ORDERS, "shops", ["shop"])
    whole = tidy(pd.DataFrame({"k": [1, 2]}))
    part = tidy(pd.DataFrame({"k": [2.0, 2.5], "v": ["two", "half"]}))
    assert tidy(join(whole, "t", ["k"], other=part))["v"].tolist() == [None, "two"]


@settings(max_examples=80, derandomize=True, deadline=None, database=None)
@given(data=st.data())
def test_a_join_is_the_one_that_pandas_makes(data):
    cells = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=7)
    one = tidy(pd.DataFrame({"k": pd.Series(data.draw(cells), dtype=object)}))
    one["n"] = pd.array(range(len(one)), dtype="Int64")
    two = tidy(pd.DataFrame({"k": pd.Series(data.draw(cells), dtype=object)}))
    two["m"] = pd.array(range(len(two)), dtype="Int64")
    how = data.draw(st.sampled_from(["left", "inner", "full"]))
    ours = tidy(join(one, "t", ["k"], how=how, several="all", other=two))
    left, right = (
        one.assign(k=one["k"].where(one["k"].notna(), "none here")),
        two.assign(k=two["k"].where(two["k"].notna(), "none there")),
    )
    theirs = left.merge(right, on="k", how={"full": "outer"}.get(how, how))
    theirs["k"] = theirs["k"].where(~theirs["k"].isin(["none here", "none there"]), None)

    def rows(frame):
        return sorted(map(str, frame[["k", "n", "m"]].astype(object).where(frame.notna(), None).to_numpy().tolist()))

    assert rows(ours) == rows(theirs)
    assert ours.index.is_unique


def test_rows_are_appended_by_the_names_of_columns():
    june = tidy(pd.DataFrame({"Shop": ["q"], "sum": [1.5], "note": ["new"]}))
    out = tidy(append(ORDERS, "june", {"Shop": "shop"}, other=june))
    assert list(out.columns) == ["shop", "sum"] and list(out.index) == [0, 1, 2, 3, 4, 5]
    assert out["sum"].tolist() == [5, 7, 9, 1, 2, 1.5] and out["shop"].tolist()[-1] == "q"
    kept = tidy(append(ORDERS, "june", {"Shop": "shop"}, "keep", other=june))
    assert kept["note"].tolist() == [None] * 5 + ["new"]
    with pytest.raises(SettingError, match='"sum" holds integer here and text in "june"'):
        append(ORDERS, "june", other=tidy(pd.DataFrame({"sum": ["x"]})))
    with pytest.raises(SettingError, match='Two columns of the other table would be called "sum"'):
        append(ORDERS, "june", {"Shop": "sum"}, other=june)
    long = tidy(pd.DataFrame({"sum": [2**60]}))
    with pytest.raises(SettingError, match="too long to stand beside decimals"):
        append(long, "june", other=june)


STEP = RecipeStep("join_table", {"table": "shops", "keys": ["shop"]})


def test_the_recipe_holds_what_the_other_table_was_and_refuses_another(make_table, tmp_path):
    table, shops = make_table(ORDERS), make_table(SHOPS)
    run = run_recipe(Recipe(steps=(STEP,)), table, tmp_path, tables=lambda *_: shops)
    assert run.recipe.steps[0].settings["content"] == shops.content_hash
    assert run.outcomes[0].reason == (
        '3 of 5 rows (60.0%) match, 2 do not. 2 of 4 rows of "shops" match nothing.'
        " Keys are not unique (1 come several times) here and unique there."
    )
    again = run_recipe(run.recipe, table, tmp_path, tables=lambda *_: shops)
    assert again.table.content_hash == run.table.content_hash
    changed = make_table(SHOPS.assign(city="Elsewhere"))
    failed = run_recipe(run.recipe, table, tmp_path, tables=lambda *_: changed).failed
    assert failed is not None and 'The table "shops" has changed' in failed.reason
    missing = run_recipe(run.recipe, table, tmp_path).failed
    assert missing is not None and 'The table "shops" is not here' in missing.reason


def test_the_report_of_an_append_names_what_does_not_match(make_table, tmp_path):
    june = make_table({"shop": ["q"], "note": ["new"]})
    step = RecipeStep("append_rows", {"table": "june"})
    run = run_recipe(Recipe(steps=(step,)), make_table(ORDERS), tmp_path, tables=lambda *_: june)
    assert run.outcomes[0].reason == (
        '1 rows appended; 1 of 2 columns match by name. Missing in "june": sum. Left out of "june": note.'
    )


def test_later_steps_may_name_columns_that_the_other_table_brings(make_table, tmp_path):
    recipe = Recipe(steps=(STEP, RecipeStep("trim_spaces", {"columns": ["city"]})))
    run = run_recipe(recipe, make_table(ORDERS), tmp_path, tables=lambda *_: make_table(SHOPS))
    assert [outcome.status for outcome in run.outcomes] == ["done", "done"]


def test_a_state_finds_the_other_table_by_its_content(store, tmp_path):
    raws = []
    for name, frame in (("orders.csv", ORDERS), ("shops.csv", SHOPS)):
        path = tmp_path / name
        frame.to_csv(path, index=False)
        raws.append(store_raw(store, path, name))
    _, source = states.read_raw(store, raws[0], None)
    read = source.options.to_json()
    pinned = replace(STEP, settings={**STEP.settings, "content": "0" * 64})
    (gone,) = states.evaluate(store, raws[0], Recipe(steps=(pinned,), read=read))
    assert gone.outcome.status == "failed" and 'The table "shops" is not here' in gone.outcome.reason
    _, source = states.read_raw(store, raws[1], None)
    pinned = replace(STEP, settings={**STEP.settings, "content": source.table.content_hash})
    (done,) = states.evaluate(store, raws[0], Recipe(steps=(pinned,), read=read))
    assert done.outcome.status == "done" and "of 5 rows" in done.outcome.reason
    assert states.table(store, done.after).names == ["shop", "sum", "city", "sum_other"]


def test_the_command_line_names_other_tables_by_file_and_the_recipe_keeps_how_they_were_read(tmp_path, capsys):
    ORDERS.to_csv(tmp_path / "orders.csv", index=False)
    (tmp_path / "shops.csv").write_text("shop;city;rent\nb;Delft;1,5\na;Ghent;2,5\n")
    (tmp_path / "recipe.json").write_text(dump(Recipe(steps=(STEP,))))
    asked = ["run", str(tmp_path / "recipe.json"), str(tmp_path / "orders.csv"), "--json"]
    shops = ["--with", f"shops={tmp_path / 'shops.csv'}"]
    assert main([*asked, "-o", str(tmp_path / "out.csv"), "--fitted", str(tmp_path / "fitted.json"), *shops]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["columns"] == ["shop", "sum", "city", "rent"] and "3 of 5 rows" in told["steps"][0]["reason"]
    fitted = load(tmp_path / "fitted.json")
    assert fitted.tables is not None and fitted.tables["shops"]["decimal"] == ","
    again = ["run", str(tmp_path / "fitted.json"), *asked[2:], "--dry-run"]
    assert main([*again, *shops]) == 0
    assert json.loads(capsys.readouterr().out)["content_hash"] == told["content_hash"]
    (tmp_path / "shops.csv").write_text("shop;city;rent\nb;Delft;1,5\na;Gent;2,5\n")
    assert main([*again, *shops]) == 2
    assert "has changed" in json.loads(capsys.readouterr().out)["steps"][0]["reason"]
    assert main([*again, "--with", f"stores={tmp_path / 'shops.csv'}"]) == 2
    assert main([*again, "--with", "shops=nowhere.csv"]) == 2
    assert main([*again, "--with", "shops"]) == 2
