"""The secret key of keyed hashes and pseudonyms: it lives in the environment, never in a recipe, a log or an export."""

from __future__ import annotations

import hmac
import os

from dataops_core.errors import SecretError

PSEUDONYM_KEY = "DATAOPS_PSEUDONYM_KEY"
SHORTEST = 16  # characters of a key, at least


def pseudonym_key() -> bytes:
    """The key of pseudonyms, from the environment (Streamlit puts its secrets there too). Raises SecretError where it
    is missing or short.
    """
    given = os.environ.get(PSEUDONYM_KEY, "").strip()
    if len(given) < SHORTEST:
        raise SecretError(
            f"The key of pseudonyms has fewer than {SHORTEST} characters." if given else "No key of pseudonyms is set.",
            PSEUDONYM_KEY,
            f'Put {PSEUDONYM_KEY} = "a long random text" into .streamlit/secrets.toml, or set it in the environment;'
            " keep it apart from the data.",
        )
    return given.encode()


def key_fingerprint(key: bytes) -> str:
    """What tells one key from another without saying anything of it: 16 hexadecimal digits of an HMAC.

    >>> key_fingerprint(b"a key of sixteen letters or more")
    'c580db726973a1c2'
    """
    return hmac.digest(key, b"fingerprint of the key", "sha256").hex()[:16]


def key_of(fingerprint: str) -> bytes:
    """The key with that fingerprint; raises SecretError where another one is set."""
    key = pseudonym_key()
    if key_fingerprint(key) != fingerprint:
        raise SecretError(
            f"The recipe was made with the key {fingerprint}, and the key that is set is {key_fingerprint(key)}.",
            PSEUDONYM_KEY,
            "Set the key of then; or let the step learn again (--refit), which gives other pseudonyms.",
        )
    return key


def domain_key(key: bytes, domain: str) -> bytes:
    """A key of its own for one use of the key: equal values of two domains have nothing in common afterwards."""
    return hmac.digest(key, domain.encode(), "sha256")


def keyed_digest(key: bytes, text: str) -> bytes:
    """HMAC-SHA256 of a text: 32 bytes that nobody can tell from chance, nor guess the text by, without the key."""
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")
