"""Clusters that an administrator set up, and what runs there for a dataset."""
