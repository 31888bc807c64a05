"""Files of statistics packages."""

from dataops_core.read.format import Format, register
from dataops_core.read.statistics_files import read_statistics_frame

register(
    Format(
        "stata", "Stata", read_statistics_frame, (".dta",), marks=(b"<stata_dta>",), needs=("pyreadstat",), place=80
    ),
    Format(
        "spss",
        "SPSS",
        read_statistics_frame,
        (".sav", ".zsav", ".por"),
        marks=(b"$FL2", b"$FL3"),
        needs=("pyreadstat",),
        place=90,
    ),
    Format(
        "sas",
        "SAS",
        read_statistics_frame,
        (".sas7bdat", ".xpt"),
        marks=(
            b"HEADER RECORD*******LIBRARY HEADER",
            bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011"),
        ),
        needs=("pyreadstat",),
        place=100,
    ),
)
