"""Read files of any known format into tables, saying what was assumed and what could not be read."""

from dataops_core.read.file import format_of, read_file
from dataops_core.read.formats import REGISTRY as FORMATS
from dataops_core.read.options import Blanked, Problem, ReadOptions, Source
from dataops_core.read.text.raw import first_lines, raw_rows
from dataops_core.read.text.sniff import REPAIRS

__all__ = [
    "FORMATS",
    "REPAIRS",
    "Blanked",
    "Problem",
    "ReadOptions",
    "Source",
    "first_lines",
    "format_of",
    "raw_rows",
    "read_file",
]
