"""Rules as a pandera schema: a Python file that needs pandas and pandera alone."""

from __future__ import annotations

from dataops_core.compare.measure import CHANCE
from dataops_core.rules.document import RuleSet
from dataops_core.rules.formats.exported import Exported
from dataops_core.rules.formats.pandas_code import FUNCTIONS, PandasCode
from dataops_core.rules.kinds.distribution import Distribution
from dataops_core.rules.kinds.freshness import Freshness
from dataops_core.rules.kinds.reference import Reference
from dataops_core.rules.kinds.row_count import RowCount
from dataops_core.rules.rule import Rule
from dataops_core.steps._cells import YES_AND_NO

HEAD = '''"""{about}"""

import numpy as np
import pandas as pd
import pandera.pandas as pa

TABLES = {{}}  # the other tables that rules refer to, by name
WORDS = {words}
CHANCE = {chance}

{functions}

schema = pa.DataFrameSchema(
    {{{columns}}},
    checks=[
{checks}
    ],
    strict=False,
    coerce=False,
)
'''


def write(rules: RuleSet) -> Exported:
    """The schema; it holds every rule. Those on other tables look for them in its TABLES."""
    code, checks = PandasCode(rules.columns), []
    for rule in rules.rules:
        made = _check(rule, code)
        warns = ", raise_warning=True" if rule.severity == "warn" else ""
        checks.append(f"        pa.Check(lambda df: {made}, name={rule.key!r}, error={rule.sentence!r}{warns}),")
    names = dict.fromkeys([*rules.columns, *(name for rule in rules.rules for name in rule.columns)])
    columns = "\n" + "".join(f"        {name!r}: pa.Column(nullable=True),\n" for name in names) + "    "
    text = HEAD.format(
        about=_about(rules),
        words=YES_AND_NO,
        chance=_chance(rules),
        functions=FUNCTIONS.strip("\n") + "\n",
        columns=columns,
        checks="\n".join(checks),
    )
    return Exported(text)


def _about(rules: RuleSet) -> str:
    """What the file is, and which tables have to be given before a frame is validated."""
    table = (rules.table or "a table").replace("\\", "/").replace('"', "'")
    says = f"The rules of {table} as a pandera schema: schema.validate(df, lazy=True) raises with every failing row."
    names = dict.fromkeys(ascii(rule.table) for rule in rules.rules if isinstance(rule, Reference))
    given = "\n".join(f"    TABLES[{name}] = pd.read_csv(...)" for name in names)
    given = given.replace("\\", "\\\\").replace('"', "'")
    return says + (f"\n\nBefore, give it the tables that rules refer to:\n\n{given}\n" if names else "")


def _chance(rules: RuleSet) -> list[float]:
    """What chance alone makes of a chi-square with so many degrees of freedom."""
    most = max((len(rule.reference["counts"]) for rule in rules.rules if isinstance(rule, Distribution)), default=0)
    if not most:
        return []
    from scipy.stats import chi2

    return [0.0, *(float(chi2.isf(CHANCE, freedom)) for freedom in range(1, most + 1))]


def _check(rule: Rule, code: PandasCode) -> str:
    """The expression of a check."""
    if isinstance(rule, Distribution):
        asked = {key: rule.reference[key] for key in ("values", "edges") if key in rule.reference}
        given = "".join(f", {key}={list(value)!r}" for key, value in asked.items())
        kind = ', kind="date"' if code.types.get(rule.column) == "datetime" else ""
        return f"spread(df, {rule.column!r}, {list(rule.reference['counts'])!r}, {rule.limit!r}{given}{kind})"
    if isinstance(rule, RowCount):
        return f"{rule.min or 0} <= len(df)" + (f" <= {rule.max}" if rule.max is not None else "")
    if isinstance(rule, Freshness):
        latest = f"moment(df[{rule.column!r}]).max()"
        return f"bool((pd.Timestamp.now().normalize() - {latest}).days <= {rule.days})"
    assert rule.condition is not None
    least = f", least={rule.least!r}" if rule.least < 1 else ""
    if rule.given is not None and rule.least < 1:  # the share is one of the rows that it speaks of
        return f"holds({code.truth(rule.condition)}.mask(~{code.truth(rule.given)}.fillna(False)){least})"
    return f"holds({code.truth(rule.condition)}{least})"
