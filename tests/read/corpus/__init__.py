"""Text tables with known cells, made by code: what the reader is measured on."""

from tests.read.corpus.base import Sample
from tests.read.corpus.dialects import dialects, encodings, values
from tests.read.corpus.found import found
from tests.read.corpus.malformed import malformed
from tests.read.corpus.portals import portals

__all__ = ["Sample", "samples"]


def samples() -> list[Sample]:
    """All files of the corpus, the same in every run."""
    return [*malformed(), *dialects(), *encodings(), *values(), *portals(), *found()]
