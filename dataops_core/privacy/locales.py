"""The languages and countries for which made-up people are drawn (of Faker)."""

from __future__ import annotations

from typing import Literal, get_args

Locale = Literal[
    "en_US",
    "en_GB",
    "de_DE",
    "fr_FR",
    "nl_NL",
    "es_ES",
    "it_IT",
    "pl_PL",
    "pt_BR",
    "sv_SE",
    "da_DK",
    "no_NO",
    "fi_FI",
    "tr_TR",
    "cs_CZ",
]
LOCALES: tuple[str, ...] = get_args(Locale)
