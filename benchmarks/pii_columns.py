"""Columns with and without personal data, made by mimesis and by formulas of check digits of our own: neither is what
the recognizer looks things up in.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

LOCALES = ("en", "de", "fr", "es", "it", "nl", "pl", "pt-br", "ru", "sv")
COUNTRY = {
    "en": "US",
    "de": "DE",
    "fr": "FR",
    "es": "ES",
    "it": "IT",
    "nl": "NL",
    "pl": "PL",
    "pt-br": "BR",
    "ru": "RU",
    "sv": "SE",
}
HEADERS: dict[str, tuple[str, ...]] = {  # in the order of LOCALES
    "first": ("first_name", "Vorname", "prénom", "nombre", "nome", "voornaam", "imię", "nome", "имя", "förnamn"),
    "last": ("surname", "Nachname", "nom de famille", "apellidos", "cognome", "achternaam", "nazwisko", "sobrenome", "фамилия", "efternamn"),
    "full": ("customer", "Kunde", "nom complet", "nombre completo", "nome e cognome", "naam", "imię i nazwisko", "nome completo", "ФИО", "namn"),
    "email": ("e-mail", "E-Mail-Adresse", "courriel", "correo", "email", "mailadres", "poczta", "email", "почта", "epost"),
    "phone": ("mobile", "Telefonnummer", "téléphone", "móvil", "cellulare", "telefoon", "telefon", "celular", "телефон", "mobilnummer"),
    "address": ("street", "Anschrift", "adresse", "dirección", "indirizzo", "adres", "ulica", "endereço", "адрес", "gatuadress"),
    "national": ("SSN", "Steuer-ID", "numéro de sécurité sociale", "DNI", "codice fiscale", "BSN", "PESEL", "CPF", "СНИЛС", "personnummer"),
    "iban": ("IBAN",) * 10,
    "card": ("credit_card", "Kartennummer", "carte bancaire", "tarjeta", "carta di credito", "creditcardnummer", "numer karty", "cartão", "card", "kortnummer"),
    "plate": ("license_plate", "Kennzeichen", "immatriculation", "matrícula", "targa", "kenteken", "rejestracja", "placa", "госномер", "regnr"),
}  # fmt: skip
IBAN_SHAPES = {
    "US": ("GB", "AAAA99999999999999"), "DE": ("DE", "9" * 18), "FR": ("FR", "9" * 23), "ES": ("ES", "9" * 20),
    "IT": ("IT", "A" + "9" * 22), "NL": ("NL", "AAAA" + "9" * 10), "PL": ("PL", "9" * 24), "BR": ("BR", "9" * 23 + "AA"),
    "RU": ("CZ", "9" * 20), "SE": ("SE", "9" * 20),
}  # fmt: skip
PLATE_SHAPES = {
    "US": ("LL99 LLL", "ABCDEFGHJKLMNOPRSTUVWXY"), "DE": ("LL-LL 999", string.ascii_uppercase), "FR": ("LL-999-LL", "ABCDEFGHJKLMNPQRSTVWXYZ"),
    "ES": ("9999 LLL", "BCDFGHJKLMNPRSTVWXYZ"), "IT": ("LL999LL", "ABCDEFGHJKLMNPRSTVWXYZ"), "NL": ("LL-999-L", "BDFGHJKLNPRSTVXZ"),
    "PL": ("LLL 9999", string.ascii_uppercase), "BR": ("LLL9L99", "ABCDEFGHIJ"), "RU": ("L999LL 77", "АВЕКМНОРСТУХ"), "SE": ("LLL 999", "ABCDEFGHJKLMNOPRSTUXYZ"),
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A column, its name, the kind of personal data in it ("" for none), and where it comes from."""

    name: str
    cells: pd.Series
    truth: str
    origin: str
    named: bool


def luhn_digit(digits: str) -> str:
    total = sum(sum(divmod(int(d) * (2 if at % 2 == 0 else 1), 10)) for at, d in enumerate(reversed(digits)))
    return str(-total % 10)


def filled(shape: str, letters: str, rng: random.Random) -> str:
    signs = {"9": string.digits, "L": letters, "A": string.ascii_uppercase}
    return "".join(rng.choice(signs[sign]) if sign in signs else sign for sign in shape)


def national_number(country: str, rng: random.Random) -> str:
    """A national number of a person who does not exist, with its check digits."""
    day = f"{rng.randint(1, 28):02d}"
    month, year = f"{rng.randint(1, 12):02d}", f"{rng.randint(40, 99)}"
    serial = [rng.randint(0, 9) for _ in range(12)]
    digits = "".join(map(str, serial))
    if country == "US":
        return f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"
    if country == "NL":  # eleven test
        while True:
            body = [rng.randint(1, 9), *(rng.randint(0, 9) for _ in range(7))]
            rest = sum((9 - at) * d for at, d in enumerate(body)) % 11
            if rest < 10:
                return "".join(map(str, [*body, rest]))
    if country == "PL":
        body = f"{year}{month}{day}{digits[:4]}"
        return body + str(-sum(int(d) * w for d, w in zip(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=True)) % 10)
    if country == "BR":
        body = serial[:9]
        for _ in range(2):
            rest = sum((len(body) + 1 - at) * d for at, d in enumerate(body)) % 11
            body = [*body, 0 if rest < 2 else 11 - rest]
        text = "".join(map(str, body))
        return f"{text[:3]}.{text[3:6]}.{text[6:9]}-{text[9:]}"
    if country == "RU":
        check = sum((9 - at) * d for at, d in enumerate(serial[:9])) % 101 % 100
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {check:02d}"
    if country == "SE":
        body = f"{year}{month}{day}{digits[:3]}"
        return f"{body[:6]}-{body[6:]}{luhn_digit(body)}"
    if country == "ES":
        return f"{digits[:8]}{'TRWAGMYFPDXBNJZSQVHLCKE'[int(digits[:8]) % 23]}"
    if country == "FR":
        body = f"{rng.choice('12')}{year}{month}{rng.randint(10, 19)}{digits[:6]}"
        return f"{body}{97 - int(body) % 97:02d}"
    if country == "IT":
        letters = "BCDFGLMNPRSTVZ"
        body = f"{''.join(rng.choice(letters) for _ in range(6))}{year}{'ABCDEHLMPRST'[int(month) - 1]}{day}H{rng.randint(100, 999)}"
        odd = dict(zip(string.digits + string.ascii_uppercase, (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23), strict=True))  # fmt: skip
        total = sum(odd[c] if at % 2 == 0 else (int(c) if c.isdigit() else ord(c) - 65) for at, c in enumerate(body))
        return body + chr(65 + total % 26)
    while True:  # DE: one digit twice or three times among the first ten, ISO 7064 mod 11, 10
        body = "".join(rng.sample(string.digits, 9))
        at = rng.randint(1, 9)
        body = body[:at] + body[0] + body[at:] if at > 1 else body + body[3]
        if body[0] == "0":
            continue
        product = 10
        for d in body:
            total = (int(d) + product) % 10 or 10
            product = 2 * total % 11
        return body + str((11 - product) % 10)


def iban(country: str, rng: random.Random) -> str:
    code, shape = IBAN_SHAPES[country]
    body = filled(shape, string.ascii_uppercase, rng)
    number = int("".join(str(int(c, 36)) for c in f"{body}{code}00"))
    return f"{code}{98 - number % 97:02d}{body}"


def card(rng: random.Random) -> str:
    body = rng.choice(("4", "51", "55", "37", "6011")) + "".join(rng.choice(string.digits) for _ in range(16))
    body = body[: 14 if body.startswith("37") else 15]
    return body + luhn_digit(body)


def grouped(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def personal_columns(rows: int, seed: int, locales: tuple[str, ...] = LOCALES) -> Iterator[Made]:
    """28 columns a locale, each with the kind of personal data that it holds."""
    from mimesis import Address, Internet, Person
    from mimesis.locales import Locale

    for locale in locales:
        at, country = LOCALES.index(locale), COUNTRY[locale]
        rng = random.Random(f"{seed} {locale}")
        who, where = Person(Locale(locale), seed=seed), Address(Locale(locale), seed=seed)
        net = Internet(seed=seed)
        makers: list[tuple[str, str, Callable[[], str]]] = [
            ("person_name", "first", who.first_name),
            ("person_name", "last", who.last_name),
            ("person_name", "full", who.full_name),
            ("email", "email", who.email),
            ("phone", "phone", who.phone_number),
            ("postal_address", "address", where.address),
            ("national_number", "national", lambda c=country, r=rng: national_number(c, r)),
            ("iban", "iban", lambda c=country, r=rng: grouped(iban(c, r))),
            ("payment_card", "card", lambda r=rng: grouped(card(r))),
            ("license_plate", "plate", lambda c=country, r=rng: filled(*PLATE_SHAPES[c], r)),
        ]
        for number, (kind, header, make) in enumerate(makers):
            for named in (True, False):
                name = HEADERS[header][at] if named else f"c{number}"
                yield Made(name, pd.Series([make() for _ in range(rows)]), kind, f"{locale} {header}", named)
        more: list[tuple[str, str, Callable[[], str]]] = [
            ("person_name", "last, first", lambda w=who: f"{w.last_name()}, {w.first_name()}"),
            ("person_name", "upper", lambda w=who: w.full_name().upper()),
            ("postal_address", "with town", lambda a=where: f"{a.address()}, {a.postal_code()} {a.city()}"),
            ("iban", "bare", lambda c=country, r=rng: iban(c, r)),
            ("payment_card", "bare", lambda r=rng: card(r)),
            ("ip_address", "v4", net.ip_v4),
            ("ip_address", "v6", net.ip_v6),
            ("coordinates", "point", lambda r=rng: f"{r.uniform(-90, 90):.5f}, {r.uniform(-180, 180):.5f}"),
            ("url_with_id", "url", lambda n=net, r=rng: f"{n.url()}users/{r.randint(1, 10**6)}"),
        ]
        for number, (kind, origin, make) in enumerate(more):
            yield Made(f"field{number}", pd.Series([make() for _ in range(rows)]), kind, f"{locale} {origin}", False)
        yield Made(
            "latitude", pd.Series([rng.uniform(-90, 90) for _ in range(rows)]), "coordinates", f"{locale} lat", True
        )


def harmless_columns(rows: int, seed: int) -> Iterator[Made]:
    """Columns that name nobody: numbers of orders and goods, moments, firms, towns, words, amounts."""
    from mimesis import (
        Address,
        Code,
        Cryptographic,
        Datetime,
        Development,
        File,
        Finance,
        Food,
        Hardware,
        Internet,
        Person,
        Text,
        Transport,
    )
    from mimesis.locales import Locale

    rng = random.Random(seed)
    code, when, text, food = Code(seed=seed), Datetime(seed=seed), Text(seed=seed), Food(seed=seed)
    hard, net, move, lock = Hardware(seed=seed), Internet(seed=seed), Transport(seed=seed), Cryptographic(seed=seed)
    develop, file, money = Development(seed=seed), File(seed=seed), Finance(seed=seed)
    place = Address(seed=seed)
    serial = iter(range(10**9))
    makers: dict[str, Callable[[], object]] = {
        "order_no": lambda: f"ORD-2024-{rng.randint(0, 99999):05d}",
        "order id": lambda: 10_000_000 + next(serial),
        "c1": lambda: 100_000_000 + next(serial),
        "c2": lambda: rng.randint(10**8, 10**9 - 1),
        "c3": lambda: rng.randint(10**9, 10**10 - 1),
        "c4": lambda: str(rng.randint(10**10, 10**11 - 1)),
        "invoice": lambda: f"{rng.randint(2015, 2024)}/{rng.randint(0, 9999):04d}",
        "ean": code.ean,
        "c5": code.ean,
        "isbn": code.isbn,
        "c6": code.issn,
        "timestamp": lambda: when.datetime().isoformat(),
        "c7": lambda: when.datetime().strftime("%d.%m.%Y %H:%M"),
        "unix": lambda: rng.randint(1_500_000_000, 1_750_000_000),
        "c8": lambda: rng.randint(1_500_000_000_000, 1_750_000_000_000),
        "c9": lambda: when.date().strftime("%Y%m%d"),
        "order_date": lambda: when.date().strftime("%d/%m/%Y"),
        "duration": lambda: f"{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}",
        "product code": lambda: f"{rng.choice('ABCD')}{rng.choice(string.ascii_uppercase)}-{rng.randint(100, 999)}",
        "c10": lambda: filled("LLL-9999", string.ascii_uppercase, rng),
        "c11": lambda: filled("LL99LL99", string.ascii_uppercase, rng),
        "sku": lambda: filled("LL-999-LL", string.ascii_uppercase, rng),
        "amount": lambda: round(rng.lognormvariate(4, 1), 2),
        "c12": lambda: f"€ {rng.lognormvariate(6, 1):,.2f}",
        "c13": lambda: f"{rng.uniform(0, 100):.1f}%",
        "temperature": lambda: round(rng.gauss(15, 8), 4),
        "version": lambda: f"{rng.randint(0, 9)}.{rng.randint(0, 20)}.{rng.randint(0, 9)}",
        "uuid": lock.uuid,
        "c14": lock.hash,
        "c15": text.hex_color,
        "color": text.color,
        "c16": text.word,
        "remark": text.sentence,
        "c17": food.dish,
        "c18": food.drink,
        "c19": move.car,
        "device": hard.phone_model,
        "c20": hard.cpu,
        "country": place.country,
        "c21": place.country,
        "c22": place.continent,
        "c23": place.iata_code,
        "currency": money.currency_iso_code,
        "c24": money.stock_name,
        "status": lambda: rng.choice(("open", "closed", "paid", "shipped")),
        "c25": lambda: rng.choice((True, False)),
        "c26": net.hostname,
        "c27": net.url,
        "c28": file.file_name,
        "c29": develop.programming_language,
        "c30": file.extension,
        "c31": lambda: f"{rng.randint(1, 200)} {rng.choice(('kg', 'cm', 'ml', 'pcs'))}",
        "quantity": lambda: rng.randint(1, 50),
        "c32": place.state,
    }
    for name, make in makers.items():
        yield Made(
            name,
            pd.Series([make() for _ in range(rows)]),
            "",
            f"harmless {name}",
            not name.startswith("c") or len(name) > 3,
        )
    for locale in LOCALES:
        firm, town, who, said = (each(Locale(locale), seed=seed) for each in (Finance, Address, Person, Text))
        for origin, header, make in (
            ("company", "company", firm.company),
            ("company", "c40", firm.company),
            ("city", "c41", town.city),
            ("occupation", "c42", who.occupation),
            ("sentence", "c43", said.sentence),
        ):
            yield Made(
                header, pd.Series([make() for _ in range(rows)]), "", f"harmless {locale} {origin}", header == "company"
            )


SENTENCES: dict[str, dict[str, tuple[str, ...]]] = {
    "person_name": {
        "en": ("Spoke to {} about the invoice.", "{} called on Monday and wants her money back.", "Please forward this to {}"),
        "de": ("Habe heute mit {} gesprochen.", "{} hat am Montag angerufen.", "Bitte an {} weiterleiten"),
        "fr": ("J'ai parlé avec {} de la facture.", "{} a appelé lundi matin.", "Merci de transmettre à {}"),
        "es": ("Hablé con {} sobre la factura.", "{} llamó el lunes por la mañana."),
        "it": ("Ho parlato con {} della fattura.", "{} ha chiamato lunedì mattina."),
        "nl": ("Gesproken met {} over de rekening.", "{} belde maandag over de levering."),
        "pl": ("Klient {} dzwonił w sprawie faktury.", "{} prosi o kontakt w poniedziałek."),
        "pt-br": ("Falei com {} sobre a fatura.", "{} ligou na segunda de manhã."),
        "ru": ("Клиент {} звонил по поводу счета.", "{} просит перезвонить в понедельник."),
        "sv": ("Pratade med {} om fakturan.", "{} ringde i måndags om leveransen."),
    },
    "email": {"en": ("please write to {} today", "He said his new address is {}, use it.", "cc {} in all mails")},
    "phone": {
        "en": ("call back on {} after six", "New number: {}.", "Customer can be reached at {} in the evening"),
        "de": ("bitte unter {} zurückrufen", "Telefon {} ab 18 Uhr"),
        "fr": ("rappeler au {} ce soir", "Téléphone {} après 18 h"),
        "es": ("llamar al {} por la tarde",),
        "nl": ("graag bellen op {} na zes uur",),
        "pl": ("proszę dzwonić na {} po 18",),
    },
    "iban": {"en": ("Refund goes to {} as agreed.", "new account {} from now on")},
    "payment_card": {"en": ("paid with {} in the shop", "Card {} was declined twice.")},
    "national_number": {
        "en": ("His SSN is {} he says", "SSN: {}, checked by phone"), "de": ("Die Steuer-ID ist {} laut Anruf",),
        "fr": ("numéro de sécurité sociale {} reçu",), "es": ("el DNI {} ha caducado ya",), "it": ("codice fiscale {} da verificare",),
        "nl": ("BSN {} doorgegeven aan balie",), "pl": ("PESEL {} podany przez telefon",), "pt-br": ("o CPF {} foi conferido hoje",),
        "ru": ("СНИЛС {} проверен по телефону",), "sv": ("personnummer {} kontrollerat i dag",),
    },
    "postal_address": {
        "en": ("now lives at {} with family",), "de": ("wohnt jetzt in der {} im zweiten Stock",), "fr": ("habite au {} depuis mai",),
        "nl": ("woont nu op {} bij familie",), "es": ("vive ahora en {} con su familia",), "it": ("abita in {} da maggio",),
        "pl": ("mieszka teraz przy {} z rodziną",), "sv": ("bor nu på {} med familjen",),
    },
    "ip_address": {"en": ("Login from {} was blocked today", "server log shows {} twice")},
    "url_with_id": {"en": ("see {} for the complaint",)},
}  # fmt: skip


def sentences(rows: int, seed: int, locales: tuple[str, ...] = LOCALES) -> Iterator[tuple[str, str, str, str]]:
    """Texts with one identifier each: locale, kind, text, identifier."""
    from mimesis import Address, Internet, Person
    from mimesis.locales import Locale

    for locale in locales:
        rng = random.Random(f"{seed} {locale}")
        who, where, net = Person(Locale(locale), seed=seed), Address(Locale(locale), seed=seed), Internet(seed=seed)
        makers: dict[str, Callable[[], str]] = {
            "person_name": who.full_name,
            "email": who.email,
            "phone": who.phone_number,
            "iban": lambda c=COUNTRY[locale], r=rng: grouped(iban(c, r)) if r.random() < 0.5 else iban(c, r),
            "payment_card": lambda r=rng: grouped(card(r)) if r.random() < 0.5 else card(r),
            "national_number": lambda c=COUNTRY[locale], r=rng: national_number(c, r),
            "postal_address": where.address,
            "ip_address": net.ip_v4,
            "url_with_id": lambda n=net, r=rng: f"{n.url()}users/{r.randint(1, 10**6)}",
        }
        for kind, templates in SENTENCES.items():
            for _ in range(rows):
                value = makers[kind]()
                if kind in ("phone", "postal_address", "national_number") and locale not in templates:
                    continue
                yield locale, kind, rng.choice(templates.get(locale, templates["en"])).format(value), value
