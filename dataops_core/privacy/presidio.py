"""A second opinion on personal data by Microsoft Presidio, where it is installed and asked for.

Its pattern recognizers alone are used, with the tokenizer of a language that spaCy needs no model for: nothing is
downloaded, and nothing is asked of the network. Names of persons and places, which its models would find, are not its
part here.
"""

from __future__ import annotations

import functools
import inspect
from collections import defaultdict
from dataclasses import replace
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.privacy.kinds import Recognition
from dataops_core.privacy.recognize import PersonalData
from dataops_core.privacy.values import column_values
from dataops_core.table import Table

LOOKED_AT = 300  # different values of a column
SURE = 0.5  # score from which a pattern counts: Presidio gives less to forms that many other numbers have
SOME, MOST = 0.05, 0.5  # share of the values from which a column is named at all, or is of one kind
KINDS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IP_ADDRESS": "ip_address",
    "MAC_ADDRESS": "mac_address",
    "IBAN_CODE": "iban",
    "CREDIT_CARD": "payment_card",
    "US_SSN": "social_security_number",
}
OTHER = ("URL", "DATE_TIME", "UUID", "CRYPTO")  # what names nobody
COMPANIES = (
    "_VAT",
    "COMPANY",
    "_ABN",
    "_ACN",
    "ORGANISATION",
    "_UEN",
    "_BRN",
    "HANDELSREGISTER",
    "_PLZ",
    "POST",
    "ABA_",
)
DOCUMENTS = ("PASSPORT", "LICENSE", "LICENCE", "ID_CARD", "IDENTITY_CARD", "VEHICLE", "FUEHRERSCHEIN", "KFZ")


def with_second_opinion(table: Table, found: PersonalData) -> PersonalData:
    """What was recognized, and what Presidio sees besides in columns of text: always a question, never certain.

    Raises SettingError where Presidio is not installed.
    """
    analyzer = _analyzer()
    identifiers = {name: list(some) for name, some in found.identifiers.items()}
    for column in table.columns:
        if column.type != "text":
            continue
        known = {each.type for each in identifiers.get(column.name, [])}
        seen = [each for each in _seen(analyzer, table, column.name) if each.type not in known]
        if seen and (not known or seen[0].share >= MOST):
            identifiers.setdefault(column.name, []).extend(seen)
    return replace(found, identifiers=identifiers)


def _seen(analyzer: Any, table: Table, name: str) -> list[Recognition]:
    """What Presidio sees in a column, by kind; the most frequent first."""
    values = column_values(table, name)
    texts, counts = values.values[:LOOKED_AT], values.counts[:LOOKED_AT]
    cells: dict[str, int] = defaultdict(int)
    whole: dict[str, int] = defaultdict(int)
    scores: dict[str, float] = defaultdict(float)
    names: dict[str, set[str]] = defaultdict(set)
    for text, count in zip(texts, counts, strict=True):
        there: dict[str, int] = {}
        for each in analyzer.analyze(text[:2000], language="en", score_threshold=SURE):
            kind = kind_of(each.entity_type)
            if kind:
                there[kind] = max(there.get(kind, 0), each.end - each.start)
                scores[kind] = max(scores[kind], each.score)
                names[kind].add(each.entity_type)
        for kind, length in there.items():
            cells[kind] += int(count)
            whole[kind] += int(count) if length >= 0.8 * len(text.strip()) else 0
    total = sum(map(int, counts)) or 1
    found = [
        Recognition(
            kind,
            "ask",
            round(float(scores[kind]), 2),
            number,
            round(number / total, 4),
            whole[kind] < number / 2,
            len(texts),
            values.distinct,
            (f"Presidio: {', '.join(sorted(names[kind]))}.",),
        )
        for kind, number in cells.items()
        if number / total >= SOME
    ]
    return sorted(found, key=lambda each: (-each.share, each.type))


def kind_of(entity: str) -> str | None:
    """Our kind of what Presidio calls an entity; None for what names nobody.

    >>> kind_of("PL_PESEL"), kind_of("US_PASSPORT"), kind_of("IT_VAT_CODE"), kind_of("URL")
    ('national_number', 'document_number', None, None)
    """
    if entity in KINDS:
        return KINDS[entity]
    if entity in OTHER or any(part in entity for part in COMPANIES):
        return None
    if "LICENSE_PLATE" in entity or "VEHICLE" in entity:
        return "license_plate"
    return "document_number" if any(part in entity for part in DOCUMENTS) else "national_number"


@functools.lru_cache(maxsize=1)
def _analyzer() -> Any:
    """Presidio with its pattern recognizers and a blank language."""
    try:
        import spacy
        import tldextract
        from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry, predefined_recognizers
        from presidio_analyzer.nlp_engine import SpacyNlpEngine
    except ImportError:
        raise SettingError(
            "Presidio is not installed.", "presidio", "Install it: pip install -r requirements-presidio.txt"
        ) from None
    # the list of public suffixes comes with the package; without this it would be fetched from the network
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

    class Blank(SpacyNlpEngine):  # type: ignore[misc]
        """A tokenizer of English without a model."""

        def load(self) -> None:
            """Make it, instead of downloading one."""
            self.nlp = {"en": spacy.blank("en")}

    engine = Blank(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.load()
    registry = RecognizerRegistry(supported_languages=["en"])
    kinds: list[Any] = [each for _, each in inspect.getmembers(predefined_recognizers, inspect.isclass)]
    registry.recognizers = [
        each(supported_language="en")
        for each in kinds
        if issubclass(each, PatternRecognizer) and each is not PatternRecognizer
    ] + [predefined_recognizers.PhoneRecognizer(supported_language="en")]
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
