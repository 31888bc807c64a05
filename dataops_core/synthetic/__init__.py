"""A synthetic twin of a table: made without giving anybody away, and judged by verdicts that are hard to fool."""
