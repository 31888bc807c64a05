"""Rules as a pandera schema: a Python file that needs pandas and pandera alone."""

from __future__ import annotations

from dataops_core.rules.document import RuleSet
from dataops_core.rules.formats.exported import Exported
from dataops_core.rules.formats.pandas_code import FUNCTIONS, PandasCode
from dataops_core.rules.kinds.freshness import Freshness
from dataops_core.rules.kinds.row_count import RowCount
from dataops_core.rules.rule import Rule
from dataops_core.steps._cells import YES_AND_NO

HEAD = '''"""The rules of {table} as a pandera schema: schema.validate(df, lazy=True) raises with every failing row."""

import pandas as pd
import pandera.pandas as pa

WORDS = {words}

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
    """The schema; what looks at other tables is left out."""
    code, checks, left = PandasCode(rules.columns), [], []
    for rule in rules.rules:
        made = _check(rule, code)
        if made is None:
            left.append((rule, "It looks at another table, which a schema of one table does not have."))
            continue
        warns = ", raise_warning=True" if rule.severity == "warn" else ""
        checks.append(f"        pa.Check(lambda df: {made}, name={rule.key!r}, error={rule.sentence!r}{warns}),")
    names = dict.fromkeys([*rules.columns, *(name for rule in rules.rules for name in rule.columns)])
    columns = "\n" + "".join(f"        {name!r}: pa.Column(nullable=True),\n" for name in names) + "    "
    text = HEAD.format(
        table=(rules.table or "a table").replace("\\", "/").replace('"', "'"),
        words=YES_AND_NO,
        functions=FUNCTIONS.strip("\n") + "\n",
        columns=columns,
        checks="\n".join(checks),
    )
    return Exported(text, tuple(left))


def _check(rule: Rule, code: PandasCode) -> str | None:
    """The expression of a check; None where there is none."""
    if isinstance(rule, RowCount):
        return f"{rule.min or 0} <= len(df)" + (f" <= {rule.max}" if rule.max is not None else "")
    if isinstance(rule, Freshness):
        latest = f"moment(df[{rule.column!r}]).max()"
        return f"bool((pd.Timestamp.now().normalize() - {latest}).days <= {rule.days})"
    if rule.condition is None or rule.condition.op == "in table":
        return None
    least = f", least={rule.least!r}" if rule.least < 1 else ""
    if rule.given is not None and rule.least < 1:  # the share is one of the rows that it speaks of
        return f"holds({code.truth(rule.condition)}.mask(~{code.truth(rule.given)}.fillna(False)){least})"
    return f"holds({code.truth(rule.condition)}{least})"
