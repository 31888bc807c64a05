"""The command line."""

from dataops_core.cli.main import main

__all__ = ["main"]
