"""What a column's name says of its content, in several languages."""

from __future__ import annotations

import functools
import re
import unicodedata

from dataops_core.values.text import words_in

# English, German, French, Spanish, Italian, Dutch, Polish, Portuguese, Swedish, Danish and Norwegian, Czech, Turkish,
# Finnish, and Russian in both scripts; words without accents, parts of a name joined by spaces
_WORDS: dict[str, str] = {
    "person_name": """
        first name|firstname|last name|lastname|full name|fullname|surname|forename|given name|family name|middle name
        maiden name|fname|lname|vorname|nachname|familienname|zuname|rufname|geburtsname|prenom|nom de famille
        nom complet|nom prenom|nombre|apellido|apellidos|nombre completo|cognome|nome completo|nome e cognome
        voornaam|achternaam|familienaam|tussenvoegsel|naam|imie|nazwisko|imie i nazwisko|sobrenome
        nome completo|apelido
        fornamn|efternamn|namn|fornavn|etternavn|efternavn|navn|jmeno|prijmeni|ad soyad|adi soyadi|soyad|soyadi|isim
        etunimi|sukunimi|nimi|imya|familiya|fio|otchestvo|имя|фамилия|фио|отчество|ф и о|name|nom|nome
        patient|contact person|ansprechpartner|contactpersoon|interlocuteur|account holder|kontoinhaber
        titulaire|titular
        meno|priezvisko|meno a priezvisko|krstne meno|ime|prezime|ime i prezime|ime in priimek|priimek|keresztnev
        vezeteknev|csaladnev|teljes nev|nev|nume|prenume|nume si prenume|nume complet|eesnimi|perekonnanimi|perenimi
        vardas|pavarde|vards|uzvards|fornafn|eftirnafn|nafn|ονομα|επωνυμο|ονοματεπωνυμο|ім'я|ім я|прізвище|піб
        име|презиме|имена|姓名|名字|姓氏|姓|名|氏名|お名前|名前|苗字|氏|フリガナ
        이름|성명|성|성함|الاسم|اسم|الاسم الكامل|اللقب|שם|שם משפחה
        cardholder|card holder|card owner|signed by|unterschrift|doctor|physician|guardian|spouse|emergency contact
    """,
    "email": """
        email|e mail|mail|emailadresse|e mail adresse|mailadresse|courriel|correo|correo electronico|adresse mail
        posta elettronica|indirizzo email|epost|e post|eposta|e posta|poczta|adres email|e mailadres|elpost
        sahkoposti|pochta|почта|электронная почта|эл почта|имейл
    """,
    "phone": """
        phone|telephone|tel|telefon|telefonnummer|mobile|mobil|mobilnummer|handy|handynummer|fax|cell|cellphone
        cell phone
        rufnummer|festnetz|telefono|movil|celular|cellulare|telefoon|telefoonnummer|mobiel|telefone|telemovel|portable
        numero de telephone|tel no|telnr|phone no|komorka|numer telefonu|puhelin|cep|gsm|whatsapp|puhelinnumero
        telefonszam|mobilszam|mobitel|telefonas|talrunis|simi|τηλεφωνο|κινητο|电话|手机|手机号|联系电话|電話|電話番号|携帯|携帯電話
        전화|전화번호|휴대폰|휴대전화|연락처|هاتف|رقم الهاتف|جوال|טלפון|номер телефону
        telefonnr|mobiltelefon|тел|телефон|мобильный|номер телефона|msisdn|contact number
    """,
    "postal_address": """
        address|street|street address|adresse|anschrift|strasse|strase|wohnadresse|lieferadresse|rechnungsadresse|rue
        adresse postale|direccion|domicilio|calle|indirizzo|via|adres|straat|straatnaam|ulica|endereco
        logradouro|rua|morada
        adress|gatuadress|gata|gate|vej|adresa|bydliste|ulice|sokak|osoite|katuosoite|adres zamieszkania|home address
        cim|lakcim|postacim|aadress|adresas|adrese|heimilisfang|διευθυνση|οδος|адреса|вулиця|地址|住址|通讯地址|住所|現住所|주소|도로명주소
        عنوان|العنوان|כתובת
        adres zameldowania|adr|addr|mailing address|shipping address|billing address|адрес|улица|место жительства
    """,
    "ip_address": "ip|ip address|ipaddress|ip adresse|adresse ip|direccion ip|indirizzo ip|ip adres"
    "|client ip|remote addr|ipv4|ipv6|ip адрес",
    "mac_address": "mac|mac address|macaddress|mac adresse|device address|hwaddr",
    "iban": "iban|bank account|account number|kontonummer|bankverbindung|rekeningnummer|compte bancaire"
    "|cuenta bancaria|numero de cuenta|conto corrente|konto|numer konta|conta bancaria|bankkonto|счет",
    "payment_card": """
        card|credit card|card number|creditcard|cc number|ccnum|cc num|pan|kreditkarte|kartennummer|kreditkartennummer
        carte bancaire|carte de credit|numero de carte|tarjeta|tarjeta de credito|numero de tarjeta|carta di credito
        numero carta|creditcardnummer|karta|numer karty|cartao|cartao de credito|kreditkort|kortnummer|karta kredytowa
        payment card|номер карты|карта
    """,
    "national_number": """
        ssn|social security|social security number|social security no|national id|national insurance|nino
        national number
        tax id|tin|taxpayer id|steuer id|steuernummer|steuerid|idnr|sozialversicherungsnummer|svnr
        rentenversicherungsnummer
        ahv|ahv nummer|nir|numero de securite sociale|securite sociale|nif|dni|nie|codice fiscale|cf|bsn
        burgerservicenummer
        sofinummer|rijksregisternummer|pesel|nip|cpf|cnp|nss|personnummer|cpr|cpr nummer|fodselsnummer
        henkilotunnus|hetu
        rodne cislo|tc kimlik|tc kimlik no|tckn|kimlik no|snils|inn|снилс|инн|aadhaar|curp|rut|cedula|nhs
        nhs number|sin
        id number|identity number|ausweisnummer|numer pesel|citizen id|national identity|personal number|personal id
        fiscal code|identification number|egn|oib|emso|isikukood|asmens kodas|kennitala|teudat zehut|ppsn|pps number
    """,
    "license_plate": """
        plate|license plate|licence plate|number plate|plate number|license number plate|registration plate
        kennzeichen
        nummernschild|kfz|plaque|immatriculation|plaque d immatriculation|matricula|placa|targa|kenteken|tablica
        numer rejestracyjny|rejestracja|registreringsnummer|regnr|registration number|reg no
        vehicle registration|spz|plaka
        rekisterinumero|nummerplade|номерной знак|госномер|гос номер
    """,
    "coordinates": "coordinates|coordinate|koordinaten|coordonnees|coordenadas|coordinate|latlon|lat lon"
    "|latlng|lat lng|geo|gps|location point|geopoint|koordinat|wspolrzedne|position gps|координаты",
    "latitude": "lat|latitude|breitengrad|latitud|latitudine|breedtegraad|latitude gps|szerokosc|geo lat"
    "|gps lat|широта",
    "longitude": "lon|lng|long|longitude|langengrad|laengengrad|longitud|longitudine|lengtegraad|dlugosc"
    "|geo lon|gps lon|долгота",
    "account_name": "username|user name|login|benutzername|nutzername|nom d utilisateur|usuario"
    "|nombre de usuario|nome utente|gebruikersnaam|uzytkownik|nazwa uzytkownika|anvandarnamn|brugernavn"
    "|brukernavn|kullanici adi|nickname|screen name|twitter|instagram|handle|логин|логін",
    "document_number": "passport|passport number|passport no|reisepass|passnummer|passeport|pasaporte"
    "|passaporto|paspoort|paszport|passaporte|pass nr|driver license|drivers license|driving licence"
    "|fuhrerschein|fuhrerscheinnummer|permis de conduire|id card|ausweis|personalausweis"
    "|carte d identite|rijbewijs|prawo jazdy|dowod osobisty|visa number|паспорт",
    # what may single people out together with other columns
    "birth_date": "birth date|birthdate|date of birth|dob|birthday|born|geburtsdatum|geboren"
    "|date de naissance|naissance|fecha de nacimiento|nacimiento|data di nascita|nascita|geboortedatum"
    "|data urodzenia|data de nascimento|nascimento|fodelsedatum|fodselsdato|datum narozeni|dogum tarihi"
    "|year of birth|birth year|yob|geburtsjahr|syntymaaika|дата рождения",
    "age": "age|alter|edad|eta|leeftijd|wiek|idade|alder|vek|yas|ika|возраст|age years|age group",
    "sex": "sex|gender|geschlecht|sexe|sexo|sesso|geslacht|plec|genero|genere|kon|kjonn|pohlavi|cinsiyet"
    "|sukupuoli|genre|пол",
    "postcode": "postcode|postal code|zip|zip code|zipcode|plz|postleitzahl|code postal|codigo postal|cap"
    "|kod pocztowy|cep|postnummer|psc|posta kodu|postinumero|индекс|почтовый индекс",
    "city": "city|town|municipality|residence|place of birth|birthplace|stadt|ort|wohnort|geburtsort|ville"
    "|commune|ciudad|municipio|citta|comune|stad|woonplaats|plaats|gemeente|miasto|cidade|municipio|by|mesto"
    "|sehir|kaupunki|город|место рождения",
    "region": "region|state|province|county|district|bundesland|departement|provincia|regione|provincie"
    "|wojewodztwo|estado|country|land|pays|pais|paese|kraj|land of birth|native country|neighborhood"
    "|neighbourhood",
    "occupation": "occupation|job|job title|profession|beruf|metier|profesion|ocupacion|professione|beroep"
    "|zawod|profissao|yrke|erhverv|meslek|povolani|employer|arbeitgeber|work class|workclass|профессия",
    "education": "education|degree|schooling|bildung|abschluss|diplome|educacion|istruzione|opleiding"
    "|wyksztalcenie|escolaridade|utbildning|образование",
    "marital_status": "marital status|marital|familienstand|etat civil|situation familiale|estado civil"
    "|stato civile|burgerlijke staat|stan cywilny|civilstand|civilstatus|relationship|семейное положение",
    "nationality": "nationality|citizenship|staatsangehorigkeit|nationalitat|nationalite|nacionalidad"
    "|nazionalita|cittadinanza|nationaliteit|narodowosc|obywatelstwo|nacionalidade|nationalitet|гражданство",
    "language": "language|mother tongue|native language|muttersprache|sprache|langue maternelle|idioma"
    "|lengua materna|madrelingua|moedertaal|jezyk ojczysty",
    "income": "income|salary|wage|gehalt|einkommen|salaire|revenu|salario|sueldo|stipendio|reddito|inkomen"
    "|wynagrodzenie|renda|inkomst|зарплата",
    "household": "household size|children|number of children|kinder|enfants|hijos|figli|kinderen|dzieci"
    "|filhos|dependents",
    "admission_date": "admission date|discharge date|date of death|visit date|aufnahmedatum|entlassungsdatum",
    # what belongs to a thing: its name is no name of a person
    "thing": """
        product|produkt|produit|producto|prodotto|produto|item|artikel|article|articulo|articolo|artigo|brand
        marke|marque
        marca|merk|company|firma|firm|unternehmen|entreprise|societe|empresa|azienda|bedrijf|bedrijfsnaam|foretag|file
        datei|fichier|archivo|bestand|shop|store|device|gerat|sensor|station|event|course|kurs|school|schule
        hospital|krankenhaus|drug|medication|species|team|category|kategorie|categorie|categoria|department
        abteilung|brewery|beer|version
        organisation|organization|supplier|lieferant|vendor|manufacturer|hersteller|model|modell|project|projekt|bank
        color|colour|farbe|couleur|invoice|rechnung|order|bestellung|auftrag|commande|pedido|ordine|sku|ean|gtin|isbn
        software|server|host|domain|airport|hotel|restaurant|street|city|country|state|region|status|currency
        dish|food
        university|title|titel|job|beruf|occupation|language|timestamp|created at|updated at|amount|betrag|price|preis
        imei|serial|seriennummer|batch|lot|tracking|quantity|menge|duration|asset|ticket|book|movie|song|film
        album|genre
        plant|animal|dog|cat|breed|boat|ship|vessel|car|vehicle|make|fahrzeug|city name|place|venue|branch|filiale
        firmenname|nom de l entreprise|nombre de la empresa|nazwa firmy|nazwa produktu|компания|товар|продукт
    """,
}
_ENDINGS = {  # last parts of compounds in German, Dutch and the languages of Scandinavia
    "person_name": ("vorname", "nachname", "familienname", "voornaam", "achternaam", "fornamn", "efternamn"),
    "phone": ("telefon", "telefonnummer", "telefoon", "telefoonnummer", "handynummer", "mobilnummer", "rufnummer"),
    "email": ("emailadresse", "mailadresse", "epost", "emailadres"),
    "postal_address": ("anschrift", "adresse", "strasse", "straat", "gatan", "adress"),
    "birth_date": ("geburtsdatum", "geboortedatum"),
    "postcode": ("postleitzahl", "postcode", "postnummer"),
}
_OWNERS = {
    "customer", "client", "employee", "person", "contact", "owner", "doctor", "physician", "student", "user",
    "member",
    "guest", "applicant", "patient", "nurse", "teacher", "author", "manager", "cashier", "kunde", "kunden",
    "mitarbeiter",
    "kundin", "personen", "inhaber", "patienten", "klant", "medewerker", "cliente", "empleado", "paciente",
    "dipendente", "paziente", "klient", "pracownik", "pacjent", "kund", "passenger", "buyer", "seller", "sender",
    "recipient", "tenant", "driver", "beneficiary", "insured", "voter", "participant", "respondent", "клиент",
    "пациент",
}  # fmt: skip
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "ı": "i", "đ": "d"})


def plain_words(name: str) -> list[str]:
    """The words of a name in lower case, without accents and digits.

    >>> plain_words("KundenVorname_2"), plain_words("Téléphone")
    (['kunden', 'vorname'], ['telephone'])
    """
    apart = re.sub(r"(?<=[a-zß-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name).lower().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(c))
    return words_in(bare)


@functools.cache
def _phrases() -> dict[str, set[str]]:
    """Kinds by phrase."""
    out: dict[str, set[str]] = {}
    for kind, text in _WORDS.items():
        for phrase in re.split(r"[|\n]", text):
            if words := plain_words(phrase):
                out.setdefault(" ".join(words), set()).add(kind)
    return out


@functools.lru_cache(maxsize=4096)
def kinds_named(name: str) -> frozenset[str]:
    """The kinds of content that a column's name speaks of.

    >>> sorted(kinds_named("Kundentelefon")), sorted(kinds_named("Nom de famille")), sorted(kinds_named("product_name"))
    (['phone'], ['person_name'], ['thing'])
    >>> sorted(kinds_named("email_address")), sorted(kinds_named("order_no"))
    (['email'], ['thing'])
    """
    words, phrases = plain_words(name), _phrases()
    found: set[str] = set()
    longest: list[tuple[int, int]] = []  # a phrase inside a longer one says nothing of its own
    for size in range(min(5, len(words)), 0, -1):
        for at in range(len(words) - size + 1):
            if any(start <= at and at + size <= end for start, end in longest):
                continue
            phrase = " ".join(words[at : at + size])
            kinds = phrases.get(phrase) or (
                phrases.get(phrase[:-1]) if len(phrase) > 4 and phrase.endswith("s") else None
            )
            if kinds:
                found |= kinds
                longest.append((at, at + size))
    for kind, endings in _ENDINGS.items():
        found |= {kind} if any(word.endswith(endings) for word in words) else set()
    if _OWNERS & set(words) and (found & {"person_name"} or len(words) == 1):
        found = (found | {"person_name"}) - {"thing"}
    elif "thing" in found:
        found -= {"person_name"}
    if "email" in found or found & {"ip_address", "mac_address"}:
        found -= {"postal_address"}
    if found & {"license_plate", "payment_card", "iban"}:
        found -= {"thing"}
    return frozenset(found)
