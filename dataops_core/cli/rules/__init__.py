"""Rules of a table: suggest, check, export, import."""
