"""Synthetic tables: what is learned and what is not, what holds in every row, and that a seed gives the same synthetic data in another
process.
"""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from dataops_core.cli.main import main
from dataops_core.errors import DataOpsError, IntegrityError, SettingError
from dataops_core.read import read_file
from dataops_core.synthetic import Settings, card, load_model, make, save_model, synthesize
from dataops_core.synthetic.constraints.constraint import counted, sdv_calls
from dataops_core.synthetic.constraints.reading import from_json
from dataops_core.synthetic.constraints.search import find
from dataops_core.synthetic.plan.plan import plan
from dataops_core.synthetic.prepare.category_order import orders
from dataops_core.synthetic.prepare.pseudonyms import make as make_cells
from dataops_core.synthetic.prepare.pseudonyms import recipe_of
from dataops_core.synthetic.prepare.rare_values import as_type, stepped
from dataops_core.synthetic.prepare.table_encoder import _unit as unit_of
from dataops_core.table import tidy, write_table
from dataops_core.values.numbers import in_days

GEO = {
    "Berlin": "DE",
    "Munich": "DE",
    "Hamburg": "DE",
    "Paris": "FR",
    "Lyon": "FR",
    "Rome": "IT",
    "Milan": "IT",
    "Turin": "IT",
}
ROWS = 900


def shop() -> pd.DataFrame:
    """Customers with every sort of rule: city and country, low <= mid <= high, net + tax = gross, one of three plans,
    an end only for who left.
    """
    rng = np.random.default_rng(5)
    city, low = rng.choice(list(GEO), ROWS), rng.uniform(0, 100, ROWS).round(1)
    mid = (low + rng.exponential(5, ROWS)).round(1)
    plan_no, net, tax = rng.integers(0, 3, ROWS), rng.integers(0, 500, ROWS), rng.integers(0, 400, ROWS)
    start, left = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, ROWS), "D"), rng.random(ROWS) < 0.3
    end = pd.Series(start + pd.to_timedelta(rng.integers(0, 300, ROWS), "D")).where(left)
    first, last = (
        rng.choice(["Zorbaq", "Quillix", "Vemtor", "Jaspun"], ROWS),
        rng.choice(["Wexlow", "Farrund", "Pilkost"], ROWS),
    )
    return tidy(
        pd.DataFrame(
            {
                "customer_id": [f"C{i:06d}" for i in range(ROWS)],
                "full_name": [
                    f"{a} {b}{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}"
                    for i, (a, b) in enumerate(zip(first, last, strict=True))
                ],
                "email": [f"{a.lower()}.{i}@corp-internal.io" for i, a in enumerate(first)],
                "phone": [f"+49 30 {7_000_000 + 37 * i}" for i in range(ROWS)],
                "city": city,
                "country": [GEO[c] for c in city],
                "low": low,
                "mid": mid,
                "high": (mid + rng.exponential(9, ROWS)).round(1),
                "price": rng.integers(1, 60, ROWS) * 5,
                "plan_a": (plan_no == 0).astype(int),
                "plan_b": (plan_no == 1).astype(int),
                "plan_c": (plan_no == 2).astype(int),
                "net": net,
                "tax": tax,
                "gross": net + tax,
                "start_date": start,
                "left": np.where(left, "yes", "no"),
                "end_date": end,
                "end_reason": pd.Series(rng.choice(["price", "service", "moved"], ROWS)).where(left),
            }
        )
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synthetic")
    table = write_table(folder / "real.parquet", [shop()])
    synthetic, told, model = synthesize(table, folder / "synthetic.parquet", Settings(seed=3), judged=False)
    return table, synthetic, told, model


def test_rules_are_found():
    frame = shop()
    from dataops_core.table import Column, type_of

    kinds = {
        "customer_id": "id",
        "city": "category",
        "country": "category",
        "left": "category",
        "end_reason": "category",
    }
    columns = [
        Column(
            n,
            type_of(frame[n]),
            kinds.get(n, "datetime" if "date" in n else "text" if frame[n].dtype == object else "number"),
        )
        for n in frame
    ]
    found = {
        (each["type"], tuple(each["columns"]), each.get("total"), each.get("by"))
        for each in (one.to_json() for one in find(frame, columns))
    }
    assert found == {
        ("one_hot", ("plan_a", "plan_b", "plan_c"), None, None),
        ("sum", ("net", "tax"), "gross", None),
        ("order", ("low", "mid", "high"), None, None),
        ("order", ("start_date", "end_date"), None, None),
        ("increment", ("price",), None, 5),
        ("combination", ("city", "country"), None, None),
        ("unique", ("customer_id",), None, None),
        ("together", ("end_date", "end_reason"), None, None),
    }


@pytest.mark.slow
def test_every_row_of_the_synthetic_table_keeps_every_rule(made):
    _, synthetic, told, _ = made
    rows = synthetic.frame()
    assert len(rows) == ROWS and {each["type"] for each in told["constraints"]} == {
        "one_hot",
        "sum",
        "order",
        "increment",
        "combination",
        "together",
    }
    assert [each["violations_after"] for each in told["constraints"]] == [0] * len(told["constraints"])
    assert set(zip(rows["city"], rows["country"], strict=True)) <= set(GEO.items())
    assert ((rows["low"] <= rows["mid"]) & (rows["mid"] <= rows["high"])).all()
    assert (rows["net"] + rows["tax"] == rows["gross"]).all() and (rows["price"] % 5 == 0).all()
    assert (rows[["plan_a", "plan_b", "plan_c"]].sum(axis=1) == 1).all() and rows["customer_id"].is_unique


def test_gaps_follow_the_real_pattern(made):
    table, synthetic, _, _ = made
    real, rows = table.frame(), synthetic.frame()
    assert (rows["end_date"].notna() == (rows["left"] == "yes")).all()
    assert abs(rows["end_date"].isna().mean() - real["end_date"].isna().mean()) < 0.05


def test_no_real_identifier_is_anywhere(made, tmp_path, monkeypatch):
    table, synthetic, told, model = made
    monkeypatch.setenv("DATAOPS_MODEL_KEY", "a key for the tests")
    save_model(model, tmp_path / "m.model")
    content = (
        (tmp_path / "m.model").read_bytes()
        + synthetic.path.read_bytes()
        + json.dumps(told, ensure_ascii=False).encode()
        + card(told, name="shop").encode()
    )
    content += synthetic.frame().to_csv().encode()
    real = table.frame()
    for name in ("customer_id", "full_name", "email", "phone"):
        assert [value for value in real[name] if value.encode() in content] == []
    assert {each["column"]: each["maker"] for each in told["treatment"] if each["as"] == "make"} == {
        "customer_id": "key",
        "full_name": "name",
        "email": "email",
        "phone": "phone",
    }


def test_an_unsigned_or_changed_model_is_refused_unopened(made, tmp_path, monkeypatch):
    path = tmp_path / "m.model"
    monkeypatch.setenv("DATAOPS_MODEL_KEY", "a key for the tests")
    save_model(made[3], path)
    again, _ = make(load_model(path), 50)
    assert again.equals(make(made[3], 50)[0])
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(IntegrityError, match="not signed"):
        load_model(path)
    path.write_bytes(content.partition(b"\n")[2].partition(b"\n")[2])
    with pytest.raises(IntegrityError, match="not signed"):
        load_model(path)
    monkeypatch.delenv("DATAOPS_MODEL_KEY")
    with pytest.raises(SettingError, match="no key"):
        load_model(path)


def test_rows_that_are_asked_for_come_or_are_said_to_lack(made):
    rows, told = make(made[3], where=[{"values": {"country": "it", "left": "yes"}, "rows": 60}])
    assert told == [{"values": {"country": "it", "left": "yes"}, "asked": 60, "made": 60}]
    assert (rows["country"] == "IT").all() and (rows["left"] == "yes").all()
    with pytest.raises(SettingError, match='no value "Spain"'):
        make(made[3], where=[{"values": {"country": "Spain"}, "rows": 5}])


@pytest.mark.slow
def test_two_processes_make_the_same_twin_without_a_network(tmp_path):
    """The other process cannot open a socket nor ask for an address, from its first line on: importing sdv and torch
    included.
    """
    shop()[["city", "country", "net", "left"]].to_csv(tmp_path / "shop.csv", index=False)
    code = (
        "import socket, sys\ndef refuse(*_given, **_named):\n    raise SystemExit('the network was"
        " touched')\nsocket.getaddrinfo = socket.gethostbyname = socket.create_connection = socket.socket.connect ="
        " socket.socket.connect_ex = socket.socket.sendto = refuse\nfrom pathlib import Path\nfrom dataops_core.read"
        " import read_file\nfrom dataops_core.synthetic import Settings, synthesize\nd = Path(sys.argv[1])\nt ="
        " read_file(d / 'shop.csv', d / f'r{sys.argv[2]}.parquet').table\nfor e in ('gaussian_copula', 'tvae'):\n   "
        " print(synthesize(t, d / f't{sys.argv[2]}.parquet', Settings(engine=e, seed=7, epochs=2, rows=200,"
        " target='left'), judged=e == 'tvae')[0].content_hash)\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), "b"], capture_output=True, text=True, check=False
    )
    assert other.returncode == 0, other.stderr
    table = read_file(tmp_path / "shop.csv", tmp_path / "r.parquet").table
    mine = [
        synthesize(
            table,
            tmp_path / "t.parquet",
            Settings(engine=engine, seed=7, epochs=2, rows=200, target="left"),
            judged=False,
        )[0].content_hash
        for engine in ("gaussian_copula", "tvae")
    ]
    assert other.stdout.split() == mine and len(set(mine)) == 2


def test_the_command_writes_twin_card_script_and_report(tmp_path, capsys, few_trees):
    shop()[["city", "country", "net", "left"]].to_csv(tmp_path / "shop.csv", index=False)
    code = main(
        [
            "synthesize",
            str(tmp_path / "shop.csv"),
            "--rows",
            "300",
            "--engine",
            "independent",
            "--target",
            "left",
            "-o",
            str(tmp_path / "synthetic.csv"),
            "--report",
            str(tmp_path / "r.json"),
            "--card",
            str(tmp_path / "c.md"),
            "--json",
        ]
    )
    told = json.loads(capsys.readouterr().out)
    assert code == 0 and told["judge"]["privacy"]["verdict"] == "no leak seen"
    assert len(pd.read_csv(tmp_path / "synthetic.csv")) == 300
    assert json.loads((tmp_path / "r.json").read_text())["content_hash"] == told["content_hash"]
    assert "no leak seen" in (tmp_path / "c.md").read_text() and "anonymous" not in (tmp_path / "c.md").read_text()


def test_bad_input_is_told(tmp_path):
    table = write_table(tmp_path / "few.parquet", [shop().head(8)])
    with pytest.raises(DataOpsError, match="too few"):
        plan(table)
    with pytest.raises(SettingError, match="no engine"):
        Settings.from_json({"engine": "gpt"})
    with pytest.raises(SettingError, match='no setting "row"'):
        Settings.from_json({"row": 5})


def test_made_up_keys_hold_no_real_value_and_no_other():
    real = pd.Series([f"AB-{i:03d}" for i in range(900)], dtype=object)
    cells = make_cells(recipe_of(real, "key"), 400, np.random.default_rng(0), set(real))
    assert len(set(cells)) == 400 and not set(cells) & set(real) and all(cell.startswith("AB-") for cell in cells)


def test_a_constraint_is_not_asked_of_rows_with_a_gap():
    frame = tidy(pd.DataFrame({"a": [1, 5, None], "b": [2, 4, 1]}))
    assert from_json({"type": "order", "columns": ["a", "b"]}).holds(frame).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        ({"type": "between", "columns": ["a"], "min": "low", "max": 5}, '"low" is not a valid min'),
        ({"type": "between", "columns": ["d"], "min": "2024-13-50", "max": "2025-01-01"}, "is not a valid min"),
        ({"type": "increment", "columns": ["a"], "by": -5}, '"-5" is not a valid step'),
        ({"type": "sum", "columns": ["a", "b"]}, "on a, b lacks something"),
    ],
)
def test_a_constraint_that_is_wrong_is_told_in_words(constraint, words):
    frame = tidy(pd.DataFrame({"a": [1, 2], "b": [2, 3], "d": pd.to_datetime(["2024-01-01", "2024-02-01"])}))
    with pytest.raises(SettingError, match=words):
        from_json(constraint).check(frame)
    january = from_json({"type": "between", "columns": ["d"], "min": "2024-01-01", "max": "2024-01-31"})
    january.check(frame)
    assert counted(frame, january).violations == 1


def test_texts_are_refused_where_amounts_are_needed_and_other_columns_are_named():
    frame = tidy(pd.DataFrame({"a": ["x", "y"], "b": [2, 3]}))
    with pytest.raises(SettingError, match="needs amounts"):
        from_json({"type": "one_hot", "columns": ["b", "a"]}).check(frame)
    with pytest.raises(SettingError, match='no column "c"'):
        from_json({"type": "order", "columns": ["b", "c"]}).check(frame)


def test_sdv_gets_each_column_in_one_constraint_and_whole_steps_only():
    plain = [
        {"type": "increment", "columns": ["a"], "by": 0.5},
        {"type": "order", "columns": ["a", "b", "c", "d"]},
        {"type": "combination", "columns": ["d", "e"]},
        {"type": "increment", "columns": ["f"], "by": 5.0},
    ]
    calls = [call.source() for call in sdv_calls(from_json(each) for each in plain)]
    assert calls == [
        "FixedCombinations(column_names=['d', 'e'])",
        "FixedIncrements(column_name='f', increment_value=5)",
    ]
    assert [call.source() for call in sdv_calls([from_json(plain[1])])] == [
        "Range(low_column_name='a', middle_column_name='b', high_column_name='c', strict_boundaries=False)"
    ]


def test_a_constraint_comes_back_from_json_as_it_was_but_for_its_counts():
    frame = tidy(pd.DataFrame({"a": [1, 2], "b": [2, 1]}))
    for plain in (
        {"type": "order", "columns": ["a", "b"]},
        {"type": "between", "columns": ["a"], "min": 1, "max": 2.5},
        {"type": "sum", "columns": ["a", "b"], "total": "c"},
    ):
        assert from_json(plain).to_json() == plain
    told = counted(frame, from_json({"type": "order", "columns": ["a", "b"]}))
    assert (told.rows, told.violations) == (2, 1) and from_json(told.to_json()) == told.constraint


def test_categories_are_put_in_the_order_of_what_they_go_with():
    """Grades a to d rise with an amount, though neither their letters nor their frequency do."""
    rng = np.random.default_rng(0)
    level = rng.integers(0, 4, 800)
    frame = pd.DataFrame(
        {
            "grade": np.array(["c", "a", "d", "b"])[level],
            "amount": level + rng.normal(0, 0.3, 800),
            "other": np.where(level + rng.normal(0, 0.5, 800) > 1.5, "hi", "lo"),
        }
    )
    assert orders(frame, ["grade", "other"], ["amount"])["grade"] in (["c", "a", "d", "b"], ["b", "d", "a", "c"])
    assert orders(frame[["grade"]], ["grade"], []) == {"grade": ["a", "b", "c", "d"]}


TIMES = pd.Timestamp("2020-01-01") + pd.to_timedelta(np.random.default_rng(1).integers(0, 2_000, 300), "h")


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        (TIMES.normalize(), 1),
        (TIMES, 1 / 24),
        (TIMES + pd.to_timedelta(np.arange(300) % 2 * 30, "min"), 1 / 48),
        (TIMES + pd.to_timedelta(np.arange(300) % 4 * 15, "min"), 1 / 96),
        (TIMES + pd.to_timedelta(np.arange(300), "min"), 1 / 1_440),
        (TIMES + pd.to_timedelta(np.arange(300), "s"), 1 / 86_400),
        (np.arange(300) * 3 / 1e12, 1e-12),
        (np.pi * np.arange(1, 301) * 1e-12, 0),
        (np.arange(300) / 100, 0.01),
        (np.linspace(0.1, 1, 300) * 1e300, 1),
        (np.zeros(300), 1),
    ],
)
def test_a_column_counts_in_the_unit_that_its_values_have(cells, unit):
    """Made amounts and times are multiples of it, to the last bit and microsecond."""
    column = pd.Series(cells).astype("datetime64[us]") if isinstance(cells, pd.DatetimeIndex) else pd.Series(cells)
    assert unit_of(column, [], "x") == pytest.approx(unit, rel=1e-12)
    if unit:
        noise = in_days(column) + np.random.default_rng(2).uniform(-0.4, 0.4, 300) * unit
        assert as_type(stepped(noise, unit), str(column.dtype), column.index).equals(column)


def test_a_twin_of_the_tiniest_and_the_largest_amounts_keeps_their_range(tmp_path):
    """What six decimal places would make 0, what float64 rounds out of its range (2^53 + 1 and + 3), and what float32
    cannot hold, with gaps that hang on it.
    """
    rng = np.random.default_rng(3)
    huge = rng.uniform(1e297, 1e300, 400)
    frame = tidy(
        pd.DataFrame(
            {
                "tiny": rng.uniform(1e-12, 1e-10, 400),
                "huge": huge,
                "few": 2**53 + rng.choice([1, 3], 400),
                "many": 2**62 + rng.integers(0, 10**17, 400),
                "ends": 2**63 - 1 - rng.integers(0, 300, 400),
                "x": pd.Series(rng.normal(0, 1, 400).round(2)).where(huge > 3e299),
            }
        )
    )
    decided = {name: {"as": "learn"} for name in frame}
    for engine in ("independent", "trees"):
        synthetic, _, _ = synthesize(
            write_table(tmp_path / "r.parquet", [frame]),
            tmp_path / "t.parquet",
            Settings(engine=engine, seed=1, columns=decided),
            judged=False,
        )
        rows = synthetic.frame()
        for name in frame.columns:
            assert frame[name].min() <= rows[name].min() <= rows[name].max() <= frame[name].max(), name
        assert rows["tiny"].nunique() > 200 and str(rows["ends"].dtype) == "Int64"
        assert engine == "independent" or (rows["x"].isna() == (rows["huge"] < 3e299)).mean() > 0.9


@pytest.mark.parametrize("engine", ["trees", "independent"])
def test_gaps_that_come_by_chance_come_together_as_often(tmp_path, engine):
    """Group x lacks a in half of its rows, others in a tenth; b mostly where a does, c by itself: every pattern's share
    within 0.05.
    """
    rng = np.random.default_rng(1)
    g = rng.choice(list("xyz"), 2000)
    first = rng.random(2000) < np.where(g == "x", 0.5, 0.1)
    second = (rng.random(2000) < 0.2) | (first & (rng.random(2000) < 0.8))
    frame = tidy(
        pd.DataFrame(
            {
                "g": g,
                "a": np.where(first, np.nan, rng.normal(size=2000)),
                "b": np.where(second, np.nan, rng.normal(size=2000)),
                "c": pd.Series(rng.choice(["p", "q"], 2000)).where(rng.random(2000) > 0.2),
                "d": rng.integers(0, 9, 2000),
            }
        )
    )
    synthetic, _, _ = synthesize(
        write_table(tmp_path / "r.parquet", [frame]), tmp_path / "t.parquet", Settings(engine=engine), judged=False
    )
    shares = [
        rows.isna().astype(int).astype(str).agg("".join, axis=1).value_counts(normalize=True)
        for rows in (frame, synthetic.frame())
    ]
    assert (shares[0] - shares[1]).reindex(shares[0].index.union(shares[1].index)).fillna(1).abs().max() < 0.05 and len(
        shares[0]
    ) == 8
