"""Delimited text."""

from dataops_core.read.format import Format, register
from dataops_core.read.text.text import read_text_frame

register(Format("csv", "Delimited text (CSV)", read_text_frame, (".csv", ".tsv", ".txt", ".tab"), place=10))
