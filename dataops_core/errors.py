"""What can go wrong, said in three parts: what happened, where, and how to fix it.

DataOpsError
├── InputError       a file or table that cannot be read
│   └── FlawError    … unless it is mended while reading, if asked to
├── SettingError     a recipe, step or option that does not fit
│   ├── SecretError        … because a secret key is missing, or is another one
│   └── PersonalDataError  … because people would leave with the data
├── AccessError      somebody may not do this, or see it
├── ConflictError    somebody else changed the same thing meanwhile
└── IntegrityError   stored bytes are not what they were

Skip                 not an error: a step says "this is not for me"
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class DataOpsError(Exception):
    """A problem that a person can act on: what happened, where, and how to fix it."""

    def __init__(self, what: str, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what, self.where, self.fix = what, where, fix

    def __reduce__(self) -> tuple[type, tuple[str, str, str]]:
        return type(self), (self.what, self.where, self.fix)

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.where and f"({self.where})", self.fix) if part)


class InputError(DataOpsError):
    """A file or table cannot be read."""


class FlawError(InputError):
    """A table has flaws that can be mended while reading, if asked to."""


class SettingError(DataOpsError):
    """A recipe, a step's settings or an option do not fit."""


class SecretError(SettingError):
    """A secret key is missing, or is not the one of then: it may be there tomorrow."""


class PersonalDataError(SettingError):
    """Data that names people would leave, and nobody wrote down why."""


class AccessError(DataOpsError):
    """Somebody may not do this, or may not even know that it is there."""


class ConflictError(DataOpsError):
    """The same thing was changed elsewhere meanwhile."""


class IntegrityError(DataOpsError):
    """Stored bytes are not what they were when they were written."""


class Skip(Exception):
    """A step's answer "this is not for me": recorded, no failure."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names what was probably meant, or lists what there is.

    >>> nearest("agee", ["age", "sex"])
    'Did you mean "age"?'
    >>> nearest("zzz", ["age", "sex"])
    'Available: age, sex.'
    """
    names = list(known)
    close = difflib.get_close_matches(str(name), names, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{close[0]}"?'
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"Available: {shown}." if names else "There is none."
