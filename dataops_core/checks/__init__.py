"""One file per check; importing this package registers them all."""

import importlib
import pkgutil

from dataops_core.checks.check import REGISTRY, Check, Finding, Hit, check, ranked
from dataops_core.checks.table_view import Context, TableView

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["REGISTRY", "Check", "Context", "Finding", "Hit", "TableView", "check", "ranked"]
