"""A good table of nine columns, with one malformation in each file: at every row, and at a column that differs from row
to row.
"""

from collections.abc import Iterator

from tests.read.corpus.base import Sample, line, orders, sample, stations, text, words


def malformed() -> Iterator[Sample]:
    yield from whole_files()
    yield from rows_of_another_width()
    yield from stray_quotes()
    yield from rows_with_other_delimiters()
    yield from headers()
    yield from tables()


def whole_files() -> Iterator[Sample]:
    header, rows = orders()
    good = [header, *rows]
    yield sample("malformed/source", text(good), header, rows)
    yield sample("malformed/crlf", text(good, "\r\n"), header, rows)
    yield sample("malformed/cr", text(good, "\r"), header, rows)
    yield sample("malformed/no-end", text(good)[:-1], header, rows)
    yield sample("malformed/two-ends", text(good) + "\n", header, rows)
    yield sample("malformed/four-ends", text(good, "\r\n") + "\r\n" * 3, header, rows)
    mixed = "".join(line(row) + ("\r\n", "\n", "\r")[at % 3] for at, row in enumerate(good))
    yield sample("malformed/mixed-ends", mixed, header, rows)
    yield sample("malformed/one-row", text(good[:2]), header, rows[:1])
    yield sample("malformed/header-only", text([header]), header, [])
    yield sample("malformed/semicolon", text(good, delimiter=";"), header, rows)
    yield sample("malformed/tab", text(good, delimiter="\t"), header, rows)
    yield sample("malformed/space", text(good, delimiter=" "), header, rows)
    yield sample("malformed/comma-space", text(good, delimiter=", "), header, rows)
    yield sample("malformed/apostrophe", text(good, quote="'"), header, rows)
    yield sample("malformed/all-quoted", text(good, always=True), header, rows)
    yield sample("malformed/all-apostrophes", text(good, quote="'", always=True), header, rows)
    yield sample("malformed/backslash", text(good, escape="\\"), header, rows)
    yield sample("malformed/backslash-all", text(good, escape="\\", always=True), header, rows)
    bare = "".join(",".join(f'"{cell}"' if "," in cell or '"' in cell else cell for cell in row) + "\n" for row in good)
    yield sample("malformed/no-escape", bare, header, rows)
    nul = [[*row[:5], row[5].replace(", ", "\0"), *row[6:]] if at == 4 else row for at, row in enumerate(rows)]
    yield sample("malformed/nul", text([header, *nul]), header, nul)
    blank = text(good[:6]) + "\n" + text(good[6:])
    yield sample("malformed/blank-line", blank, header, rows)
    yield sample("malformed/blank-lines", text(good, "\n\n"), header, rows)
    only = text(good[:9]) + "," * 8 + "\n" + text(good[9:])
    yield sample("malformed/delimiters-only", only, header, [*rows[:8], [""] * 9, *rows[8:]])


def rows_of_another_width() -> Iterator[Sample]:
    header, rows = orders(seed=2)
    good = [header, *rows]
    for at in range(1, len(good)):
        for column in {1 + at * 5 % 8, 1 + at * 3 % 8}:
            # cells before and after the missing delimiter run together; quotes between them go away
            fewer = [*good[at][: column - 1], good[at][column - 1] + good[at][column], *good[at][column + 1 :]]
            lines = [line(fewer if here == at else row) for here, row in enumerate(good)]
            wanted = [([*fewer, ""] if here == at else row) for here, row in enumerate(good)][1:]
            yield sample(f"malformed/less-{at}-{column}", "\n".join(lines) + "\n", header, wanted)
            more = [*good[at][:column], "", *good[at][column:]]
            lines = [line(more if here == at else row) for here, row in enumerate(good)]
            wanted = [(more if here == at else row) for here, row in enumerate(good)][1:]
            yield sample(f"malformed/more-{at}-{column}", "\n".join(lines) + "\n", header, wanted)
    for at in (1, 9, 18):
        lines = [line(row) + ("," if here == at else "") for here, row in enumerate(good)]
        wanted = [([*row, ""] if here == at else row) for here, row in enumerate(good)][1:]
        yield sample(f"malformed/more-{at}-end", "\n".join(lines) + "\n", header, wanted)
        wanted = [([*row[:3], *[""] * 6] if here == at else row) for here, row in enumerate(good)][1:]
        lines = [line(row[:3] if here == at else row) for here, row in enumerate(good)]
        yield sample(f"malformed/cut-{at}", "\n".join(lines) + "\n", header, wanted)
        bare = [
            ",".join(row) if here == at else line(row) for here, row in enumerate(good)
        ]  # the delimiter stands inside cells without quotes
        split = [cell for part in good[at] for cell in part.split(",")]
        wanted = [(split if here == at else row) for here, row in enumerate(good)][1:]
        yield sample(f"malformed/unquoted-{at}", "\n".join(bare) + "\n", header, wanted)


def stray_quotes() -> Iterator[Sample]:
    header, rows = orders(seed=3)
    for at in range(len(rows)):
        for column, place in ((at * 4 % 9, "start"), (at * 7 % 9, "middle"), (at * 2 % 9, "end")):
            cells = [line([cell]) for cell in rows[at]]
            cell, quoted = rows[at][column], cells[column].startswith('"')
            if not cell:
                continue
            where = {"start": 0, "middle": len(cell) // 2, "end": len(cell)}[place]
            wrong = cell[:where] + '"' + cell[where:]
            inner = cell.replace('"', '""')
            there = len(cell[:where].replace('"', '""'))
            spelled = inner[:there] + '"' + inner[there:]
            cells[column] = f'"{spelled}"' if quoted else spelled
            lines = [line(header), *(",".join(cells) if here == at else line(row) for here, row in enumerate(rows))]
            wanted = [
                [*row[:column], wrong, *row[column + 1 :]] if here == at else row for here, row in enumerate(rows)
            ]
            yield sample(f"malformed/quote-{place}-{at}-{column}", "\n".join(lines) + "\n", header, wanted)
    names = ["name", "size", "remark", "town"]
    table = [
        ["lamp", "4", "for the desk", "Leeds"],
        ["chair", "12", "oak", "Bath"],
        ["shelf", "7", "pine", "Ghent"],
    ] * 4
    for at in range(0, 12, 3):
        inch = [
            [row[0], row[1] + '"', *row[2:]] if here == at else row for here, row in enumerate(table)
        ]  # 4" in a cell without quotes
        yield sample(f"malformed/inch-{at}", "\n".join(",".join(row) for row in [names, *inch]), names, inch)
        unclosed = [[*row[:2], '"' + row[2], row[3]] if here == at else row for here, row in enumerate(table)]
        yield sample(
            f"malformed/unclosed-{at}", "\n".join(",".join(row) for row in [names, *unclosed]), names, unclosed
        )
        said = [[*row[:2], 'so "very, very" good', row[3]] if here == at else row for here, row in enumerate(table)]
        raw = [",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in [names, *said]]
        yield sample(f"malformed/said-{at}", "\n".join(raw), names, said)
        broken = [[*row[:2], 'on "two"\nlines, say', row[3]] if here == at else row for here, row in enumerate(table)]
        raw = [",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in [names, *broken]]
        yield sample(f"malformed/two-lines-{at}", "\n".join(raw), names, broken)


def rows_with_other_delimiters() -> Iterator[Sample]:
    header, rows = orders(seed=4)
    good = [header, *rows]
    for at in range(len(good)):
        for sign in (" ", ";", "\t")[: 1 + (at % 3 == 0) * 2]:
            lines = [line(row, delimiter=sign) if here == at else line(row) for here, row in enumerate(good)]
            yield sample(f"malformed/row-{at}-by-{ord(sign)}", "\n".join(lines) + "\n", header, rows)


def headers() -> Iterator[Sample]:
    header, rows = orders(seed=5)
    yield sample("malformed/no-header", text(rows), [], rows)
    second = ["day", "hour", "pieces", "euro", "digits", "name", "yes or no", "address", "free text"]
    third = ["from", "from", "to", "to", "shop", "shop", "bank", "web", "shop"]
    yield sample("malformed/two-headers", text([header, second, *rows]), [header, second], rows)
    yield sample("malformed/three-headers", text([header, second, third, *rows]), [header, second, third], rows)
    title = "All orders of the shop\nMade by hand, please check\n\n"
    yield sample("malformed/preamble", title + text([header, *rows]), header, rows)
    yield sample("malformed/preamble-long", "# one\n# two, three\n# four\n" + text([header, *rows]), header, rows)
    doubled = ["ordered", "at", "value", "value", "code", "customer", "paid", "link", "comment"]
    yield sample("malformed/doubled-names", text([doubled, *rows]), doubled, rows)
    nameless = [*header[:3], "", *header[4:]]
    yield sample("malformed/nameless", text([nameless, *rows]), nameless, rows)
    extra = [*header[:4], "", *header[4:]]
    yield sample("malformed/header-more", text([extra, *rows]), header, rows)
    fewer = [*header[:4], header[4] + header[5], *header[6:]]
    yield sample("malformed/header-less", text([fewer, *rows]), fewer, rows)
    extra_quote = ",".join(name + '"' * (at == 3) for at, name in enumerate(header)) + "\n"
    wanted = [name + '"' * (at == 3) for at, name in enumerate(header)]
    yield sample("malformed/header-quote", extra_quote + text(rows), wanted, rows)


def tables() -> Iterator[Sample]:
    header, rows = orders(seed=6)
    small, few = stations(5)
    many, wide = words(4, 6)
    for gap in ("\n", "\n\n", "\nSecond table\n"):
        code = len(gap)
        yield sample(f"malformed/tables-less-{code}", text([header, *rows]) + gap + text([small, *few]), header, rows)
        yield sample(
            f"malformed/tables-first-less-{code}", text([small, *few]) + gap + text([header, *rows]), header, rows
        )
        yield sample(f"malformed/tables-text-{code}", text([header, *rows]) + gap + text([many, *wide]), header, rows)
        other = ["left", "at", "pieces", "worth", "key", "who", "ok", "site", "remark"]
        yield sample(
            f"malformed/tables-same-{code}", text([header, *rows]) + gap + text([other, *rows[:4]]), header, rows
        )
