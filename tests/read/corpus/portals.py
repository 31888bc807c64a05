"""Files as open-data portals publish them: titles, notes, units, groups of columns, padded lines, several tables."""

from collections.abc import Iterator

from tests.read.corpus.base import Sample, line, numbers, sample, stations, text, words


def portals() -> Iterator[Sample]:
    for sign, name in ((",", "comma"), (";", "semicolon"), ("\t", "tab")):
        yield from around(sign, name)
        yield from heads(sign, name)
        yield from odd(sign, name)
    yield from several()


def around(sign: str, name: str) -> Iterator[Sample]:
    """Lines before and after the table."""
    header, rows = stations()
    if sign == ";":
        rows = [[cell.replace(".", ",") for cell in row] for row in rows]
    table = text([header, *rows], delimiter=sign)
    pad = sign * (len(header) - 1)

    def padded(*lines: str) -> str:
        return "".join(f"{one}{pad}\n" for one in lines)

    title, source = "Weather of twelve stations", "Source: weather service; 2024"
    for kind, before in {
        "title": f"{title}\n",
        "title-blank": f"{title}\n\n",
        "titles": f"{title}\n{source.replace(';', '')}\n\n",
        "title-quoted": f'"{title}, yearly; see notes"\n\n',
        "title-padded": padded(title),
        "titles-padded": padded(title, source.replace(";", ","[: sign != ","]), "", ""),
        "comments": "# made by a program\n# version 2.1\n",
        "comments-signs": f"# made{sign} by a program\n# version 2.1\n#\n",
        "keys": f"Source{sign}Weather service\nDate{sign}2024-05-01\n\n",
        "keys-padded": f"Source{sign}Weather service{pad[1:]}\nUpdated{sign}yearly{pad[1:]}\n{pad}\n",
        "keys-colon": "Source: Weather service\nDate: 2024-05-01\nRows: 15\n\n",
        "padded-right": f"{sign}{sign}{title}{pad[2:]}\n{pad}\n",
        "blank": "\n\n",
        "blank-padded": f"{pad}\n{pad}\n",
    }.items():
        yield sample(f"portal/{name}-{kind}", before + table, header, rows)
    for kind, after in {
        "note": "\nNote: figures of 2014 are estimates.\n",
        "note-close": "Note: figures of 2014 are estimates.\n",
        "source": f"\nSource: weather service{sign} 2024\n",
        "notes": "\n\n1) Estimates.\n2) Without the islands.\n* Preliminary\n",
        "notes-padded": padded("", "Note: figures of 2014 are estimates.", "Source: weather service"),
        "notes-close-padded": padded("Notes", "Figures of 2014 are estimates", "Source: weather service"),
        "notes-quoted": '\n"Note: estimates, without islands; see the manual"\n',
        "copyright": "\n© Weather service 2024\n",
        "end-delimiters": f"{pad}\n{pad}\n{pad}\n",
        "keys-after": f"\nSource{sign}Weather service\nUpdated{sign}yearly\n",
    }.items():
        yield sample(f"portal/{name}-{kind}", table + after, header, rows)
    both = padded(title, "") + table + padded("", "Source: weather service")
    yield sample(f"portal/{name}-both", both, header, rows)
    titles, some = words()
    whole = f"{title}\n\n" + text([titles, *some], delimiter=sign) + "\nSource: the library\n"
    yield sample(f"portal/{name}-words-both", whole, titles, some)
    total = [*rows, ["Total", "", "8000", "21000.5".replace(".", "," if sign == ";" else "."), ""]]
    yield sample(f"portal/{name}-total", text([header, *total], delimiter=sign), header, total)


def heads(sign: str, name: str) -> Iterator[Sample]:
    """Headers of units, groups, years and numbers; doubled and missing names."""
    header, rows = stations()
    units = ["", "", "mm", "hours", "km/h"]
    yield sample(f"portal/{name}-units", text([header, units, *rows], delimiter=sign), [header, units], rows)
    described = ["name of the station", "year of the count", "rain in mm", "sun in hours", "wind in km/h"]
    yield sample(
        f"portal/{name}-described", text([header, described, *rows], delimiter=sign), [header, described], rows
    )
    groups = ["", "2020", "", "2021", ""]
    parts = ["Town", "men", "women", "men", "women"]
    table = [[row[0], *figures] for row, figures in zip(rows, numbers(15, 4), strict=True)]
    yield sample(f"portal/{name}-groups", text([groups, parts, *table], delimiter=sign), [groups, parts], table)
    groups = ["", "Persons", "Persons", "Houses", "Houses"]
    yield sample(f"portal/{name}-groups-full", text([groups, parts, *table], delimiter=sign), [groups, parts], table)
    titled = "Persons and houses\n\n" + text([groups, parts, *table], delimiter=sign) + "\nSource: census\n"
    yield sample(f"portal/{name}-groups-titled", titled, [groups, parts], table)
    years = ["Town", "2019", "2020", "2021", "2022"]
    yield sample(f"portal/{name}-years", text([years, *table], delimiter=sign), years, table)
    back = ["Town", "2022", "2021", "2020", "2019"]
    yield sample(f"portal/{name}-years-back", text([back, *table], delimiter=sign), back, table)
    yield sample(
        f"portal/{name}-years-blank", text([["", *years[1:]], *table], delimiter=sign), ["", *years[1:]], table
    )
    counted = ["1", "2", "3", "4", "5", "6"]
    yield sample(f"portal/{name}-counted", text([counted, *numbers()], delimiter=sign), counted, numbers())
    from_zero = ["", "0", "1", "2", "3"]
    yield sample(f"portal/{name}-from-zero", text([from_zero, *table], delimiter=sign), from_zero, table)
    doubled = ["Town", "men", "women", "men", "women"]
    yield sample(f"portal/{name}-doubled", text([doubled, *table], delimiter=sign), doubled, table)
    seasons = ["Town", "2019/20", "2020/21", "2021/22", "2022/23"]
    yield sample(f"portal/{name}-seasons", text([seasons, *table], delimiter=sign), seasons, table)
    yield sample(f"portal/{name}-headless", text(table, delimiter=sign), [], table)
    yield sample(f"portal/{name}-headless-numbers", text(numbers(), delimiter=sign), [], numbers())
    lines = [["Town\n(name)", "men\n2020", "women\n2020", "men\n2021", "women\n2021"], *table]
    yield sample(f"portal/{name}-lines", text(lines, delimiter=sign), lines[0], table)


def odd(sign: str, name: str) -> Iterator[Sample]:
    """Trailing delimiters, empty columns, rows cut short, gaps."""
    header, rows = stations()
    good = [header, *rows]
    trailing = "".join(line(row, delimiter=sign) + sign + "\n" for row in good)
    yield sample(f"portal/{name}-trailing", trailing, [*header, ""], [[*row, ""] for row in rows])
    data_only = line(header, delimiter=sign) + "\n" + "".join(line(row, delimiter=sign) + sign + "\n" for row in rows)
    yield sample(f"portal/{name}-trailing-data", data_only, header, rows)
    head_only = line(header, delimiter=sign) + sign + "\n" + text(rows, delimiter=sign)
    yield sample(f"portal/{name}-trailing-head", head_only, header, rows)
    empty = [[*row[:2], "", *row[2:], ""] for row in rows]
    names = [*header[:2], "Remark", *header[2:], "Snow"]
    yield sample(f"portal/{name}-empty-columns", text([names, *empty], delimiter=sign), names, empty)
    gaps = [[cell if (at + here) % 3 else "" for here, cell in enumerate(row)] for at, row in enumerate(rows)]
    yield sample(f"portal/{name}-gaps", text([header, *gaps], delimiter=sign), header, gaps)
    short = "".join(sign.join(row).rstrip(sign) + "\n" for row in [header, *gaps] if any(row))
    yield sample(f"portal/{name}-cut-ends", short, header, [row for row in gaps if any(row)])
    dots = [[*row[:2], ".." if at % 4 == 0 else row[2], *row[3:]] for at, row in enumerate(rows)]
    yield sample(f"portal/{name}-dots", text([header, *dots], delimiter=sign), header, dots)
    grouped = [[row[0] if at % 3 == 0 else "", *row[1:]] for at, row in enumerate(rows)]
    yield sample(f"portal/{name}-grouped", text([header, *grouped], delimiter=sign), header, grouped)
    blank = (
        text(good[:5], delimiter=sign)
        + "\n"
        + text(good[5:10], delimiter=sign)
        + "\n\n"
        + text(good[10:], delimiter=sign)
    )
    yield sample(f"portal/{name}-blank-between", blank, header, rows)
    thousands = [[row[0], row[1], f"1,{at:03}", f"12,{at:03}.50", "1,000,000"] for at, row in enumerate(rows)]
    yield sample(f"portal/{name}-thousands", text([header, *thousands], delimiter=sign), header, thousands)
    percent = [[row[0], row[1], f"{at}%", f"$ {at}.50", f"({at})"] for at, row in enumerate(rows)]
    yield sample(f"portal/{name}-percent", text([header, *percent], delimiter=sign), header, percent)
    quoted = text(good, delimiter=sign, always=True)
    yield sample(f"portal/{name}-quoted", quoted, header, rows)
    whole = text([header], delimiter=sign) + "".join(f'"{line(row, delimiter=sign)}"\n' for row in rows)
    yield sample(f"portal/{name}-whole-lines", whole, header, rows)


def several() -> Iterator[Sample]:
    """Several tables below each other; the largest is read."""
    header, rows = stations()
    towns = ["Town", "Persons", "Area"]
    figures = [[row[0], *figure] for row, figure in zip(rows, numbers(6, 2), strict=False)]
    for sign, name in ((",", "comma"), (";", "semicolon")):
        first, second = text([header, *rows], delimiter=sign), text([towns, *figures], delimiter=sign)
        pad = sign * 4
        padded = "".join(line([*row, "", ""], delimiter=sign) + "\n" for row in [towns, *figures])
        for kind, whole in {
            "after": f"{first}\n{second}",
            "before": f"{second}\n{first}",
            "titled": f"Weather\n{first}\nTowns\n{second}",
            "titled-before": f"Towns\n\n{second}\n\nWeather\n\n{first}",
            "padded": f"Weather{pad}\n{first}{pad}\nTowns{pad}\n{padded}",
            "padded-blank": f"{first}{pad}\n{padded}",
            "noted": f"{first}\n{second}\nSource: census\n",
        }.items():
            yield sample(f"portal/tables-{name}-{kind}", whole, header, rows)
