"""Signs that were written as codes of another language: &amp; (HTML), %20 (addresses), \\u00fc (programs)."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

ENTITY = r"&(?:#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}|[A-Za-z]{2,8}[0-9]?);"
ESCAPED = rf"{ENTITY}|%[0-9A-Fa-f]{{2}}|\\u[0-9a-fA-F]{{4}}"
_ENTITY = re.compile(ENTITY)
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_ADDRESS = re.compile(r"[A-Za-z]+:|/|www\.|.*[?=]")


def without_escapes(text: str) -> str:
    """The text with the signs that its codes stand for. An address of the web keeps those that belong to it.

    >>> without_escapes("Past &amp; Present"), without_escapes("Sony%20WH-1000"), without_escapes("50%25 off")
    ('Past & Present', 'Sony WH-1000', '50%25 off')
    """
    out = html.unescape(text) if _ENTITY.search(text) else text
    out = _UNICODE.sub(lambda found: chr(int(found[1], 16)), out) if "\\u" in out else out
    if " " not in out and _PERCENT.search(out) and not _ADDRESS.match(out):
        try:
            out = unquote(out, errors="strict")
        except UnicodeDecodeError:
            return out
    return out
