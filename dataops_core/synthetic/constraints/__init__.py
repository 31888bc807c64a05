"""What holds in (nearly) all rows of a table and must hold in all rows of its synthetic table: `constraint` is the
base, `catalog` has one file per type, `search` finds those that a table suggests. Frames and plain values come in; no
engine, no plan.
"""
