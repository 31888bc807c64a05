"""Rows that belong together and follow each other in time: found, learned, made and judged.

`detection` and `verdict` stand on prepare alone; `model` stands on plan and engines.
"""
