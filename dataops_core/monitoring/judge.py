"""How each side of a delivery is judged against its limits. Pure functions: what is compared was counted before."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from dataops_core.compare.measure import SampleDifference
from dataops_core.monitoring.limits import Limits, Verdict
from dataops_core.monitoring.report import Check
from dataops_core.rules import Rule
from dataops_core.wording import counted

NUMBERS = ("integer", "decimal")
LISTED = 8
Types = Mapping[str, str]  # the type of each column


def schema(before: Types, after: Types, renamed: Mapping[str, str], limits: Limits) -> list[Check]:
    """Columns that are gone, new, or hold another type; `renamed` says which new name is probably which old one.

    >>> [check.verdict for check in schema({"a": "text"}, {"a": "text"}, {}, Limits())]
    ['pass']
    """
    gone = [name for name in before if name not in after]
    fresh = [name for name in after if name not in before]
    changed = [name for name in before if name in after and not _fits(before[name], after[name])]
    checks = []
    if gone:
        hints = [f'"{old}" may be called "{renamed[old]}" now' for old in gone if old in renamed]
        checks.append(_check("schema", limits.missing_columns, f"Gone: {_listed(gone)}.", gone, *hints))
    if fresh:
        checks.append(_check("schema", limits.new_columns, f"New: {_listed(fresh)}.", fresh))
    for name in changed:
        says = f'"{name}" was {before[name]} and is {after[name]}.'
        checks.append(_check("schema", limits.changed_types, says, [name]))
    return checks or [_check("schema", "pass", f"The same {counted(len(before), 'column')}, with the same types.")]


def _fits(before: str, after: str) -> bool:
    return before == after or (before, after) == NUMBERS


def volume(before: int, after: int, limits: Limits) -> Check:
    """How many rows came, against how many there were.

    >>> volume(100, 40, Limits()).says
    '40 rows, 2.5 times fewer than the 100 before.'
    """
    if not after:
        return _check("volume", "fail", "There are no rows.")
    ratio = max(before, 1) / after if after < before else after / max(before, 1)
    verdict: Verdict = "fail" if ratio >= limits.volume_fail else "warn" if ratio >= limits.volume_warn else "pass"
    if after == before:
        return _check("volume", verdict, f"{counted(after, 'row')}, as many as before.")
    how = "fewer" if after < before else "more"
    amount = (
        f"{ratio:.1f} times {how}"
        if ratio >= 1.5
        else f"{abs(after / max(before, 1) - 1):.0%} {how}".replace("%", " %")
    )
    return _check("volume", verdict, f"{counted(after, 'row')}, {amount} than the {before:,} before.")


def steps(outcomes: Sequence[tuple[str, str, str]], limits: Limits) -> list[Check]:
    """How the recipe's steps fared; each outcome is (sentence, status, reason)."""
    failed = [(sentence, reason) for sentence, status, reason in outcomes if status == "failed"]
    if not failed:
        done = sum(status == "done" for _, status, _ in outcomes)
        return [
            _check(
                "steps", "pass", f"{done:,} of {counted(len(outcomes), 'step')} of the recipe changed something or ran."
            )
        ]
    at = {sentence: number for number, (sentence, *_) in enumerate(outcomes, 1)}
    return [
        Check("steps", limits.failed_steps, f"The step “{sentence}” fails: {reason}", (), f"Step {at[sentence]} fails.")
        for sentence, reason in failed
    ]


def rules(results: Sequence[Mapping[str, Any]], limits: Limits) -> list[Check]:
    """How the dataset's rules fare; results as Result.to_json gives them. What leaves the machine names kinds and
    columns of rules, not what they allow.
    """
    failed = [each for each in results if each["status"] == "failed"]
    checks = []
    for each in failed:
        verdict = limits.blocking_rules if each["severity"] == "block" else limits.other_rules
        rule = Rule.from_json(each["rule"])
        columns = tuple(rule.columns)
        about = f"A rule fails: {rule.title.lower()} of {_listed(columns) or 'the table'}."
        checks.append(Check("rules", verdict, f"{each['sentence']} {each['message']}".strip(), columns, about))
    if checks:
        return checks
    if not results:
        return [Check("rules", "not checked", "There are no rules.")]
    return [_check("rules", "pass", f"{sum(each['status'] == 'passed' for each in results):,} rules pass.")]


def drift(columns: Mapping[str, SampleDifference], limits: Limits) -> tuple[list[Check], int, int, float | None]:
    """Which columns drifted, by the size of the difference; answers also how many drifted much, how many were compared,
    and the greatest PSI. Dates move from delivery to delivery, so that they are for freshness to judge.
    """
    judged = {
        name: each
        for name, each in columns.items()
        if name not in limits.drift_ignored and each.comparison != "dates" and each.verdict != "cannot be compared"
    }
    large = [name for name, each in judged.items() if each.verdict == "large"]
    small = [name for name, each in judged.items() if each.verdict == "small"]
    known = [each.measures["psi"].value for each in judged.values() if "psi" in each.measures]
    checks = [
        _check("drift", limits.large_drift, f"{name} is spread differently: {_sizes(judged[name])}.", [name])
        for name in large
    ]
    if small:
        checks.append(_check("drift", limits.small_drift, f"Spread a little differently: {_listed(small)}.", small))
    if not checks:
        few = sum(each.verdict == "too few rows to tell" for each in judged.values())
        if judged and few == len(judged):
            checks = [Check("drift", "not checked", "Too few rows to tell whether the values drifted.")]
        else:
            checks = [_check("drift", "pass", f"None of {counted(len(judged), 'column')} drifted.")]
    return checks, len(large), len(judged), max(known, default=None)


def _sizes(told: SampleDifference) -> str:
    """The measures that are large, in words."""
    names = {"psi": "PSI", "js": "Jensen-Shannon", "ks": "Kolmogorov-Smirnov", "missing": "share of missing cells"}
    large = [(key, each.value) for key, each in told.measures.items() if each.level == "large"]
    return ", ".join(
        f"{names[key]} {value:+.0%}" if key == "missing" else f"{names[key]} {value:.2f}" for key, value in large
    )


def freshness(latest: str | None, today: str, limits: Limits) -> tuple[Check, int | None]:
    """How old the latest date is, and that in days; `latest` is a date as text, None where the column has none."""
    if not limits.freshness_column or limits.freshness_days is None:
        return Check("freshness", "not checked", "No column of dates was named for it."), None
    name = limits.freshness_column
    if latest is None:
        return _check("freshness", "fail", f'"{name}" holds no date.', [name]), None
    age = (datetime.date.fromisoformat(today) - datetime.date.fromisoformat(latest[:10])).days
    verdict: Verdict = "fail" if age > limits.freshness_days else "pass"
    says = f"The latest {name} is {age:,} days old; {limits.freshness_days:,} are allowed."
    return _check("freshness", verdict, says, [name]), age


def quality(before: float | None, after: float | None, limits: Limits) -> Check:
    """How the quality score changed; both are shares.

    >>> quality(0.95, 0.80, Limits()).says
    'The quality score fell from 95.0 % to 80.0 %.'
    """
    if before is None or after is None:
        return Check("quality", "not checked", "There is no quality score.")
    loss = round(before - after, 6)
    verdict: Verdict = "fail" if loss >= limits.score_fail else "warn" if loss >= limits.score_warn else "pass"
    verb = "fell" if loss > 0 else "rose"
    if f"{before:.3f}" == f"{after:.3f}":
        return _check("quality", verdict, f"The quality score is {after:.1%} as before.".replace("%", " %"))
    return _check("quality", verdict, f"The quality score {verb} from {before:.1%} to {after:.1%}.".replace("%", " %"))


def _check(area: Any, verdict: Verdict, says: str, columns: Sequence[str] = (), *hints: str) -> Check:
    return Check(area, verdict, " ".join([says, *(f"{hint}." for hint in hints)]), tuple(columns))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
