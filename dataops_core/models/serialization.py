"""A fitted model as text in a recipe: the same bytes every time, and nothing in it that runs on opening."""

from __future__ import annotations

import base64
import functools
import io
import json
import lzma
import re
import zipfile
from typing import Any

from dataops_core.errors import IntegrityError
from dataops_core.models.skops_io import skops_io

GREATEST = 64 * 2**20  # bytes of an opened model; a small text can claim to hold far more than memory does
# classes of numpy and scikit-learn that hold numbers only and that skops asks about; any other type is refused
TRUSTED = frozenset(
    (
        "numpy.dtype",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.impute._iterative.IterativeImputer",
        "sklearn.impute._iterative._ImputerTriplet",
        "sklearn.metrics._dist_metrics.EuclideanDistance",
        "sklearn.metrics._dist_metrics.EuclideanDistance64",
        "sklearn.neighbors._ball_tree.BallTree",
        "sklearn.neighbors._kd_tree.KDTree",
        "sklearn.tree._tree.Tree",
    )
)


def dumps(model: Any) -> str:
    """A fitted scikit-learn object as base64 text: its skops file (never pickle), numbered and zipped anew, then
    compressed (xz).

    skops names parts by their places in memory and stamps them with the time; here they are numbered in the order in
    which they stand, so that two fits on the same rows give the same text.
    """
    with zipfile.ZipFile(io.BytesIO(skops_io().dumps(model))) as whole:
        schema, files = json.loads(whole.read("schema.json")), {name: whole.read(name) for name in whole.namelist()}
    numbers: dict[Any, int] = {}
    names: dict[str, str] = {}
    schema = _numbered(schema, numbers, names)
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w", zipfile.ZIP_STORED) as out:
        out.writestr(zipfile.ZipInfo("schema.json"), json.dumps(schema, separators=(",", ":"), sort_keys=True))
        for old, new in names.items():
            out.writestr(zipfile.ZipInfo(new), files[old])
    return base64.b64encode(lzma.compress(again.getvalue(), preset=6)).decode("ascii")


@functools.lru_cache(maxsize=2)  # a table goes batch by batch, and opening a forest takes longer than asking it
def loads(text: str) -> Any:
    """The object (shared: do not change it) that `packed` made into text; raises IntegrityError where the text is
    damaged or holds a type that is not known to be harmless, and before anything of it is opened.
    """
    skops = skops_io()
    broken = IntegrityError("A model in the recipe cannot be opened.", "learned", "Learn it again (run --refit).")
    try:
        reader = lzma.LZMADecompressor(memlimit=GREATEST * 4)
        data = reader.decompress(base64.b64decode(text.encode("ascii"), validate=True), GREATEST)
        if not reader.eof:
            raise broken
        strange = sorted(set(skops.get_untrusted_types(data=data)) - TRUSTED)
    except Exception as error:
        raise broken from error
    if strange:
        raise IntegrityError(
            f"A model in the recipe holds types that are not trusted: {', '.join(strange)}.", "learned", broken.fix
        )
    try:
        return skops.loads(data, trusted=sorted(TRUSTED))
    except Exception as error:
        raise broken from error


def _numbered(node: Any, numbers: dict[Any, int], names: dict[str, str]) -> Any:
    """A schema without addresses in memory: objects that are shared keep one number, plain values need none."""
    if isinstance(node, list):
        return [_numbered(part, numbers, names) for part in node]
    if not isinstance(node, dict):
        return node
    made = {key: _numbered(value, numbers, names) for key, value in node.items() if key != "__id__"}
    if "__id__" in node and node.get("__loader__") != "JsonNode":
        made["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
    if isinstance(node.get("file"), str) and "__loader__" in node:
        ending = re.sub(r"^\d+", "", node["file"])
        made["file"] = names.setdefault(node["file"], f"{len(names) + 1}{ending}")
    return made
