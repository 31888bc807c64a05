"""How far a command is, for somebody who looks on."""

from __future__ import annotations

import sys


def show_progress(share: float, note: str) -> None:
    """Progress, on one line that is written over; nothing where the output goes to a file."""
    if sys.stderr.isatty():
        print(f"\r{share:4.0%}  {note[:60]:60}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)
