"""The audit log as files: all entries, the anchors, and the verifier."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

from dataops_core.scratch import replaced
from dataops_core.store.store import Store
from dataops_core.store.trail import audit, verify_audit
from dataops_core.store.trail.anchors import anchor_file


def files_of(store: Store) -> dict[str, bytes]:
    """What the export holds, by name: audit.jsonl, anchors.jsonl if there are any, verify_audit.py."""
    store.require("log read")
    path = anchor_file(store.home)
    kept = {"anchors.jsonl": path.read_bytes()} if path.exists() else {}  # before the log: see anchors.read
    with store.reading() as connection:
        lines = [json.dumps(entry, ensure_ascii=True) + "\n" for entry in audit.entries(connection)]
    verifier = Path(verify_audit.__file__).read_bytes()
    return {"audit.jsonl": "".join(lines).encode(), **kept, "verify_audit.py": verifier}


def write_folder(store: Store, folder: Path) -> None:
    """Write the export into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files_of(store).items():
        with replaced(folder / name) as unfinished:
            unfinished.write_bytes(content)


def zipped(store: Store) -> bytes:
    """The export as a zip."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files_of(store).items():
            file.writestr(name, content)
    return out.getvalue()
