"""One file per kind of rule; importing this package registers them all."""

from dataops_core.registry import import_all

import_all(__name__, __path__)
