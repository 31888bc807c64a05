"""A feature repository: the real Feast applies it, and serves the values back, point in time and online."""

import json
import os
import subprocess
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from dataops_core.cli.main import main
from dataops_core.publish.places.feast import SAVED_AT
from tests.publish.conftest import frame_of

FEAST = os.environ.get("DATAOPS_FEAST")  # the program feast, of an environment of its own
needs_feast = pytest.mark.skipif(not FEAST, reason="DATAOPS_FEAST does not name the program feast")
TRIPS = [  # who, since when, the features
    (1, "2024-01-01 10:00:00", 2.5, "Paris", 3, True),
    (1, "2024-02-01 10:00:00", None, "", None, False),
    (2, "2024-01-15 00:00:00", 7.25, "Rome", 7, True),
    (3, "2024-03-01 00:00:00", -1.0, "Oslo", 0, False),
]
# what is asked: who, at which moment, and which of the rows above answers (None: none was there yet)
ASKED = [
    (1, "2024-01-01 09:59:59", None),
    (1, "2024-01-01 10:00:00", 0),
    (1, "2024-01-31 23:00:00", 0),
    (1, "2024-03-05 00:00:00", 1),
    (2, "2024-03-05 00:00:00", 2),
    (3, "2024-02-01 00:00:00", None),
    (9, "2024-03-05 00:00:00", None),
]
FEATURES = ["amount", "city", "n items", "member"]
SERVE = """
import json, sys
from datetime import datetime, timezone
import pandas as pd
from feast import FeatureStore
asked, names, view = json.load(sys.stdin)
store = FeatureStore(".")
frame = pd.DataFrame(asked, columns=["who", "event_timestamp", "_"])[["who", "event_timestamp"]]
frame["event_timestamp"] = pd.to_datetime(frame["event_timestamp"], utc=True)
frame["at"] = range(len(frame))
known = store.get_historical_features(entity_df=frame, features=[f"{view}:{name}" for name in names]).to_df()
known = known.sort_values("at")
store.materialize(datetime(2020, 1, 1, tzinfo=timezone.utc), datetime(2030, 1, 1, tzinfo=timezone.utc))
online = store.get_online_features(
    features=[f"{view}:{name}" for name in names], entity_rows=[{"who": who} for who in (1, 2, 3, 9)]
).to_dict()
clean = lambda cells: [None if cell is None or cell != cell else cell for cell in cells]
print(json.dumps({
    "historical": {name: dict(zip(map(str, known["at"]), clean(known[name].astype(object)))) for name in names},
    "online": {name: clean(online[name]) for name in names},
}))
"""


@pytest.fixture
def trips(home, tmp_path):
    frame = pd.DataFrame(TRIPS, columns=["who", "since", *FEATURES])
    frame["n items"], frame["member"] = (
        frame["n items"].astype("Int64"),
        frame["member"].map({True: "true", False: "false"}),
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert main(["commit", "Our trips", "t.csv", "-m", "one"]) == 0
    return tmp_path


def run(folder: Path, *words: str, data: str = "") -> str:
    quiet = {"FEAST_USAGE": "False", "FEAST_TELEMETRY": "False"}
    done = subprocess.run(words, cwd=folder, input=data, capture_output=True, text=True, env={**os.environ, **quiet})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
@needs_feast
def test_feast_serves_the_values_of_the_version(trips, publish):
    told = publish("Our trips", "feast:store", "--entity", "who", "--timestamp", "since")
    assert told["details"] == {"feature_view": "our_trips", "features": "4"}
    assert "Created feature view our_trips" in run(trips / "store", FEAST, "apply")
    python = str(Path(FEAST).with_name("python"))
    text = run(trips / "store", python, "-c", SERVE, data=json.dumps([ASKED, FEATURES, "our_trips"]))
    served = json.loads(text.strip().rsplit("\n", 1)[-1])
    rows = [dict(zip(FEATURES, [row[2], row[3] or None, *row[4:]], strict=True)) for row in TRIPS]
    for name in FEATURES:
        # who had no row yet at that moment gets nothing: Feast leaves out such a row, where others came later
        found = [served["historical"][name].get(str(at)) for at in range(len(ASKED))]
        assert found == [None if row is None else rows[row][name] for _, _, row in ASKED], name
        assert served["online"][name] == [rows[1][name], rows[2][name], rows[3][name], None], name


def test_the_repository_is_of_the_newest_version_and_keeps_settings_of_others(trips, publish):
    publish("cities@1", "feast:store", "--entity", "id", "--timestamp", "at")
    store = trips / "store"
    (store / "feature_store.yaml").write_text("project: ours\n")
    before = (store / "features.py").read_text()
    assert publish("cities@1", "feast:store", "--entity", "id", "--timestamp", "at")["already"] is True
    assert publish("cities@3", "feast:store", "--entity", "id", "--timestamp", "at")["already"] is False
    assert (store / "feature_store.yaml").read_text() == "project: ours\n"
    after = (store / "features.py").read_text()
    assert "'points'" in before and "'points'" not in after and "cities_v3.parquet" in after
    assert sorted(path.name for path in (store / "data").iterdir()) == ["cities_v1.parquet", "cities_v3.parquet"]
    assert pq.read_table(store / "data" / "cities_v3.parquet").num_rows == len(frame_of(3))


def test_the_features_that_were_picked_and_no_others(trips, publish):
    publish("cities@2", "feast:store", "--entity", "id", "--features", "amount,city")
    table = pq.read_table(trips / "store" / "data" / "cities_v2.parquet")
    assert table.column_names == ["id", "amount", "city", SAVED_AT]
    assert str(table.schema.field(SAVED_AT).type) == "timestamp[us, tz=UTC]"


def test_what_feast_could_not_tell_apart_is_refused(trips, refused):
    assert "stands for an entity that has one already" in refused("Our trips", "feast:store", "--entity", "who")
    (trips / "gap.csv").write_text("who,n\n1,2\n,3\nx,5\n")
    assert main(["commit", "gap", "gap.csv", "-m", "m"]) == 0
    assert '"who" is missing in 1 row' in refused("gap", "feast:store", "--entity", "who")
    assert "needs to know" in refused("gap", "feast:store")
    assert "is named twice" in refused("cities@1", "feast:store", "--entity", "id", "--features", "id,city")
    assert "holds decimal" in refused("cities@1", "feast:store", "--entity", "amount")
    assert "Did you mean" in refused("cities@1", "feast:store", "--entity", "idd")
    assert not (trips / "store").exists()
    (trips / "theirs").mkdir()
    (trips / "theirs" / "features.py").write_text("x = 1\n")
    assert "something else are defined" in refused("cities@1", "feast:theirs", "--entity", "id")
    assert [path.name for path in (trips / "theirs").iterdir()] == ["features.py"]
