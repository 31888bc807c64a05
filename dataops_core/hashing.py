"""One form of JSON, and its hash: what ids, cache keys and manifests are made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(value: Any) -> str:
    """JSON in one form only: no spaces, ASCII, keys sorted.

    Under "with" and "learned" the order stays: a mapping's order matters where its patterns are applied one by one.

    >>> canonical({"with": {"mapping": {"b": "a", "a": "c"}}, "op": "x"})
    '{"op":"x","with":{"mapping":{"b":"a","a":"c"}}}'
    """
    return json.dumps(_sorted(value), ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: value[key] if key in ("with", "learned") else _sorted(value[key]) for key in sorted(value)}
    return [_sorted(item) for item in value] if isinstance(value, (list, tuple)) else value


def sha256(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
