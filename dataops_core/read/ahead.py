"""Work that runs ahead: the next items of a generator are made in a thread while the last ones are used."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from typing import TypeVar

Item = TypeVar("Item")
PAUSE = 0.1  # seconds after which a thread whose items nobody takes looks whether they are wanted at all


def ahead(items: Generator[Item, None, None], most: int = 1) -> Iterator[Item]:
    """The items of a generator, of which up to `most` wait while one is used and another one is made.

    The generator runs in one thread from its beginning to its end; what it raises is raised here. Where the items are
    wanted no longer, it is closed, and the thread has ended when this has.

    >>> list(ahead(number for number in range(3)))
    [0, 1, 2]
    """
    made: queue.Queue[tuple[list[Item], BaseException | None]] = queue.Queue(most)
    unwanted = threading.Event()

    def hand(found: list[Item], error: BaseException | None) -> bool:
        while not unwanted.is_set():
            try:
                made.put((found, error), timeout=PAUSE)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for item in items:
                if not hand([item], None):
                    break
            items.close()
            hand([], None)
        except BaseException as error:  # noqa: BLE001  whatever it is, it is raised where the items are used
            hand([], error)

    thread = threading.Thread(target=make, daemon=True)
    thread.start()
    try:
        while True:
            found, error = made.get()
            if error is not None:
                raise error
            if not found:
                return
            yield found[0]
            del found
    finally:
        unwanted.set()
        thread.join()
