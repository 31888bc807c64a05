"""Workbooks."""

from dataops_core.read.excel.excel import read_excel_frame
from dataops_core.read.format import Format, register

register(
    Format(
        "excel",
        "Excel",
        read_excel_frame,
        (".xlsx", ".xlsm", ".xls", ".ods"),
        marks=(b"PK\x03\x04", b"\xd0\xcf\x11\xe0"),
        needs=("python-calamine",),
        place=20,
    )
)
