"""Write a table as a file that other programs read."""

from dataops_core.write.file import write_file, write_text

__all__ = ["write_file", "write_text"]
