"""One file per check; importing this package registers them all."""

from dataops_core.checks.check import REGISTRY, Check, Finding, Hit, check, ranked
from dataops_core.checks.table_view import Context, TableView
from dataops_core.registry import import_all

import_all(__name__, __path__)

__all__ = ["REGISTRY", "Check", "Context", "Finding", "Hit", "TableView", "check", "ranked"]
