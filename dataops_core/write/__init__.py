"""Write a table as a file that other programs read."""

from dataops_core.write.file import format_of, write_file, write_rows, write_text

__all__ = ["format_of", "write_file", "write_rows", "write_text"]
