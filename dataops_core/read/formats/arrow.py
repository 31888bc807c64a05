"""Feather and ORC."""

from dataops_core.read.arrow.arrow_files import read_feather_frame, read_orc_frame
from dataops_core.read.format import Format, register

register(
    Format(
        "feather",
        "Feather (Arrow)",
        read_feather_frame,
        (".feather", ".arrow", ".ipc"),
        marks=(b"ARROW1", b"FEA1"),
        needs=("pyarrow",),
        place=60,
    ),
    Format("orc", "ORC", read_orc_frame, (".orc",), marks=(b"ORC",), needs=("pyarrow",), place=70),
)
