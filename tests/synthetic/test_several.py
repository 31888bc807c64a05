"""Several tables: links are found by content, every key of the synthetic tables points to a row, and nobody real is in them."""

import contextlib
import io
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.synthetic import Settings, card_of_tables, synthesize_tables
from dataops_core.synthetic.multi_table.cardinality import alike, counts_of, dealt, distance, tamed
from dataops_core.synthetic.multi_table.foreign_keys import found, named
from dataops_core.synthetic.multi_table.model import worst_of
from dataops_core.table import tidy, write_table
from tests.synthetic.shops import shops
from tests.synthetic.visits import visits

LINKS = ["orders.customer_id=customers.id", "lines.order_no=orders.order_no", "lines.product_code=products.code"]


def written(folder, frames):
    return {name: write_table(folder / f"real_{name}.parquet", [frame]) for name, frame in frames.items()}


@pytest.fixture(scope="module")
def made(tmp_path_factory, few_trees_in_module):
    folder = tmp_path_factory.mktemp("several")
    tables = written(folder, shops(150, 1))
    return tables, *synthesize_tables(tables, folder, Settings(seed=2, rows=120))


def test_links_are_found_by_what_is_in_the_columns(tmp_path):
    frames = shops(60, 1)
    assert sorted(map(str, found(written(tmp_path, frames), frames))) == sorted(LINKS)
    odd = frames | {
        "orders": (
            frames["orders"].assign(
                customer_id=frames["orders"]["customer_id"].mask(frames["orders"].index == 3, "C-1")
            )
        )
    }
    assert sorted(map(str, found(written(tmp_path, odd), odd))) == sorted(LINKS[1:])


def test_a_text_of_the_same_name_is_a_key_where_no_id_is(tmp_path):
    frames = {
        "tags": pd.DataFrame({"tag": [f"word {at} of many" for at in range(30)], "x": np.arange(30) * 1.5}),
        "notes": pd.DataFrame({"tag": [f"word {at % 20} of many" for at in range(60)]}),
    }
    assert list(map(str, found(written(tmp_path, frames), frames))) == ["notes.tag=tags.tag"]
    frames = {
        "tags": frames["tags"].assign(id=np.arange(100, 130)),
        "notes": frames["notes"].assign(tag_id=100 + np.arange(60) % 20),
    }
    assert "notes.tag_id=tags.id" in map(str, found(written(tmp_path, frames), frames))


def test_small_numbers_are_no_keys(tmp_path):
    frames = {
        "parents": pd.DataFrame({"id": np.arange(1, 51), "x": np.arange(50) * 1.5}),
        "others": pd.DataFrame({"rating": np.arange(40) % 5 + 1, "y": np.arange(40) * 2.5}),
    }
    assert found(written(tmp_path, frames), frames) == []


def test_links_that_cannot_be_are_refused(tmp_path):
    frames = shops(60, 1)
    tables = written(tmp_path, frames)
    for wish, match in (
        ("orders.customer=customers.id", 'Did you mean "customer_id"'),
        ("order.customer_id=customers.id", 'Did you mean "orders"'),
        ("orders.customer_id=customers.city", "is not a key of"),
        ("orders.channel=customers.id", "are no key of"),
        ("orders.customer_id", "is not a link"),
    ):
        with pytest.raises(SettingError, match=match):
            named(tables, frames, [wish])
    with pytest.raises(SettingError, match="No table has a column"):
        synthesize_tables({"products": tables["products"]}, tmp_path)
    few = write_table(tmp_path / "few.parquet", [frames["products"].head(12)])
    lines = write_table(
        tmp_path / "lines.parquet",
        [frames["lines"][frames["lines"]["product_code"].isin(frames["products"]["code"].head(12))]],
    )
    with pytest.raises(SettingError, match=r"12 rows are too few for a synthetic table. \(products\)"):
        synthesize_tables({"products": few, "lines": lines}, tmp_path)


@pytest.mark.slow
def test_every_key_of_the_twins_points_to_a_row(made):
    tables, synthetic, told = made
    rows = {name: table.frame() for name, table in synthetic.items()}
    assert set(rows["orders"]["customer_id"]) <= set(rows["customers"]["id"]) and set(rows["lines"]["order_no"]) <= set(
        rows["orders"]["order_no"]
    )
    assert set(rows["lines"]["product_code"]) <= set(rows["products"]["code"])
    assert [each["orphans"] for each in told["links"]] == [0, 0, 0] and [each["learned"] for each in told["links"]] == [
        True,
        False,
        False,
    ]
    for name, key in (("customers", "id"), ("orders", "order_no"), ("products", "code")):
        assert rows[name][key].is_unique and not set(rows[name][key]) & set(tables[name].frame()[key])
    assert len(rows["customers"]) == 120 and (rows["orders"]["came"] <= rows["orders"]["sent"]).all()
    assert {name: list(frame) for name, frame in rows.items()} == {name: table.names for name, table in tables.items()}


def test_children_follow_their_parents(made):
    tables, synthetic, told = made
    real, rows = ({name: table.frame() for name, table in side.items()} for side in (tables, synthetic))
    counts = counts_of(rows["customers"]["id"].to_numpy(), rows["orders"]["customer_id"].to_numpy())
    assert (counts == 3).mean() < 0.05 and counts.max() <= 6  # nobody has three
    told = told["links"][0]["cardinality"]
    assert told["score"] > 0.9 and told["floor"] < 0.7 and told["synthetic"] == pytest.approx(counts.mean(), abs=1e-4)
    together = [
        side["orders"]
        .merge(side["customers"], left_on="customer_id", right_on="id")[["amount", "income"]]
        .corr(method="spearman")
        .iloc[0, 1]
        for side in (real, rows)
    ]
    assert together[1] > 0.4 * together[0] > 0.2
    place = rows["orders"].groupby("customer_id").cumcount()
    means = [(rows["orders"]["came"][place == at] - pd.Timestamp("2024-01-01")).dt.days.mean() for at in range(4)]
    assert max(means) - min(means) < 50  # children in the same place had the same noise: 78 days and more apart


def test_nobody_is_in_the_twins_nor_in_what_is_told(made):
    tables, synthetic, told = made
    content = (
        json.dumps(told, ensure_ascii=False).encode()
        + card_of_tables(told).encode()
        + b"".join(table.frame().to_csv().encode() + table.path.read_bytes() for table in synthetic.values())
    )
    people = tables["customers"].frame()
    assert [value for name in ("id", "full_name", "mail") for value in people[name] if value.encode() in content] == []
    card = card_of_tables(told, purpose="Testing.")
    assert card.count("\n## A synthetic table of ") == 4 and "HMA" in card and f"**Privacy: {told['verdict']}**" in card


def test_the_worst_table_decides(made):
    _, _, told = made
    verdicts = {name: each["judge"]["privacy"]["verdict"] for name, each in told["tables"].items()}
    assert told["verdict"] == "doubtful" and "leak" not in verdicts.values()  # so few people are too few to tell
    assert worst_of({"a": "no leak seen", "b": "leak", "c": "doubtful"}) == ("leak", "b") and worst_of(
        {"a": "no leak seen"}
    ) == ("no leak seen", None)


def test_parents_are_halved_and_children_follow(made):
    _, _, told = made
    rows = {name: each["rows"] for name, each in told["tables"].items()}
    assert rows["customers"] == {"real": 150, "learned": 75, "made": 120, "asked": 120}
    assert (
        0.3 < rows["orders"]["learned"] / rows["orders"]["real"] < 0.7
        and rows["lines"]["learned"] < rows["lines"]["real"]
    )


@pytest.mark.slow
def test_two_processes_make_the_same_twins_and_sequences(tmp_path):
    for name, frame in (shops(50, 3) | {"visits": visits(40, 2)}).items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    code = (
        "import sys\nfrom pathlib import Path\nfrom dataops_core.read import read_file\nfrom dataops_core.synthetic"
        " import Settings, synthesize, synthesize_tables\nd = Path(sys.argv[1])\no = d / sys.argv[2]\no.mkdir()\nt ="
        " {n: read_file(d / f'{n}.csv', o / f'real_{n}.parquet').table for n in ('customers', 'orders', 'products',"
        " 'lines', 'visits')}\nprint(synthesize(t.pop('visits'), o / 'visits.parquet', Settings(engine='par', seed=7,"
        " epochs=5), judged=False)[0].content_hash)\nprint(*[synthetic.content_hash for synthetic in synthesize_tables(t, o,"
        " Settings(seed=7), judged=False)[0].values()])\n"
    )
    other = subprocess.Popen([sys.executable, "-c", code, str(tmp_path), "b"], stdout=subprocess.PIPE, text=True)
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        exec(code.replace("sys.argv[1]", f"{str(tmp_path)!r}").replace("sys.argv[2]", "'a'"), {})
    assert other.communicate(timeout=300)[0] == told.getvalue() and len(set(told.getvalue().split())) == 5


@pytest.mark.slow
def test_the_command_writes_twins_and_card_or_nothing(tmp_path, capsys, monkeypatch, few_trees):
    frames = shops(60, 3)
    for name in ("customers", "orders"):
        frames[name].to_csv(tmp_path / f"{name}.csv", index=False)
    files = [str(tmp_path / "customers.csv"), str(tmp_path / "orders.csv")]
    assert (
        main(
            [
                "synthesize-tables",
                *files,
                "-o",
                str(tmp_path / "out"),
                "--keys",
                LINKS[0],
                "--rows",
                "40",
                "--report",
                str(tmp_path / "r.json"),
                "--json",
            ]
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((tmp_path / "r.json").read_text()) and sorted(
        path.name for path in (tmp_path / "out").iterdir()
    ) == ["card.md", "customers.csv", "orders.csv"]
    assert len(pd.read_csv(tmp_path / "out" / "customers.csv")) == 40
    assert main(["synthesize-tables", files[0], files[0], "-o", str(tmp_path / "no")]) == 2
    monkeypatch.setattr("dataops_core.synthetic.multi_table.model.worst_of", lambda verdicts: ("leak", "orders"))
    assert main(["synthesize-tables", *files, "-o", str(tmp_path / "leak")]) == 1
    assert not (tmp_path / "leak").exists() and "orders gives real people away" in capsys.readouterr().out


def test_a_table_may_name_its_own_rows(tmp_path):
    rng = np.random.default_rng(0)
    staff = tidy(
        pd.DataFrame(
            {
                "id": np.arange(500, 580),
                "pay": rng.normal(3000, 200, 80).round(0),
                "manager_id": pd.array(
                    [None, *(500 + rng.integers(0, np.minimum(8, np.arange(1, 80))))], dtype="Int64"
                ),
            }
        )
    )
    synthetic, told = synthesize_tables(written(tmp_path, {"staff": staff}), tmp_path, judged=False)
    rows = synthetic["staff"].frame()
    above = dict(zip(rows["id"], rows["manager_id"], strict=True))
    assert (
        set(rows["manager_id"].dropna()) <= set(rows["id"])
        and not set(rows["id"]) & set(staff["id"])
        and told["links"][0]["orphans"] == 0
    )
    for start in above:  # nobody is their own manager, however far up
        seen, who = set(), start
        while not pd.isna(who):
            assert who not in seen
            seen.add(who)
            who = above[who]
    assert rows["manager_id"].nunique() < 20 and 1 <= rows["manager_id"].isna().sum() < 20


def test_numbers_of_children_by_hand():
    assert counts_of(np.array(["a", "b", "c"]), np.array(["c", "c", "a"])).tolist() == [1, 0, 2]
    assert tamed(np.array([0] * 36 + [1, 1, 3, 100]), 2).tolist()[-3:] == [1, 3, 52] and tamed(
        np.array([0, 100]), 2
    ).tolist() == [0, 100]
    assert distance(np.array([0, 0, 2, 2]), np.array([0, 0, 0, 2])) == 0.25
    rng = np.random.default_rng(0)
    assert (
        np.bincount(dealt(np.array([2]), 5, None, rng)).tolist() == [2] * 5
        and len(dealt(np.array([0, 3]), 5, 11, rng)) == 11
    )
    real = np.array([0, 4] * 200)
    told = alike(real, real[:200], real[200:], rng)
    assert told["score"] == told["ceiling"] == 1.0 and told["floor"] < 0.5
