"""One file per type of constraint; importing this package offers them all. Only `constraints.constraint` and the ground
floor come in.
"""

from dataops_core.registry import import_all

import_all(__name__, __path__)
