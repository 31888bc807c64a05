"""The encoding of a text, judged from its bytes: marks, zeros, validity, and the letters that code pages would give.

Embedded in exported scripts: standard library only.
"""

from __future__ import annotations

import codecs
import io
import mmap
import re
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

from dataops_core.errors import InputError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE_BYTES = 1_000_000
PIECE = 8_000_000  # bytes of a large file that are looked at together
ASCII = bytes(range(128))
UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
MOST_WORDS = 20_000  # that a code page is judged by
WEST = ("cp1252", "iso8859-15", "mac-roman", "cp850")
CENTRAL = ("cp1250", "iso8859-2", "cp852")
CYRILLIC = ("cp1251", "koi8-r", "iso8859-5", "cp866", "mac-cyrillic")
# Letters beyond ASCII of languages, with the code pages they are written in; of equals, the first is taken.
ALPHABETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("äöüßé", WEST),
    ("éèêëàâçîïôùûüœæÿ", WEST),
    ("áéíñóúü", WEST),
    ("áâãàçéêíóôõú", WEST),
    ("àèéìíîòóù", WEST),
    ("æøåéö", WEST),
    ("åäöéü", WEST),
    ("éëïóöèçüáê", WEST),
    ("áðéíóúýþæö", WEST),
    ("ąćęłńóśźż", CENTRAL),
    ("áčďéěíňóřšťúůýž", CENTRAL),
    ("áäčďéíĺľňóôŕšťúýž", CENTRAL),
    ("áéíóöőúüű", CENTRAL),
    ("čćđšž", CENTRAL),
    ("ăâîşţ", CENTRAL),
    ("абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґў", CYRILLIC),
    ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ", ("cp1253", "iso8859-7")),
    ("çğıöşüi̇âîû", ("cp1254",)),
    ("ąčęėįšųūž", ("cp1257", "iso8859-13")),
    ("āčēģīķļņšūž", ("cp1257", "iso8859-13")),
    ("äõöüšž", ("cp1257", "iso8859-13")),
    ("אבגדהוזחטיךכלםמןנסעףפץצקרשת", ("cp1255",)),
    ("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي", ("cp1256", "iso8859-6")),
)
EASTERN = ("cp932", "gb18030", "euc-kr", "big5", "euc-jp")
PLAIN_SIGNS = frozenset("–—“”‘’„…•€°§©®™«»£½¼¾²³µ±×·ºª¡¿´\xa0№¢¥÷¶†‡")
HIGH_WORD = re.compile(rb"[\x80-\xff][A-Za-z'\x80-\xff]{0,40}")
WORD_START = re.compile(rb"[A-Za-z']*\Z")
SINGLE_BYTE = frozenset(page for _, pages in ALPHABETS for page in pages) | {"iso8859-1"}


def byte_pieces(data: Any) -> Iterator[bytes]:
    """The bytes of a file (or of a memory map, whose pages are given back) in pieces, cut where no letter is."""
    left = b""
    for start in range(0, len(data), PIECE):
        piece = left + data[start : start + PIECE]
        give_back(data)
        cut = max(map(piece.rfind, (b"\n", b" ", b",", b";"))) + 1 or (len(piece) if len(piece) > PIECE else 0)
        left = piece[cut:]
        yield piece[:cut]
    yield left


class Stream(io.RawIOBase):
    """Bytes, or a memory map whose pages are given back, as a stream; `at` is how far it was read."""

    def __init__(self, data: Any) -> None:
        self.data, self.at = data, 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes."""
        part = self.data[self.at : self.at + len(buffer)]
        buffer[: len(part)] = part
        if self.at // PIECE < (self.at + len(part)) // PIECE:
            give_back(self.data)
        self.at += len(part)
        return len(part)


def give_back(data: Any) -> None:
    """Let go of the pages of a memory map."""
    if isinstance(data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        data.madvise(mmap.MADV_DONTNEED)


def text_stream(data: Any, encoding: str, errors: str) -> tuple[io.TextIOWrapper, Stream]:
    """The text of a file, its line ends as they are, and the stream of bytes below it."""
    raw = Stream(data)
    return io.TextIOWrapper(io.BufferedReader(raw, 1 << 18), encoding=encoding, errors=errors, newline=""), raw


def decoded_pieces(data: Any, errors: str, encoding: str = "utf-8") -> Iterator[str]:
    """A text decoded piece by piece: all of a large file at once would take several times its size. Raises InputError
    where it lacks the byte order mark without which the encoding says nothing.
    """
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    try:
        for piece in byte_pieces(data):
            yield decoder.decode(piece)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise
    except UnicodeError as error:
        raise InputError(
            f"The file does not begin with the mark of {encoding}.",
            "encoding",
            f"Choose another encoding: utf-8 for most files, {encoding}-le where it is {encoding} without the mark.",
        ) from error


def sniff_encoding(data: Any, problems: list[dict]) -> str:
    """The encoding of a file (bytes, or a memory map of it): its byte order mark, else UTF-8 if (nearly) all of it
    decodes, else the code page whose letters make words.
    """
    early = early_encoding(data[:SAMPLE_BYTES])
    if early:
        return early
    try:
        deque(decoded_pieces(data, "strict"), maxlen=0)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    broken = sum(text.count("\ufffd") for text in decoded_pieces(data, "replace"))
    good = sum(1 for piece in byte_pieces(data) for _ in UTF8_LETTER.finditer(piece))
    if good > 2 * broken:
        return "utf-8"
    chosen = code_page(data)
    problems.append(
        {
            "what": f"The file is not UTF-8; it was read as {chosen}.",
            "where": "the whole file",
            "fix": "Look at words with accents; if they are wrong, choose another encoding.",
            "count": sum(len(piece.translate(None, ASCII)) for piece in byte_pieces(data)),
        }
    )
    return chosen


def early_encoding(head: bytes) -> str | None:
    """The encoding that the start of a file gives away; None if it may be UTF-8. Refuses binary data."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding
    zeros = [head[at::4].count(0) for at in range(4)]
    least = 0.8 * (len(head) // 4)
    if len(head) >= 8 and min(zeros[1:]) > least and zeros[0] < 0.1 * least:
        return "utf-32-le"
    if len(head) >= 8 and min(zeros[:3]) > least and zeros[3] < 0.1 * least:
        return "utf-32-be"
    even, odd = zeros[0] + zeros[2], zeros[1] + zeros[3]
    if even + odd > 0.2 * len(head) and min(even, odd) < 0.05 * max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    if even + odd > 0.02 * len(head) and min(even, odd) == 0:
        wide = "utf-16-le" if odd else "utf-16-be"
        text = head[: len(head) // 2 * 2].decode(wide, "replace")
        if sum(map(str.isprintable, text)) + text.count("\n") + text.count("\r") + text.count("\t") > 0.99 * len(text):
            return wide
    zero_bytes = head.count(0)
    odd_bytes = sum(
        head.count(bytes([code])) for code in range(1, 32) if code not in (1, 9, 10, 12, 13, 26, 27, 30, 31)
    )
    # NUL bytes that fill up cells are no harm where all other bytes are text
    filled_up = zero_bytes < 0.3 * len(head) and not odd_bytes and b"\n" in head
    if (
        (zero_bytes > 0.01 * len(head) and not filled_up)
        or odd_bytes > 0.03 * len(head)
        or head.startswith((b"%PDF-", b"\x89PNG"))
    ):
        raise InputError(
            "This is not a text table: it holds binary data.",
            f"{odd_bytes:,} control characters near its start",
            "Save the table as CSV, Excel, Parquet or JSON, and bring that file.",
        )
    return None


def code_page(data: Any) -> str:
    """The code page in which the words with bytes beyond ASCII are words of some language."""
    words: Counter[bytes] = Counter()
    for match in islice(HIGH_WORD.finditer(data, 0, 2 * SAMPLE_BYTES), MOST_WORDS):
        before = WORD_START.search(data[max(0, match.start() - 20) : match.start()])
        words[(before[0] if before else b"") + match[0]] += 1
    some = dict(words.most_common(1000))
    best, chosen = 0.0, ""
    decoded: dict[str, list[tuple[str, int]] | None] = {}
    for letters, pages in ALPHABETS:
        for page in pages:
            if page not in decoded:
                decoded[page] = decoded_words(some, page)
            read = decoded[page]
            if read:
                score = likeness(read, frozenset(letters))
                if score > best + 0.005:
                    best, chosen = score, page
    if best < 0.9:
        shares = {page: eastern_share(data[:SAMPLE_BYTES], page) for page in EASTERN}
        page = max(shares, key=lambda each: shares[each])
        if shares[page] > max(0.8, best):
            return page
    # cp1252 has five bytes without a meaning; a file that uses them is more likely Latin-1.
    if chosen in ("", "cp1252"):
        unused = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
        return "latin-1" if any(unused.search(piece) for piece in byte_pieces(data)) else "cp1252"
    return chosen


def eastern_share(data: bytes, page: str) -> float:
    """The share of common signs (kana, Hangul, the more frequent Chinese characters) among those beyond ASCII."""
    cut = data.rfind(b"\n") if len(data) == SAMPLE_BYTES else len(data)
    try:
        text = data[:cut].decode(page)
    except UnicodeDecodeError:
        return 0.0
    wide = [sign for sign in text if sign > "\x7f"]
    common = 0
    for sign in wide:
        if "\u3001" <= sign <= "\u30ff" or "\uff01" <= sign <= "\uff5e":
            common += sign != "\u30fb"
        elif "\uac00" <= sign <= "\ud7a3":
            common += page == "euc-kr"
        elif "\u4e00" <= sign <= "\u9fff":
            lead = sign.encode(page)[0]
            common += {"gb18030": 0xB0 <= lead <= 0xD7, "big5": lead <= 0xC6, "cp932": 0x88 <= lead <= 0x97}.get(
                page, 0xB0 <= lead <= 0xCF if page == "euc-jp" else False
            )
    return common / len(wide) if wide else 0.0


def decoded_words(words: dict[bytes, int], page: str) -> list[tuple[str, int]] | None:
    """Words in a code page, with how often each stands there; None where some byte has no meaning in it."""
    try:
        return [(word.decode(page), min(count, 5)) for word, count in words.items()]
    except UnicodeDecodeError:
        return None


def likeness(words: list[tuple[str, int]], letters: frozenset[str]) -> float:
    """How much the signs beyond ASCII in words look like letters of an alphabet, and like signs between words: at most
    1.
    """
    total = score = 0.0
    for word, count in words:
        for at, sign in enumerate(word):
            if sign < "\x80":
                continue
            total += count
            before, after = word[at - 1 : at] if at else "", word[at + 1 : at + 2]
            if sign.lower() in letters or (sign == "İ" and "ğ" in letters):
                foreign = sign >= "\u0370" and any(each.isalpha() and each < "\u0370" for each in (before, after))
                strange = foreign or (sign.isupper() and before.islower())
                strange = strange or (sign.islower() and before.isupper() and after.isupper())
                strange = strange or (sign.islower() and at > 1 and word[at - 2 : at].isupper())
                alone = not before.isalpha() and not after.isalpha()
                score += count * (0.0 if strange else 0.5 if alone else 1.0)
            elif sign in PLAIN_SIGNS:
                inside = before.isalpha() and after.isalpha() and sign not in "’·°´"
                beside = any(each.isalpha() and each > "\x7f" for each in (before, after))
                inside = inside or (beside and sign not in "“”‘’«»…–—")
                score += count * (0.0 if inside else 0.9)
            elif not sign.isalpha():
                score -= count
    return score / total if total else 0.0


def decode_errors() -> str:
    """The name of how bytes that do not fit are decoded: as a letter of the Windows code page inside a word of UTF-8
    text, else as U+FFFD.
    """
    try:
        codecs.lookup_error("dataops-mixed")
    except LookupError:
        codecs.register_error("dataops-mixed", mixed_bytes)
    return "dataops-mixed"


def mixed_bytes(error: UnicodeError) -> tuple[str, int]:
    """What stands for bytes that are not UTF-8; an error handler for `bytes.decode`."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    data, start = error.object, error.start
    if error.encoding not in ("utf-8", "utf8"):
        return "\ufffd", error.end
    before, after = data[max(0, start - 1) : start], data[start + 1 : start + 2]
    sign = bytes([data[start]]).decode("cp1252", "replace")
    beside = before.isalpha() or after.isalpha()  # of ASCII: that is what bytes know as letters
    if beside and (sign.isalpha() if data[start] >= 0xC0 else before.isascii() and sign in "‘’“”–—…€"):
        return sign, start + 1
    return "\ufffd", error.end


def mixed_lines(data: Any) -> Iterator[int]:
    """The numbers of the lines of UTF-8 text in which letters of the Windows code page stand."""
    for number, line in enumerate(io.BufferedReader(Stream(data), 1 << 18), 1):
        if not line.isascii():
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                if line.decode("utf-8", decode_errors()).count("\ufffd") < line.decode("utf-8", "replace").count(
                    "\ufffd"
                ):
                    yield number
