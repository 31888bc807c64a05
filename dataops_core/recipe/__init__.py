"""Recipes: ordered steps, replayed on tables or written out as scripts."""
