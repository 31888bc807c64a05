"""Delimiters, quotes, escapes, record ends, encodings, and values that readers like to bend."""

from collections.abc import Iterator

from tests.read.corpus.base import Sample, numbers, orders, sample, stations, text, words

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|", "colon": ":", "space": " ", "caret": "^"}
LONG = {"two-bars": "||", "two-semicolons": ";;", "tilde-bar": "~|~", "bar-spaced": " | ", "semicolon-space": "; "}
UNUSUAL = {"tilde": "~", "unit-separator": "\x1f", "start-of-heading": "\x01", "section": "§", "broken-bar": "¦"}

LANGUAGES = {
    "german": ("Straße;Größe;Übung", "Köln;groß;schöne Bücher", "Düren;weiß;süße Äpfel", "Lübeck;Öl;fünf Türen"),
    "french": ("élève;où;déjà", "Hélène;à côté;forêt brûlée", "François;là-bas;leçon apprise", "Noël;très;hôtel fermé"),
    "spanish": ("año;niño;señal", "mañana;corazón;pingüino", "España;razón;¿Cuándo?", "Málaga;jamón;café"),
    "danish": ("by;ø;å", "København;Ærø;smørrebrød", "Århus;Fanø;blå gæst", "Tårnby;Læsø;grøn sø"),
    "polish": ("miasto;żółty;źródło", "Łódź;święto;książka", "Gdańsk;ćma;łąka", "Kraków;jaźń;dąb"),
    "czech": ("město;řeka;kůň", "Plzeň;žlutý;děti", "Děčín;říjen;šíp", "Třebíč;čas;úterý"),
    "russian": ("город;река;улица", "Москва;Волга;Тверская", "Казань;Кама;Баумана", "Омск;Иртыш;Ленина"),
    "greek": ("πόλη;νησί;δρόμος", "Αθήνα;Κρήτη;Ερμού", "Πάτρα;Ρόδος;Κορίνθου", "Βόλος;Σκιάθος;Δημητριάδος"),
    "turkish": ("şehir;ağaç;ışık", "İzmir;çiçek;güneş", "Muğla;kış;yağmur", "Şırnak;ılık;öğle"),
}
CODE_PAGES = {
    "german": ("cp1252", "iso-8859-1", "mac-roman"),
    "french": ("cp1252", "iso-8859-15", "mac-roman"),
    "spanish": ("cp1252", "mac-roman"),
    "danish": ("cp1252", "mac-roman"),
    "polish": ("cp1250", "iso-8859-2"),
    "czech": ("cp1250", "iso-8859-2"),
    "russian": ("cp1251", "koi8-r", "iso-8859-5"),
    "greek": ("cp1253", "iso-8859-7"),
    "turkish": ("cp1254", "iso-8859-9"),
}


def dialects() -> Iterator[Sample]:
    header, rows = orders(12, seed=7)
    rows = [[*row[:7], row[7].removeprefix("http:"), row[8]] for row in rows]
    for name, sign in {**DELIMITERS, **LONG, **UNUSUAL}.items():
        yield sample(f"dialect/{name}", text([header, *rows], delimiter=sign), header, rows)
        small, few = stations()
        yield sample(f"dialect/{name}-crlf", text([small, *few], "\r\n", delimiter=sign), small, few)
    for name, sign in (("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("bar", "|")):
        for kind, quote, escape in (("double", '"', ""), ("single", "'", ""), ("back", '"', "\\"), ("both", "'", "\\")):
            table = [[*row[:8], row[8].replace('"', quote)] for row in rows]
            written = text([header, *table], delimiter=sign, quote=quote, escape=escape)
            yield sample(f"dialect/{name}-{kind}", written, header, table)
            written = text([header, *table], "\r\n", delimiter=sign, quote=quote, escape=escape, always=True)
            yield sample(f"dialect/{name}-{kind}-always", written, header, table)
        plain = [[cell.replace(sign, "").replace('"', "") for cell in row] for row in rows]
        yield sample(f"dialect/{name}-none", text([header, *plain], delimiter=sign, quote=""), header, plain)
        lines = [[*row[:8], "first line\nsecond, line\n\nlast"] for row in rows]
        yield sample(f"dialect/{name}-lines", text([header, *lines], delimiter=sign), header, lines)
        titles, table = words()
        yield sample(f"dialect/{name}-words", text([titles, *table], delimiter=sign), titles, table)
    escaped = "key,text,size\n" + "".join(f"{at},this\\, that,{at * 7}\n" for at in range(12))
    yield sample(
        "dialect/escaped-delimiter",
        escaped,
        ["key", "text", "size"],
        [[str(at), "this, that", str(at * 7)] for at in range(12)],
    )
    backslashes = [[str(at), f"C:\\data\\{at}", "x"] for at in range(9)]
    yield sample(
        "dialect/backslashes", text([["key", "path", "kind"], *backslashes]), ["key", "path", "kind"], backslashes
    )
    comma = [[row[0], row[3].replace(".", ","), row[4].replace(".", ",")] for row in stations()[1]]
    names = ["Ort", "Sonne", "Wind"]
    yield sample("dialect/decimal-comma", text([names, *comma], delimiter=";"), names, comma)
    yield sample("dialect/decimal-comma-tab", text([names, *comma], delimiter="\t"), names, comma)
    yield sample("dialect/decimal-comma-quoted", text([names, *comma]), names, comma)
    both = [[row[0], row[3].replace(".", ","), "yes; or no"] for row in stations()[1]]
    yield sample("dialect/decimal-comma-semicolons", text([names, *both], delimiter=";"), names, both)
    yield from one_column()
    yield from widths()


def one_column() -> Iterator[Sample]:
    names = [[name] for name in ("Leeds", "Bath", "Ghent", "Porto", "Turku", "Basel")]
    yield sample("dialect/one-column", text([["town"], *names]), ["town"], names)
    phrases = [["a small lamp"], ["a chair, of oak"], ["shelf"], ["two beds"], ["table, round, of pine"], ["stool"]]
    yield sample("dialect/one-column-text", "thing\n" + "\n".join(row[0] for row in phrases), ["thing"], phrases)
    figures = [[str(at * at)] for at in range(20)]
    yield sample("dialect/one-column-numbers", text([["square"], *figures]), ["square"], figures)
    times = [[f"{at:02}:30:00"] for at in range(20)]
    yield sample("dialect/one-column-times", text([["time"], *times]), ["time"], times)
    links = [[f"http://example.org/a;b|c/{at}"] for at in range(8)]
    yield sample("dialect/one-column-links", "link\n" + "\n".join(row[0] for row in links), ["link"], links)
    commas = [[f"{at},5"] for at in range(10)]
    yield sample("dialect/one-column-quoted", text([["value"], *commas]), ["value"], commas)


def widths() -> Iterator[Sample]:
    for width in (2, 3, 60, 400):
        names = [f"c{at}" for at in range(width)]
        rows = numbers(8, width)
        yield sample(f"dialect/width-{width}", text([names, *rows]), names, rows)
    names, rows = ["key", "text"], [[str(at), "word " * 400] for at in range(5)]
    yield sample("dialect/long-cells", text([names, *rows]), names, rows)
    names, rows = stations(400)
    yield sample("dialect/longer", text([names, *rows]), names, rows)


def encodings() -> Iterator[Sample]:
    for name, lines in LANGUAGES.items():
        table = [one.split(";") for one in lines]
        numbered = [["nr", *table[0]], *([str(at), *row] for at, row in enumerate(table[1:] * 4))]
        for code in ("utf-8", *CODE_PAGES[name]):
            written = text(numbered, "\r\n").encode(code)
            yield sample(f"encoding/{name}-{code}", written, numbered[0], numbered[1:])
    table = [one.split(";") for one in (*LANGUAGES["german"], "日本;東京;大阪", "한국;서울;부산")]
    for code in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        for end in ("\n", "\r\n"):
            written = text(table, end).encode(code)
            yield sample(f"encoding/{code}-{len(end)}", written, table[0], table[1:])
    marked = b"\xfe\xff" + text(table, "\r\n", delimiter="\t").encode("utf-16-be")
    yield sample("encoding/utf-16-be-marked", marked, table[0], table[1:])
    marked = b"\x00\x00\xfe\xff" + text(table, delimiter=";").encode("utf-32-be")
    yield sample("encoding/utf-32-be-marked", marked, table[0], table[1:])
    rows = [["Zürich", "1"], ["Genève", "2"], ["Köln", "3"], ["Bern", "4"]] * 8
    mixed = b"town,nr\n" + b"".join(
        f"{row[0]},{row[1]}\n".encode("cp1252" if at == 6 else "utf-8") for at, row in enumerate(rows)
    )
    yield sample("encoding/mixed", mixed, ["town", "nr"], rows)
    signs = [["price", "10 €"], ["quote", "“so”"], ["dash", "a – b"], ["trade", "Lamp™"]]
    yield sample("encoding/signs-cp1252", text([["what", "sign"], *signs]).encode("cp1252"), ["what", "sign"], signs)
    few = [["Zoë", "1"], ["Bob", "2"], ["Ann", "3"]]
    yield sample("encoding/one-letter", text([["who", "nr"], *few]).encode("latin-1"), ["who", "nr"], few)


def values() -> Iterator[Sample]:
    odd = {
        "zeros": ["007", "01067", "0000", "00.50", "000123"],
        "long": ["9007199254740993", "12345678901234567890", "-9223372036854775809", "3.14159265358979323846", "1"],
        "dates": ["1677-09-20", "2262-04-12", "0001-01-01", "9999-12-31", "2024-02-30"],
        "zones": ["2024-01-01T10:00:00+02:00", "2024-01-01T10:00:00Z", "2024-01-01 10:00", "2024-01-01", "10:00"],
        "like-dates": ["12-11", "1/2", "MAR1", "SEPT2", "10.11"],
        "exponents": ["1e5", "1E5", "2e-3", "1e400", "0x1F"],
        "missing": ["NA", "N/A", "null", "None", "-"],
        "truth": ["TRUE", "true", "True", "yes", "0"],
        "signs": ["+49", "-0", "--5", "1,000", "50%"],
        "endless": ["inf", "-Infinity", "NaN", "nan", "#N/A"],
        "money": ["$1,234.50", "€ 12", "1 234,5", "(5)", "1.10"],
    }
    for name, cells in odd.items():
        for sign in ",;\t":
            rows = [[str(at), cell, "x y"] for at, cell in enumerate(cells * 2)]
            yield sample(
                f"values/{name}-{ord(sign)}", text([["nr", name, "t"], *rows], delimiter=sign), ["nr", name, "t"], rows
            )
    names = list(odd)
    rows = [list(row) for row in zip(*odd.values(), strict=True)]
    yield sample("values/all", text([names, *rows]), names, rows)
    yield sample("values/all-quoted", text([names, *rows], always=True), names, rows)
    spaces = [[" a ", "  b", "c  ", str(at)] for at in range(6)]
    yield sample("values/spaces", text([["p", "q", "r", "s"], *spaces]), ["p", "q", "r", "s"], spaces)
    yield sample(
        "values/spaces-quoted", text([["p", "q", "r", "s"], *spaces], always=True), ["p", "q", "r", "s"], spaces
    )
