"""One file per engine of synthesis; importing this package offers them all. Only `engines.engine` may come in at the
top: what an engine needs is imported when it fits.
"""

from dataops_core.registry import import_all

import_all(__name__, __path__)
