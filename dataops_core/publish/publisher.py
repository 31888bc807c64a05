"""What a publisher says of itself: how its places are written, what it needs, and how a version gets there."""

from __future__ import annotations

import functools
import importlib.util
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.errors import ConflictError, DataOpsError, InputError, SettingError
from dataops_core.progress import Progress
from dataops_core.read.places.secrets import check_password, cleaned, filled, shown
from dataops_core.record import Record
from dataops_core.table import ARROW, Table

Given = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Outgoing:
    """A version on its way out: its manifest and id, its table, an empty folder to work in, and `files`, which answers
    a folder with all files of its export and SHA256SUMS.
    """

    version_id: str
    manifest: Mapping[str, Any]
    table: Table
    folder: Path
    files: Callable[[], Path]

    @property
    def dataset(self) -> str:
        """The name of the dataset."""
        return str(self.manifest["dataset"])

    @property
    def number(self) -> int:
        """The number of the version."""
        return int(self.manifest["number"])

    @functools.cached_property
    def name(self) -> str:
        """The name of the dataset as files, folders and tags may bear it."""
        return plain_name(self.dataset)

    @property
    def about(self) -> dict[str, Any]:
        """By what a version is known where it was published."""
        told = {"dataset": self.dataset, "version": self.number, "version_id": self.version_id}
        return told | {"content_hash": self.manifest["data"]["content_hash"]}

    def schema(self) -> pa.Schema:
        """The columns of the table as Arrow types."""
        return pa.schema([pa.field(column.name, ARROW[column.type]) for column in self.table.columns])

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, without their hidden ids; a missing number is null, not NaN."""
        with pq.ParquetFile(self.table.path) as file:
            for batch in file.iter_batches(columns=self.table.names):
                yield pa.RecordBatch.from_arrays([_without_nan(each) for each in batch.columns], schema=self.schema())


@dataclass(frozen=True)
class Published(Record):
    """What became of it: where the version is (without secrets), whether it was there already, what the place calls it,
    and how to take it from there.
    """

    publisher: str
    where: str
    dataset: str
    version: int
    version_id: str
    content_hash: str
    already: bool
    use: str
    details: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, publisher: str, where: str, version: Outgoing, *, already: bool, use: str, **details: object
    ) -> Published:
        """The same, with what is known of the version."""
        told = {name: str(value) for name, value in details.items()}
        return cls(publisher, where, **version.about, already=already, use=use, details=told)

    @property
    def words(self) -> str:
        """The same in a sentence."""
        verb = "was there already" if self.already else "is published"
        told = "".join(f", {name.replace('_', ' ')} {value}" for name, value in self.details.items())
        return f"Version {self.version} of {self.dataset} {verb}: {self.where}{told}."


@dataclass(frozen=True)
class Option:
    """A setting of a publisher: columns of the table."""

    name: str
    title: str
    says: str
    many: bool = False
    required: bool = False
    kinds: tuple[str, ...] = ()  # the types of the columns that can be chosen; none: all


@dataclass(frozen=True)
class Publisher:
    """A kind of place. `publish` takes the version, the address with its secrets in place, what was set, and a
    progress; what it raises may hold secrets, which `publish` below takes out.
    """

    name: str
    title: str
    says: str
    example: str
    starts: tuple[str, ...]  # how the address of such a place begins
    publish: Callable[[Outgoing, str, Given, Progress], Published]
    options: tuple[Option, ...] = ()
    packages: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    install: str = ""
    order: int = 1000
    kind: Literal["folder", "address"] = "folder"


REGISTRY: dict[str, Publisher] = {}


def register(*publishers: Publisher) -> None:
    """Register publishers, so that their places are recognized."""
    known = sorted((*REGISTRY.values(), *publishers), key=lambda each: each.order)
    REGISTRY.clear()
    REGISTRY.update((each.name, each) for each in known)


def missing(publisher: Publisher) -> list[str]:
    """The packages and programs that a publisher needs and this machine does not have."""
    packages = [name for name in publisher.packages if importlib.util.find_spec(name) is None]
    return packages + [name for name in publisher.programs if shutil.which(name) is None]


def publisher_of(place: str) -> tuple[Publisher, str]:
    """The publisher for a place, and the address without its prefix; a path alone is a folder.

    >>> [publisher_of(place)[0].name for place in ("out", "git:out", "s3://shop/tables", "sqlite:///shop.db#orders")]
    ['folder', 'git', 's3', 'database']
    """
    place = place.strip()
    if not place:
        raise SettingError("Nothing says where to publish.", "--to", f"Known are {_examples()}.")
    for publisher in REGISTRY.values():
        for start in publisher.starts:
            if place.lower().startswith(start):
                return publisher, place if "://" in start else place[len(start) :]
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", place):
        raise SettingError("Nothing publishes to such a place.", shown_place(place), f"Known are {_examples()}.")
    return REGISTRY["folder"], place


def absolute_place(place: str) -> str:
    """A place with the whole path of its folder, so that it can be found again from wherever."""
    publisher, address = publisher_of(place)
    if publisher.kind != "folder" or "://" in address:
        return place.strip()
    prefix = place.strip().removesuffix(address)
    return f"{prefix or publisher.starts[0]}{Path(address.strip()).expanduser().absolute()}"


def check_place(place: str) -> Publisher:
    """The publisher for a place; raises SettingError where it is none, or a password stands in it."""
    publisher, address = publisher_of(place)
    if "://" in address:
        check_password(address)
    return publisher


def shown_place(place: str) -> str:
    """A place as it may be shown and kept: without user, password and query; the table of a database stays.

    >>> shown_place("postgresql://jo:${PW}@db/sales?sslmode=require#orders"), shown_place("delta:s3://k:s@b/x")
    ('postgresql://db/sales#orders', 'delta:s3://b/x')
    """
    prefix = re.match(r"(?:[a-z]+:(?!//))?", place)
    start = prefix[0] if prefix else ""
    address, sign, behind = place[len(start) :].partition("#")
    return start + shown(address) + (sign + behind if "://" in address else "")


def publish(version: Outgoing, place: str, given: Given, progress: Progress) -> Published:
    """Publish a version to a place. Raises DataOpsError, in which no secret stands."""
    publisher, address = publisher_of(place)
    if lacking := missing(publisher):
        raise SettingError(
            f"Publishing there needs {', '.join(lacking)}.", shown_place(place), publisher.install or "Install it."
        )
    settings = _settings(publisher, version, given)
    whole, secrets = filled(address) if "://" in address else (address, ())
    try:
        return publisher.publish(version, whole, settings, progress)
    except DataOpsError as error:
        raise type(error)(
            cleaned(error.what, secrets), cleaned(error.where, secrets), cleaned(error.fix, secrets)
        ) from None
    except OSError as error:
        raise InputError(
            f"Nothing can be written there: {error.strerror or type(error).__name__}.",
            shown_place(place),
            "Give yourself the right to write there, make room, or choose another place.",
        ) from None


def foreign(version: Outgoing, where: str, what: str) -> ConflictError:
    """The error where something stands in the place that was not published from here, or is another dataset's."""
    return ConflictError(what, where, f"Choose another place for {version.dataset}, or move away what is there.")


def check_letters(version: Outgoing, where: str) -> None:
    """Raises SettingError where two columns differ in capital letters alone, and the place cannot tell them apart."""
    seen: dict[str, str] = {}
    for name in version.table.names:
        if name.lower() in seen:
            raise SettingError(
                f'The columns "{seen[name.lower()]}" and "{name}" differ in capital letters only.',
                where,
                "Such a place cannot tell them apart: rename one of them.",
            )
        seen[name.lower()] = name


def plain_name(name: str) -> str:
    """A name of letters, digits, hyphens and underscores alone.

    >>> plain_name("Großkunden 2024/05"), plain_name("..")
    ('Großkunden_2024_05', 'dataset')
    """
    return re.sub(r"[^\w-]+", "_", name).strip("_-") or "dataset"


def _settings(publisher: Publisher, version: Outgoing, given: Given) -> dict[str, tuple[str, ...]]:
    """What was set, by option; raises SettingError for what does not fit."""
    known = {each.name: each for each in publisher.options}
    for name, columns in given.items():
        if columns and name not in known:
            raise SettingError(
                f"{publisher.title} has no setting {name}.", name, f"It has: {', '.join(known) or 'none'}."
            )
        for column in columns:
            kind = version.table.column(column).type
            if known[name].kinds and kind not in known[name].kinds:
                raise SettingError(
                    f'The column "{column}" holds {kind}.', name, f"It must hold {' or '.join(known[name].kinds)}."
                )
    for option in known.values():
        if option.required and not given.get(option.name):
            raise SettingError(
                f"{publisher.title} needs to know: {option.says[:1].lower()}{option.says[1:]}.",
                option.name,
                f"Give --{option.name} COLUMN.",
            )
    return {name: tuple(given.get(name) or ()) for name in known}


def _examples() -> str:
    return ", ".join(each.example for each in REGISTRY.values())


def _without_nan(column: pa.Array) -> pa.Array:
    if not pa.types.is_floating(column.type):
        return column
    return pc.if_else(pc.fill_null(pc.is_nan(column), True), pa.scalar(None, column.type), column)
