"""Fitted models that ship with a version: kept with a state, listed in its manifest, in its bundle with the columns
that they take, and no sensitive one.
"""

import io
import json
import zipfile
from dataclasses import replace

import pandas as pd
import pytest
import sqlalchemy as sa

from dataops_core.cli import main
from dataops_core.errors import SettingError
from dataops_core.export.verify import verify_bundle
from dataops_core.fairness import decide
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.store import catalog, datasets, models, states, versions
from dataops_core.store.store import Store
from tests.fairness.test_lab import biased

STEPS = (
    RecipeStep("rename_columns", {"names": {"sex": "gender", "race": "origin"}}),
    RecipeStep("reweigh", {"target": "ok", "by": ["gender"], "favorable": "yes", "into": "w"}),
    RecipeStep("split_rows", {"stratify": ["ok"]}),
    RecipeStep("rename_columns", {"names": {"w": "counts", "split": "part"}}),
)
ROLES = {"target": "ok", "favorable": "yes", "sensitive": ["sex", "race"], "id": "number"}
ASKED = {
    "target": "ok",
    "favorable": "yes",
    "sensitive": ["gender"],
    "method": "thresholds",
    "split": "part",
    "seed": 1,
}


def people(rows=4000):  # so many that it is more than chance that somebody pays
    return biased(rows).assign(race=["a", "b", "c", "c"] * (rows // 4), number=[n * 7 % 100 for n in range(rows)])


def made(folder, steps=STEPS, roles=ROLES, frame=None):
    """A store with one dataset whose draft has these steps and roles; with the state in which it ends."""
    store = Store(folder / "home", clock=lambda: "2026-01-01T00:00:00Z")
    (people() if frame is None else frame).to_csv(folder / "people.csv", index=False)
    dataset = datasets.add(store, datasets.default_project(store, "ann"), folder / "people.csv", "people.csv", "ann")
    here = datasets.get(store, dataset)
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=steps), "steps", "ann")
    datasets.set_roles(store, dataset, here.revision + 1, roles, "ann")
    here = datasets.get(store, dataset)
    results = states.evaluate(store, here.raw, here.recipe)
    assert [r.outcome.status for r in results] == ["done"] * len(steps)
    return store, dataset, states.head(here.raw, here.recipe, results)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory):
    """A version with two models, its bundle, and what else a test needs; made once."""
    folder = tmp_path_factory.mktemp("models")
    store, dataset, state = made(folder)
    for method in ("thresholds", "baseline"):
        models.learn(store, dataset, state, ASKED | {"method": method}, "ann")
    version = versions.commit(store, dataset, "with models", "ann")
    versions.export(store, dataset, 1, folder / "b.zip", "ann")
    return store, dataset, state, version, folder / "b.zip"


def opened(bundle):
    with zipfile.ZipFile(bundle) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


@pytest.mark.slow
def test_no_sensitive_column_enters_features_nor_the_exported_x(shipped):
    """Also after renames; nor target, id, weights that a step made, split, though nobody asked to leave them out."""
    files = opened(shipped[4])
    frames = [pd.read_csv(io.BytesIO(files["X.csv"])), pd.read_parquet(io.BytesIO(files["X.parquet"]))]
    for name in ("thresholds", "baseline"):
        model = json.loads(files[f"models/{name}.json"])
        assert [*model["features"]["numbers"], *model["features"]["categories"]] == ["skill", "tells"]
        assert {"gender", "origin", "counts", "part", "number"} <= set(model["left_out_features"])
    for x in frames:
        assert list(x.columns) == ["skill", "tells"]
    data = pd.read_csv(io.BytesIO(files["data.csv"]))
    # X is without them, the data is not
    assert {"gender", "origin", "counts", "part", "number", "ok"} <= set(data.columns)
    pd.testing.assert_frame_equal(frames[0], data[["skill", "tells"]])  # row by row


def test_the_manifest_and_the_card_name_the_models_and_who_pays(shipped):
    store, dataset, state, version, bundle = shipped
    files = opened(bundle)
    told = {each["name"]: each for each in version.manifest["models"]}
    assert set(told) == {"thresholds", "baseline"} and all(
        each["state"] == state and each["x"] == "X" for each in told.values()
    )
    assert told["thresholds"]["learned_from"]["content_hash"] == version.content_hash
    assert json.loads(files["models/thresholds.json"])["judged"]["pays"] == told["thresholds"]["judged"]["pays"] != []
    card = files["DATA_CARD.md"].decode()
    assert (
        "## The models" in card
        and "It needs the group at prediction time" in card
        and "Who pays, against doing nothing: m." in card
    )
    assert "  - It decides by skill, tells: these columns alone lie in `X.csv`" in card
    with store.reading() as connection:
        assert (
            connection.scalar(
                sa.select(sa.func.count()).select_from(catalog.audit).where(catalog.audit.c.what == "model kept")
            )
            == 2
        )


def test_what_ships_decides_from_x_and_the_group_alone(shipped):
    files = opened(shipped[4])
    data, x = (pd.read_parquet(io.BytesIO(files[name])) for name in ("data.parquet", "X.parquet"))
    baseline, rules = (json.loads(files[f"models/{name}.json"]) for name in ("baseline", "thresholds"))
    assert decide(baseline, x).tolist() == decide(baseline, data).tolist()
    with pytest.raises(SettingError, match="needs the sensitive columns too"):
        decide(rules, x)
    assert decide(rules, x.assign(gender=data["gender"])).tolist() == decide(rules, data).tolist()
    judged = data[data["part"] == "test"]
    right = decide(rules, judged).to_numpy() == (judged["ok"] == "yes").to_numpy()
    assert right.mean() == pytest.approx(rules["judged"]["accuracy"], abs=0.03)  # lots are drawn in another order


def test_the_bundle_holds_and_any_change_of_a_model_or_of_x_is_noticed(shipped, tmp_path):
    bundle = shipped[4]
    told = verify_bundle(bundle)
    assert told.ok
    assert {"models/baseline.json is the model that the version names", "X.csv holds no sensitive column"} <= {
        check.what for check in told.checks
    }
    with zipfile.ZipFile(bundle) as zipped:
        places = {
            name: zipped.getinfo(name).header_offset + 60
            for name in ("models/baseline.json", "models/thresholds.json", "X.csv", "X.parquet")
        }
    for name, at in places.items():
        data = bytearray(bundle.read_bytes())
        data[at] ^= 1
        (tmp_path / "x.zip").write_bytes(bytes(data))
        seen = verify_bundle(tmp_path / "x.zip")
        assert any(check.what.startswith(name) and not check.ok for check in seen.checks), name


def test_the_same_version_gives_the_same_bytes(shipped, tmp_path):
    store, dataset, _, _, bundle = shipped
    versions.export(store, dataset, 1, tmp_path / "again.zip", "ann")
    assert (tmp_path / "again.zip").read_bytes() == bundle.read_bytes()


def test_a_model_belongs_to_one_state_and_comes_back_with_it(shipped):
    store, dataset, state, version, _ = shipped
    here = datasets.get(store, dataset)
    datasets.edit(store, dataset, here.revision, replace(here.recipe, steps=STEPS[:1]), "fewer", "ann")
    second = versions.commit(store, dataset, "without", "ann")
    assert "models" not in second.manifest and [each["number"] for each in versions.log(store, dataset)] == [2, 1]
    with pytest.raises(SettingError, match="changed meanwhile"):
        models.learn(store, dataset, state, ASKED, "ann")
    versions.restore(store, dataset, datasets.get(store, dataset).revision, 1, "ann")
    third = versions.commit(store, dataset, "again", "ann")
    assert [each["sha256"] for each in third.manifest["models"]] == [
        each["sha256"] for each in version.manifest["models"]
    ]


def test_kept_twice_is_kept_once_other_settings_are_another_and_dropped_is_gone(tmp_path):
    store, dataset, state = made(tmp_path)
    base = ASKED | {"method": "baseline"}
    assert [models.learn(store, dataset, state, asked, "ann") for asked in (base, base, base | {"seed": 2})] == [
        "baseline",
        "baseline",
        "baseline-2",
    ]
    models.drop(store, dataset, state, "baseline", "ann")
    assert [each["name"] for each in models.kept(store, dataset, state)] == ["baseline-2"]
    assert [each["name"] for each in versions.commit(store, dataset, "one", "ann").manifest["models"]] == ["baseline-2"]


def test_a_model_whose_feature_became_sensitive_is_left_out_with_the_reason(tmp_path):
    store, dataset, state = made(tmp_path, roles={"target": "ok"})
    models.learn(store, dataset, state, ASKED | {"method": "baseline"}, "ann")
    (about,) = models.kept(store, dataset, state)
    assert about["features"] == ["skill", "tells", "number", "origin"]
    datasets.set_roles(
        store, dataset, datasets.get(store, dataset).revision, {"target": "ok", "sensitive": ["race"]}, "ann"
    )
    version = versions.commit(store, dataset, "marked", "ann")
    assert "models" not in version.manifest
    assert version.manifest["models_left_out"] == {"baseline": 'It decides by "origin", which is sensitive.'}
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    files = opened(tmp_path / "b.zip")
    assert not [name for name in files if name.startswith(("X", "models"))]
    assert (
        "baseline was left out. It decides by" in files["DATA_CARD.md"].decode()
        and verify_bundle(tmp_path / "b.zip").ok
    )


def test_what_one_model_calls_sensitive_is_no_feature_of_another_and_features_may_differ(tmp_path):
    store, dataset, state = made(tmp_path, steps=(), roles={}, frame=people().drop(columns="number"))
    plain = {"target": "ok", "favorable": "yes", "method": "baseline", "seed": 1}
    models.learn(store, dataset, state, plain | {"sensitive": ["sex"], "leave_out": ["race", "tells"]}, "ann")
    models.learn(store, dataset, state, plain | {"sensitive": ["race"]}, "ann")
    version = versions.commit(store, dataset, "two", "ann")
    assert {each["name"]: (each["features"], each["x"]) for each in version.manifest["models"]} == {
        "baseline": (["skill"], "X"),
        "baseline-2": (["skill", "tells"], "X-2"),
    }
    versions.export(store, dataset, 1, tmp_path / "b.zip", "ann")
    assert verify_bundle(tmp_path / "b.zip").ok
    assert list(pd.read_csv(io.BytesIO(opened(tmp_path / "b.zip")["X-2.csv"])).columns) == ["skill", "tells"]


def told(capsys):
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_fit_decide_and_commit_on_the_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("DATAOPS_HOME", str(tmp_path / "home"))
    people().to_csv(tmp_path / "people.csv", index=False)
    (tmp_path / "r.json").write_text(json.dumps({"name": "r", "steps": [entry.to_json() for entry in STEPS]}))
    file, recipe, model, out = (str(tmp_path / name) for name in ("people.csv", "r.json", "m.json", "b.zip"))
    asked = [
        "--target",
        "ok",
        "--favorable",
        "yes",
        "--sensitive",
        "gender",
        "--leave-out",
        "origin,number",
        "--recipe",
        recipe,
        "--json",
    ]
    assert main(["fit", file, *asked, "--method", "thresholds", "-o", model]) == 0
    said = told(capsys)
    assert (
        said["features"] == ["skill", "tells"]
        and said["at_prediction"]
        and "group at prediction time" in said["needs"]
        and said["judged"]["pays"]
    )
    assert main(["commit", "people", file, "--recipe", recipe, "--with-model", model, "-m", "one", "--json"]) == 0
    assert told(capsys)["models"] == ["thresholds"]
    assert main(["export", "people", "1", "-o", out, "--json"]) == 0
    capsys.readouterr()
    assert opened(out)["models/thresholds.json"] == (tmp_path / "m.json").read_bytes()
    assert main(["run", recipe, file, "-o", str(tmp_path / "clean.csv"), "--json"]) == 0
    capsys.readouterr()
    assert main(["decide", model, str(tmp_path / "clean.csv"), "-o", str(tmp_path / "decided.csv"), "--json"]) == 0
    answer, decided = told(capsys), pd.read_csv(tmp_path / "decided.csv")
    assert answer["favorable"] == (decided["decision"] == "yes").sum() > 0 and set(decided["decision"]) == {
        "yes",
        "not yes",
    }
    assert main(["decide", model, file, "-o", str(tmp_path / "decided.csv")]) == 2  # before the rename
    assert "needs the sensitive columns too" in capsys.readouterr().err
    assert main(["commit", "people", file, "--with-model", model, "-m", "two"]) == 2
    assert "learned from another table" in capsys.readouterr().err
    assert main(["decide", recipe, file, "-o", str(tmp_path / "decided.csv")]) == 2
    assert "not a fitted model" in capsys.readouterr().err
