"""Repair characters."""

from __future__ import annotations

import html
import re
from typing import Annotated
from urllib.parse import unquote

import pandas as pd

from dataops_core.steps._cells import distinct_texts
from dataops_core.steps.step import Columns, Label, step

HIGH_RUN = re.compile(
    "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2,}"
)
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]|(?<=["
    " -~])[\u200c\u200d]|[\u200c\u200d](?=[ -~])"
)
FOREIGN = dict(
    zip(
        "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405"
        "\u03bf\u03bd\u03b1\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
        "aeopcyxijsABEKMHOPCTXIJSovaABEZHIKMNOPTYX",
        strict=True,
    )
)
MIXED_WORD = re.compile("[A-Za-z\u00c0-\u024f\u0370-\u052f]+")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
HTML_CODE = re.compile("&(?:[A-Za-z]{2,8}|#[0-9]{2,6}|#x[0-9A-Fa-f]{2,5});")
IN_ADDRESS = re.compile("%[0-9A-Fa-f]{2}")
ADDRESS = re.compile("://|^/|^www[.]|^mailto:")


@step(
    "Repair characters",
    group="Text",
    says="Repaired the characters in {columns}",
    also="encoding, accents, strange letters, mojibake, html entities, &amp;, %20",
    narrow=True,
)
def repair_characters(
    df: pd.DataFrame,
    columns: Annotated[list[str], Columns("text"), Label("Columns", "Text columns to repair")],
    encoding: Annotated[bool, Label("Wrong decoding", "ZÃ¼rich becomes Zürich")] = True,
    control: Annotated[
        bool, Label("Invisible signs", "Removes control characters, zero-width spaces, soft hyphens, direction marks")
    ] = True,
    lookalikes: Annotated[
        bool, Label("Look-alike letters", "Cyrillic or Greek letters within Latin words become the Latin ones")
    ] = True,
    codes: Annotated[bool, Label("Codes of HTML and addresses", "&amp; becomes &, and %20 a space")] = True,
) -> pd.DataFrame:
    """Mend text that was decoded wrongly, resolve codes, remove unseen signs, and bring words back to one alphabet.

    Signs that were lost (shown as \ufffd) cannot be brought back. A text that is left empty becomes missing.

    >>> repair_characters(pd.DataFrame({"a": ["ZÃ¼rich", "Pa\u200bris"]}, dtype=object), columns=["a"])["a"].tolist()
    ['Zürich', 'Paris']
    """

    def repaired(text: str) -> str | None:
        text = unscrambled(text) if encoding else text
        text = without_codes(text) if codes else text
        text = visible(text) if control else text
        return (one_alphabet(text) if lookalikes else text) or None

    out = df.copy(deep=False)
    for name in columns:
        known = {text: repaired(text) for text in distinct_texts(df[name])}
        out[name] = pd.Series([known.get(text) for text in df[name]], index=df.index, dtype=object)
    return out


def unscrambled(text: str) -> str:
    """Text in which UTF-8 was taken for Windows-1252 or Latin-1, decoded rightly; other text as it is.

    >>> unscrambled("Ã‰tÃ© cafÃ©"), unscrambled("Été São Â")
    ('Été café', 'Été São Â')
    """
    for _ in range(2):  # some went through the wrong table twice
        mended = HIGH_RUN.sub(lambda run: decoded_run(run[0]), text)
        if mended == text:
            break
        text = mended
    return text


def decoded_run(run: str) -> str:
    """A run of signs beyond ASCII as the UTF-8 that its bytes are; the run itself where they are none."""
    try:
        data = b"".join(c.encode("latin-1") if "\x80" <= c <= "\x9f" else c.encode("cp1252") for c in run)
        return data.decode("utf-8")
    except UnicodeError:
        return run


def without_codes(text: str) -> str:
    """Text with the signs that its codes of HTML stand for, and, unless it is an address or holds spaces, those that
    codes of addresses stand for.

    >>> without_codes("Tom &amp; Co"), without_codes("Desk%20lamp"), without_codes("https://example.org/a%20b")
    ('Tom & Co', 'Desk lamp', 'https://example.org/a%20b')
    """
    text = HTML_CODE.sub(lambda code: html.unescape(code[0]), text)
    if " " not in text and text.count("%") == len(IN_ADDRESS.findall(text)) > 0 and not ADDRESS.search(text):
        try:
            return unquote(text, errors="strict")
        except UnicodeError:
            return text
    return text


def visible(text: str) -> str:
    """Text without the signs that nobody sees; joiners stay where other scripts and emoji need them."""
    return UNSEEN.sub("", text)


def one_alphabet(text: str) -> str:
    """Text whose Latin words hold no look-alike of another alphabet.

    >>> moscow = "\u041c\u043e\u0441\u043a\u0432\u0430"
    >>> one_alphabet("P\u0430ris"), one_alphabet(moscow) == moscow
    ('Paris', True)
    """

    def one(match: re.Match[str]) -> str:
        word = match[0]
        if not LATIN.search(word) or not all(LATIN.match(c) or c in FOREIGN for c in word):
            return word
        return "".join(FOREIGN.get(c, c) for c in word)

    return MIXED_WORD.sub(one, text)
