"""Folds: who judges never teaches, groups stay whole, time goes forward, and too few rows are refused."""

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, KFold, StratifiedGroupKFold, StratifiedKFold

from dataops_core.errors import SettingError
from dataops_core.evaluation.folds import held_back, plan_folds, repeated, sampled, stratified

CLASSES = np.array([0] * 30 + [1] * 10)


def pairs(plan):
    return [(each.repeat, each.number, each.learn.tolist(), each.judge.tolist()) for each in plan.rounds]


def expected(splitter, repeats, seed, classes=None, groups=None, rows=40):
    return [
        (repeat, number, learn.tolist(), judge.tolist())
        for repeat in range(repeats)
        for number, (learn, judge) in enumerate(
            splitter(seed + repeat).split(np.zeros(rows), classes, groups)
        )
    ]  # fmt: skip


def test_folds_are_those_of_scikit_learn_and_each_repeat_has_its_own():
    plain = plan_folds(40, None, folds=4, repeats=2, seed=7)
    assert (plain.how, plain.folds, plain.repeats) == ("at random", 4, 2)
    assert pairs(plain) == expected(lambda lot: KFold(4, shuffle=True, random_state=lot), 2, 7)
    by_class = plan_folds(40, CLASSES, folds=5, repeats=2, seed=7)
    assert by_class.how == "stratified"
    assert pairs(by_class) == expected(lambda lot: StratifiedKFold(5, shuffle=True, random_state=lot), 2, 7, CLASSES)
    assert all(CLASSES[each.judge].sum() == 2 and len(each.judge) == 8 for each in by_class.rounds)
    assert (
        plan_folds(40, CLASSES).rounds[0].judge.tolist() == plan_folds(40, CLASSES, seed=2**31).rounds[0].judge.tolist()
    )
    assert (len(plan_folds(40, CLASSES).rounds), plan_folds(40, CLASSES).folds) == (10, 5)


def test_every_row_judges_once_a_repeat_and_never_where_it_teaches():
    for plan in (plan_folds(40, None), plan_folds(40, CLASSES), plan_folds(40, None, groups=np.arange(40) // 2)):
        for repeat in range(plan.repeats):
            rounds = [each for each in plan.rounds if each.repeat == repeat]
            assert sorted(np.concatenate([each.judge for each in rounds])) == list(range(40))
            assert all(sorted([*each.learn, *each.judge]) == list(range(40)) for each in rounds)
    assert plan_folds(40, None, folds=4).test_share == pytest.approx(10 / 30)


def test_groups_stay_whole_by_class_too():
    groups = np.arange(40) // 2
    plain = plan_folds(40, None, groups=groups, folds=4, repeats=1, seed=3)
    assert plain.how == "by group"
    assert pairs(plain) == expected(lambda lot: GroupKFold(4, shuffle=True, random_state=lot), 1, 3, None, groups)
    by_class = plan_folds(40, CLASSES, groups=groups, folds=4, repeats=2, seed=3)
    assert by_class.how == "by group"
    assert pairs(by_class) == expected(
        lambda lot: StratifiedGroupKFold(4, shuffle=True, random_state=lot), 2, 3, CLASSES, groups
    )
    for each in (*plain.rounds, *by_class.rounds):
        assert not set(groups[each.learn]) & set(groups[each.judge])


def test_time_goes_forward_and_rows_of_one_moment_stay_on_one_side():
    time = np.repeat(np.arange(10), 4)[::-1]
    plan = plan_folds(40, None, time=time, folds=4, repeats=3)
    assert (plan.how, plan.repeats, plan.folds) == ("by time", 1, 4)
    assert [each.number for each in plan.rounds] == [0, 1, 2, 3] and {each.repeat for each in plan.rounds} == {0}
    for each in plan.rounds:
        assert time[each.learn].max() < time[each.judge].min()
    assert [len(each.learn) for each in plan.rounds] == [8, 16, 24, 32]
    with pytest.raises(SettingError, match="different moments"):
        plan_folds(40, None, time=np.zeros(40), folds=4)
    one = np.array([0] * 39 + [1])
    assert plan_folds(40, one, time=np.arange(40), folds=4).folds == 4  # classes do not count where time does


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"rows": 40, "classes": None, "folds": 1}, "1 folds, 2 repeats: too few or too many"),
        ({"rows": 400, "classes": None, "folds": 21}, "21 folds, 2 repeats"),
        ({"rows": 40, "classes": None, "repeats": 0}, "5 folds, 0 repeats"),
        ({"rows": 40, "classes": None, "repeats": 21}, "5 folds, 21 repeats"),
        ({"rows": 9, "classes": None, "folds": 5}, "9 rows are too few for 5 folds."),
        ({"rows": 40, "classes": None, "groups": np.arange(40) // 5, "folds": 5}, "8 groups are too few for 5 folds."),
        (
            {"rows": 40, "classes": np.array([0] * 39 + [1])},
            "40 rows are too few for 5 folds: a class has one row only.",
        ),
    ],
)
def test_what_cannot_be_judged_is_refused(given, says):
    with pytest.raises(SettingError) as refused:
        plan_folds(**given)
    assert says in str(refused.value)


def test_the_least_that_is_enough():
    assert plan_folds(4, None, folds=2, repeats=1).folds == 2
    assert len(plan_folds(40, None, folds=20, repeats=20).rounds) == 400
    assert plan_folds(40, np.array([0] * 37 + [1] * 3)).folds == 3  # no more folds than the rarest class has rows
    assert plan_folds(10, None, groups=np.arange(10), folds=5).folds == 5


def test_a_sample_keeps_rare_classes_whole():
    assert sampled(30, 30, None, 0).tolist() == list(range(30))
    assert len(sampled(31, 30, None, 0)) == 30
    plain = sampled(1000, 100, None, 0)
    assert len(set(plain.tolist())) == 100 and plain.tolist() == sorted(plain.tolist())
    assert plain.tolist() == sampled(1000, 100, None, 2**31).tolist() != sampled(1000, 100, None, 1).tolist()
    classes = np.array([0] * 900 + [1] * 85 + [2] * 15)
    kept = sampled(1000, 100, classes, 0)
    assert [int((classes[kept] == code).sum()) for code in (0, 1, 2)] == [90, 20, 15]
    assert kept.tolist() == sorted(set(kept.tolist()))


def test_the_first_repeats_alone():
    plan = plan_folds(40, None, folds=2, repeats=3)
    assert repeated([1, 2, 3, 4, 5, 6], plan, 2) == [1, 2, 3, 4]
    assert repeated([1, 2, 3], plan, 1) == [1, 2]


def test_strata_of_any_kind_are_dealt_as_scikit_learn_deals_them():
    for strata in (CLASSES.astype(bool), CLASSES - 2, np.where(CLASSES == 1, "a", "b")):
        by_peer = StratifiedKFold(3, shuffle=True, random_state=5).split(strata, strata)
        for mine, peer in zip(stratified(strata, 3, 5), by_peer, strict=True):
            assert [side.tolist() for side in mine] == [side.tolist() for side in peer]


def test_a_share_of_every_class_is_held_back():
    held = held_back(CLASSES, 0.3, 1)
    assert np.bincount(CLASSES[held]).tolist() == [9, 3]
    assert held.tolist() == sorted(set(held.tolist()))
    assert held.tolist() == held_back(CLASSES, 0.3, 1).tolist() != held_back(CLASSES, 0.3, 2).tolist()
    assert held_back(CLASSES[:0], 0.3, 1).tolist() == []


def test_the_least_of_a_rare_class_can_be_said():
    assert np.bincount(CLASSES[sampled(40, 8, CLASSES, 0, least=5)]).tolist() == [6, 5]
