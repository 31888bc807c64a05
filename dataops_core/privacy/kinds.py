"""The kinds of personal data that are told apart, and how sure the recognizer is of a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dataops_core.record import Record

State = Literal["certain", "likely", "ask"]

# direct identifiers: each of them names one person, or a thing that belongs to one person
DIRECT: dict[str, str] = {
    "person_name": "names of persons",
    "email": "e-mail addresses",
    "phone": "phone numbers",
    "postal_address": "postal addresses",
    "ip_address": "network addresses",
    "mac_address": "addresses of devices (MAC)",
    "iban": "bank account numbers (IBAN)",
    "payment_card": "payment card numbers",
    "social_security_number": "social security numbers",
    "national_number": "national numbers of persons",
    "license_plate": "license plates",
    "coordinates": "coordinates",
    "url_with_id": "web addresses that hold an id",
    "account_name": "user names",
    "document_number": "numbers of passports and other documents",
}
# special categories (GDPR article 9, and 10 for offenses)
SPECIAL: dict[str, str] = {
    "health": "health",
    "religion": "religion or belief",
    "ethnicity": "ethnic origin",
    "politics": "political opinions",
    "union": "trade union membership",
    "sexuality": "sex life or sexual orientation",
    "offenses": "criminal offenses",
}


@dataclass(frozen=True)
class Recognition(Record):
    """What personal data a column holds: its kind, how sure that is, in how many cells, and masked examples.

    `confidence` is a share; `matches` counts the cells among those looked at, `share` is their share; `inside` says
    that it stands among other words; `looked_at` and `distinct` count values; `evidence` says why, values as shapes.
    """

    type: str
    state: State
    confidence: float
    matches: int
    share: float
    inside: bool
    looked_at: int
    distinct: int
    evidence: tuple[str, ...]
