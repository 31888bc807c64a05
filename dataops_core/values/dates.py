"""How texts name days: months, ordinals, years."""

from __future__ import annotations

import re

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MONTH_OF = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
MONTH_START = rf"(?:{'|'.join(MONTH_OF)})"  # of its name, long or short; without regard to case
ORDINAL = "(?:st|nd|rd|th)"
YEAR = re.compile("(?:19|20)[0-9]{2}")
