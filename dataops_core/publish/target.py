"""The places that whoever runs the workbench offers to those who work in it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from dataops_core.errors import SettingError

PLACES = "DATAOPS_PUBLISH"


def places_of_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The places that DATAOPS_PUBLISH names, `name = place`, one in a line (or separated by semicolons).

    >>> places_of_environment({"DATAOPS_PUBLISH": "Shop = /srv/shop; Warehouse = sqlite:///w.db#orders"})
    {'Shop': '/srv/shop', 'Warehouse': 'sqlite:///w.db#orders'}
    """
    given = (os.environ if environment is None else environment).get(PLACES, "")
    found = {}
    for part in filter(None, (part.strip() for part in re.split(r"[;\n]", given))):
        name, sign, place = (each.strip() for each in part.partition("="))
        if not (name and sign and place):
            raise SettingError("This names no place.", PLACES, "Write NAME = PLACE, one in a line.")
        found[name] = place
    return found
