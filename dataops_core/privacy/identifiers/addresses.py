"""Postal addresses: a street and the number of a house."""

from __future__ import annotations

import re

# beginnings and endings of streets in the languages of Europe and the Americas
_STREET = re.compile(
    r"\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|court|ct|square|sq|boulevard|blvd|way|place|pl"
    r"|terrace|circle|close"
    r"|crescent|walk|row|alley|parkway|pkwy|highway|hwy|trail|loop|park|heights|hill|plaza|gardens|grove"
    r"|mews|pike|run|path"
    r"|rue|allee|allée|chemin|impasse|route|quai|place|cours|passage|voie|venelle|sentier|calle|avenida"
    r"|avda|paseo|plaza|camino"
    r"|carrer|rúa|ronda|carretera|travesía|via|viale|piazza|piazzale|corso|vicolo|largo|strada|contrada|rua"
    r"|travessa|alameda"
    r"|rodovia|praça|estrada|ul|al|aleja|pl|os|ulica|osiedle|ulice|náměstí|ул|улица|пр|просп|проспект|пер"
    r"|переулок|аллея|бульвар"
    r"|шоссе|наб|площадь|sokak|sokağı|cadde|caddesi|cad|mahallesi|mah|bulvarı|straße|platz|weg|gasse|am"
    r"|an der|im|zum|zur"
    r"|auf der|kolonie|postfach|po box|laan|plein|dreef|hof|singel|gracht|kade|vägen|gatan|gata|backe|gränd"
    r"|utca|útja|út|tér|tere|köz|körút|sétány"
    r"|stig|vej|vei|veien)\b\.?"
    r"|(?:straße|strasse|str\.|weg|platz|gasse|allee|ring|damm|ufer|steig|pfad|graben|markt|hof|straat|laan"
    r"|plein|dreef|singel"
    r"|gracht|kade|pad|steeg|vägen|vagen|gatan|gränd|stigen|backen|torget|allén|leden|vej|gade|veien|vegen"
    r"|gata|katu|tie|kuja)\b",
    re.IGNORECASE,
)
# streets, quarters and towns with numbers, in Chinese, Japanese and Korean
_EAST = re.compile(
    r"[\u4e00-\u9fff]{2,}(?:路|街|道|巷|弄|条|胡同|大道|里|村)?\s?\d{1,5}(?:号|號|弄|栋|室)[\d\u4e00-\u9fff]*"
    r"|[\u3040-\u30ff\u4e00-\u9fff]*[都道府県市区町村郡]\s?[\u3040-\u30ff\u4e00-\u9fff]*\s?\d{1,4}(?:[-−丁]\S{1,8}){1,2}"
    r"|(?:[\uac00-\ud7a3]+\s)*[\uac00-\ud7a3]+(?:로|길)\s?\d{1,5}(?:-\d{1,4})?(?:번길\s?\d{1,4})?"
)
_HOUSE = re.compile(r"(?<![\w.])\d{1,5}\s?[A-Za-z]?(?:[/-]\d{1,4}[a-z]?)?(?![\w.])")
_ONLY = re.compile(r"[\w\s.,'’/()ªº#&«»\"-]+")


def has_house_number(text: str) -> bool:
    """Whether a text is words and a number of one to five digits at the beginning, at the end, or behind a comma.

    >>> has_house_number("Zeiler Weg 796"), has_house_number("622 Voie Pelissière"), has_house_number("A-796")
    (True, True, False)
    """
    bare = text.strip()
    if _EAST.fullmatch(bare):
        return True
    if _ONLY.fullmatch(bare) is None or not 2 <= len(bare.split()) <= 14 or sum(c.isalpha() for c in bare) < 4:
        return False
    found = _HOUSE.search(bare)
    return found is not None and (
        found.start() == 0 or found.end() == len(bare) or "," in bare or bare[found.end()] in " ,"
    )


def is_address(text: str) -> bool:
    """Whether a text names a street and a number.

    >>> is_address("ul. Grobelnego 588"), is_address("iPhone 12"), is_address("小田原市 99-57-83")
    (True, False, True)
    """
    return has_house_number(text) and (_STREET.search(text) or _EAST.fullmatch(text.strip())) is not None


def is_street(text: str) -> bool:
    """Whether words name a street."""
    return _STREET.search(text) is not None


_NAMING = (
    r"(?:[A-ZÀ-ÞŁŚŻŹĆŞİČŘŠŽА-ЯЁ][\w.'’-]*|d[aeiou]s?|del|della|degli|dei|des|du|la|le|los|las|van|von"
    r"|der|den|het|de|ul\.|al\.|pl\.|ул\.)"
)
# a number of a house before its street, and behind it
EMBEDDED = (
    re.compile(
        rf"(?<![\w.,/-])\d{{1,5}}[A-Za-z]?,? (?:bis |ter )?(?P<street>(?:{_NAMING} ){{0,4}}[A-ZÀ-ÞА-ЯЁ][\w.'’-]+)"
    ),
    re.compile(
        rf"(?<!\w)(?P<street>{_NAMING}(?: {_NAMING}){{0,5}}),? (?:n[ºo°.]* ?)?\d{{1,5}} ?[a-z]?(?![\w/:]|[.,-]\d)"
    ),
)
CALLED = re.compile(
    r"(?:address|lives? (?:at|in)|living at|moved to|resid\w+ at|ship\w* to|deliver\w* to"
    r"|wohn\w+(?: jetzt)? (?:in|an|am)(?: der)?|anschrift|adresse"
    r"|habite(?: au)?|demeur\w+|livr\w+ (?:au|à)|vive(?: ahora)? en|dirección|domicilio|abita (?:in|a)"
    r"|indirizzo|residente in"
    r"|woon\w+(?: nu)? (?:op|in|aan)|adres|mieszka(?: teraz)? (?:przy|na)|mora (?:na|em)|endereço"
    r"|bor(?: nu)? (?:på|i)|adress|живет (?:на|по)|адрес\w*)"
    r":? ?$",
    re.IGNORECASE,
)
