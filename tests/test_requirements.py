"""What is installed: every requirement is pinned to one version, and every licence is one that was agreed to."""

import re
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(ROOT.glob("requirements*.txt"))
PINNED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[A-Za-z0-9,_-]+\])?==[0-9][A-Za-z0-9.+!_-]*( *;.*)?")
FREE = re.compile(
    r"(MIT|MIT License|MIT-0|MIT-CMU|BSD|BSD License|0BSD|BSD-[234]-Clause|[23]-Clause BSD License|2-clause BSD License"
    r"|Apache[- ]2\.0|Apache License 2\.0|Apache Software License|Zlib|CC0-1\.0|BSL-1\.0|LLVM-exception|PSF-2\.0"
    r"|Python Software Foundation License|MPL-2\.0|Mozilla Public License 2\.0 \(MPL 2\.0\)"
    r"|GNU Lesser General Public License v2 or later \(LGPLv2\+\))"
)
SPOKEN = {  # agreed to by name, or told by the file LICENSE alone
    "copulas": "BUSL-1.1",
    "ctgan": "BUSL-1.1",
    "deepecho": "BUSL-1.1",
    "rdt": "BUSL-1.1",
    "sdv": "BUSL-1.1",
    "axe-playwright-python": "",
    "pycountry": "LGPL-2.1-only",  # used as a library, unchanged
    "skops": "",
}


def licence(installed: metadata.PackageMetadata) -> str:
    """What a package says of its licence."""
    classes = [each.split(" :: ") for each in installed.get_all("Classifier") or []]
    named = [each[-1] for each in classes if each[0] == "License" and each[-1] != "OSI Approved"]
    first = (installed.get("License") or "").strip().partition("\n")[0]
    return (installed.get("License-Expression") or "; ".join(named) or first).strip()


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_requirement_is_pinned_to_one_version(file):
    lines = [line.partition("#")[0].strip() for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if line and not line.startswith("-r ") and not PINNED.fullmatch(line)] == []
    names = [re.split(r"[\[=]", line)[0].lower() for line in lines if line and not line.startswith("-r ")]
    assert len(names) == len(set(names)) > 0


def needed(name: str, found: dict[str, metadata.PackageMetadata]) -> None:
    """Add a package, and all that it needs and that is installed."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in found:
        return
    try:
        installed = metadata.distribution(name)
    except metadata.PackageNotFoundError:  # for another platform, or an extra
        return
    found[key] = installed.metadata
    for line in installed.requires or []:
        needed(re.match(r"[A-Za-z0-9._-]+", line)[0], found)


def test_every_installed_licence_was_agreed_to():
    found: dict[str, metadata.PackageMetadata] = {}
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if name := re.match(r"[A-Za-z0-9._-]+", line.partition("#")[0]):
            needed(name[0], found)
    assert len(found) > 100
    unknown = {}
    for name, words in {name: licence(each) for name, each in found.items()}.items():
        parts = re.split(r" AND | OR | WITH |; ", words)
        if SPOKEN.get(name) != words and not all(FREE.fullmatch(part) for part in parts):
            unknown[name] = words
    assert unknown == {}, "look at the licence, and name it here if it can be agreed to"


@pytest.mark.parametrize("words", ["AGPL-3.0", "GPL-3.0-only", "Proprietary", "", "MIT AND GPL-2.0"])
def test_other_licences_are_noticed(words):
    assert not all(FREE.fullmatch(part) for part in re.split(r" AND | OR | WITH |; ", words))
