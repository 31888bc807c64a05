"""Signatures: Ed25519 over a bundle's manifest, which lists the hash of every other file, and over other messages."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from dataops_core.errors import SettingError
from dataops_core.record import Record

KEY = "DATAOPS_SIGNING_KEY"
FORMAT = "dataops-signature/1"
FILE = "signature.json"
_CONTEXT = b"dataops bundle manifest\n"  # a signature for this is not a signature for anything else


@dataclass(frozen=True)
class BundleSignature(Record):
    """What is known of who signed: "none", "invalid", "unknown key" (valid, nobody said whose key it is) or "given
    key".
    """

    status: str
    public_key: str = ""

    @property
    def words(self) -> str:
        """What it proves, in a sentence."""
        return {
            "none": "It is not signed: it is unchanged since it was made, but by whom is not proven.",
            "invalid": "Its signature is not valid.",
            "unknown key": (
                f"It is signed with the key {self.public_key}: compare that with the key of whoever sent it."
            ),
            "given key": "It is signed with the key you gave.",
        }[self.status]


def new_key() -> tuple[str, str]:
    """A new pair of keys: the secret one (for DATAOPS_SIGNING_KEY) and the public one (for whoever verifies), in
    Base64.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    made = Ed25519PrivateKey.generate()
    return _text(made.private_bytes_raw()), _text(made.public_key().public_bytes_raw())


def signed(manifest: bytes) -> bytes | None:
    """The signature file for a manifest, by the key in the environment (Streamlit puts its secrets there); None without
    a key.
    """
    made = sign(_message(manifest))
    if made is None:
        return None
    told = {"format": FORMAT, "algorithm": "Ed25519", "public_key": made[0], "signature": made[1]}
    return (json.dumps(told, indent=2) + "\n").encode()


def sign(message: bytes) -> tuple[str, str] | None:
    """The public key and the signature of a message, in Base64, by the key in the environment; None without a key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    secret = os.environ.get(KEY, "").strip()
    if not secret:
        return None
    key = Ed25519PrivateKey.from_private_bytes(_bytes(secret, KEY))
    return _text(key.public_key().public_bytes_raw()), _text(key.sign(message))


def check(manifest: bytes, signature: bytes | None, key: str | None) -> BundleSignature:
    """Whether a manifest is signed, and with whose key; `key` is the public key that it should be signed with."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    wanted = public_key(key) if key else None
    if signature is None:
        return BundleSignature("none")
    try:
        told = json.loads(signature)
        public, made = str(told["public_key"]), base64.b64decode(told["signature"], validate=True)
        Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True)).verify(made, _message(manifest))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return BundleSignature("invalid")
    if wanted is None:
        return BundleSignature("unknown key", public)
    return BundleSignature("given key" if _bytes(public, "public_key") == wanted else "invalid", public)


def public_key(key: str) -> bytes:
    """A public key from its Base64 text, or from a file that holds it. Raises SettingError where it is none."""
    path = Path(key)
    try:
        text = path.read_text(encoding="utf-8") if len(key) < 1000 and path.is_file() else key
    except (OSError, UnicodeDecodeError, ValueError):
        text = key
    return _bytes(text.strip(), "--key")


def _message(manifest: bytes) -> bytes:
    return _CONTEXT + hashlib.sha256(manifest).digest()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str, where: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise SettingError(
            "This is not an Ed25519 key.", where, "A key is 32 bytes in Base64: 44 characters. `signing-key` makes one."
        )
    return raw
