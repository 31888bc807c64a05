"""How far Spark is: its stages and their tasks, told beside what the run itself says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dataops_core.progress import Progress

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PAUSE = 0.5  # seconds between two looks


@contextmanager
def stages(spark: SparkSession, progress: Progress) -> Iterator[Progress]:
    """A way to tell how far a run is: what it says comes through, with Spark's running stages behind it."""
    tracker = spark.sparkContext.statusTracker()
    said: dict[str, Any] = {"share": 0.0, "note": ""}
    ended = threading.Event()

    def tell(share: float, note: str) -> None:
        said.update(share=share, note=note)
        progress(share, note)

    def watch() -> None:
        while not ended.wait(PAUSE):
            found = [tracker.getStageInfo(number) for number in sorted(tracker.getActiveStageIds())]
            running = [(each.stageId, each.numCompletedTasks, each.numTasks) for each in found if each is not None]
            if running and not ended.is_set():
                progress(said["share"], says(said["note"], running))

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield tell
    finally:
        ended.set()
        watching.join()


def says(note: str, running: list[tuple[int, int, int]]) -> str:
    """The words for stages that run, each with its number, tasks done, and tasks.

    >>> says("Writing", [(7, 3, 12)]), says("Writing", [(7, 3, 12), (8, 0, 4)])
    ('Writing (stage 7: 3 of 12 tasks)', 'Writing (stages 7 and 8: 3 of 16 tasks)')
    """
    numbers = [str(number) for number, _, _ in running]
    named = f"stage {numbers[0]}" if len(numbers) == 1 else f"stages {', '.join(numbers[:-1])} and {numbers[-1]}"
    done, tasks = (sum(each[at] for each in running) for at in (1, 2))
    return f"{note} ({named}: {done:,} of {tasks:,} tasks)"
