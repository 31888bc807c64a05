"""Workbooks: how large their sheets are, where tables lie on them, and which rows are data."""
