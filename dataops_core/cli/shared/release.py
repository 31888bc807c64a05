"""The gate of commands that write a table beside the store: what names people leaves for a written reason only."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Any

from dataops_core.privacy import recognize
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.table import Table

ALWAYS = "DATAOPS_PII_GATE"  # set to 1: every recipe is gated, whether it treats personal data or not


def is_gated(args: argparse.Namespace, steps: Sequence[RecipeStep]) -> bool:
    """Whether what a recipe makes is searched: where a step of it treats personal data, or where it is asked."""
    asked = args.pii_gate or os.environ.get(ALWAYS, "") not in ("", "0")
    return asked or any(not entry.off and entry.step and entry.step.group == "Privacy" for entry in steps)


def check_table(table: Table, steps: Sequence[RecipeStep], reason: str, command: str) -> dict[str, Any]:
    """What a written table still names, and why; raises PersonalDataError where it names people and no reason is given.

    The reason goes into the audit log of the store, which is made where there is none.
    """
    from dataops_core.store import personal_data

    left = personal_data.unresolved(recognize(table), steps)
    if left and not reason.strip():
        raise personal_data.refusal(left)
    if left:
        from dataops_core.store.store import Store, whoami

        personal_data.log_written(Store(), left, reason, whoami(), command, table.content_hash)
    return {"unresolved": [each.to_json() for each in left], "reason": reason.strip()}
