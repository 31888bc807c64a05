"""The bundle: a zip with data, raw file, recipe, script, facts, audit and data card, and what in it follows
from what.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dataops_core import synthetic
from dataops_core.engines import plan
from dataops_core.engines.spark.script import spark_script
from dataops_core.export import card_html, loader, parts, signature, standards
from dataops_core.export.card import card
from dataops_core.export.hidden_values import hide_values
from dataops_core.export.manifest import FORMAT
from dataops_core.hashing import canonical, sha256
from dataops_core.recipe.recipe import dump, from_json
from dataops_core.recipe.script import script
from dataops_core.scratch import replaced
from dataops_core.steps import REGISTRY
from dataops_core.table import Table, write_table
from dataops_core.write import write_file

SAFE_CSV = "data_spreadsheet_safe.csv"
SPARK_SCRIPT = "clean_spark.py"
SEAL = b"sha256:"
_LAID_OUT = {"format": "parquet"}  # how the tables beside the raw file are read
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_bundle(
    out: Path,
    version: Mapping[str, Any],
    table: Table,
    raw: Path,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    audit: Sequence[Mapping[str, Any]],
    *,
    models: Mapping[str, Path] = MappingProxyType({}),
    others: Mapping[str, Table] = MappingProxyType({}),
) -> None:
    """Write the bundle of a version: the same version gives the same bytes, signed where there is a key (see
    signature).

    `version` is the version's manifest, `before` and `after` are the profiles of the raw and of the final table.
    The raw file is left out where it names people that the version does not (see `raw_left_out`), and so are `others`.
    `models` are the files of the fitted models that the version lists, by name; `others` the tables that its steps
    join or append, by content hash. The raw file lies in it under a name of ours; its own name is in the manifest.
    """
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        files = derived(version, table, before, after, Path(folder))
        files["audit.jsonl"] = "".join(canonical(dict(entry)) + "\n" for entry in audit).encode()
        if not raw_left_out(version):
            files[raw_name(version)] = raw
        files |= {f"models/{name}.json": path for name, path in models.items()}
        for content, other in others.items() if not raw_left_out(version) else ():
            files[table_name(content)] = Path(folder) / f"{content}.parquet"
            write_file(other, Path(folder) / f"{content}.parquet")
        listed = {name: digest(content) for name, content in sorted(files.items())}
        manifest = {
            "format": FORMAT,
            "version_id": sha256(canonical(dict(version))),
            "version": version,
            "files": listed,
        }
        text = to_text(manifest).encode()
        files["manifest.json"] = text
        if made := signature.signed(text):
            files[signature.FILE] = made
        _seal(files, out)


def raw_left_out(version: Mapping[str, Any]) -> bool:
    """Whether the raw file stays at home: it holds direct identifiers that the version does not."""
    return bool((version.get("privacy") or {}).get("raw_left_out"))


def raw_name(version: Mapping[str, Any]) -> str:
    """Where the raw file lies in a bundle: a name of ours, with the ending by which its format is told.

    >>> [raw_name({"raw": {"name": name}}) for name in ("$(rm -r x).csv", "t.csv.gz", "x")]
    ['raw/raw.csv', 'raw/raw.csv.gz', 'raw/raw']
    """
    endings = re.search(r"((?:\.[a-z0-9]{1,8}){1,2})$", Path(version["raw"]["name"]).name.lower())
    return f"raw/raw{endings[1] if endings else ''}"


def table_name(content: str) -> str:
    """Where a table that steps join or append lies in a bundle: under its content hash."""
    return f"tables/{content}.parquet"


def tables_of(version: Mapping[str, Any]) -> dict[str, str]:
    """The tables that the steps of a version join or append: content hash to the name that the recipe has.

    A recipe that was tampered with has none here; what is wrong with it is found where it is read.
    """
    found = {}
    for plain in version["recipe"].get("steps") or ():
        step = REGISTRY.get(plain.get("op", "")) if isinstance(plain, dict) else None
        given = plain.get("with") if step is not None and step.needs_table and not plain.get("off") else None
        if isinstance(given, dict) and isinstance(given.get("content"), str) and given["content"]:
            found[given["content"]] = str(given.get("table"))
    return found


def derived(
    version: Mapping[str, Any], table: Table, before: Mapping[str, Any], after: Mapping[str, Any], folder: Path
) -> dict[str, Path | bytes]:
    """All files of a bundle that follow from the version's manifest, its table and the two profiles, larger ones
    written into `folder`.

    data.csv holds the cells as they are. Where a spreadsheet program would run some of them as formulas, a copy in
    which these have an apostrophe before them lies beside it. The columns that models take lie row by row in X.csv.
    Where all steps can run on a cluster, a PySpark script lies beside that for pandas. With a synthetic version go its
    model card, what was told of its making, and a plain script.
    """
    recipe = from_json(version["recipe"])
    laid_out = replace(recipe, tables=dict.fromkeys(tables_of(version).values(), _LAID_OUT) or None)
    hidden = (version.get("privacy") or {}).get("hidden") or ()
    before, after = hide_values(before, hidden), hide_values(after, hidden)
    others = [f"{name}={table_name(content)}" for content, name in tables_of(version).items()]
    csv, safe, parquet = folder / "data.csv", folder / SAFE_CSV, folder / "data.parquet"
    write_file(table, csv)
    write_file(table, safe, safe=True)
    write_file(table, parquet)
    told = card(version, before, after, raw_name(version), others)
    texts = {
        "DATA_CARD.md": told,
        card_html.FILE: card_html.page(told),
        loader.FILE: loader.loader(version),
        "recipe.json": dump(recipe),
        "clean.py": script(laid_out),
        "schema.json": to_text(schema(version)),
        "facts_before.json": to_text(before),
        "facts_after.json": to_text(after),
    }
    if not any(each.refused for each in plan(recipe, "spark")):
        texts[SPARK_SCRIPT] = spark_script(laid_out)
    if version["kind"] == "synthetic":
        texts |= _synthetic(version)
    files: dict[str, Path | bytes] = {name: text.encode() for name, text in texts.items()}
    files |= {"data.parquet": parquet, "data.csv": csv}
    if digest(csv) != digest(safe):
        files[SAFE_CSV] = safe
    if column := parts.split_column(version):
        files |= parts.write_parts(table, column, folder)
    files |= described(version, files)
    return files | _features(version, table, folder)


def described(version: Mapping[str, Any], files: Mapping[str, Path | bytes]) -> dict[str, bytes]:
    """The version as other standards describe it, with the hashes of its tables as they lie in `files`."""
    listed = {name: digest(files[name]) for name in ("data.csv", "data.parquet")}
    told = standards.standards(version, listed, None if raw_left_out(version) else raw_name(version))
    return {name: to_text(document).encode() for name, document in told.items()}


def _synthetic(version: Mapping[str, Any]) -> dict[str, str]:
    """What goes with a synthetic table: the model card, all that was told of its making, and a plain script where its
    engine has one.
    """
    told = {name: value for name, value in version["synthetic"].items() if name != "purpose"}
    made = {
        "MODEL_CARD.md": synthetic.card(
            told, name=version["dataset"], purpose=version["synthetic"]["purpose"], versions=version["packages"]
        ),
        "synthetic.json": to_text(version["synthetic"]),
        "generate.py": synthetic.script(told),
    }
    return {name: text for name, text in made.items() if text}


def _features(version: Mapping[str, Any], table: Table, folder: Path) -> dict[str, Path]:
    """X.csv and X.parquet: the columns alone that the version's models take; one pair for each choice of columns."""
    made = {}
    for name, columns in {each["x"]: each["features"] for each in version.get("models", ())}.items():
        part = write_table(
            folder / f"{name}.table", table.batches(columns), {column: table.kinds[column] for column in columns}
        )
        for ending in (".csv", ".parquet"):
            made[f"{name}{ending}"] = folder / f"{name}{ending}"
            write_file(part, folder / f"{name}{ending}")
    return made


def schema(version: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a version as a Table Schema (frictionlessdata.io): names and types, with the kind beside them."""
    types = {"text": "string", "integer": "integer", "decimal": "number", "boolean": "boolean", "datetime": "datetime"}
    return {
        "fields": [{"name": c["name"], "type": types[c["type"]], "kind": c["kind"]} for c in version["data"]["columns"]]
    }


def _seal(files: Mapping[str, Path | bytes], out: Path) -> None:
    with replaced(out) as part:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.comment = SEAL + b"0" * 64
            for name, content in sorted(files.items()):
                info = zipfile.ZipInfo(name, _EPOCH)
                info.compress_type = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                with bundle.open(info, "w") as target:
                    if isinstance(content, bytes):
                        target.write(content)
                    else:
                        with content.open("rb") as source:
                            while block := source.read(1 << 20):
                                target.write(block)
        with part.open("r+b") as sealed:
            size = sealed.seek(0, io.SEEK_END) - 64
            sealed.seek(0)
            total = hashlib.sha256()
            while size and (block := sealed.read(min(size, 1 << 20))):
                total.update(block)
                size -= len(block)
            sealed.seek(-64, io.SEEK_END)
            sealed.write(total.hexdigest().encode())


def digest(content: Path | bytes) -> dict[str, Any]:
    """The SHA-256 and size of a file or of bytes."""
    if isinstance(content, bytes):
        return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    with content.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "size": content.stat().st_size}


def to_text(value: Any) -> str:
    """A JSON document as it stands in a bundle."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
