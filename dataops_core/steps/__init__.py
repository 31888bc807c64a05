"""One file per step; importing this package registers them all."""

import importlib
import pkgutil

from dataops_core.steps.step import REGISTRY, Columns, Label, NewColumn, Setting, Span, Step, When, get, step

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["REGISTRY", "Columns", "Label", "NewColumn", "Setting", "Span", "Step", "When", "get", "step"]
