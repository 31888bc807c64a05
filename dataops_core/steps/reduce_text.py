"""Text as a few numbers: TF-IDF with reduced dimensions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd

from dataops_core.errors import Skip
from dataops_core.steps._features import decimals, need_free, put_after
from dataops_core.steps.step import Columns, Label, Span, step

WORD = re.compile(r"\w\w+")
MOST = 2000  # words
ROWS = 20_000  # from which the directions are learned, evenly over the table
BLOCK = 10_000  # rows whose weights are held at a time


@step(
    "Reduce text",
    group="Features",
    says="Reduced the text of {column} to {dimensions} numbers (TF-IDF, truncated SVD)",
    also="TF-IDF, topics, latent semantic analysis, embedding, vectorize",
)
def reduce_text(
    df: pd.DataFrame,
    column: Annotated[str, Columns("text"), Label("Column", "The column of text")],
    dimensions: Annotated[int, Span(1, 50), Label("Numbers", "How many columns it becomes")] = 5,
    original: Annotated[Literal["drop", "keep"], Label("The column itself", "Whether it stays")] = "drop",
    learned: dict[str, Any] | None = None,
) -> pd.DataFrame:
    """Turn free text into a few numbers by which texts with similar words lie near each other.

    Words count by how rare they are in the training rows (TF-IDF as in scikit-learn: smoothed, rows of length 1), and
    the directions in which texts differ most become columns (latent semantic analysis, Deerwester et al. 1990; signs
    are fixed so that the greatest weight is positive). The 2,000 words that come most often count, and directions are
    learned from at most 20,000 training rows. Words that the training rows do not have are passed over; missing texts
    become zeros.

    >>> notes = pd.DataFrame({"note": ["red car", "red bike", "blue car", "blue bike"]})
    >>> reduce_text(notes, column="note", dimensions=2).shape
    (4, 2)
    """
    if learned is None:
        learned = learn_words(df, column, dimensions)
    rarity, directions = np.array(learned["rarity"]), np.array(learned["directions"]).reshape(len(learned["words"]), -1)
    parts = [part @ directions for part in word_weights(df[column], learned["words"], rarity)]
    found = np.concatenate(parts) if parts else np.zeros((0, directions.shape[1]))
    made = {f"{column} text {at + 1}": decimals(found[:, at], df[column]) for at in range(found.shape[1])}
    for at in range(found.shape[1], dimensions):
        made[f"{column} text {at + 1}"] = decimals(np.zeros(len(df)), df[column])
    need_free(df, made, "reduce_text")
    return put_after(df, column, made, original == "keep")


def words_of(cell: Any) -> list[str]:
    """The words of a text with two letters or more, in lower case."""
    return WORD.findall(cell.lower()) if isinstance(cell, str) else []


def word_weights(column: pd.Series, words: list[str], rarity: np.ndarray) -> Iterator[np.ndarray]:
    """TF-IDF of each row, some rows at a time: (rows, words), each row of length 1 or 0."""
    place = {word: at for at, word in enumerate(words)}
    for start in range(0, len(column), BLOCK):
        cells = column.iloc[start : start + BLOCK]
        weights = np.zeros((len(cells), len(words)))
        for row, cell in enumerate(cells):
            for word, count in Counter(words_of(cell)).items():
                if word in place:
                    weights[row, place[word]] = count
        weights *= rarity
        length = np.sqrt((weights**2).sum(axis=1, keepdims=True))
        yield np.divide(weights, length, out=np.zeros_like(weights), where=length > 0)


@reduce_text.learn
def learn_words(df: pd.DataFrame, column: str, dimensions: int = 5, **_settings: object) -> dict[str, Any]:
    """The words, their rarity, and the directions (words, dimensions): {"words", "rarity", "directions"}."""
    counts = Counter(word for cell in df[column] for word in set(words_of(cell)))
    words = sorted(word for word, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST])
    if not words:
        raise Skip("The column holds no words.")
    rarity = np.log((1 + len(df)) / (1 + np.array([counts[word] for word in words], dtype=float))) + 1
    some = df[column].iloc[np.linspace(0, len(df) - 1, min(ROWS, len(df))).astype(int)]
    products = np.zeros((len(words), len(words)))
    for weights in word_weights(some, words, rarity):
        products += weights.T @ weights
    sizes, directions = np.linalg.eigh(products)  # from the least to the greatest
    kept = directions[:, ::-1][:, : min(dimensions, int((sizes > 1e-12 * sizes[-1]).sum()))]
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    return {"words": words, "rarity": rarity.round(12).tolist(), "directions": (kept * signs).round(9).tolist()}


@reduce_text.adds
def text_names(column: str, dimensions: int = 5, **_settings: object) -> list[str]:
    """The columns that it makes."""
    return [f"{column} text {at + 1}" for at in range(dimensions)]
