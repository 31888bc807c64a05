"""Counts and times in messages, in the form that fits the number; what was done, told as what would be done."""

from __future__ import annotations

import re


def counted(number: int, one: str, many: str = "") -> str:
    """A number with what it counts, in the singular where it is one.

    >>> counted(1, "cell is", "cells are"), counted(1234, "row")
    ('1 cell is', '1,234 rows')
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def for_number(text: str, number: int) -> str:
    """A text in which `many|one` stands for two forms of a word, in the form that fits a number.

    >>> for_number("rows|row have|has gone", 1)
    'row has gone'
    """
    return re.sub(r"(\w+)\|(\w+)", lambda match: str(match[2 if number == 1 else 1]), text)


def duration(seconds: float) -> str:
    """A time to be expected, no more exact than it can be.

    >>> duration(3), duration(33), duration(70), duration(500), duration(9000)
    ('a few seconds', 'about 30 seconds', 'about a minute', 'about 8 minutes', 'about 2.5 hours')
    """
    if seconds < 10:
        return "a few seconds"
    if seconds < 50:
        return f"about {round(seconds, -1):.0f} seconds"
    if seconds < 90:
        return "about a minute"
    return f"about {seconds / 60:.0f} minutes" if seconds < 5400 else f"about {seconds / 3600:.2g} hours"


IRREGULAR = {
    "Built": "Builds",
    "Chose": "Chooses",
    "Created": "Creates",
    "Cut": "Cuts",
    "Drew": "Draws",
    "Found": "Finds",
    "Gave": "Gives",
    "Held": "Holds",
    "Hid": "Hides",
    "Kept": "Keeps",
    "Left": "Leaves",
    "Made": "Makes",
    "Put": "Puts",
    "Read": "Reads",
    "Set": "Sets",
    "Split": "Splits",
    "Took": "Takes",
    "Wrote": "Writes",
}
DOES = {"Deleted": "Deletes", "Switched": "Switches"}  # what is done to steps; what steps do is added by `spoken`
VOWELS, SIBILANT, UNSTRESSED = "aeiouy", ("s", "z", "x", "c", "g", "v", "u", "sh", "ch"), ("er", "en", "el", "it", "op")


def does(did: str) -> str:
    """What a sentence of a step that is done begins with, as of one that is still to come; a verb that is neither
    regular nor listed raises ValueError.

    >>> [does(did) for did in ("Dropped", "Added", "Filled", "Scaled", "Sorted", "Copied", "Kept", "One-hot encoded")]
    ['Drops', 'Adds', 'Fills', 'Scales', 'Sorts', 'Copies', 'Keeps', 'One-hot encodes']
    >>> [does(did) for did in ("Resampled", "Repaired", "Filtered", "Matched", "Flagged", "Interpolated", "Evaluated")]
    ['Resamples', 'Repairs', 'Filters', 'Matches', 'Flags', 'Interpolates', 'Evaluates']
    """
    before, _, verb = did.rpartition(" ")
    if before:
        return f"{before} {does(verb)}"
    if did in IRREGULAR:
        return IRREGULAR[did]
    if not did.endswith("ed"):
        raise ValueError(f'"{did}" is not a regular verb: write both forms, as in "Sought|Seeks …"')
    stem = did[:-2]
    one, two, last = (letter.lower() for letter in f"  {stem}"[-3:])
    if last == "i":
        return f"{stem}es"
    if two == last and last not in "lsfz" and one in VOWELS and len(stem) > 3:  # dropped, but added
        return f"{stem[:-1]}s"
    single = two in VOWELS and one not in VOWELS and last not in f"{VOWELS}wh"  # scaled, but treated and sorted
    unstressed = stem.endswith(UNSTRESSED) and len(re.findall(f"[{VOWELS}]+", stem.lower())) > 1  # filtered
    after_consonant = last == "l" and two in "bcdfgkpstz"  # resampled
    silent = (single and not unstressed) or after_consonant or stem.endswith((*SIBILANT, "iat", "uat"))
    return f"{stem}{'es' if silent else 's'}"


def spoken(says: str) -> str:
    """The sentence of a step, whose first words `as_plan` knows from now on; a verb that no rule knows is written in
    both forms.

    >>> spoken("Sought|Seeks {what}"), as_plan("Sought gold; Sought oil")
    ('Sought {what}', 'Seeks gold; Seeks oil')
    """
    both = re.match(r"([^|{]+)\|([^ ]+)", says)
    if both:
        DOES[both[1]] = both[2]
        return f"{both[1]}{says[both.end() :]}"
    words = says.split(" ")
    verb = 1 if not words[0].endswith("ed") and words[0] not in IRREGULAR and words[1].endswith("ed") else 0
    did = " ".join(words[: verb + 1])
    DOES[did] = does(did)
    return says


def as_plan(text: str) -> str:
    """What was done, told as what would be done: each sentence that begins with what a step did, after a colon or a
    semicolon, too.

    >>> spoken("Filled {columns}"), spoken("Trimmed {columns}")
    ('Filled {columns}', 'Trimmed {columns}')
    >>> as_plan("2 fixes: Filled missing values in age; Trimmed name")
    '2 fixes: Fills missing values in age; Trims name'
    """
    words = "|".join(map(re.escape, sorted(DOES, key=len, reverse=True)))
    return re.sub(rf"(^|; |: )({words})\b", lambda match: match[1] + DOES[match[2]], text)
