"""One file per publisher; importing this package registers them all."""

from dataops_core.publish.publisher import REGISTRY
from dataops_core.registry import import_all

import_all(__name__, __path__)

__all__ = ["REGISTRY"]
