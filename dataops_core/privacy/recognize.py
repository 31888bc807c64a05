"""The personal data in a table: identifiers by column, special categories, quasi-identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dataops_core.privacy.kinds import Recognition
from dataops_core.privacy.quasi_identifiers import quasi_identifier
from dataops_core.privacy.recognize_column import recognize_column
from dataops_core.privacy.special_categories import special_category
from dataops_core.privacy.values import column_values
from dataops_core.record import Record
from dataops_core.table import Table


@dataclass(frozen=True)
class PersonalColumn(Record):
    """What was recognized in one column."""

    identifiers: list[Recognition]
    special: Recognition | None
    quasi: str | None


@dataclass(frozen=True)
class PersonalData:
    """What was recognized: per column the direct identifiers, the surest first; special categories; and what each
    proposed quasi-identifier is.
    """

    identifiers: dict[str, list[Recognition]]
    special: dict[str, Recognition]
    quasi: dict[str, str]

    @classmethod
    def of(cls, found: Mapping[str, PersonalColumn]) -> PersonalData:
        """The same from what was recognized in each column."""
        return cls(
            {name: each.identifiers for name, each in found.items() if each.identifiers},
            {name: each.special for name, each in found.items() if each.special is not None},
            {name: each.quasi for name, each in found.items() if each.quasi is not None},
        )


def recognize(table: Table) -> PersonalData:
    """What personal data a table holds; one column in memory at a time, a bounded number of its values read."""
    return PersonalData.of({column.name: recognize_one(table, column.name) for column in table.columns})


def recognize_one(table: Table, name: str) -> PersonalColumn:
    """What personal data a column holds; whoever is named directly by it is no quasi-identifier besides."""
    values = column_values(table, name)
    found = recognize_column(values)
    if any(each.state != "ask" and not each.inside and each.share >= 0.5 for each in found):
        return PersonalColumn(found, None, None)
    return PersonalColumn(found, special_category(values), quasi_identifier(values))
