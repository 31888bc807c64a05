"""Statistics of a table: counted, not judged."""

from dataops_core.facts.engine import Engine
from dataops_core.facts.facts import column_facts, table_facts
from dataops_core.facts.spread import spread

__all__ = ["Engine", "column_facts", "spread", "table_facts"]
