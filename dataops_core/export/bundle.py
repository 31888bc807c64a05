"""The bundle: a zip with data, raw file, recipe, script, facts, audit and data card; and the check that it rebuilds."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from dataops_core import synthetic
from dataops_core.errors import DataOpsError, IntegrityError
from dataops_core.export.card import card
from dataops_core.read import ReadOptions, read_file
from dataops_core.read.parquet import read_parquet_frame
from dataops_core.recipe.recipe import canonical, dump, from_json, sha256
from dataops_core.recipe.replay import Progress, nothing_said, run_recipe
from dataops_core.recipe.script import script
from dataops_core.table import Table, content_hash, write_table
from dataops_core.write import write_file

FORMAT = "dataops-bundle/1"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SEAL = b"sha256:"


@dataclass(frozen=True)
class Check:
    """One thing that was verified: what, whether it holds, and what was seen."""

    what: str
    ok: bool
    seen: str = ""


@dataclass(frozen=True)
class Verification:
    """The outcome of verifying a bundle."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return all(check.ok for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """The outcome as plain JSON values."""
        return {"ok": self.ok, "checks": [asdict(check) for check in self.checks]}


def write_bundle(
    out: Path, version: Mapping[str, Any], table: Table, raw: Path, before: Mapping[str, Any], after: Mapping[str, Any],
    audit: Sequence[Mapping[str, Any]], *, safe_csv: bool = True, models: Mapping[str, Path] = MappingProxyType({}),
) -> None:
    """Write the bundle of a version: the same version gives the same bytes.

    `version` is the version's manifest, `before` and `after` are the profiles of the raw and of the final table. With
    `safe_csv`, cells of data.csv that a spreadsheet would run as a formula get a leading apostrophe. `models` are the files of the
    fitted models that the version lists, by name: each lies in models/, and the columns that it takes, row by row as in data.csv, in X.csv.
    With a synthetic version go its model card, what was told of its making, and a plain script; its raw file is the twin itself.
    """
    recipe = from_json(version["recipe"])
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        csv, parquet = Path(folder) / "data.csv", Path(folder) / "data.parquet"
        write_file(table, csv, safe=safe_csv)
        write_file(table, parquet)
        texts = {
            "DATA_CARD.md": card(version, before, after), "recipe.json": dump(recipe), "clean.py": script(recipe),
            "schema.json": _json(schema(version)), "facts_before.json": _json(before), "facts_after.json": _json(after),
            "audit.jsonl": "".join(canonical(dict(entry)) + "\n" for entry in audit),
        }
        if version["kind"] == "synthetic":
            texts |= _synthetic(version)
        files: dict[str, Path | bytes] = {name: text.encode() for name, text in texts.items()}
        files |= {"data.parquet": parquet, "data.csv": csv, f"raw/{Path(version['raw']['name']).name}": raw}
        files |= {f"models/{name}.json": path for name, path in models.items()}
        files |= _features(version, table, Path(folder), safe_csv)
        listed = {name: _digest(content) for name, content in sorted(files.items())}
        manifest = {
            "format": FORMAT, "version_id": sha256(canonical(dict(version))), "version": version, "safe_csv": safe_csv,
            "files": listed,
        }
        files["manifest.json"] = _json(manifest).encode()
        _seal(files, out)


def _synthetic(version: Mapping[str, Any]) -> dict[str, str]:
    """What goes with a twin: the model card, all that was told of its making, and a plain script where its engine has one."""
    told = {name: value for name, value in version["synthetic"].items() if name != "purpose"}
    made = {
        "MODEL_CARD.md": synthetic.card(told, name=version["dataset"], purpose=version["synthetic"]["purpose"], versions=version["packages"]),
        "synthetic.json": _json(version["synthetic"]), "generate.py": synthetic.script(told),
    }
    return {name: text for name, text in made.items() if text}


def _features(version: Mapping[str, Any], table: Table, folder: Path, safe: bool) -> dict[str, Path]:
    """X.csv and X.parquet: the columns alone that the version's models take; one pair for each choice of columns."""
    made = {}
    for name, columns in {each["x"]: each["features"] for each in version.get("models", ())}.items():
        part = write_table(folder / f"{name}.table", table.batches(columns), {column: table.kinds[column] for column in columns})
        for ending in (".csv", ".parquet"):
            made[f"{name}{ending}"] = folder / f"{name}{ending}"
            write_file(part, folder / f"{name}{ending}", safe=safe)
    return made


def schema(version: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a version as a Table Schema (frictionlessdata.io): names and types, with the kind beside them."""
    types = {"text": "string", "integer": "integer", "decimal": "number", "boolean": "boolean", "datetime": "datetime"}
    return {"fields": [{"name": c["name"], "type": types[c["type"]], "kind": c["kind"]} for c in version["data"]["columns"]]}


def _seal(files: Mapping[str, Path | bytes], out: Path) -> None:
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.comment = _SEAL + b"0" * 64
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
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)


def verify_bundle(path: Path, *, progress: Progress = nothing_said) -> Verification:
    """Check every byte of a bundle, then rebuild the data from raw file and recipe and compare the content hashes."""
    checks: list[Check] = []
    try:
        data = path.read_bytes()
    except OSError as error:
        raise IntegrityError("The bundle cannot be read.", str(path), "Check the path.") from error
    try:
        bundle = zipfile.ZipFile(io.BytesIO(data))
        manifest = json.loads(bundle.read("manifest.json"))
        if manifest.get("format") != FORMAT:
            raise KeyError("format")
        listed, version = manifest["files"], manifest["version"]
    except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise IntegrityError(
            f"This is no bundle, or its manifest is damaged ({error}).", f"{path.name}: manifest.json", "Export the version again."
        ) from error
    for name in sorted(listed):
        checks.append(_file_check(bundle, name, listed[name]))
    for name in sorted(set(bundle.namelist()) - set(listed) - {"manifest.json"}):
        checks.append(Check(f"{name} is listed in the manifest", False, "it was added later"))
    same = sha256(canonical(version)) == manifest["version_id"]
    checks.append(Check("manifest.json: the version id", same, "" if same else "the description of the version was changed"))
    sealed = hashlib.sha256(data[:-64]).hexdigest().encode() == data[-64:]
    if sealed or not all(check.ok for check in checks):
        where = ""
    else:
        where = "manifest.json or the zip's own directory was changed"
    checks.append(Check("the seal over the whole file", sealed, where or ("" if sealed else "see the file named above")))
    if all(check.ok for check in checks):
        checks += _rebuild(bundle, version, progress)
    return Verification(tuple(checks))


def _file_check(bundle: zipfile.ZipFile, name: str, listed: Mapping[str, Any]) -> Check:
    try:
        seen = _digest(bundle.read(name))
    except KeyError:
        return Check(name, False, "the file is gone")
    except Exception as error:  # noqa: BLE001 - a damaged zip member fails in as many ways as there are bytes
        return Check(name, False, f"the file is damaged: {error}")
    same = seen == dict(listed)
    return Check(name, same, "" if same else "the file was changed")


def _rebuild(bundle: zipfile.ZipFile, version: Mapping[str, Any], progress: Progress) -> list[Check]:
    wanted = version["data"]["content_hash"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw = folder / "raw"
        raw.write_bytes(bundle.read(f"raw/{Path(version['raw']['name']).name}"))
        recipe = from_json(version["recipe"])
        data = read_parquet_frame(bundle.read("data.parquet"))[0]
        seen = content_hash(data)
        found = [Check("data.parquet holds the content that the version names", seen == wanted, f"content hash {seen}")]
        found += [check for model in version.get("models", ()) for check in _model_checks(bundle, version, model, data)]
        try:
            source = read_file(raw, folder / "read.parquet", ReadOptions.from_json(dict(recipe.read or {})), name=version["raw"]["name"])
            run = run_recipe(recipe, source.table, folder, progress=progress)
        except DataOpsError as error:
            return [*found, Check("raw file + recipe rebuild the data", False, str(error))]
        if run.failed:
            return [*found, Check("raw file + recipe rebuild the data", False, f"{run.failed.sentence}: {run.failed.reason}")]
        made = run.table.content_hash
        return [*found, Check("raw file + recipe rebuild the data", made == wanted, f"content hash {made}")]


def _model_checks(bundle: zipfile.ZipFile, version: Mapping[str, Any], model: Mapping[str, Any], data: pd.DataFrame) -> list[Check]:
    """That a model is the one that the version names, and that what it takes is in the data and tells of no sensitive column."""
    file, x = f"models/{model['name']}.json", f"{model['x']}.parquet"
    if not {file, x} <= set(bundle.namelist()):
        return [Check(f"{file} and {x} are there", False, "the version names them")]
    same = hashlib.sha256(bundle.read(file)).hexdigest() == model["sha256"]
    taken = read_parquet_frame(bundle.read(x))[0]
    alike = list(taken.columns) == model["features"] and content_hash(taken) == content_hash(data[model["features"]])
    sensitive = {*model["sensitive"], *((version.get("roles") or {}).get("sensitive") or [])} & set(taken.columns)
    return [
        Check(f"{file} is the model that the version names", same),
        Check(f"{x} holds what the model takes, as it stands in data.parquet", alike),
        Check(f"{x} holds no sensitive column", not sensitive, ", ".join(sorted(sensitive))),
    ]


def _digest(content: Path | bytes) -> dict[str, Any]:
    if isinstance(content, bytes):
        return {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    with content.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "size": content.stat().st_size}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
