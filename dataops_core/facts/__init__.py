"""Statistics of a table: counted, not judged."""

from dataops_core.facts.across import against_target, over_time
from dataops_core.facts.engine import Engine
from dataops_core.facts.facts import column_facts, table_facts
from dataops_core.facts.pairs import associate, associations
from dataops_core.facts.select import Where, facet, rows_where, rows_with, sorted_rows
from dataops_core.facts.spread import spread

__all__ = [
    "Engine",
    "Where",
    "against_target",
    "associate",
    "associations",
    "column_facts",
    "facet",
    "over_time",
    "rows_where",
    "rows_with",
    "sorted_rows",
    "spread",
    "table_facts",
]
