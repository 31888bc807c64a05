"""What will be done before anything is learned: who learns, how each column is treated, which rows are wanted.

Stands on prepare, engines.registry and sequences.detection; runs nothing.
"""
