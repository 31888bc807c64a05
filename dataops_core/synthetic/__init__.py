"""A synthetic twin of a table: made without giving anybody away, and judged by verdicts that are hard to fool."""

from dataops_core.synthetic.judge import judge

__all__ = ["judge"]
