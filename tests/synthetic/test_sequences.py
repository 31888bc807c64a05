"""Sequences: found in the data, learned and made whole, and judged by how a row depends on the one before."""

import json

import numpy as np
import pandas as pd
import pytest

from dataops_core.cli.main import main
from dataops_core.errors import SettingError
from dataops_core.synthetic import Settings, card, judge, load_model, make, save_model, synthesize
from dataops_core.synthetic.plan.plan import plan
from dataops_core.synthetic.sequences.detection import found
from dataops_core.synthetic.sequences.verdict import autocorrelation, sequence_verdict
from dataops_core.table import Column, write_table
from tests.synthetic.people import people
from tests.synthetic.visits import remembering, visits

FOUND = {"key": "patient", "index": "visit", "context": ["full_name", "sex"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory, few_trees_in_module):
    folder = tmp_path_factory.mktemp("sequences")
    table = write_table(folder / "real.parquet", [visits(80, 1)])
    return table, *synthesize(table, folder / "synthetic.parquet", Settings(engine="par", seed=3, epochs=250))


def test_key_time_and_what_never_changes_are_found_by_content(make_table):
    table = make_table(visits(40, 1).rename(columns={"patient": "x", "visit": "y"}))
    told = found(table, table.frame())
    assert (told["key"], told["index"], told["context"], told["sequences"], told["rows"]) == (
        "x",
        "y",
        ["full_name", "sex"],
        40,
        table.rows,
    )


def test_a_table_of_people_has_no_sequences_and_par_says_why_not(make_table):
    told = plan(make_table(people(400, 1)))
    assert (
        told["sequence"] is None
        and told["engines"]["par"]["fits"] is False
        and "come several times" in told["engines"]["par"]["why_not"]
    )
    assert told["engines"]["gaussian_copula"]["fits"] is True and told["engines"]["gaussian_copula"]["why_not"] is None
    with pytest.raises(SettingError, match="No sequences were found"):
        synthesize(make_table(people(400, 1)), make_table(people(20, 1)).path, Settings(engine="par"), judged=False)


def test_sequences_that_cannot_be_are_refused(make_table, tmp_path):
    table = make_table(visits(40, 1))
    for wish, match in (
        ({"key": "pat"}, 'Did you mean "patient"'),
        ({"key": "sex"}, "2 sequences"),
        ({"key": "patient", "index": "state"}, "cannot be the time"),
        ({"key": "lower"}, "cannot be the key"),
    ):
        with pytest.raises(SettingError, match=match):
            synthesize(table, tmp_path / "t.parquet", Settings(engine="par", sequence=wish), judged=False)
    with pytest.raises(SettingError, match="cannot be read"):
        Settings.from_json({"sequence": {"index": "visit"}})


@pytest.mark.slow
def test_sequences_are_whole_in_time_and_under_new_keys(made):
    table, synthetic, told, _ = made
    real, rows = table.frame(), synthetic.frame()
    assert (
        told["sequences"] | FOUND == told["sequences"]
        and told["sequences"]["made"] == rows["patient"].nunique() == 80
        and told["sequences"]["learned"] <= 41
    )
    assert not set(rows["patient"]) & set(real["patient"]) and rows["patient"].str.match(r"^P\d{5}$").all()
    by = rows.groupby("patient", sort=False)
    assert (
        (by["visit"].diff().dropna() > pd.Timedelta(0)).all()
        and (by["sex"].nunique() == 1).all()
        and (by["full_name"].nunique() == 1).all()
    )
    assert (rows["lower"] <= rows["upper"]).all() and [each["violations_after"] for each in told["constraints"]] == [0]
    assert set(by.size()) <= set(range(6, 18)) and abs(by.size().mean() - real.groupby("patient").size().mean()) < 1.5
    assert by.size().between(8, 15).mean() > 0.5  # two thirds of the real ones


def test_a_row_depends_on_the_one_before_though_lengths_differ(made):
    verdict = made[2]["sequences"]["verdict"]
    told = {(each["of"], each["column"]): each for each in verdict["measures"]}
    assert set(told) == {
        ("length", None),
        ("step", "visit"),
        ("memory", "lower"),
        ("memory", "upper"),
        ("transitions", "state"),
    }
    assert told["memory", "lower"]["real"] > 0.7 and told["memory", "lower"]["synthetic"] > 0.5
    assert all(
        each["floor"] < each["score"]
        for each in (told["memory", "lower"], told["transitions", "state"], told["step", "visit"])
    )


def test_dates_move_with_the_time_and_odd_rows_are_left_out(make_table, tmp_path):
    frame = visits(60, 4).drop(columns=["full_name", "upper"])
    frame["end"] = frame["visit"] + pd.to_timedelta(np.arange(len(frame)) % 5, "D")
    frame["end"] = frame["end"].mask(np.arange(len(frame)) % 4 == 0)
    frame["city"] = np.array(["Rome", "Berlin"])[np.arange(len(frame)) % 2]
    frame["country"] = frame["city"].map({"Rome": "IT", "Berlin": "DE"})
    frame.loc[[3, 30], "visit"] = pd.NaT
    synthetic, told, _ = synthesize(
        make_table(frame), tmp_path / "t.parquet", Settings(engine="par", epochs=5), judged=False
    )
    rows = synthetic.frame()
    apart = (rows["end"] - rows["visit"]).dropna()
    assert (
        told["sequences"]["without"] <= 2
        and rows["visit"].notna().all()
        and set(apart.dt.days) <= set(range(5))
        and (apart.dt.seconds == 0).all()
    )
    assert abs(rows["end"].isna().mean() - 0.25) < 0.08 and set(zip(rows["city"], rows["country"], strict=True)) == {
        ("Rome", "IT"),
        ("Berlin", "DE"),
    }
    assert rows["visit"].min() >= frame["visit"].min() and rows["visit"].max() <= frame["visit"].max()
    assert {each["type"] for each in told["constraints"]} == {"order", "combination"} and sum(
        each["violations_after"] for each in told["constraints"]
    ) == 0


def test_what_few_people_have_is_rare_however_many_rows_they_have(make_table, tmp_path):
    frame = visits(80, 5).drop(columns="full_name")
    frame.loc[frame["patient"].isin(frame["patient"].unique()[:8]), "state"] = "plague"
    assert (frame["state"] == "plague").sum() > 50
    for chosen, left in ((10, False), (1, True)):
        synthetic, _, _ = synthesize(
            make_table(frame),
            tmp_path / "t.parquet",
            Settings(engine="par", epochs=5, rare=chosen, rows=400),
            judged=False,
        )
        assert ("plague" in set(synthetic.frame()["state"])) is left


def test_no_real_key_or_name_is_anywhere(made, tmp_path, monkeypatch):
    table, synthetic, told, model = made
    monkeypatch.setenv("DATAOPS_MODEL_KEY", "a key for the tests")
    save_model(model, tmp_path / "m.model")
    content = (
        (tmp_path / "m.model").read_bytes()
        + synthetic.frame().to_csv().encode()
        + json.dumps(told, ensure_ascii=False).encode()
        + card(told, name="visits").encode()
    )
    real = table.frame()
    assert [
        value for name in ("patient", "full_name") for value in real[name].unique() if value.encode() in content
    ] == []
    assert "## Sequences" in card(told, name="visits") and "PAR" in card(told, name="visits")
    again, one = make(load_model(tmp_path / "m.model"), 60)
    assert (
        again.equals(make(model, 60)[0])
        and again["patient"].nunique() == one[0]["sequences"]["made"]
        and abs(len(again) - 60) <= 9
    )
    with pytest.raises(SettingError, match="cannot be asked for by values"):
        make(model, where=[{"values": {"sex": "f"}, "rows": 5}])


def test_the_command_takes_key_and_time_and_refuses_half_of_them(tmp_path, capsys):
    visits(40, 2).to_csv(tmp_path / "v.csv", index=False)
    assert (
        main(
            [
                "synthesize",
                str(tmp_path / "v.csv"),
                "--engine",
                "par",
                "--epochs",
                "5",
                "--sequence-key",
                "patient",
                "--rows",
                "100",
                "-o",
                str(tmp_path / "t.csv"),
                "--json",
            ]
        )
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert (
        told["sequences"]["index"] is None
        and abs(told["rows"]["made"] - 100) <= 9
        and len(pd.read_csv(tmp_path / "t.csv")) == told["rows"]["made"]
    )
    assert told["judge"]["privacy"]["verdict"] == "doubtful"  # twenty people are too few to tell a leak from chance
    assert (
        main(["synthesize", str(tmp_path / "v.csv"), "--sequence-index", "visit", "-o", str(tmp_path / "t.csv")]) == 2
    )


def test_the_lag_1_autocorrelation_of_an_ar_1_process_is_its_memory():
    rng = np.random.default_rng(0)
    cells = np.concatenate([remembering(50, 0.6, rng) for _ in range(200)])
    assert autocorrelation(cells, np.repeat(np.arange(200), 50)) == pytest.approx(0.6, abs=0.02)
    assert autocorrelation(np.arange(20.0), np.zeros(20, dtype=int)) is None  # too few
    assert autocorrelation(np.array([1.0, 2.0] * 40), np.arange(80)) is None  # no row has one before


def test_the_verdict_on_sequences_names_what_is_lost():
    frames = {seed: visits(60, seed) for seed in (1, 2, 3)}
    columns = [
        Column(name, "text" if name == "state" else "decimal", "category" if name == "state" else "number")
        for name in ("lower", "state")
    ]
    chosen = FOUND | {"context": ["full_name", "sex"]}
    fresh = sequence_verdict(frames[1], frames[3], frames[2], chosen, columns)
    assert fresh.floor < 0.7 < 0.9 < fresh.score and abs(fresh.score - fresh.ceiling) < 0.05
    mixed = frames[3].assign(
        **{name: frames[3][name].sample(frac=1, random_state=0).to_numpy() for name in ("lower", "state")}
    )
    told = {each.of: each for each in sequence_verdict(frames[1], mixed, frames[2], chosen, columns).measures}
    assert (
        told["length"].score > 0.85
        and abs(told["memory"].synthetic) < 0.1
        and told["memory"].score == pytest.approx(told["memory"].floor, abs=0.1)
    )
    assert told["transitions"].score < told["transitions"].ceiling - 0.2


def test_rows_of_the_same_people_are_weighed_by_people(make_table, only):
    only("privacy")
    kinds = {"patient": "id", "full_name": "id"}
    tables = [make_table(visits(200, seed, apart=10), kinds) for seed in (200, 201, 202)]
    by_rows, by_people = (
        judge(tables[0], tables[2], holdout=tables[1], key=key).to_json()["privacy"]["signals"]
        for key in (None, "patient")
    )
    flagged = [
        {name for name, each in told.items() if each["leak"] or each["doubtful"]} for told in (by_rows, by_people)
    ]
    assert flagged == [{"dcr_share"}, set()]  # fresh real rows of other people: nothing was given away
    assert by_people["exact_matches"] == by_rows["exact_matches"]
    copied = make_table(tables[0].frame(), kinds)
    told = judge(tables[0], copied, holdout=tables[1], key="patient").to_json()["privacy"]
    assert told["verdict"] == "leak" and told["exact_matches"] == tables[0].rows
