"""Resampling: published counts, the peer's very points, rows that judge stay untouched, and cells that stay what they
are.
"""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from imblearn.combine import SMOTEENN, SMOTETomek
from imblearn.over_sampling import ADASYN, SMOTE, SMOTENC, BorderlineSMOTE
from imblearn.under_sampling import EditedNearestNeighbours, NearMiss, TomekLinks
from sklearn.datasets import make_classification
from sklearn.preprocessing import StandardScaler

from dataops_core.errors import SettingError, Skip
from dataops_core.steps import get
from dataops_core.table import content_hash, tidy

resample_rows = get("resample_rows")
# the example in the documentation of imblearn.over_sampling.SMOTE: {1: 900, 0: 100} becomes {0: 900, 1: 900}
CELLS, LABELS = make_classification(
    n_classes=2,
    class_sep=2,
    weights=[0.1, 0.9],
    n_informative=3,
    n_redundant=1,
    flip_y=0,
    n_features=20,
    n_clusters_per_class=1,
    n_samples=1000,
    random_state=10,
)
PUBLISHED = tidy(pd.DataFrame(CELLS, columns=[f"x{at}" for at in range(20)]).assign(y=LABELS))
SCALED = StandardScaler().fit(CELLS)


def people(rows=300, seed=3):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "person_id": np.arange(rows) + 1000,
            "age": rng.integers(18, 80, rows),
            "income": rng.normal(3000, 800, rows),
            "city": rng.choice(["Delft", "Gouda", None], rows),
            "member": rng.random(rows) < 0.4,
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), "D"),
            "sex": rng.choice(["f", "m"], rows),
            "note": [f"free words number {at} of somebody" for at in range(rows)],
        }
    )
    frame["bought"] = np.where(rng.random(rows) < 0.1 + 0.1 * (frame["sex"] == "f"), "yes", "no")
    frame["split"] = rng.choice(["train", "validation", "test"], rows, p=[0.6, 0.2, 0.2])
    return tidy(frame)


def test_smote_makes_the_published_counts():
    out = resample_rows(PUBLISHED, target="y", method="smote", seed=42)
    assert Counter(out["y"].tolist()) == {0: 900, 1: 900}
    assert Counter(out["resampled"]) == {"original": 1000, "synthetic": 800}
    assert out.index.tolist() == list(range(1800))


@pytest.mark.parametrize(
    ("method", "peer"),
    [
        ("smote", SMOTE(random_state=7)),
        ("borderline_smote", BorderlineSMOTE(random_state=7)),
        ("adasyn", ADASYN(random_state=7)),
        ("smote_tomek", SMOTETomek(random_state=7)),
        ("smote_enn", SMOTEENN(random_state=7)),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_rows_that_are_made_are_imbalanced_learns_own(method, peer):
    theirs, labels = peer.fit_resample(SCALED.transform(CELLS), LABELS)
    ours = resample_rows(PUBLISHED, target="y", method=method, seed=7)
    assert Counter(ours["y"].tolist()) == Counter(labels.tolist())
    points = SCALED.inverse_transform(theirs)
    mine = ours.drop(columns=["y", "resampled"]).to_numpy()
    order = lambda cells: cells[np.lexsort(np.round(cells, 6).T)]  # noqa: E731
    assert np.allclose(order(mine), order(points), atol=1e-9)


@pytest.mark.parametrize(
    ("method", "peer"),
    [
        ("tomek", TomekLinks()),
        ("enn", EditedNearestNeighbours()),
        ("near_miss", NearMiss()),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_rows_that_stay_are_those_that_imbalanced_learn_keeps(method, peer):
    mixed = tidy(PUBLISHED.assign(y=np.where(CELLS[:, 0] + CELLS[:, 1] > 1.5, "a", "b")))  # classes that overlap
    peer.fit_resample(SCALED.transform(CELLS), mixed["y"].to_numpy(dtype=str))
    ours = resample_rows(mixed, target="y", method=method)
    assert ours.index.tolist() == sorted(peer.sample_indices_.tolist())
    assert 0 < len(ours) < 1000 and "resampled" not in ours.columns


def test_smotenc_is_taken_where_there_are_categories():
    frame = people().drop(columns=["person_id", "note", "split", "since"])
    ours = resample_rows(frame, target="bought", method="smote", seed=5)
    numbers = StandardScaler().fit(frame[["age", "income"]].to_numpy(dtype=float))
    codes = np.column_stack(
        [
            frame["city"].fillna("~").map({"Delft": 0, "Gouda": 1, "~": 2}),
            frame["member"].astype(int),
            frame["sex"].map({"f": 0, "m": 1}),
        ]
    )
    theirs, _ = SMOTENC([2, 3, 4], random_state=5).fit_resample(
        np.hstack([numbers.transform(frame[["age", "income"]].to_numpy(dtype=float)), codes]),
        (frame["bought"] == "yes").astype(int),
    )
    made = ours[ours["resampled"] == "synthetic"]
    assert np.allclose(made["income"], numbers.inverse_transform(theirs[len(frame) :, :2])[:, 1])
    assert (
        made["city"].fillna("~").map({"Delft": 0, "Gouda": 1, "~": 2}).tolist()
        == theirs[len(frame) :, 2].astype(int).tolist()
    )


def test_categories_alone_are_made_too():
    frame = people()[["city", "member", "sex", "bought"]]
    out = resample_rows(frame, target="bought", method="smote")
    assert out["bought"].value_counts().nunique() == 1
    assert out["city"].isna().any() and str(out["member"].dtype) == "boolean"


@pytest.mark.parametrize(
    "method", ["over_random", "under_random", "smote", "tomek", "enn", "near_miss", "smote_tomek", "smote_enn"]
)
def test_rows_that_judge_come_out_as_they_went_in(method):
    frame = people()
    out = resample_rows(frame, target="bought", method=method, split="split", seed=1)
    judges = frame[frame["split"] != "train"]
    after = out[out["split"] != "train"].drop(columns="resampled", errors="ignore")
    assert after.index.tolist() == judges.index.tolist()
    assert content_hash(after) == content_hash(judges)
    assert out.index[: len(out) - (out.index > frame.index.max()).sum()].is_monotonic_increasing
    assert content_hash(resample_rows(frame, target="bought", method=method, split="split", seed=1)) == content_hash(
        out
    )
    others = frame.copy()
    others.loc[others["split"] != "train", ["age", "income", "bought"]] = [1, 1e9, None]
    again = resample_rows(others, target="bought", method=method, split="split", seed=1)
    assert content_hash(again[again["split"] == "train"]) == content_hash(out[out["split"] == "train"])


def test_cells_of_rows_that_are_made_stay_what_they_are():
    frame = people()
    out = resample_rows(frame, target="bought", method="smote", seed=1)
    made, known = out[out["resampled"] == "synthetic"], frame[frame["bought"] == "yes"]
    assert out.dtypes.drop("resampled").equals(frame.dtypes)
    assert made["age"].between(known["age"].min(), known["age"].max()).all()
    assert (made["since"].dt.normalize() == made["since"]).all()
    assert set(made["city"].dropna()) <= {"Delft", "Gouda"}
    assert made[["person_id", "note"]].isna().all().all() and len(made) > 100


def test_groups_are_balanced_each_by_itself():
    frame = people(600)
    before = pd.crosstab(frame["sex"], frame["bought"])
    for method in ("over_random", "smote", "under_random"):
        after = pd.crosstab(
            *(resample_rows(frame, target="bought", method=method, by=["sex"])[name] for name in ("sex", "bought"))
        )
        wanted = before.min(axis=1) if method == "under_random" else before.max(axis=1)
        assert (after["yes"] == wanted).all() and (after["no"] == wanted).all()


def test_a_group_in_which_a_class_has_one_row_is_named():
    frame = tidy(
        pd.DataFrame(
            {
                "x": np.arange(40.0),
                "g": ["f"] * 20 + ["m"] * 20,
                "y": (["yes"] * 5 + ["no"] * 15) + (["yes"] + ["no"] * 19),
            }
        )
    )
    with pytest.raises(SettingError, match='In the group "m": Class "yes" has one row'):
        resample_rows(frame, target="y", method="smote", by=["g"])
    assert len(resample_rows(frame.iloc[:20], target="y", method="smote", by=["g"])) == 30


@pytest.mark.parametrize("seed", [-1, 2**70])
def test_any_whole_number_is_a_seed(seed):
    frame = tidy(pd.DataFrame({"x": np.arange(40.0), "y": ["yes"] * 5 + ["no"] * 35}))
    assert len(resample_rows(frame, target="y", method="smote", seed=seed)) == 70


def test_balance_is_a_share_of_the_largest_class():
    frame = tidy(pd.DataFrame({"y": ["a"] * 40 + ["b"] * 10 + ["c"] * 30}))
    assert Counter(resample_rows(frame, target="y", balance=0.5)["y"]) == {"a": 40, "b": 20, "c": 30}
    assert Counter(resample_rows(frame, target="y", method="under_random", balance=0.5)["y"]) == {
        "a": 20,
        "b": 10,
        "c": 20,
    }


@pytest.mark.parametrize("values", [(True, False), (1, 0), ("yes", "no"), (1.0, 2.0)])
def test_a_target_of_any_type_works(values):
    frame = tidy(pd.DataFrame({"x": np.arange(40.0), "y": [values[0]] * 8 + [values[1]] * 32}))
    for method in ("over_random", "smote"):
        out = resample_rows(frame, target="y", method=method)
        assert out["y"].value_counts().tolist() == [32, 32] and out["y"].dtype == frame["y"].dtype


def test_a_small_class_uses_as_many_neighbours_as_it_has():
    frame = tidy(pd.DataFrame({"x": [0.0, 1.0, *range(10, 30)], "y": ["few"] * 2 + ["many"] * 20}))
    made = resample_rows(frame, target="y", method="smote").query("resampled == 'synthetic'")
    assert len(made) == 18 and made["x"].between(0, 1).all()


def test_gaps_do_not_keep_rows_from_being_cleaned_and_change_no_cell():
    frame = people()
    frame.loc[frame.index[:30], "income"] = np.nan
    out = resample_rows(frame, target="bought", method="enn")
    assert 0 < len(out) < len(frame) and content_hash(out) == content_hash(frame.loc[out.index])


GAPS = tidy(pd.DataFrame({"x": [1.0, None, np.inf, 4.0], "y": ["a", "a", "a", "b"]}))


@pytest.mark.parametrize(
    ("frame", "settings", "said"),
    [
        (GAPS, {"method": "smote"}, "missing or infinite: x"),
        (GAPS.assign(y=pd.Series(["a", None, "b", "b"], dtype=object)), {}, '"y" is missing in 1 of 4 training rows'),
        (GAPS.assign(y="a"), {}, "have one value"),
        (GAPS.assign(y=pd.Series([None] * 4, dtype=object)), {}, "holds nothing"),
        (GAPS[["y"]], {"method": "smote"}, "No column is left"),
        (GAPS, {"into": "x"}, 'a column "x" already'),
        (GAPS, {"into": ""}, "no name"),
        (GAPS.fillna({"x": 2.0}).replace(np.inf, 3.0), {"method": "smote"}, 'Class "b" has one row'),
        (people(), {"target": "bought", "method": "adasyn"}, "there are categories: city, member, sex, split"),
        (people(), {"target": "income"}, "300 different values: it is an amount"),
        (people(), {"target": "note"}, "a text or an identifier"),
        (people(), {"target": "bought", "by": ["bought"]}, "two things"),
        (people().assign(split="test"), {"target": "bought", "split": "split"}, "there is nothing to learn from"),
        (tidy(pd.DataFrame({"y": [f"c{at}" for at in range(10_000)]})), {}, "10,000 different values"),
    ],
)
def test_what_cannot_be_is_said(frame, settings, said):
    with pytest.raises(SettingError, match=said):
        resample_rows(frame, **{"target": "y"} | settings)


def test_nothing_to_do_is_skipped():
    even = tidy(pd.DataFrame({"x": [1.0, 2.0, 3.0, 4.0] * 5, "y": ["a", "a", "b", "b"] * 5}))
    with pytest.raises(Skip, match="balanced as asked already"):
        resample_rows(even, target="y", method="smote")
    with pytest.raises(Skip, match="no row to resample"):
        resample_rows(even.iloc[:0], target="y")
    apart = tidy(pd.DataFrame({"x": [*range(10), *range(100, 130)], "y": ["a"] * 10 + ["b"] * 30}))
    with pytest.raises(Skip, match="No row speaks for a change"):
        resample_rows(apart, target="y", method="tomek")


def test_three_hundred_columns_of_great_and_small_numbers_work():
    rng = np.random.default_rng(0)
    wide = tidy(
        pd.DataFrame({f"é {at}": rng.normal(size=60) * 10.0 ** rng.integers(-300, 300) for at in range(300)}).assign(
            y=["a"] * 15 + ["b"] * 45, one=1
        )
    )
    out = resample_rows(wide, target="y", method="smote")
    assert (
        len(out) == 90
        and np.isfinite(out.drop(columns=["y", "resampled"]).to_numpy(dtype=float)).all()
        and (out["one"] == 1).all()
    )
