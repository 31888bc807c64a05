"""What is no longer kept: versions that are purged, for good, with a tombstone that says who did it, when and why; and
tables that can be computed again.
"""

from dataops_core.store.purge.compaction import Compaction, compact
from dataops_core.store.purge.versions import Held, Purge, guarded, purge, purge_person, versions_with

__all__ = ["Compaction", "Held", "Purge", "compact", "guarded", "purge", "purge_person", "versions_with"]
