"""The check of a bundle: that every byte is as it was, and that every file in it follows from the raw file and the
recipe.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import math
import os
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from dataops_core import __version__
from dataops_core.checks.profile import profile_table
from dataops_core.errors import DataOpsError, IntegrityError
from dataops_core.export import card_html, loader, parts, signature, standards
from dataops_core.export.bundle import (
    SAFE_CSV,
    SEAL,
    SPARK_SCRIPT,
    derived,
    described,
    digest,
    raw_left_out,
    raw_name,
    table_name,
    tables_of,
)
from dataops_core.export.manifest import FORMAT, OLD, validate
from dataops_core.export.signature import BundleSignature
from dataops_core.hashing import canonical, sha256
from dataops_core.progress import Progress, no_progress
from dataops_core.read import ReadOptions, Source, read_file
from dataops_core.recipe.recipe import Recipe, from_json
from dataops_core.recipe.replay import Run, Tables, run_recipe
from dataops_core.record import Record
from dataops_core.rules.record import blocking, differing
from dataops_core.table import Table, write_table

LIMIT = "DATAOPS_MAX_UNPACKED"
_GIB = 1 << 30
_MANIFEST = 64 << 20  # bytes that a manifest may have
_BLOCK = 1 << 20
_DATED_BEFORE = dt.timedelta(minutes=1)  # versions were once dated up to so much before their entry, in one transaction
LATER = (card_html.FILE, loader.FILE)  # what bundles of earlier formats do not hold
REBUILT = "raw file + recipe rebuild the data"
_OPEN = "The bundle cannot be read."


@dataclass(frozen=True)
class Verified(Record):
    """One thing that was verified: what, whether it is so, and what was seen."""

    what: str
    ok: bool
    seen: str = ""


@dataclass(frozen=True)
class Verification:
    """The outcome of verifying a bundle: its checks, and who signed it."""

    checks: tuple[Verified, ...]
    signature: BundleSignature
    raw_left_out: bool = False

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return all(check.ok for check in self.checks)

    @property
    def words(self) -> str:
        """The outcome in a sentence or two."""
        if not self.ok:
            return "The bundle is not intact."
        if self.raw_left_out:
            return (
                "The bundle is intact. The raw file is not in it, because it names people: the data cannot be rebuilt"
                f" from here. {self.signature.words}"
            )
        return f"The bundle is intact, and its data can be rebuilt. {self.signature.words}"

    def to_json(self) -> dict[str, Any]:
        """The outcome as plain JSON values."""
        return {
            "ok": self.ok,
            "words": self.words,
            "signature": {**self.signature.to_json(), "words": self.signature.words},
            "checks": [check.to_json() for check in self.checks],
        }


def verify_bundle(path: Path, *, key: str | None = None, progress: Progress = no_progress) -> Verification:
    """Check every byte of a bundle, then rebuild each of its files from the raw file and the recipe, and compare.

    `key` is the public key of whoever should have signed it (Base64, or a file with it). Nothing in the bundle is run.
    Raises IntegrityError for a file that is not a bundle, or that unpacks to more than DATAOPS_MAX_UNPACKED gigabytes
    (8).
    """
    with tempfile.TemporaryDirectory(prefix="dataops-verify-") as name, _opened(path) as bundle:
        manifest = _manifest(bundle, path.name)
        plain = json.loads(manifest)
        known = validate(plain, f"{path.name}: manifest.json")
        version = plain["version"]
        checks = [*_names(bundle, plain)]
        files: dict[str, Path] = {}
        for number, (member, listed) in enumerate(sorted(plain["files"].items())):
            files[member] = Path(name) / f"file{number}"
            checks.append(_unpacked(bundle, member, listed, files[member]))
        same = sha256(canonical(version)) == known.version_id
        checks.append(
            Verified(
                "manifest.json: the version id", same, "" if same else "the description of the version was changed"
            )
        )
        sealed = _is_sealed(path)
        if sealed:
            seen = ""
        elif all(check.ok for check in checks):
            seen = "manifest.json or the zip's own directory was changed"
        else:
            seen = "see the file named above"
        checks.append(Verified("the seal over the whole file", sealed, seen))
        made = signature.check(manifest, _signature(bundle), key)
        if made.status != "none":
            checks.append(Verified("the signature", made.status != "invalid", made.words))
        elif key:
            checks.append(Verified("the signature", False, "the bundle is not signed"))
        if all(check.ok for check in checks):
            folder = Path(name) / "rebuilt"
            folder.mkdir()
            try:
                checks += _rebuild(files, version, folder, progress)
            except DataOpsError as error:
                checks.append(Verified("every file can be made again", False, str(error)))
            except Exception as error:  # noqa: BLE001 - a description that was tampered with fails in as many ways as it has fields
                checks.append(
                    Verified(
                        "every file can be made again",
                        False,
                        f"the description of the version is not usable: {error!r}"[:300],
                    )
                )
    return Verification(tuple(checks), made, raw_left_out(version))


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        bundle = zipfile.ZipFile(path)
    except OSError as error:
        raise IntegrityError(_OPEN, str(path), "Check the path.") from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise IntegrityError(f"This is not a bundle ({error}).", path.name, "Export the version again.") from error
    total, most = sum(info.file_size for info in bundle.infolist()), float(os.environ.get(LIMIT) or 8) * _GIB
    if total > most:
        raise IntegrityError(
            f"The bundle unpacks to {total / _GIB:,.1f} GiB; at most {most / _GIB:,.1f} GiB are unpacked.",
            path.name,
            f"If you trust it, raise the limit: {LIMIT}={math.ceil(total / _GIB)}.",
        )
    return bundle


def _manifest(bundle: zipfile.ZipFile, where: str) -> bytes:
    try:
        if bundle.getinfo("manifest.json").file_size > _MANIFEST:
            raise ValueError("it is too large")
        text = bundle.read("manifest.json")
        json.loads(text, parse_constant=_refuse)
        return text
    except Exception as error:
        raise IntegrityError(
            f"This is not a bundle, or its manifest is damaged ({error}).",
            f"{where}: manifest.json",
            "Export the version again.",
        ) from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _names(bundle: zipfile.ZipFile, manifest: Mapping[str, Any]) -> Iterator[Verified]:
    """That the zip holds each listed file once, nothing else, and no file that a bundle of this version has no place
    for.
    """
    version, listed = manifest["version"], set(manifest["files"])
    counts = Counter(bundle.namelist())
    for name in sorted(name for name, count in counts.items() if count > 1):
        yield Verified(f"{name!a} is there once", False, f"it is there {counts[name]} times")
    models = version.get("models", ())
    text = {
        "DATA_CARD.md",
        "recipe.json",
        "clean.py",
        "schema.json",
        "facts_before.json",
        "facts_after.json",
        "audit.jsonl",
    }
    features = {f"{model['x']}{ending}" for model in models for ending in (".csv", ".parquet")}
    of_synthetic = {"MODEL_CARD.md", "synthetic.json", "generate.py"} if version["kind"] == "synthetic" else set()
    required = {
        *text,
        "data.csv",
        "data.parquet",
        *features,
        *(f"models/{model['name']}.json" for model in models),
        *(() if manifest["format"] == OLD else standards.NAMES),
        *(LATER if manifest["format"] == FORMAT else ()),
    }
    split = set(parts.NAMES) if manifest["format"] == FORMAT else set()
    if not raw_left_out(version):
        required |= {raw_name(version), *map(table_name, tables_of(version))}
    for name in sorted(set(counts) - listed - {"manifest.json", signature.FILE}):
        yield Verified(f"{name!a} is listed in the manifest", False, "it was added later")
    for name in sorted(listed - required - of_synthetic - split - {SAFE_CSV, SPARK_SCRIPT}):
        yield Verified(f"{name!a} belongs in a bundle of this version", False, "nothing in the version calls for it")
    for name in sorted(required - listed):
        yield Verified(f"{name!a} is there", False, "the version needs it")


def _unpacked(bundle: zipfile.ZipFile, name: str, listed: Mapping[str, Any], out: Path) -> Verified:
    """Unpack one file in pieces, no further than its listed size, and compare its hash."""
    total, size = hashlib.sha256(), 0
    try:
        with bundle.open(name) as source, out.open("wb") as target:
            while (block := source.read(_BLOCK)) and size <= listed["size"]:
                total.update(block)
                target.write(block)
                size += len(block)
    except KeyError:
        return Verified(name, False, "the file is gone")
    except Exception as error:  # noqa: BLE001 - a damaged zip member fails in as many ways as there are bytes
        return Verified(name, False, f"the file is damaged: {error}")
    same = {"sha256": total.hexdigest(), "size": size} == dict(listed)
    return Verified(name, same, "" if same else "the file was changed")


def _signature(bundle: zipfile.ZipFile) -> bytes | None:
    if signature.FILE not in bundle.namelist():
        return None
    try:
        with bundle.open(signature.FILE) as file:
            return file.read(10_000)
    except Exception:  # noqa: BLE001 - as above; what cannot be read is no valid signature
        return b""


def _is_sealed(path: Path) -> bool:
    """Whether the zip's comment holds the hash of all that stands before it."""
    total = hashlib.sha256()
    with path.open("rb") as file:
        left = file.seek(0, io.SEEK_END) - 64
        file.seek(0)
        tail = b""
        while left > 0 and (block := file.read(min(left, _BLOCK))):
            total.update(block)
            left, tail = left - len(block), (tail + block)[-len(SEAL) :]
        return tail == SEAL and file.read(64) == total.hexdigest().encode()


def _rebuild(
    files: Mapping[str, Path], version: Mapping[str, Any], folder: Path, progress: Progress
) -> Iterator[Verified]:
    yield _audit(files["audit.jsonl"], version)
    yield from _models(files, version)
    recipe, wanted = from_json(version["recipe"]), version["data"]["content_hash"]
    if raw_left_out(version):
        yield from _without_raw(files, version, folder, progress)
        return
    try:
        source = read_file(
            files[raw_name(version)],
            folder / "read.parquet",
            ReadOptions.from_json(dict(recipe.read or {})),
            name=version["raw"]["name"],
        )
        tables = _tables(files, version, folder)
        run = run_recipe(
            recipe, source.table, folder, tables=tables, progress=lambda share, note: progress(share / 3, note)
        )
    except DataOpsError as error:
        yield Verified(REBUILT, False, str(error))
        return
    if run.failed:
        yield Verified(REBUILT, False, f"{run.failed.sentence}: {run.failed.reason}")
        return
    made = run.table.content_hash
    yield Verified(
        REBUILT,
        made == wanted and digest(files[raw_name(version)])["sha256"] == version["raw"]["sha256"],
        f"content hash {made}",
    )
    if made != wanted:
        return
    yield check_columns(run.table, version)
    if version.get("rules"):
        yield _rules(run.table, version)
    if version["kind"] != "synthetic":
        yield check_steps(run, version)
        yield from _learned(recipe, version, source, folder, tables)
    yield from _derived(files, version, run, source, folder, progress)


def _rules(table: Table, version: Mapping[str, Any]) -> Verified:
    """That the rules fare on the rebuilt table as the version says."""
    wrong = differing(version["rules"], table)
    failing = blocking(version["rules"])
    if failing and not version["rules"].get("reason"):
        return Verified("the rules fare as the version says", False, "a rule that blocks fails, and no reason is given")
    return Verified("the rules fare as the version says", not wrong, wrong[0] if wrong else "")


def _tables(files: Mapping[str, Path], version: Mapping[str, Any], folder: Path) -> Tables:
    """The tables that lie in a bundle beside the raw file, for the steps that join or append them."""
    known = {
        content: read_file(files[table_name(content)], folder / f"table{number}.parquet", name="table.parquet").table
        for number, content in enumerate(tables_of(version))
    }
    return lambda _name, content: known.get(content)


def _audit(file: Path, version: Mapping[str, Any]) -> Verified:
    """That the audit's entries are whole, and end with the commit that the version names: the same number, person, time
    and words.
    """
    what = "audit.jsonl ends with the commit of this version"
    keys = ("seq", "at", "actor", "what", "dataset", "details", "prev")
    try:
        entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        if any(
            entry["hash"] != sha256(canonical({key: entry[key] for key in keys})) or len(entry) != len(keys) + 1
            for entry in entries
        ):
            return Verified(what, False, "an entry was changed")
        if [entry["seq"] for entry in entries] != sorted({entry["seq"] for entry in entries}):
            return Verified(what, False, "entries are not in their order")
        if not entries or entries[-1]["hash"] != version["audit_head"]:
            return Verified(what, False, "the commit is not there")
        if mismatch := _commit_mismatch(version, entries[-1]):
            return Verified(what, False, f"the version and the audit do not say the same of it: {mismatch}")
        gone = 0 if version["kind"] == "synthetic" else entries[-1]["details"].get("entries", 0) - len(entries)
        if gone and raw_left_out(version):
            return Verified(what, True, f"{gone} entries name people and were left out")
        return Verified(what, not gone, f"{gone} entries are gone" if gone else "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Verified(what, False, f"it cannot be read: {error!r}"[:200])


def _commit_mismatch(version: Mapping[str, Any], head: Mapping[str, Any]) -> str:
    """The first of number, message, content hash, person, kind of entry and time in which a version differs from the
    entry of its commit, with both values; empty where they agree.
    """
    told = {**head["details"], "actor": head["actor"], "what": head["what"]}
    content_hash = version["data"]["content_hash"]
    named = {**version, "content_hash": content_hash, "what": "version committed"}
    for key in ("number", "message", "content_hash", "actor", "what"):
        if told.get(key) != named[key]:
            return f"{key} {named[key]!r:.80} in the version, {told.get(key)!r:.80} in the audit"
    took = dt.datetime.fromisoformat(head["at"]) - dt.datetime.fromisoformat(version["created"])
    if not dt.timedelta(0) <= took <= _DATED_BEFORE:
        return f"created {version['created']!r} in the version, at {head['at']!r:.80} in the audit"
    return ""


def check_columns(table: Table, version: Mapping[str, Any]) -> Verified:
    """That a table has the rows and columns that the manifest of a version tells."""
    made = [{"name": c.name, "type": c.type, "kind": c.kind} for c in table.columns]
    same = made == version["data"]["columns"] and table.rows == version["data"]["rows"]
    return Verified("the version tells the table's rows and columns as they are", same)


def check_steps(run: Run, version: Mapping[str, Any]) -> Verified:
    """That what the version says its steps did is what they do; the remark of a step that was done is its own."""

    def told(step: Mapping[str, Any]) -> dict[str, Any]:
        passed = ("why", "carried", "reason") if step["status"] == "done" else ("why", "carried")
        return {key: value for key, value in step.items() if key not in passed}

    same = [told(outcome.to_json()) for outcome in run.outcomes] == [told(step) for step in version["steps"]]
    return Verified("the version tells what its steps did", same, "" if same else "they do something else")


def _learned(
    recipe: Recipe, version: Mapping[str, Any], source: Source, folder: Path, tables: Tables
) -> Iterator[Verified]:
    """That what the steps learned is what they learn from this data; what was carried over from other data is compared
    by its fields.
    """
    if not any(step.learned is not None for step in recipe.steps):
        return
    what = "what the steps learned follows from the data"
    carried = [bool(step.get("carried")) for step in version["steps"]]
    fresh = replace(
        recipe,
        steps=tuple(
            step if other else replace(step, learned=None) for step, other in zip(recipe.steps, carried, strict=True)
        ),
    )
    again = run_recipe(fresh, source.table, folder, tables=tables)
    for step, relearned, other in zip(recipe.steps, again.recipe.steps, carried, strict=False):
        if other or step.off:
            continue
        if not _is_alike(step.learned, relearned.learned):
            yield Verified(what, False, f"{step.sentence}: it learns something else")
            return
    own = sum(step.learned is not None and not other for step, other in zip(recipe.steps, carried, strict=True))
    rest = sum(step.learned is not None for step in recipe.steps) - own
    yield Verified(
        what,
        not again.failed,
        f"{rest} steps carry what they learned from other data, which is not here" if rest else "",
    )


def _is_alike(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same, numbers up to rounding; packed models are compared by what they do to the
    data.
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return set(one) == set(other) and all(_is_alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_is_alike(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-12)
    if isinstance(one, str) and isinstance(other, str) and min(len(one), len(other)) > 1000:
        return True
    return bool(one == other)


def _models(files: Mapping[str, Path], version: Mapping[str, Any]) -> Iterator[Verified]:
    """That models are those that the version names, are whole, and take no sensitive column."""
    from dataops_core.fairness.fitted import check, features_of

    for model in version.get("models", ()):
        file = files[f"models/{model['name']}.json"]
        same = digest(file) == {"sha256": model["sha256"], "size": model["size"]}
        yield Verified(f"models/{model['name']}.json is the model that the version names", same)
        try:
            taken = features_of(check(json.loads(file.read_text(encoding="utf-8")), file.name))
            yield Verified(
                f"models/{model['name']}.json takes the features that the version names", taken == model["features"]
            )
        except (DataOpsError, ValueError) as error:
            yield Verified(
                f"models/{model['name']}.json takes the features that the version names", False, str(error)[:300]
            )
        sensitive = {*model["sensitive"], *((version.get("roles") or {}).get("sensitive") or [])} & set(
            model["features"]
        )
        yield Verified(f"{model['x']}.csv holds no sensitive column", not sensitive, ", ".join(sorted(sensitive)))


def _derived(
    files: Mapping[str, Path], version: Mapping[str, Any], run: Run, source: Source, folder: Path, progress: Progress
) -> Iterator[Verified]:
    """That each file that follows from the version and its table is what is made of them again."""
    before, _ = profile_table(
        source.table, None, lambda share, note: progress((1 + share) / 3, note), blanked=source.blanked
    )
    blanked = source.blanked if run.table.path == source.table.path else {}
    after, _ = profile_table(run.table, None, lambda share, note: progress((2 + share) / 3, note), blanked=blanked)
    yield from _same_files(files, version, derived(version, run.table, before, after, folder), folder)


def _without_raw(
    files: Mapping[str, Path], version: Mapping[str, Any], folder: Path, progress: Progress
) -> Iterator[Verified]:
    """What can be checked where the raw file was left out because it names people: the data against its content hash,
    and all that follows from the data.
    """
    read = read_file(files["data.parquet"], folder / "read.parquet", name="data.parquet").table
    kinds = {column["name"]: column["kind"] for column in version["data"]["columns"]}
    table = write_table(folder / "data.table", read.batches(), kinds)
    same = table.content_hash == version["data"]["content_hash"]
    yield Verified("data.parquet is the data of the version", same, f"content hash {table.content_hash}")
    if not same:
        return
    yield check_columns(table, version)
    if version.get("rules"):
        yield _rules(table, version)
    before = json.loads(files["facts_before.json"].read_text(encoding="utf-8"))
    after, _ = profile_table(table, None, progress)
    yield from _same_files(files, version, derived(version, table, before, after, folder), folder)


def _same_files(
    files: Mapping[str, Path], version: Mapping[str, Any], made: Mapping[str, Path | bytes], folder: Path
) -> Iterator[Verified]:
    if set(standards.NAMES) & set(files):  # with the hash of the Parquet file that is there: see below
        tables = {"data.csv": made["data.csv"], "data.parquet": files["data.parquet"]}
        made = {**made, **described(version, tables)}
    else:
        made = {name: content for name, content in made.items() if name not in standards.NAMES}
    if SPARK_SCRIPT not in files:  # older bundles have none
        made = {name: content for name, content in made.items() if name != SPARK_SCRIPT}
    if loader.FILE not in files:  # a bundle of an earlier format
        made = {name: content for name, content in made.items() if name not in {*LATER, *parts.NAMES}}
    packages = version["packages"]
    known = {SAFE_CSV, SPARK_SCRIPT, *parts.NAMES, "MODEL_CARD.md", "synthetic.json", "generate.py"}
    for name in sorted(set(made) | (set(files) & known)):
        if name not in files or name not in made:
            yield Verified(
                f"{name} follows from the version",
                False,
                "it is there and should not be" if name in files else "it is gone",
            )
            continue
        seen = ""
        same = digest(files[name]) == digest(made[name])
        if not same and name.endswith(".parquet"):  # its bytes depend on what wrote it, its content does not
            same = _parquet_content(files[name], folder) == _parquet_content(made[name], folder)
        if not same:
            seen = "it was changed"
            if packages.get("dataops-core") != __version__:
                seen = (
                    f"this program ({__version__}) makes another one: verify with dataops-core"
                    f" {packages.get('dataops-core')}, which made it"
                )
        yield Verified(f"{name} follows from the version", same, seen)


def _parquet_content(file: Path | bytes, folder: Path) -> str:
    assert isinstance(file, Path)
    try:
        if pq.read_schema(file).names == []:
            return ""
        return read_file(file, folder / "compared.parquet", name="data.parquet").table.content_hash
    except (DataOpsError, OSError, ValueError) as error:
        return f"it cannot be read: {error}"
