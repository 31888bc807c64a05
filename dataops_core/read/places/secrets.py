"""Passwords and keys that an address names: ${NAME} stands for DATAOPS_SECRET_NAME of the environment."""

from __future__ import annotations

import os
import re
from urllib.parse import quote, urlsplit

from dataops_core.errors import SettingError

PREFIX, HOST = "DATAOPS_SECRET_", "_HOST"
NAMED = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)\}")
_PASSWORD = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://[^/@#?]*?:)([^/@]*)@")


def filled(address: str) -> tuple[str, tuple[str, ...]]:
    """An address with its secrets in place, quoted as addresses need it, and these secrets.

    A secret goes to the one host that DATAOPS_SECRET_NAME_HOST names, where it names one.
    """
    address, sign, query = address.partition("#")
    if NAMED.search(shown(address)):
        raise SettingError(
            "A secret stands where it would be seen.", "address", "Put it before the @, or behind the question mark."
        )
    found: list[str] = []
    host = (urlsplit(NAMED.sub("x", address)).hostname or "").lower()

    def value(match: re.Match[str]) -> str:
        name = PREFIX + match[1]
        secret = os.environ.get(name, "").strip()
        if not secret or name.endswith(HOST):
            raise SettingError(
                f"The secret {match[1]} is not set.",
                shown(address),
                f"Set {name} in .streamlit/secrets.toml or in the environment.",
            )
        bound = os.environ.get(name + HOST, "").strip().lower()
        if bound and host != bound:
            raise SettingError(
                f"The secret {match[1]} is not for this host.",
                shown(address),
                f"{name}{HOST} says which host it is for.",
            )
        found.append(secret)
        return quote(secret, safe="")

    whole = NAMED.sub(value, address)
    check_password(address)
    return whole + sign + query, tuple(found)


def check_password(address: str) -> None:
    """Raises SettingError where a password stands in the address itself: it would be kept and shown with it."""
    match = _PASSWORD.match(address)
    if match and match[2] and not NAMED.fullmatch(match[2]):
        raise SettingError(
            "A password stands in the address.",
            shown(address),
            f"Write ${{NAME}} in its place, and set {PREFIX}NAME in .streamlit/secrets.toml or in the environment.",
        )


def shown(address: str) -> str:
    """An address as it may be shown and kept: without user, password, query and fragment.

    >>> shown("https://jo:pw@example.com/a.csv?token=x#y"), shown("postgresql://jo:${PW}@db/sales#SELECT 1")
    ('https://example.com/a.csv', 'postgresql://db/sales')
    """
    plain = re.split(r"[?#]", address, maxsplit=1)[0]
    return re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/]*@", r"\1", plain)


def cleaned(text: str, secrets: tuple[str, ...]) -> str:
    """A message of another program without the secrets that it may repeat."""
    for secret in sorted(secrets, key=len, reverse=True):
        for written in (secret, quote(secret, safe=""), quote(secret)):
            text = text.replace(written, "***")
    return text
