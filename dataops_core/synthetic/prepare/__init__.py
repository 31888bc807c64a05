"""A real table as engines can learn it, and back: treatments of personal data, rare values, gaps, constraints.

The lowest folder here: nothing of the others may come in.
"""
