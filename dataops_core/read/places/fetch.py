"""Fetch what an address names."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from dataops_core.errors import DataOpsError, SettingError
from dataops_core.progress import Progress, no_progress
from dataops_core.read.places import buckets, query
from dataops_core.read.places.rules import Rules
from dataops_core.read.places.secrets import cleaned, filled, shown
from dataops_core.read.places.web import PORTS, fetch_web

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
KNOWN = "http(s)://, s3://, gs://, abfs://, postgresql://, mysql://, sqlite:/// and duckdb:///"


def is_address(text: str) -> bool:
    """Whether a text is an address, and not the path of a file.

    >>> is_address("https://example.com/a.csv"), is_address("C://a.csv"), is_address("data/a.csv")
    (True, False, False)
    """
    return _SCHEME.match(text) is not None


def fetch(address: str, folder: Path, rules: Rules, *, asked: str = "", progress: Progress = no_progress) -> Path:
    """Fetch what an address names into a file of the folder, called as it is called there.

    `asked` is the query of a database, where it does not stand in the address. Raises InputError or SettingError, in
    which no secret stands.
    """
    scheme = re.sub(r"^postgres(?![a-z])", "postgresql", address.split("://", 1)[0].lower())
    kind = scheme.split("+", 1)[0]
    try:
        if urlsplit(re.split("[#]", address, maxsplit=1)[0]).netloc is None:
            raise ValueError
    except ValueError:
        raise SettingError("This is not an address.", "address", f"Known are {KNOWN}.") from None
    address = f"{scheme}://{address.split('://', 1)[1]}"
    place, secrets = filled(address)
    try:
        if scheme in PORTS:
            return fetch_web(place, folder, rules, progress)
        if scheme in buckets.SCHEMES:
            return buckets.fetch_bucket(place, folder, rules, progress)
        if kind in query.DRIVERS:
            return query.fetch_query(place, secrets, folder, rules, progress, asked)
    except DataOpsError as error:
        raise type(error)(
            cleaned(error.what, secrets), cleaned(error.where, secrets), cleaned(error.fix, secrets)
        ) from None
    raise SettingError(f"{scheme}:// addresses are not opened.", shown(address), f"Known are {KNOWN}.")
