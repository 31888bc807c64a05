"""Replace values."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated, Literal

import pandas as pd

from dataops_core.errors import SettingError
from dataops_core.steps._cells import GREATEST_WHOLE, LEAST_WHOLE, plain_number
from dataops_core.steps.step import Columns, Label, step
from dataops_core.table.kinds import type_of


@step("Replace values", group="Text", says="Replaced in {column}: {mapping}")
def replace_values(
    df: pd.DataFrame,
    column: Annotated[str, Columns("text", "number"), Label("Column", "The column to change")],
    mapping: Annotated[
        dict[str, str], Label("Old and new values", "An empty new value makes the cell missing")
    ],
    match: Annotated[
        Literal["whole cell", "part of the text", "pattern"],
        Label("What to look for", "The whole cell, a part of the text, or a pattern (a regular expression)"),
    ] = "whole cell",
    case: Annotated[
        Literal["match", "ignore"], Label("Upper and lower case", '"ignore" takes "NL" and "nl" for the same')
    ] = "match",
) -> pd.DataFrame:
    r"""Replace values by others: whole cells, parts of the text, or what a pattern finds.

    All replacements of whole cells and parts happen at once, so "a" and "b" can trade places; patterns run one after
    the other, and `\1` in a new value stands for the first group. A cell that ends up empty becomes missing. In number
    columns only whole cells can be replaced, number by number ("1" finds 1 and 1.0). To change many spellings of one
    value, list each; to change only the case, use change_case.

    >>> cities = pd.DataFrame({"city": ["Amsterdm", "Delft", "-"]}, dtype=object)
    >>> replace_values(cities, column="city", mapping={"Amsterdm": "Amsterdam", "-": ""})["city"].tolist()
    ['Amsterdam', 'Delft', None]
    >>> dates = pd.DataFrame({"d": ["12-2024"]}, dtype=object)
    >>> replace_values(dates, column="d", mapping={r"(\d+)-(\d+)": r"\2/\1"}, match="pattern")["d"].tolist()
    ['2024/12']
    """
    if not mapping:
        raise SettingError("No value to replace is given.", "replace_values", "Give an old and a new value.")
    if "" in mapping:
        raise SettingError("An old value is empty.", "replace_values", "To fill missing cells, use fill_missing.")
    out = df.copy(deep=False)
    if type_of(df[column]) in ("integer", "decimal"):
        out[column] = replaced_numbers(df[column], mapping, match)
        return out
    if match == "pattern":
        patterns = [(pattern_of(old, case), new) for old, new in mapping.items()]
        for pattern, new in patterns:
            check_groups(pattern, new)
        known = {text: by_pattern(text, patterns) for text in df[column].dropna().unique()}
    else:
        pairs = {key(old, case): new for old, new in reversed(mapping.items())}  # of equal ones, the first counts
        if match == "whole cell":
            known = {text: pairs.get(key(text, case), text) for text in df[column].dropna().unique()}
        else:
            longest = sorted(mapping, key=len, reverse=True)
            parts = re.compile("|".join(map(re.escape, longest)), re.IGNORECASE if case == "ignore" else 0)
            known = {text: by_part(text, parts, pairs, case) for text in df[column].dropna().unique()}
    cells = [known.get(text) for text in df[column]]
    gone = [None if new == "" and old != "" else new for old, new in zip(df[column], cells, strict=True)]
    out[column] = pd.Series(gone, index=df.index, dtype=object)
    return out


def key(text: str, case: str) -> str:
    """A text as it is looked up."""
    return text.lower() if case == "ignore" else text


def by_part(text: str, parts: re.Pattern[str], pairs: dict[str, str], case: str) -> str:
    """A text with every part that is found replaced, in one pass."""
    return parts.sub(lambda found: pairs.get(key(found[0], case), found[0]), text)


def by_pattern(text: str, patterns: list[tuple[re.Pattern[str], str]]) -> str:
    """A text after one pattern after the other."""
    for pattern, new in patterns:
        text = pattern.sub(partial(with_groups, new=new), text)
    return text


def with_groups(found: re.Match[str], new: str) -> str:
    r"""The new text, with what the groups caught in place of \1 to \9; other backslashes stay."""
    return re.sub(r"\\([1-9])", lambda number: found[int(number[1])] or "", new)


def check_groups(pattern: re.Pattern[str], new: str) -> None:
    """Refuse a new value that names a group which the pattern has not."""
    wanted = max(map(int, re.findall(r"\\([1-9])", new)), default=0)
    if wanted > pattern.groups:
        raise SettingError(
            f'"{new}" names group {wanted}, but the pattern "{pattern.pattern}" has {pattern.groups}.',
            "replace_values", "Put ( ) around the part of the pattern to keep.",
        )


def pattern_of(text: str, case: str) -> re.Pattern[str]:
    """A compiled pattern; one that is wrong, or that could run for ever, is refused."""
    try:
        pattern = re.compile(text, re.IGNORECASE if case == "ignore" else 0)
    except (re.error, RecursionError, OverflowError) as error:
        raise SettingError(
            f'"{text}" is not a pattern: {error}.', "replace_values",
            'To look for the text as it stands, choose "part of the text".',
        ) from error
    if len(text) > 1000 or repeats_repetition(text) or shares_repetitions(text):
        raise SettingError(
            f'The pattern "{text[:100]}" could run for ever: it repeats something that itself repeats.',
            "replace_values", "Repeat only parts of a fixed shape, such as (\\d{3},)+, or split the pattern in two.",
        )
    return pattern


def repeats_repetition(pattern: str) -> bool:
    """Whether an endlessly repeated group holds a repetition, or choices that may begin alike: (a+)+, (a|a)*.

    Such patterns need time that doubles with every letter (see OWASP, "Regular expression denial of service").
    """
    bare = re.sub(r"\\.", "_", pattern, flags=re.DOTALL)  # an escape stands for one letter
    bare = re.sub(r"\[\^?\]?[^\]]*\]", "_", bare)  # so does a set
    opened: list[int] = []
    for at, sign in enumerate(bare):
        if sign == "(":
            opened.append(at)
        elif sign == ")" and opened:
            start = opened.pop()
            if re.match(r"[*+]|\{\d*,\d*\}|\{\d{2,}\}", bare[at + 1:]):
                body = re.sub(r"^\?(:|P<\w+>)", "", bare[start + 1:at])
                if re.search(r"[*+]|\{\d*,\d*\}|(?<!\()\?", body):
                    return True
                firsts = [branch[:1] for branch in body.split("|")]
                if len(firsts) > 1 and (len(set(firsts)) < len(firsts) or not all(map(str.isalnum, firsts))):
                    return True
    return False


def shares_repetitions(pattern: str) -> bool:
    """Whether three endless repetitions in a row, or four with letters between, could share out the same letters: x*x*x*y.

    Such patterns need time that grows with the fourth power of a cell's length or faster.

    >>> shares_repetitions("x*x*x*x*y"), shares_repetitions(r"\\w+\\d*.*;"), shares_repetitions(r"\\d+-\\d+-\\d+-\\d+")
    (True, True, False)
    """
    parts = re.findall(r"(\\.|\[\^?\]?[^\]]*\]|\(\?[:P](?:<\w+>)?|.)([*+?]|\{\d*,?\d*\})?", pattern, flags=re.DOTALL)
    atoms = []
    for atom, times in parts:
        try:
            one = None if atom[0] in "()^$" or atom in ("\\b", "\\B") else re.compile(atom, re.DOTALL) if atom != "|" else re.compile("(?!)")
        except re.error:
            continue
        if one is not None:
            atoms.append((one, bool(re.fullmatch(r"[*+]|\{\d*,\}", times)), times in ("*", "?") or times.startswith(("{,", "{0"))))
    for letter in "ax0A _-,.;:/'\"\t\né中":
        run = beside = 0  # endless repetitions that can take this letter: with such letters between them, and with nothing between
        for one, endless, optional in atoms:
            fits = one.fullmatch(letter) is not None
            run = run + 1 if endless and fits else run if optional or fits else 0
            beside = beside + 1 if endless and fits else beside if optional else 0
            if run > 3 or beside > 2:
                return True
    return False


def replaced_numbers(column: pd.Series, mapping: dict[str, str], match: str) -> pd.Series:
    """A number column with whole cells replaced, number by number, all at once."""
    if match != "whole cell":
        raise SettingError(
            f'Column "{column.name}" holds numbers; only whole cells can be replaced.', "replace_values",
            'Choose "whole cell", or make the column text first (set_kind).',
        )
    out = column.copy()
    for old, new in reversed(mapping.items()):
        before, after = plain_number(old), plain_number(new) if new.strip() else None
        if before is None or (after is None and new.strip()):
            wrong = old if before is None else new
            raise SettingError(f'"{wrong}" is not a number, but column "{column.name}" holds numbers.',
                               "replace_values", "Give plain numbers, such as 12 or -0.5.")
        if type_of(column) == "integer" and after is not None:
            if after != int(after) or not LEAST_WHOLE <= after <= GREATEST_WHOLE:
                raise SettingError(f'"{new}" is no whole number, but column "{column.name}" holds whole numbers.',
                                   "replace_values", "Give a whole number, or make the column decimal first.")
            after = int(after)
        found = (column == before).to_numpy(dtype=bool, na_value=False)
        out = out.mask(found) if after is None else out.mask(found, after)
    return out
