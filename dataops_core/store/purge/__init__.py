"""Purging versions: what only they held is deleted, and a tombstone says who did it, when and why."""

from dataops_core.store.purge.versions import Held, Purge, guarded, purge, purge_person, versions_with

__all__ = ["Held", "Purge", "guarded", "purge", "purge_person", "versions_with"]
