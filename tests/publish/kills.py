"""Publications to Delta tables that are killed at random moments; what is left is looked at after each.

`python -m tests.publish.kills PLACE 20 SEED` prints what it saw as JSON, on the store that the environment names.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from dataops_core.store import datasets
from dataops_core.store.publishing import publications
from dataops_core.store.store import Store
from tests.store.team.kills import forked

LOOK = """
import json, os, sys, deltalake
sys.path.insert(0, sys.argv[2])
from delta_writer import _options
options = _options(sys.argv[1])
if not deltalake.DeltaTable.is_deltatable(sys.argv[1], storage_options=options):
    print(json.dumps(None), flush=True)
else:
    table = deltalake.DeltaTable(sys.argv[1], storage_options=options)
    history = {each["version"]: each["dataops.version"] for each in table.history()}
    print(json.dumps([table.version(), int(history[table.version()]), table.to_pandas().shape[0]]), flush=True)
os._exit(0)
"""


def publish(place, number):
    store = Store()
    dataset = datasets.find(store, "cities")
    told = publications.publish_version(store, dataset, number, f"delta:{place}", "ann", own=True)
    store.close()
    return told


def grouped(place, number):
    """In a group of its own, so that all that it starts is killed with it."""
    os.setpgid(0, 0)
    publish(place, number)


def look(place):
    """The version of the table, the version of the dataset that it names, and its rows; None where there is none."""
    writer = Path(publications.__file__).parents[2] / "publish"
    done = subprocess.run([sys.executable, "-c", LOOK, place, str(writer)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def kills(place, count, seed):
    """Every second publication is the first one to a table, the others are the second; each is killed, and then done."""
    lot = random.Random(seed)
    publish(f"{place}-before", 1)  # imports everything before anybody is killed
    began = time.monotonic()
    publish(f"{place}-before", 2)
    took = time.monotonic() - began
    during, found = 0, {"before": 0, "after": 0}
    for number in range(count):
        table, wanted = f"{place}-{number // 2}", 1 + number % 2
        before = look(table)
        assert before == (None if wanted == 1 else [0, 1, 60])
        child = forked(lambda table=table, wanted=wanted: grouped(table, wanted))
        time.sleep(lot.uniform(0.05, 1.1) * took)
        during += os.waitpid(child, os.WNOHANG) == (0, 0)
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
        after = look(table)
        whole = [wanted - 1, wanted, 60]
        assert after in (before, whole), (before, after)
        found["after" if after == whole else "before"] += 1
        assert publish(table, wanted).already == (after == whole)
        assert look(table) == whole
    return {"kills": count, "during": during, **found}


if __name__ == "__main__":
    print(json.dumps(kills(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
