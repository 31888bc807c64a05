"""Versions on their way out of the store: as folders, and to the places where they are published."""
