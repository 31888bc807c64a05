"""What protects a verdict on privacy from taking a table that crowds about common rows for one that copies."""

from dataops_core.synthetic.evaluate.significance import DOUBTFUL, LEAK, beyond, excess, paired


def test_rows_that_meet_more_of_either_side_are_judged_by_the_sides_alone():
    # 20 holdout rows are met where real rows meet 4 in twice as many pairs, so 2: the table crowds, and 24 are no excess
    assert excess(24, 20, 4, 2.0) == paired(24, 20) > DOUBTFUL
    assert beyond(24, 20, 4, 2.0) == 1.0


def test_rows_that_meet_no_more_than_real_rows_do_are_judged_by_all_that_is_known():
    assert excess(24, 2, 4, 2.0) < paired(24, 2) < LEAK
    assert beyond(24, 2, 4, 2.0) < LEAK


def test_twofold_crowding_that_could_be_unseen_makes_a_leak_doubtful_at_most():
    # by all that is known chance gives 9 once in 2,500 tables; of a table that crowds twofold once in 260
    assert paired(9, 3, 1 / 3) < LEAK < excess(9, 1, 2, 2.0) == 2 * LEAK < DOUBTFUL
