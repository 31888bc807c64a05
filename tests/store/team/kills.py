"""Commits that are killed at random moments, and commits of two processes at once; what is left is looked at.

`python -m tests.store.team.kills kills 50 SEED` and `… writers 5` print what they saw as JSON, on the store that the
environment names. One process imports everything and forks: a start costs more than a commit.
"""

import datetime as dt
import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

from dataops_core.errors import ConflictError
from dataops_core.store import datasets, fsck, versions
from dataops_core.store.purge import leftovers
from dataops_core.store.store import Store

NAME = "towns"


def forked(work):
    """The id of a child that does this work and ends."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001  # it must never come back into the parent's code
        traceback.print_exc()
        os._exit(1)


def commit(store, text):
    """Bring a file with this text as the draft, and commit it; where somebody else was faster, once more."""
    file = store.scratch_file(".csv")
    file.write_text(text)
    raw = datasets.store_raw(store, file, "towns.csv")
    file.unlink()
    dataset = datasets.find(store, NAME)
    while True:
        here = datasets.get(store, dataset)
        try:
            datasets.edit(store, dataset, here.revision, here.recipe, "new file", "ann", raw=raw)
            return versions.commit(store, dataset, text[:40], "ann", revision=here.revision + 1)
        except ConflictError:
            continue


def table(number):
    return "city,n\n" + "".join(f"town {i},{number * 1000 + i}\n" for i in range(60))


def committing(home, notes, first, last):
    """Commit one table after the other, and note when each begins and is done."""
    store = Store(home, person="ann")
    with open(notes, "a", buffering=1) as told:
        for number in range(first, last):
            told.write(f"begun {number}\n")
            made = commit(store, table(number))
            told.write(f"done {number} {made.content_hash}\n")
    store.close()


def look(home, done):
    """What is there: raises AssertionError where something is lost, half there or damaged."""
    store = Store(home, person="ann")
    dataset = datasets.find(store, NAME)
    log = versions.log(store, dataset)
    numbers = [each["number"] for each in log]
    assert numbers == list(range(len(numbers), 0, -1)), numbers
    assert done <= {each["content_hash"] for each in log}, "a version that was saved is lost"
    assert all(older["id"] == newer["parent"] for newer, older in zip(log, log[1:], strict=False))
    found = fsck.check(store)
    assert found.ok, found
    last = versions.get(store, dataset, numbers[0])
    assert versions.table(store, last).content_hash == last.content_hash
    over = len(set(store.objects.all()) - set(fsck.needed(store)))
    store.close()
    return len(numbers), over


def collect(home, young):
    """Remove what nothing needs and is not younger than so many seconds, as if an hour had passed."""
    later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=leftovers.LEAST, seconds=-young)
    store = Store(home, person="ann", clock=later.isoformat)
    found = leftovers.remove(store, "ann", older_than=leftovers.LEAST)
    store.close()
    return found.to_json()


def begin(home):
    """The dataset, and whatever is imported late, before anybody is killed; returns the seconds that a commit takes."""
    store = Store(home, person="ann")
    (home / "first.csv").write_text(table(0))
    datasets.add(store, datasets.default_project(store, "ann"), home / "first.csv", "first.csv", "ann", name=NAME)
    began = time.monotonic()
    commit(store, table(0))
    store.close()
    return time.monotonic() - began


def kills(home, count, seed):
    lot, notes = random.Random(seed), home / "notes"
    notes.touch()
    took = begin(home)
    done, during, over, collected = set(), 0, 0, 0
    for number in range(count):
        first = 1 + number * 100
        child = forked(lambda first=first: committing(home, notes, first, first + 99))
        if number % 3 == 2:
            collected += collect(home, 10)["files"]  # while somebody commits
        time.sleep(lot.uniform(0.05, max(0.9, 1.5 * took)))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = [line.split() for line in notes.read_text().splitlines()]
        during += bool(lines) and lines[-1][0] == "begun"
        done |= {words[2] for words in lines if words[0] == "done" and len(words) == 3 and len(words[2]) == 64}
        if number % 5 == 4 or number == count - 1:
            there, over = look(home, done)
    store = Store(home, person="ann")
    commit(store, table(99_999))
    store.close()
    time.sleep(1)  # S3 tells times in whole seconds
    collected += collect(home, 0)["files"]
    return {
        "kills": count,
        "during": during,
        "done": len(done),
        "versions": there,
        "objects_over": over,
        "collected": collected,
        "left": look(home, done),
        "unfinished": left_unfinished(home),
    }


def left_unfinished(home):
    """How many files where the objects lie are no objects."""
    store = Store(home, person="ann")
    found = sum(not each.md5 for each in store.objects.listing())
    store.close()
    return found


def writers(home, each):
    begin(home)
    notes = home / "notes"
    running = [forked(lambda w=w: committing(home, notes, 1 + w * 100, 1 + w * 100 + each)) for w in range(2)]
    ended = [os.waitpid(child, 0)[1] for child in running]
    done = {line.split()[2] for line in notes.read_text().splitlines() if line.startswith("done")}
    there, _ = look(home, done)
    return {"ended": ended, "done": len(done), "versions": there}


if __name__ == "__main__":
    place = Path(os.environ["DATAOPS_HOME"])
    place.mkdir(parents=True, exist_ok=True)
    print(json.dumps(globals()[sys.argv[1]](place, *map(int, sys.argv[2:]))))
