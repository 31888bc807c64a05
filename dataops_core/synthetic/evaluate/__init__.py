"""The verdict on a synthetic table: is it alike, is it useful, does it give anybody away. One signal or score per file.

`evaluate` puts them together. Knows tables and rows only: nothing of how they were made may come in.
"""
