"""Statistics of a table: counted, not judged."""

from dataops_core.facts.facts import column_facts, duplicated_rows
from dataops_core.facts.spread import spread

__all__ = ["column_facts", "duplicated_rows", "spread"]
