"""MOSTLY AI's engine behind the seam (optional: pip install mostlyai-engine). Importing this imports it, torch and
transformers.
"""

from __future__ import annotations

import contextlib
import os
import random
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import mostlyai.engine._tabular.encoding
import mostlyai.engine.analysis
import numpy as np
import pandas as pd
import torch
from mostlyai import engine

from dataops_core.synthetic.constraints.constraint import Constraint
from dataops_core.synthetic.prepare.constraint_encoding import Part

_UNUSED = ("optimizer.pt", "lr-scheduler.pt", "progress-messages.csv")  # of the training alone
SEED = "MOSTLYAI_ENGINE_SEED"  # the engine leaves its seed in the environment


class Fitted:
    """The files of a trained model, without the rows that it was trained on."""

    def __init__(self, files: dict[str, bytes], part: Part, columns: list[str], texts: list[str]) -> None:
        self.files, self.part, self.columns, self.texts = files, part, columns, texts

    def sample(self, rows: int, seed: int) -> pd.DataFrame:
        """So many rows, the same for the same seed."""
        if not self.columns:
            return self.part.back([], rows)
        with _quiet(seed) as place:
            for name, content in self.files.items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_bytes(content)
            engine.generate(sample_size=rows, device="cpu", workspace_dir=place)
            made = pd.concat(
                [pd.read_parquet(path) for path in sorted((place / "SyntheticData").glob("*.parquet"))],
                ignore_index=True,
            )
        cells = [
            (
                self._known(made[column], at)
                if column in self.texts
                else made[column].fillna(made[column].median()).to_numpy(dtype="float64")
            )
            for at, column in enumerate(self.columns)
        ]
        return self.part.back(cells, len(made))

    def _known(self, made: pd.Series, at: int) -> np.ndarray:
        """The numbers of categories; a value that the engine merged as rare is drawn from the others."""
        codes = pd.to_numeric(made.astype(str).str.removeprefix("v"), errors="coerce")
        size = len(self.part.blocks[at - len(self.part.scores.knots)])
        gone = ~codes.between(0, size - 1)
        others = codes[~gone].to_numpy() if (~gone).any() else np.arange(size)
        codes[gone] = others[np.arange(int(gone.sum())) * 7_919 % len(others)]
        return codes.to_numpy(dtype="int64")


def fit(
    name: str,
    encoded: pd.DataFrame,
    numbers: list[str],
    constraints: Sequence[Constraint],
    *,
    seed: int,
    epochs: int,
    progress: Callable[[float, str], Any],
) -> Fitted:
    """Learn with TabularARGN, a network that draws one column after the other (Tiwald et al. 2025, arXiv:2501.12012);
    it stops before `epochs` where more do not help.
    """
    part = Part(encoded, numbers, constraints)
    cells, kinds = part.forth(encoded, np.random.default_rng([seed % 2**63, 11]))
    frame = pd.DataFrame(
        {
            f"c{at}": np.char.add("v", each.astype(str)).astype(object) if kind == "categorical" else each
            for at, (each, kind) in enumerate(zip(cells, kinds, strict=True))
        }
    )
    columns = [str(column) for column in frame]
    texts = [column for column, kind in zip(columns, kinds, strict=True) if kind == "categorical"]
    if not columns:
        return Fitted({}, part, columns, texts)
    said = {column: "TABULAR_CATEGORICAL" if column in texts else "TABULAR_NUMERIC_BINNED" for column in columns}

    def told(*_given: Any, message: Any = None, **_named: Any) -> None:
        at = message.get("epoch") if isinstance(message, dict) else None
        if at is not None:
            progress(min(1.0, float(at) / epochs), f"Epoch {int(at)} of at most {epochs}")

    with _quiet(seed) as place:
        progress(0.0, "Learning")
        engine.split(tgt_data=frame, tgt_encoding_types=said, workspace_dir=place)
        engine.analyze(workspace_dir=place)
        engine.encode(workspace_dir=place)
        size = int(np.clip(2 ** round(np.log2(max(1, len(frame)) / 20)), 16, 512))
        engine.train(
            max_epochs=float(epochs),
            batch_size=size,
            gradient_accumulation_steps=1,
            device="cpu",
            workspace_dir=place,
            update_progress=told,
        )
        kept = {
            str(path.relative_to(place)): path.read_bytes()
            for path in sorted((place / "ModelStore").rglob("*"))
            if path.name not in _UNUSED and path.is_file()
        }
    return Fitted(kept, part, columns, texts)


@contextlib.contextmanager
def _quiet(seed: int) -> Iterator[Path]:
    """A folder that goes away, seeded generators, one thread, no child processes, no warnings, and an environment as it
    was.
    """
    modules = (mostlyai.engine.analysis, mostlyai.engine._tabular.encoding)
    counted = [module.cpu_count for module in modules]
    threads, before = torch.get_num_threads(), os.environ.get(SEED)
    states = random.getstate(), np.random.get_state()  # noqa: NPY002 - the engine draws from the global generators
    torch.set_num_threads(1)
    for module in modules:
        module.cpu_count = lambda: 1
    try:
        with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="dataops-") as folder:
            warnings.simplefilter("ignore")
            engine.set_random_state(seed % 2**32)
            yield Path(folder)
    finally:
        for module, count in zip(modules, counted, strict=True):
            module.cpu_count = count
        torch.set_num_threads(threads)
        # the engine's training sets it for the whole process, in which scipy's cKDTree then crashes
        torch.set_flush_denormal(False)
        random.setstate(states[0])
        np.random.set_state(states[1])  # noqa: NPY002
        os.environ.pop(SEED, None)
        if before is not None:
            os.environ[SEED] = before
