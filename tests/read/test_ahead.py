"""Items that are made ahead: all of them in order, errors where they are used, and no thread left."""

import threading

import pytest

from dataops_core.read.ahead import ahead


def test_items_come_in_order_whatever_waits():
    assert list(ahead((number for number in range(50)), most=3)) == list(range(50))


def test_an_error_is_raised_after_the_items_before_it():
    def items():
        yield 1
        raise ValueError("in the thread")

    made = ahead(items())
    assert next(made) == 1
    with pytest.raises(ValueError, match="in the thread"):
        next(made)


def test_a_generator_nobody_wants_is_closed_and_its_thread_ends():
    before, closed = threading.active_count(), threading.Event()

    def endless():
        try:
            while True:
                yield 0
        finally:
            closed.set()

    taken = ahead(endless())
    next(taken)
    taken.close()
    assert closed.is_set()
    assert threading.active_count() == before
