"""A Feast feature repository, ready for `feast apply`: entities, a feature view, and its data as Parquet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dataops_core.errors import IntegrityError, SettingError
from dataops_core.progress import Progress
from dataops_core.publish.publisher import Given, Option, Outgoing, Published, Publisher, foreign, register
from dataops_core.scratch import replaced
from dataops_core.wording import counted

STORE, FEATURES, DATA = "feature_store.yaml", "features.py", "data"
SAVED_AT = "version_saved_at"  # the timestamp of tables that have none
_TYPES = {"text": "String", "integer": "Int64", "decimal": "Float64", "boolean": "Bool", "datetime": "UnixTimestamp"}
_HEAD = "# Published by the data quality workbench; the next version takes the place of this file.\n"
_STORE = """\
project: {name}
provider: local
registry: data/registry.db
online_store:
  type: sqlite
  path: data/online_store.db
offline_store:
  type: file
entity_key_serialization_version: 3
"""


def publish_feast(version: Outgoing, address: str, given: Given, progress: Progress) -> Published:
    """Write entities, feature view and data of a version into a feature repository. The file of definitions comes last:
    until it is there, the repository is what it was. A `feature_store.yaml` that is there stays as it is.
    """
    folder = Path(address).expanduser()
    entities, features, time = _columns(version, given)
    name = _name(version)
    data = f"{name}_v{version.number}.parquet"
    text = _definitions(version, name, f"{DATA}/{data}", entities, features, time)
    path = folder / FEATURES
    already = path.exists() and path.read_text(encoding="utf-8") == text
    if already and not (folder / DATA / data).is_file():
        raise IntegrityError(f"{DATA}/{data} is gone.", str(folder), f"Delete {FEATURES}, and publish again.")
    if not already:
        if path.exists() and f"# dataset: {version.dataset!a}\n" not in path.read_text(encoding="utf-8"):
            raise foreign(version, str(path), "The features of something else are defined there.")
        progress(0.2, "Writing the features")
        rows = _rows(version, entities, features, time)
        (folder / DATA).mkdir(parents=True, exist_ok=True)
        with replaced(folder / DATA / data) as part:
            pq.write_table(rows, part)
        if not (folder / STORE).exists():
            _write(folder / STORE, _STORE.format(name=name))
        _write(path, text)
    return Published.of(
        "feast",
        str(folder),
        version,
        already=already,
        use=f"cd {folder} && feast apply && feast materialize-incremental $(date -u +%Y-%m-%dT%H:%M:%S)",
        feature_view=name,
        features=len(features),
    )


def _columns(version: Outgoing, given: Given) -> tuple[list[str], list[str], str | None]:
    """The columns of the entities, of the features, and of the timestamp."""
    entities, time = list(given["entity"]), next(iter(given["timestamp"]), None)
    kinds = {column.name: column.type for column in version.table.columns}
    taken = [*entities, *([time] if time else [])]
    features = list(given["features"]) or [name for name in kinds if name not in taken]
    doubled = [name for name, times in Counter([*taken, *features]).items() if times > 1]
    if doubled:
        raise SettingError(
            f'The column "{doubled[0]}" is named twice.', "features", "A column is an entity, the time, or a feature."
        )
    if not features:
        raise SettingError("There is no feature.", "features", "Name the columns that models take.")
    odd = [name for name in features if name in ("event_timestamp", "created", "created_timestamp", SAVED_AT)]
    if odd:
        raise SettingError(f'Feast keeps the name "{odd[0]}" for itself.', "features", "Rename that column.")
    return entities, features, time


def _rows(version: Outgoing, entities: Sequence[str], features: Sequence[str], time: str | None) -> pa.Table:
    """The rows as Feast takes them, times in UTC; raises SettingError where a value could not be told from another."""
    table = pa.Table.from_batches(version.batches(), version.schema()).select(
        [*entities, *([time] if time else []), *features]
    )
    for name in [*entities, *([time] if time else [])]:
        if empty := table.column(name).null_count:
            raise SettingError(
                f'"{name}" is missing in {counted(empty, "row")}: Feast would not know whose features they are.',
                "entity" if name in entities else "timestamp",
                "Fill or drop these rows (fill_missing, drop_rows_with_missing); or choose another column.",
            )
    keys = table.select([*entities, *([time] if time else [])]).to_pandas()
    if doubled := int(keys.duplicated().sum()):
        at = f' at the same "{time}"' if time else ""
        raise SettingError(
            f"{counted(doubled, 'row')} stand{'s' if doubled == 1 else ''} for an entity that has one already{at}.",
            "entity",
            "Name the columns that tell them apart, or a timestamp; or drop the duplicates.",
        )
    for place, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type):
            cells = pc.assume_timezone(table.column(place), "UTC")
            table = table.set_column(place, column.name, cells)
    if time is None:
        saved = pd.Timestamp(version.manifest["created"]).to_pydatetime()
        table = table.append_column(SAVED_AT, pa.array([saved] * table.num_rows, pa.timestamp("us", "UTC")))
    return table


def _definitions(
    version: Outgoing, name: str, path: str, entities: Sequence[str], features: Sequence[str], time: str | None
) -> str:
    """The file that `feast apply` reads."""
    kinds = {column.name: column.type for column in version.table.columns}
    values = {"text": "STRING", "integer": "INT64"}
    lines = [
        _HEAD.rstrip(),
        f"# dataset: {version.dataset!a}",
        f"# version: {version.number}, {version.version_id}",
        "",
        "from feast import Entity, FeatureView, Field, FileSource, ValueType",
        f"from feast.types import {', '.join(sorted({_TYPES[kinds[each]] for each in features}))}",
        "",
    ]
    made = {each: f"entity_{number}" for number, each in enumerate(entities, 1)}
    for each, variable in made.items():
        kind = values[kinds[each]]
        lines.append(f"{variable} = Entity(name={each!a}, join_keys=[{each!a}], value_type=ValueType.{kind})")
    fields = [f"        Field(name={each!a}, dtype={_TYPES[kinds[each]]})," for each in features]
    tags: Mapping[str, Any] = version.about
    lines += [
        f"source = FileSource(name='{name}_source', path={path!a}, timestamp_field={(time or SAVED_AT)!a})",
        "features = FeatureView(",
        f"    name={name!a},",
        f"    entities=[{', '.join(made.values())}],",
        "    schema=[",
        *fields,
        "    ],",
        "    source=source,",
        "    online=True,",
        f"    tags={ {key: str(value) for key, value in tags.items()}!a},",
        ")",
        "",
    ]
    return "\n".join(lines)


def _name(version: Outgoing) -> str:
    """The name of a dataset as Feast names projects and views."""
    plain = re.sub(r"_+", "_", re.sub(r"[^a-z0-9]+", "_", version.dataset.lower())).strip("_")
    return plain if plain and not plain[0].isdigit() else f"dataset_{plain}".rstrip("_")


def _write(path: Path, text: str) -> None:
    with replaced(path) as part:
        part.write_text(text, encoding="utf-8")


register(
    Publisher(
        "feast",
        "A feature store (Feast)",
        "A feature repository for models that are served: whose features, when, and which; ready for feast apply",
        "feast:/srv/features",
        ("feast:",),
        publish_feast,
        options=(
            Option(
                "entity",
                "Whose values they are",
                "The columns that say whose features a row holds, such as customer_id",
                many=True,
                required=True,
                kinds=("text", "integer"),
            ),
            Option(
                "timestamp",
                "Since when they hold",
                "The column with the moment from which a row holds; without it, the moment when the version was saved",
                kinds=("datetime",),
            ),
            Option(
                "features",
                "The features",
                "The columns that models take; all others where none is named",
                many=True,
            ),
        ),
        order=60,
    )
)
