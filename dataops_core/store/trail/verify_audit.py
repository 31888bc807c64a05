"""Check an audit log of the data quality workbench with Python alone; nothing of the workbench is needed.

    python verify_audit.py [FOLDER] [--key KEY] [--anchors FILE ...] [--objects FOLDER]

FOLDER (default: this script's) holds audit.jsonl and anchors.jsonl, as `audit -o FOLDER` writes them. Each entry has
the hash of the one before, so that a changed entry breaks the chain. An anchor is the hash of the last entry at some
moment, signed (Ed25519) if a signing key was set: with it, a log whose tail was cut off or that was written anew is
found out. KEY is the public key in Base64: only anchors signed with it count then. Whoever can change the log may be
able to change anchors.jsonl beside it: --anchors names copies that were kept elsewhere. --objects names the folder of
stored files (objects in the home folder): each is named by its MD5, and those that the log names for versions are read.

Exit code 0: nothing is wrong; 1: something is; 2: the files cannot be read.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

START = "0" * 64
KEYS = ("seq", "at", "actor", "what", "dataset", "details", "prev")
CONTEXT = b"dataops audit anchor\n"

# Ed25519 (RFC 8032): the curve -x^2 + y^2 = 1 + D x^2 y^2 over the integers modulo P; points as (X, Y, Z, T)
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def canonical(value: Any) -> str:
    """JSON in one form only: no spaces, ASCII, keys sorted; under "with" and "learned" the order matters and stays."""

    def ordered(inner: Any) -> Any:
        if isinstance(inner, Mapping):
            return {key: inner[key] if key in ("with", "learned") else ordered(inner[key]) for key in sorted(inner)}
        return [ordered(each) for each in inner] if isinstance(inner, (list, tuple)) else inner

    return json.dumps(ordered(value), ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def entry_hash(entry: Mapping[str, Any]) -> str:
    """The hash that an entry should have."""
    return hashlib.sha256(canonical({key: entry[key] for key in KEYS}).encode()).hexdigest()


def chain_problem(entries: Iterable[Mapping[str, Any]]) -> str:
    """Where the chain of entries is broken, in words; empty where it is whole."""
    before, number = START, 0
    for number, entry in enumerate(entries, 1):
        if entry["seq"] != number:
            return f"Entry {number} is gone."
        if entry["prev"] != before or entry["hash"] != entry_hash(entry):
            return f"Entry {number} was changed."
        before = entry["hash"]
    return ""


def message(anchor: Mapping[str, Any]) -> bytes:
    """What the signature of an anchor is of."""
    told = canonical({key: anchor[key] for key in ("seq", "hash", "at")})
    return CONTEXT + hashlib.sha256(told.encode()).digest()


def is_signed(anchor: Mapping[str, Any]) -> bool:
    """Whether an anchor has the signature of the public key that it names."""
    try:
        public, made = (base64.b64decode(anchor[key], validate=True) for key in ("public_key", "signature"))
    except (KeyError, TypeError, ValueError):
        return False
    return is_signature(public, message(anchor), made)


def anchor_problems(
    entries: Sequence[Mapping[str, Any]], anchors: Sequence[Mapping[str, Any]], key: str = ""
) -> list[str]:
    """What anchors say against the log, in words; with a key, those signed with it alone count."""
    if key:
        anchors = [each for each in anchors if each.get("public_key") == key]
        if not anchors:
            return ["No anchor is signed with this key."]
    problems = []
    for each in anchors:
        if each["seq"] > len(entries):
            problems.append(
                f"The log ends with entry {len(entries)}, but entry {each['seq']} was anchored on {each['at']}."
            )
        elif each["seq"] < 1 or entries[each["seq"] - 1]["hash"] != each["hash"]:
            problems.append(f"Entry {each['seq']} is not the one that was anchored on {each['at']}.")
        else:
            continue
        break
    if anchors and "signature" in anchors[-1] and not is_signed(anchors[-1]):
        problems.append(f"The anchor of entry {anchors[-1]['seq']} has no valid signature.")
    return problems


def object_problems(entries: Iterable[Mapping[str, Any]], folder: Path) -> tuple[list[str], int, int]:
    """The stored files of versions that are not what their names say; how many were read, and how many are gone."""
    problems, seen, gone = [], set(), 0
    for entry in entries:
        details = entry["details"]
        for kind in ("raw", "table"):
            md5 = details.get(kind) if entry["what"] == "version committed" else None
            if not isinstance(md5, str) or md5 in seen:
                continue
            seen.add(md5)
            path = folder / "files" / "md5" / md5[:2] / md5[2:]
            if not path.is_file():
                gone += 1
            elif _md5(path) != md5:
                problems.append(f"The {kind} of version {details['number']} (entry {entry['seq']}) is another file.")
    return problems, len(seen) - gone, gone


def _md5(path: Path) -> str:
    total = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            total.update(block)
    return total.hexdigest()


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file, one a line; a line at the end that was not written whole is passed over."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n") and line.strip()]


def is_signature(public: bytes, text: bytes, signature: bytes) -> bool:
    """Whether a signature of 64 bytes is that of a public key of 32 bytes for a text (RFC 8032, section 5.1.7)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, first = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or first is None or scalar >= L:
        return False
    digest = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % L
    left, right = _times(scalar, _base()), _sum(first, _times(digest, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def _point(raw: bytes) -> Point | None:
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _base() -> Point:
    made = _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    assert made is not None
    return made


def _sum(one: Point, other: Point) -> Point:
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _sum(total, point)
        point, number = _sum(point, point), number >> 1
    return total


def main(argv: Sequence[str] | None = None) -> int:
    """Print what was found."""
    parser = argparse.ArgumentParser(description="Check an audit log of the data quality workbench.")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parent)
    parser.add_argument("--key", default="", help="the public key of whoever should have signed the anchors")
    parser.add_argument("--anchors", type=Path, nargs="*", default=[], help="copies of anchors.jsonl kept elsewhere")
    parser.add_argument("--objects", type=Path, help="the folder of stored files")
    asked = parser.parse_args(argv)
    try:
        entries = read_lines(asked.folder / "audit.jsonl")
        here = asked.folder / "anchors.jsonl"
        files = [*([here] if here.exists() else []), *asked.anchors]
        anchors = [(file, read_lines(file)) for file in files]
        problems = [broken] if (broken := chain_problem(entries)) else []
        for file, some in anchors:
            problems += [f"{problem} ({file})" for problem in anchor_problems(entries, some, asked.key)]
        looked = object_problems(entries, asked.objects) if asked.objects else ([], 0, 0)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"The log cannot be read: {error!r}", file=sys.stderr)
        return 2
    problems += looked[0]
    print(f"{len(entries):,} entries, {sum(len(some) for _, some in anchors):,} anchors, {looked[1]:,} stored files.")
    if looked[2]:
        print(f"{looked[2]:,} stored files are gone: deleted, or made again as others.")
    keys = sorted({str(each["public_key"]) for _, some in anchors for each in some[-1:] if "public_key" in each})
    if asked.key and not problems:
        print("The newest anchor is signed with the key you gave.")
    elif keys:
        print(f"Anchors are signed with {', '.join(keys)}: compare that with the key of whoever keeps the log.")
    else:
        print("No anchor is signed: the log is consistent, but who wrote it is not proven.")
    print("\n".join(problems) or "Nothing is wrong.")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main())
