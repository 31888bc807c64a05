"""Results are frozen dataclasses; this is how they become JSON, and how they come back from where JSON was kept."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, field, fields
from typing import Any, Self, Union, get_args, get_origin

Reader = Callable[[Any], Any]


def absent() -> Any:
    """A field whose key is left out of the JSON where the field is None."""
    return field(default=None, metadata={"absent": True})


def key(name: str) -> Any:
    """A field that is called otherwise in JSON, because Python keeps the name for itself."""
    return field(metadata={"key": name})


def spread(default: Any = MISSING) -> Any:
    """A field whose keys stand beside those of the record itself: of a record, of no record (None), or of a mapping
    (all keys that no field has).
    """
    return field(default=default, metadata={"spread": True})


def hidden(default: Any = MISSING) -> Any:
    """A field that is not in the JSON."""
    return field(default=default, metadata={"hidden": True})


def empty() -> Any:
    """A field that is {} in the JSON where it is None."""
    return field(default=None, metadata={"empty": True})


class Record:
    """What a frozen dataclass inherits whose fields are the keys of a JSON object, in their order.

    A comment at the end of a field's line is its line in the reference of the JSON formats.

    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, kw_only=True)
    ... class Rate(Record):
    ...     hits: int  # how many of them
    ...     interval: tuple[float, float] | None
    ...     why: str | None = absent()
    >>> Rate(hits=3, interval=(0.1, 0.5)).to_json()
    {'hits': 3, 'interval': [0.1, 0.5]}
    >>> Rate.from_json({"hits": 0, "interval": None, "why": "nobody is in the group"})
    Rate(hits=0, interval=None, why='nobody is in the group')
    """

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        out: dict[str, Any] = {}
        for each in members(type(self)):
            value = getattr(self, each.name)
            if each.spread:
                out |= {} if value is None else as_json(value)
            elif value is not None or not each.absent:
                out[each.key] = {} if value is None and each.empty else as_json(value)
        return out

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The record that these JSON values are of; keys that it does not know are passed by."""
        known = members(cls)
        own = {part.key for each in known for part in (members(each.record) if each.record else (each,))}
        found = {}
        for each in known:
            if each.record is not None:
                wanted = {part.key for part in members(each.record) if part.needed}
                found[each.name] = each.read(document) if wanted <= document.keys() else None
            elif each.spread:
                found[each.name] = each.read({name: value for name, value in document.items() if name not in own})
            elif each.key in document:
                value = document[each.key]
                found[each.name] = None if each.empty and value == {} else each.read(value)
        return cls(**found)


class Member(typing.NamedTuple):
    """A field of a record: its name, its key in JSON, how it is written and read, and the record that is spread."""

    name: str
    key: str
    absent: bool
    empty: bool
    spread: bool
    needed: bool
    record: type[Record] | None
    read: Reader


def members(kind: type[Record]) -> tuple[Member, ...]:
    """The fields of a record."""
    hashable: Any = kind  # mypy looks at the hash of its instances
    return _members(hashable)


@functools.cache
def _members(kind: Any) -> tuple[Member, ...]:
    hints = typing.get_type_hints(kind)
    found = []
    for each in (part for part in fields(kind) if not part.metadata.get("hidden")):
        about, hint = each.metadata, hints[each.name]
        spreads = bool(about.get("spread"))
        record = next((part for part in (hint, *get_args(hint)) if _is_record(part)), None) if spreads else None
        needed = each.default is MISSING and each.default_factory is MISSING and not spreads
        found.append(
            Member(
                each.name,
                about.get("key", each.name),
                bool(about.get("absent")),
                bool(about.get("empty")),
                spreads,
                needed,
                None if get_origin(hint) in (dict, Mapping) else record,
                _reader(hint),
            )
        )
    return tuple(found)


def as_json(value: Any) -> Any:
    """A value as plain JSON values: records by their own `to_json`, and what holds them.

    >>> as_json({"a": (1, None, [2.5])})
    {'a': [1, None, [2.5]]}
    """
    if isinstance(value, Mapping):
        return {name: as_json(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(each) for each in value]
    return value.to_json() if hasattr(value, "to_json") else value


def as_type(kind: Any, value: Any) -> Any:
    """What plain JSON values are of that type: records, and what holds them.

    >>> as_type(tuple[float, float] | None, [0.1, 0.5])
    (0.1, 0.5)
    """
    return _reader(kind)(value)


def _is_record(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Record)


def _same(value: Any) -> Any:
    return value


@functools.cache
def _reader(kind: Any) -> Reader:
    """How a value of this type is read from JSON; of a union of records the first one is taken whose keys all stand
    there.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin is None:
        read: Reader = getattr(kind, "from_json", _same)
        return read
    if origin is tuple:
        one = _reader(inner[0]) if inner[1:] == (...,) else _same
        return tuple if one is _same else lambda values: tuple(one(each) for each in values)
    if origin in (list, Sequence):
        one = _reader(inner[0])
        return _same if one is _same else lambda values: [one(each) for each in values]
    if origin in (dict, Mapping):
        one = _reader(inner[1])
        return _same if one is _same else lambda values: {name: one(each) for name, each in values.items()}
    if origin in (Union, types.UnionType):
        return _of_several([each for each in inner if each is not type(None)])
    return _same


def _of_several(kinds: Sequence[Any]) -> Reader:
    records = [kind for kind in kinds if _is_record(kind)]
    if len(records) > 1:
        return lambda value: None if value is None else _fitting(records, value).from_json(value)
    one = next((read for kind in kinds if (read := _reader(kind)) is not _same), _same)
    return _same if one is _same else lambda value: None if value is None else one(value)


def _fitting(records: Sequence[type[Record]], document: Mapping[str, Any]) -> type[Record]:
    return next(kind for kind in records if {each.key for each in members(kind) if each.needed} <= document.keys())
