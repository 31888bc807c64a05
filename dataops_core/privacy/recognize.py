"""The personal data in a table: identifiers by column, special categories, quasi-identifiers."""

from __future__ import annotations

from dataclasses import dataclass

from dataops_core.privacy.kinds import Recognition
from dataops_core.privacy.quasi_identifiers import quasi_identifier
from dataops_core.privacy.recognize_column import recognize_column
from dataops_core.privacy.special_categories import special_category
from dataops_core.privacy.values import column_values
from dataops_core.table import Table


@dataclass(frozen=True)
class PersonalData:
    """What was recognized: per column the direct identifiers, the surest first; special categories; and what each
    proposed quasi-identifier is.
    """

    identifiers: dict[str, list[Recognition]]
    special: dict[str, Recognition]
    quasi: dict[str, str]


def recognize(table: Table) -> PersonalData:
    """What personal data a table holds; one column in memory at a time, a bounded number of its values read."""
    identifiers: dict[str, list[Recognition]] = {}
    special: dict[str, Recognition] = {}
    quasi: dict[str, str] = {}
    for column in table.columns:
        values = column_values(table, column.name)
        found = recognize_column(values)
        if found:
            identifiers[column.name] = found
        sure = any(each.state != "ask" and not each.inside and each.share >= 0.5 for each in found)
        if not sure and (category := special_category(values)):
            special[column.name] = category
        if not sure and (kind := quasi_identifier(values)):
            quasi[column.name] = kind
    return PersonalData(identifiers, special, quasi)
