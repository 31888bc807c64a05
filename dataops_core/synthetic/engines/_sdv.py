"""SDV's engines behind the seam. Importing this imports sdv and torch: only the process that learns does so."""

from __future__ import annotations

import contextlib
import random
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Self

import ctgan.synthesizers.ctgan
import ctgan.synthesizers.tvae
import joblib
import numpy as np
import pandas as pd
import sdv.single_table.base
import torch
from rdt.transformers import OrderedUniformEncoder, UniformEncoder
from sdv.cag import (
    FixedCombinations,
    FixedIncrements,
    Inequality,
    OneHotEncoding,
    Range,
    SingleTableProgrammableConstraint,
)
from sdv.metadata import Metadata
from sdv.sampling import Condition
from sdv.single_table import CopulaGANSynthesizer, CTGANSynthesizer, GaussianCopulaSynthesizer, TVAESynthesizer

from dataops_core.synthetic.constraints.constraint import Constraint, sdv_calls
from dataops_core.synthetic.prepare.category_order import orders
from dataops_core.synthetic.prepare.normal_scores import Scores

TABLE = "table"
CLASSES = {
    "gaussian_copula": GaussianCopulaSynthesizer,
    "ctgan": CTGANSynthesizer,
    "tvae": TVAESynthesizer,
    "copulagan": CopulaGANSynthesizer,
}


class Total(SingleTableProgrammableConstraint):  # type: ignore[misc]  # sdv has no types
    """A column that is the sum of others: the engine does not see it, and it is made anew from its parts."""

    def __init__(self, parts: list[str], total: str) -> None:
        self.parts, self.total = parts, total

    def get_updated_metadata(self, metadata: Metadata) -> Metadata:
        """The metadata without the total."""
        plain = metadata.to_dict()
        plain["tables"][TABLE]["columns"].pop(self.total)
        return Metadata.load_from_dict(plain)

    def transform(self, data: pd.DataFrame) -> pd.DataFrame:
        """The data without the total."""
        return data.drop(columns=[self.total])

    def reverse_transform(self, transformed_data: pd.DataFrame) -> pd.DataFrame:
        """The data with the total."""
        return transformed_data.assign(**{self.total: transformed_data[self.parts].sum(axis=1)})

    def is_valid(self, synthetic_data: pd.DataFrame) -> pd.Series:
        """Whether the total is right, row by row."""
        return (synthetic_data[self.parts].sum(axis=1) - synthetic_data[self.total]).abs() < 1e-6


class Epochs:
    """Stands in for tqdm: tells the progress of epochs, and prints nothing."""

    told: Any = None

    def __init__(self, over: Iterable[int], **_ignored: Any) -> None:
        self.over = list(over)

    def __iter__(self) -> Iterator[int]:
        for at in self.over:
            if Epochs.told:
                Epochs.told(at / len(self.over), f"Epoch {at + 1} of {len(self.over)}")
            yield at

    def set_description(self, *_said: Any) -> None:
        """Nothing is printed."""


def _objects(constraints: Sequence[Constraint]) -> list[Any]:
    """SDV's own objects for our constraints."""
    known = {
        each.__name__: each for each in (FixedCombinations, FixedIncrements, Inequality, OneHotEncoding, Range, Total)
    }
    return [known[call.name](**call.arguments) for call in sdv_calls(constraints)]


def metadata_of(names: list[str], numbers: list[str]) -> Metadata:
    """The metadata of an encoded frame: nothing but which columns are amounts and which categories. It
    holds no value.
    """
    columns = {name: {"sdtype": "numerical" if name in numbers else "categorical"} for name in names}
    return Metadata.load_from_dict(
        {"tables": {TABLE: {"columns": columns}}, "relationships": [], "METADATA_SPEC_VERSION": "V2"}
    )


class Sdv:
    """A fitted synthesizer of SDV."""

    def __init__(
        self,
        name: str,
        synthesizer: Any,
        constant: dict[str, Any],
        names: list[str],
        scores: Scores | None,
        bound: bool,
    ) -> None:
        self.synthesizer, self.constant, self.names, self.scores = synthesizer, constant, names, scores
        # with constraints sdv draws and throws away, without an end
        self.native_conditions = name == "gaussian_copula" and not bound

    def sample(self, rows: int, seed: int) -> pd.DataFrame:
        """So many rows, the same for the same seed."""
        with quiet():
            self._reset(seed)
            return self._whole(self.synthesizer.sample(rows)[TABLE])

    def sample_where(self, values: dict[str, Any], rows: int, seed: int) -> pd.DataFrame:
        """Rows with these values; perhaps fewer than asked. What is asked of amounts that are scores is left to the
        caller.
        """
        asked = {
            name: value
            for name, value in values.items()
            if name not in self.constant and name not in (self.scores.knots if self.scores else ())
        }
        if not asked:
            return self.sample(rows, seed)
        with quiet():
            self._reset(seed)
            made = self.synthesizer.sample_from_conditions([Condition(num_rows=rows, column_values=asked)])[TABLE]
        return self._whole(made)

    def _whole(self, made: pd.DataFrame) -> pd.DataFrame:
        plain = self.scores.back(made) if self.scores else made
        return plain.assign(**self.constant)[self.names].reset_index(drop=True)

    def _reset(self, seed: int) -> None:
        self.synthesizer.reset_sampling()
        seed_all(seed)
        self.synthesizer._set_random_state(seed % 2**32)  # there is no public way to seed it


def fit(
    name: str,
    encoded: pd.DataFrame,
    numbers: list[str],
    constraints: Sequence[Constraint],
    *,
    seed: int,
    epochs: int,
    progress: Any,
) -> Sdv:
    """Learn with one of SDV's engines, on one thread, without a child process, saying each epoch."""
    constant = {
        name: encoded[name].iloc[0] for name in encoded.columns if (encoded[name] == encoded[name].iloc[0]).all()
    }
    bound = {column for each in constraints for column in each.bound}
    constant = {name: value for name, value in constant.items() if name not in bound}
    frame = encoded.drop(columns=list(constant))
    if not len(frame.columns):  # sdv needs a column
        first = next(iter(constant))
        constant, frame = {key: value for key, value in constant.items() if key != first}, encoded[[first]]
    settings: dict[str, Any] = {"enforce_min_max_values": True, "enforce_rounding": True}
    if name != "gaussian_copula":
        settings |= {"epochs": epochs, "enable_gpu": False, "verbose": True}
        if name in ("ctgan", "copulagan"):
            settings |= {
                "pac": 10 if len(frame) >= 500 else 1,
                "batch_size": 500 if len(frame) >= 500 else max(10, len(frame) // 20 * 10),
            }
    scores, placed = None, dict[str, list[str]]()
    if name == "gaussian_copula":
        free = [column for column in numbers if column in frame.columns and column not in bound]
        scores = Scores(frame, free)
        frame = scores.forth(frame, np.random.default_rng([seed % 2**63, 3]))
        settings |= {"numerical_distributions": dict.fromkeys(free, "norm")}
        placed = orders(
            frame, [column for column in frame.columns if column not in numbers and column not in bound], free
        )
    with quiet(), telling(progress, ctgan.synthesizers.ctgan, ctgan.synthesizers.tvae):
        seed_all(seed)
        made = CLASSES[name](metadata_of(list(frame.columns), [n for n in numbers if n in frame.columns]), **settings)
        objects = _objects(constraints)
        if objects:
            made.add_constraints(objects)
        if objects and name != "gaussian_copula":
            _whole_categories(made, frame)
        if placed:
            made.auto_assign_transformers({TABLE: frame})
            made.update_transformers({column: OrderedUniformEncoder(order=order) for column, order in placed.items()})
        progress(0.0, "Learning")
        made.fit({TABLE: frame})
    _forget_rows(made)
    return Sdv(name, made, constant, list(encoded.columns), scores, bool(constraints))


def _whole_categories(synthesizer: Any, frame: pd.DataFrame) -> None:
    """Let a GAN see categories as such: once constraints are added, SDV 2.0 spreads each over a scale of amounts
    (UniformEncoder), and much is lost.
    """
    synthesizer.auto_assign_transformers({TABLE: frame})
    told = synthesizer.get_transformers()
    synthesizer.update_transformers(
        {column: None for column, used in told.get(TABLE, told).items() if isinstance(used, UniformEncoder)}
    )


def _forget_rows(synthesizer: Any) -> None:
    """Take the training rows out of a fitted GAN: its sampler keeps them, and making rows needs none of them."""
    sampler = getattr(getattr(synthesizer, "_model", None), "_data_sampler", None)
    if sampler is not None:
        sampler._data, sampler._rid_by_cat_cols = None, None


def seed_all(seed: int) -> None:
    """Seed all three generators that SDV draws from."""
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 - sdv draws from the global generator
    torch.manual_seed(seed % 2**63)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No bars, no warnings, one thread, and no child processes (joblib's would outlive a cancelled job)."""
    bar = sdv.single_table.base.tqdm.tqdm
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    sdv.single_table.base.tqdm.tqdm = _NoBar
    try:
        with warnings.catch_warnings(), joblib.parallel_config(backend="threading", n_jobs=1):
            warnings.simplefilter("ignore")
            yield
    finally:
        sdv.single_table.base.tqdm.tqdm = bar
        torch.set_num_threads(threads)


class _NoBar:
    def __init__(self, *_given: Any, **_named: Any) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_given: object) -> None:
        pass

    def update(self, *_given: Any) -> None:
        """Nothing is printed."""

    def set_description(self, *_given: Any) -> None:
        """Nothing is printed."""


@contextlib.contextmanager
def telling(progress: Any, *modules: Any) -> Iterator[None]:
    """The epochs of these modules are told, and not printed."""
    kept = [module.tqdm for module in modules]
    Epochs.told = staticmethod(progress)
    for module in modules:
        module.tqdm = Epochs
    try:
        yield
    finally:
        Epochs.told = None
        for module, bar in zip(modules, kept, strict=True):
            module.tqdm = bar
