"""How values are written: forms of dates, times, amounts and codes, and cells that are written in another one."""
