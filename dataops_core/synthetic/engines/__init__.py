"""Engines: what can learn a table and make rows like it, one file each behind one small seam (`registry`).

Importing `registry` loads no engine: those whose names begin with _ import heavy packages. May import prepare; nothing
of plan, evaluate, sequences or multi_table.
"""
