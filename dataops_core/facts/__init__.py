"""Statistics of a table: counted, not judged."""

from dataops_core.facts.facts import column_facts, duplicated_rows

__all__ = ["column_facts", "duplicated_rows"]
