"""Cells that contradict others of their row: sums, orders of dates, values in each other's column."""
