"""Tables at rest, the kinds of their columns, and the content hash."""

from dataops_core.table.difference import Difference, columns_of_both, common_key, difference, differs, dropped, moved
from dataops_core.table.fingerprint import ContentHash, content_hash
from dataops_core.table.kinds import KINDS, TYPES, as_text, guess_kind, shown, tidy, type_of
from dataops_core.table.memory import memory_at_hand, release_memory
from dataops_core.table.table import (
    ARROW,
    ROW_ID,
    Column,
    Table,
    arrow_to_frame,
    frame_to_arrow,
    metadata,
    open_table,
    opened,
    types_of,
    write_table,
)

__all__ = [
    "ARROW",
    "KINDS",
    "ROW_ID",
    "TYPES",
    "Column",
    "ContentHash",
    "Difference",
    "Table",
    "arrow_to_frame",
    "as_text",
    "columns_of_both",
    "common_key",
    "content_hash",
    "difference",
    "differs",
    "dropped",
    "frame_to_arrow",
    "guess_kind",
    "memory_at_hand",
    "metadata",
    "moved",
    "open_table",
    "opened",
    "release_memory",
    "shown",
    "tidy",
    "type_of",
    "types_of",
    "write_table",
]
