"""Keyed hash."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd

from dataops_core.privacy.keys import domain_key, key_fingerprint, key_of, keyed_digest, pseudonym_key
from dataops_core.steps._private import each_text
from dataops_core.steps.step import Columns, Label, Span, step


@step(
    "Keyed hash",
    group="Privacy",
    says="Replaced {columns} by a keyed hash",
    also="HMAC, SHA-256, pseudonym, token, anonymize, encrypt",
    keyed=True,
)
def hash_values(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns(), Label("Columns", "Columns whose values become hashes")],
    domain: Annotated[
        str,
        Label(
            "Shared name",
            "Columns with one shared name get equal hashes for equal values; empty: each column for itself",
        ),
    ] = "",
    digits: Annotated[
        int, Span(12, 64), Label("Digits", "Hexadecimal digits of a hash: 16 are enough for millions of values")
    ] = 16,
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Replace each value by its HMAC-SHA256 under a secret key: equal values stay equal, and nobody can go back.

    Use it for keys that must still join or count. The key comes from DATAOPS_PSEUDONYM_KEY in the environment and
    stands in no recipe and no export; the step remembers its fingerprint, and refuses another key. Whoever has the key
    can find out whose hash is whose, so the result is still personal data. A plain hash without a key would be
    reversible: a million telephone numbers are tried in a second.

    Values are taken as they are written: trim spaces and settle upper and lower case before.

    >>> mail = pd.DataFrame({"mail": ["jo@example.com", "jo@example.com", None]}, dtype=object)
    >>> one, two, none = hash_values(mail, columns=["mail"])["mail"]
    >>> one == two, len(one), none
    (True, 16, None)
    """
    learned = learned or fingerprint_for_hash(df)
    key = key_of(learned["key"])
    out = df.copy(deep=False)
    for name in columns:
        own = domain_key(key, f"hash:{domain or name}")
        out[name] = each_text(df[name], lambda text, own=own: keyed_digest(own, text).hex()[:digits])  # type: ignore[misc]
    return out


@hash_values.learn
def fingerprint_for_hash(df: pd.DataFrame, **_settings: Any) -> dict[str, Any]:
    """The fingerprint of the key that is set."""
    return {"key": key_fingerprint(pseudonym_key())}
