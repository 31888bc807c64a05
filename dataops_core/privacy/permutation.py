"""Numbers and codes replaced by others of their shape, one to one, as a secret key says."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Iterator, Sequence

ROUNDS = 10  # as in FF1 of NIST SP 800-38G
SHORT = 24  # bytes of a half that SHA-256 covers with 64 bits to spare
Ring = tuple[bytes, int, int, int, int]


def places_of(text: str, kept: int = 0) -> list[tuple[int, int]]:
    """The places of a text that can change, without those before a place, and of how many signs each is one: 10 for a
    digit, 26 for a letter, 9 for a first digit that is not 0. Empty where a sign is of another alphabet.

    >>> places_of("10-b"), places_of("é1")
    ([(0, 9), (1, 10), (3, 26)], [])
    """
    if not text.isascii():
        return []
    places = []
    for at, sign in enumerate(text):
        if at < kept or not sign.isalnum():
            continue
        leading = sign != "0" and (at == 0 or (at == 1 and text[0] == "-"))
        places.append((at, 26 if sign.isalpha() else 9 if leading else 10))
    return places


def other_codes(key: bytes, text: str, kept: int = 0, checked: int = 0) -> Iterator[str]:
    """The other texts of the same shape, one after the other, in an order that follows from the key: the first is that
    of no other text, and never the text itself. Nothing where there is no other, or a sign is of another alphabet.

    All texts of one shape stand on a ring in an order that only the key gives; each is followed by those behind it.
    What counts are letters without case and digits, so that a number is the same however it is divided by signs; those
    before `kept`, and the last `checked` ones (check digits, to be made afterwards), stay.

    >>> ring = {code: next(other_codes(b"key", code)) for code in map(str, range(10, 100))}
    >>> sorted(ring.values()) == sorted(ring), any(one == other for one, other in ring.items())
    (True, False)
    """
    places = places_of(text, kept)
    places = places[: len(places) - checked]
    sizes = [size for _, size in places]
    count = math.prod(sizes)
    if count < 2:
        return
    bare = "".join(sign for sign in text[:kept].casefold() if sign.isalnum())
    ring = _ring(key, bare, tuple(sizes), count)
    number = 0
    for at, size in places:
        number = number * size + _digit(text[at], size)
    start = _permuted(ring, number, back=False)
    for step in range(1, count):
        yield _written(text, places, _permuted(ring, (start + step) % count, back=True))


@functools.lru_cache(maxsize=256)
def _ring(key: bytes, kept: str, sizes: tuple[int, ...], count: int) -> Ring:
    """What is the same for all texts of a shape: a key, how many they are, the two halves, and the bytes of a half."""
    high = math.isqrt(count - 1) + 1
    own = hashlib.sha256(key + repr((kept, sizes)).encode()).digest()
    return own, count, high, -(-count // high), (high.bit_length() + 7) // 8


def _digit(sign: str, size: int) -> int:
    return ord(sign.lower()) - 97 if size == 26 else int(sign) - (10 - size)


def _written(text: str, places: Sequence[tuple[int, int]], number: int) -> str:
    """The text with its places filled by a number."""
    signs = list(text)
    for at, size in reversed(places):
        number, digit = divmod(number, size)
        if size == 26:
            letter = chr(97 + digit)
            signs[at] = letter.upper() if text[at].isupper() else letter
        else:
            signs[at] = str(digit + 10 - size)
    return "".join(signs)


def _permuted(ring: Ring, number: int, *, back: bool) -> int:
    """A permutation of the numbers below a count, or the way back: a Feistel network of two nearly equal halves, walked
    on from numbers that are too large (Black and Rogaway 2002).
    """
    key, count, high, low, size = ring
    turns = range(ROUNDS - 1, -1, -1) if back else range(ROUNDS)
    while True:
        left, right = divmod(number, low)
        for turn in turns:
            half = left if turn % 2 else right
            told = key + bytes((turn,)) + half.to_bytes(size, "big")
            digest = hashlib.sha256(told).digest() if size <= SHORT else hashlib.shake_256(told).digest(size + 8)
            mixed = int.from_bytes(digest, "big")
            if turn % 2:
                right = (right - mixed if back else right + mixed) % low
            else:
                left = (left - mixed if back else left + mixed) % high
        number = left * low + right
        if number < count:
            return number
