"""Each side of a delivery against its limits, on figures that can be checked by hand."""

import pytest

from dataops_core.compare.measure import Distance, SampleDifference
from dataops_core.errors import SettingError
from dataops_core.monitoring import Check, DeliveryReport, Figures, Limits, worst
from dataops_core.monitoring import judge as judges
from dataops_core.rules import Rule


def column(verdict, as_="numbers", **levels):
    measures = {key: Distance(value=v, noise=0.0, p=None, level=lv) for key, (v, lv) in levels.items()}
    return SampleDifference(
        comparison=as_, n=(9, 9), missing=(0, 0), measures=measures, shares=[], new=None, gone=None, verdict=verdict
    )


def test_a_gone_column_fails_and_says_what_it_may_be_called_now():
    checks = judges.schema({"No": "text", "a": "integer"}, {"no.": "text", "a": "decimal"}, {"No": "no."}, Limits())
    assert [(c.verdict, c.columns) for c in checks] == [("fail", ("No",)), ("warn", ("no.",))]
    assert checks[0].says == 'Gone: No. "No" may be called "no." now.'


def test_decimals_do_not_fit_where_they_become_text_but_whole_numbers_may_become_decimals():
    def verdicts(before, after):
        return [check.verdict for check in judges.schema({"a": before}, {"a": after}, {}, Limits())]

    assert verdicts("integer", "decimal") == ["pass"]
    assert verdicts("decimal", "integer") == ["fail"]
    assert verdicts("decimal", "text") == ["fail"]


@pytest.mark.parametrize(
    ("after", "verdict"),
    [(100, "pass"), (51, "pass"), (50, "warn"), (200, "warn"), (11, "warn"), (10, "fail"), (1000, "fail"), (0, "fail")],
)
def test_volume_by_ratio(after, verdict):
    assert judges.volume(100, after, Limits()).verdict == verdict


def test_drift_goes_by_its_size_and_leaves_dates_and_what_is_ignored_alone():
    told = {
        "amount": column("large", psi=(0.5, "large"), ks=(0.3, "large"), missing=(-0.01, "none")),
        "day": column("large", "dates", ks=(1.0, "large")),
        "week": column("large", psi=(9.0, "large")),
        "town": column("small", "categories", psi=(0.15, "small")),
        "note": column("cannot be compared"),
    }
    checks, large, compared, greatest = judges.drift(told, Limits(drift_ignored=("week",)))
    assert [(c.verdict, c.says) for c in checks] == [
        ("fail", "amount is spread differently: PSI 0.50, Kolmogorov-Smirnov 0.30."),
        ("pass", "Spread a little differently: town."),
    ]
    assert (large, compared, greatest) == (1, 2, 0.5)
    assert judges.drift({"a": column("too few rows to tell")}, Limits())[0][0].verdict == "not checked"


def test_freshness_counts_days():
    limits = Limits(freshness_column="day", freshness_days=7)
    assert judges.freshness("2026-03-01T10:00:00", "2026-03-08", limits)[0].verdict == "pass"
    check, age = judges.freshness("2026-02-28", "2026-03-08", limits)
    assert (check.verdict, age) == ("fail", 8)
    assert judges.freshness(None, "2026-03-08", limits)[0].verdict == "fail"
    assert judges.freshness("2026-02-28", "2026-03-08", Limits())[0].verdict == "not checked"


@pytest.mark.parametrize(("after", "verdict"), [(0.95, "pass"), (0.99, "pass"), (0.93, "warn"), (0.85, "fail")])
def test_quality_by_what_was_lost(after, verdict):
    assert judges.quality(0.95, after, Limits()).verdict == verdict


def test_an_alert_names_kind_and_columns_of_a_rule_and_not_what_it_allows():
    rule = Rule.from_json({"kind": "allowed", "column": "name", "values": ["Annie Oakley"]})
    result = {
        "rule": rule.to_json(),
        "status": "failed",
        "severity": "block",
        "sentence": rule.sentence,
        "message": "1 of 3 rows breaks it.",
    }
    (check,) = judges.rules([result], Limits())
    assert "Annie Oakley" in check.says and check.verdict == "fail"
    assert check.plain == "A rule fails: allowed values of name."


def test_the_worst_check_decides_and_what_was_not_checked_does_not_count():
    assert worst([]) == worst(["not checked"]) == "pass"
    report = DeliveryReport(3, "june.csv", (Check("drift", "warn", "a"), Check("schema", "fail", "b")), Figures(rows=3))
    assert report.verdict == "fail" and [c.says for c in report.troubles] == ["b", "a"]
    assert DeliveryReport.from_json(report.to_json()) == report


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"volum_fail": 3}, "no limit"),
        ({"large_drift": "maybe"}, "not a verdict"),
        ({"volume_fail": "many"}, "not a number"),
        ({"volume_warn": 5, "volume_fail": 2}, "do not fit"),
        ({"score_warn": 0.5}, "do not fit"),
        ({"freshness_days": 3}, "needs a column"),
    ],
)
def test_limits_that_make_no_sense_are_refused(told, what):
    with pytest.raises(SettingError, match=what):
        Limits.from_json(told)
