"""Special categories of personal data (GDPR articles 9 and 10), by keywords in names of columns and in values."""

from __future__ import annotations

import re

from dataops_core.privacy.header_words import plain_words
from dataops_core.privacy.kinds import Recognition
from dataops_core.privacy.values import ColumnValues

# beginnings of words, without accents
_NAMED: dict[str, tuple[str, ...]] = {
    "health": (
        "diagnos", "disease", "illness", "health", "medical", "medication", "symptom", "allerg", "blood", "disab",
        "krankheit",
        "gesundheit", "allergie", "behinderung", "blutgruppe", "maladie", "sante", "handicap", "enfermedad",
        "salud", "alergia",
        "discapacidad", "malattia", "salute", "ziekte", "gezondheid", "choroba", "zdrowi", "doenca", "saude",
        "sjukdom", "icd",
        "pregnan", "smok", "bmi", "cholesterol", "hiv", "therap", "treatment", "vaccin", "impf", "диагноз",
        "болезн", "здоров",
    ),
    "religion": ("religi", "faith", "confession", "konfession", "church", "kirche", "glaube", "godsdienst",
    "wyznanie", "религ"),
    "ethnicity": ("ethnic", "race", "ethnie", "etnia", "etnic", "herkunft", "rasse", "raza", "razza", "raca",
    "tribe", "caste", "migration"),
    "politics": ("politic", "party", "partei", "parti", "partido", "partito", "partij", "vote", "voting", "politik"),
    "union": ("union", "gewerkschaft", "syndicat", "sindicato", "sindacato", "vakbond"),
    "sexuality": ("sexual", "orientation", "sexuell", "orientacion", "orientamento"),
    "offenses": ("criminal", "offense", "offence", "conviction", "vorstrafe", "casier", "antecedentes", "arrest",
    "recidiv"),
}  # fmt: skip
_MORE_WORDS = {"party": {"political", "voted"}, "race": set(), "union": {"trade", "labor", "labour", "member"}}
_ALONE = {"union", "party", "orientation", "blood", "treatment", "race"}
_VALUES: dict[str, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:{pattern})", re.IGNORECASE)
    for kind, pattern in {
        "health": r"diabet|cancer|krebs|asthma|hypertens|bluthochdruck|depress|hiv\b|covid|migr[aä]ine"
        r"|epilep|arthrit|anemia"
        r"|allerg|infarct|stroke\b|schlaganfall|dementia|demenz|schizophren|pneumon|tumou?r|leuk[aä]?em"
        r"|copd|parkinson|hepatitis"
        r"|cáncer|grippe|obes|adiposit|pregnan|schwanger|insulin|chemother",
        "religion": r"christian|catholic|katholi|protestant|evangelisch|muslim|islam|jewish|judaism|hindu"
        r"|buddh|sikh|atheis|orthodox"
        r"|catholique|musulman|católic|cattolic|cristian|mormon|agnostic|konfessionslos",
        "ethnicity": r"caucasian|african[- ]american|hispanic|latino|asian[- ]pac|amer[- ]indian"
        r"|native american|roma\b|black\b|white\b"
        r"|mixed race|pacific islander",
        "politics": r"republican|democrat|conservative|labour party|liberal|socialist|communist|cdu\b|spd\b"
        r"|afd\b|green party",
        "sexuality": r"heterosexual|homosexual|bisexual|lesbian|gay\b|asexual|straight\b",
        "offenses": r"burglary|theft|assault|robbery|fraud\b|homicide|felony|misdemeanor|drug possession",
    }.items()
}


def special_category(column: ColumnValues) -> Recognition | None:
    """The special category that a column tells, if any: by its name and its values, or by one of them."""
    if column.type == "datetime" or not column.values:
        return None
    named = category_named(column.name)
    best, mask = None, column.matching(lambda _: False)
    if column.type == "text":
        for kind, pattern in _VALUES.items():
            hits = column.matching(lambda text, pattern=pattern: pattern.search(text) is not None)  # type: ignore[misc]
            if column.counted(hits) > column.counted(mask):
                best, mask = kind, hits
    share = column.counted(mask) / column.looked_at_cells
    if named is None and (best is None or share < 0.2 or int(mask.sum()) < 2):
        return None
    both = named is not None and named == best
    kind = named or str(best)
    count = column.counted(mask) if named in (None, best) else column.looked_at_cells
    why = [f"The column's name speaks of {kind}."] if named else []
    why += [f"Cells with words of {best}: {column.counted(mask):,}."] if best else []
    return Recognition(
        kind,
        "certain" if both and share >= 0.2 else "likely",
        0.95 if both else 0.75 if named else 0.7,
        count or column.looked_at_cells,
        round((count or column.looked_at_cells) / column.looked_at_cells, 4),
        inside=False,
        looked_at=len(column.values),
        distinct=column.distinct,
        evidence=tuple(why),
    )


def category_named(name: str) -> str | None:
    """The special category of personal data (GDPR, article 9) that a column's name speaks of.

    >>> category_named("Ethnic origin"), category_named("race_time"), category_named("price")
    ('ethnicity', None, None)
    """
    parts = plain_words(name)
    return next((kind for kind, starts in _NAMED.items() if _speaks(parts, starts)), None)


def _speaks(parts: list[str], starts: tuple[str, ...]) -> bool:
    for part in parts:
        for start in starts:
            if part.startswith(start) and (
                start not in _ALONE
                or (part in (start, f"{start}s") and (len(parts) == 1 or _MORE_WORDS.get(start, {part}) & {*parts}))
            ):
                return True
    return False
