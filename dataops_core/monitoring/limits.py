"""What a delivery is held to: what lets it pass, what is a warning, what sends it to quarantine."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dataops_core.errors import SettingError, nearest

Verdict = Literal["pass", "warn", "fail"]
VERDICTS: tuple[Verdict, ...] = ("pass", "warn", "fail")
LEAST_RATIO = 1.0


def limit(label: str, help: str = "", *, default: Any) -> Any:  # noqa: A002
    """A limit: what it is called on the form, what it means, and what holds unless somebody says otherwise."""
    return field(default=default, metadata={"label": label, "help": help})


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a delivery is held to. Numbers are ratios, shares or days; the rest are verdicts."""

    missing_columns: Verdict = limit("A column is gone", default="fail")
    new_columns: Verdict = limit("There is a new column", default="warn")
    changed_types: Verdict = limit(
        "A column holds another type", "Whole numbers that became decimals pass", default="fail"
    )
    failed_steps: Verdict = limit("A step of the recipe fails", default="fail")
    blocking_rules: Verdict = limit("A rule that blocks fails", default="fail")
    other_rules: Verdict = limit("A rule that warns fails", default="warn")
    large_drift: Verdict = limit(
        "A column drifted much", "PSI 0.25, Kolmogorov-Smirnov 0.2 or 20 % more gaps, beyond chance", default="fail"
    )
    small_drift: Verdict = limit("A column drifted a little", default="pass")
    drift_ignored: tuple[str, ...] = limit("Columns that may drift", default=())
    same_file: Verdict = limit("It is the file of the version once more", default="warn")
    volume_warn: float = limit("Warn from so many times fewer or more rows", default=2.0)
    volume_fail: float = limit("Fail from so many times fewer or more rows", default=10.0)
    score_warn: float = limit("Warn where the quality score is lower by", "A share: 0.02 are 2 points", default=0.02)
    score_fail: float = limit("Fail where the quality score is lower by", default=0.1)
    freshness_column: str = limit("Column with the date of a row", default="")
    freshness_days: int | None = limit("Its latest date is at most so many days old", default=None)
    alert_from: Verdict = limit("Alert from", '"warn" also tells of warnings', default="fail")

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        told = dataclasses.asdict(self)
        return told | {"drift_ignored": list(self.drift_ignored)}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Limits:
        """The limits from plain values or texts; what is not named keeps its default.

        Raises SettingError for an unknown name and for a value that does not fit.

        >>> Limits.from_json({"volume_fail": "4", "drift_ignored": "day,week"}).drift_ignored
        ('day', 'week')
        """
        known = {each.name: each for each in dataclasses.fields(cls)}
        for name in told:
            if name not in known:
                raise SettingError(f'There is no limit "{name}".', "limits", nearest(name, known))
        made = cls(**{name: _value(name, str(known[name].type), value) for name, value in told.items()})
        if made.volume_fail < made.volume_warn or made.volume_warn < LEAST_RATIO:
            raise SettingError(
                "The limits of volume do not fit.", "volume", "Let 1 ≤ volume_warn ≤ volume_fail hold: 2 and 10, say."
            )
        if not 0 <= made.score_warn <= made.score_fail <= 1:
            raise SettingError(
                "The limits of the score do not fit.", "score", "Let 0 ≤ score_warn ≤ score_fail ≤ 1 hold."
            )
        if (made.freshness_days is None) != (not made.freshness_column):
            raise SettingError("Freshness needs a column and a number of days.", "freshness", "Set both, or neither.")
        return made


def _value(name: str, shape: str, value: Any) -> Any:
    if shape == "Verdict":
        if value not in VERDICTS:
            raise SettingError(f'"{value}" is not a verdict.', name, nearest(str(value), VERDICTS))
        return value
    if shape == "tuple[str, ...]":
        names = value.split(",") if isinstance(value, str) else list(value)
        return tuple(name.strip() for name in names if str(name).strip())
    if shape == "str":
        return str(value).strip()
    if shape == "int | None":
        return None if value in (None, "") else int(_number(name, value))
    return _number(name, value)


def _number(name: str, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number < float("inf"):
        raise SettingError(f'"{value}" is not a number from 0 on.', name, "Give a number such as 2.")
    return number


def worst(verdicts: Iterable[str]) -> Verdict:
    """The most serious of some verdicts; what was not checked counts as nothing.

    >>> worst(["pass", "not checked", "warn"])
    'warn'
    """
    found = set(verdicts)
    return max((each for each in VERDICTS if each in found), key=VERDICTS.index, default="pass")
