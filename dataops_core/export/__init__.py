"""The bundle of a version, and its data card."""
