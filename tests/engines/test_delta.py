"""Delta tables on Spark: the rows of the current version, and a result that is the next version or nothing at all."""

import datetime
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dataops_core.checks.profile import profile_table
from dataops_core.cli.main import main
from dataops_core.engines.spark.delta import delta_table, delta_target
from dataops_core.engines.spark.delta.partitions import cut_by_values
from dataops_core.errors import ConflictError, InputError, SettingError
from dataops_core.read import read_file
from dataops_core.recipe.recipe import Recipe, RecipeStep
from dataops_core.recipe.replay import run_recipe
from tests.engines.same_facts import same_facts

pytest.importorskip("deltalake", reason="deltalake is not installed (requirements-publish.txt)")
CODE = """
import deltalake, json, os, sys
import pyarrow as pa
{}
os._exit(0)  # its threads can abort the end of a process
"""
MADE = """
def rows(start, end, **more):
    n = list(range(start, end))
    return pa.table({"n": n, "p": ["x y", None, "ü/z"][start % 3 :][:1] * len(n),
                     "w": pa.array([86_400_000_000 * each for each in n], pa.timestamp("us")), **more})
where = sys.argv[1]
for start in (0, 10, 20, 30):
    deltalake.write_deltalake(where, rows(start, start + 10), mode="append", partition_by=["p"])
deltalake.DeltaTable(where).delete("n >= 10 and n < 20")
deltalake.write_deltalake(where, rows(40, 45, late=[1.5] * 5), mode="append", schema_mode="merge")
pa.parquet = __import__("pyarrow.parquet").parquet
table = pa.table(deltalake.QueryBuilder().register("t", deltalake.DeltaTable(where)).execute("select * from t").read_all())
pa.parquet.write_table(table.cast(pa.schema([(f.name, pa.string() if f.name == "p" else f.type) for f in table.schema])), sys.argv[2])
"""


def apart(code: str, *arguments: Path) -> str:
    """What the code prints that needs deltalake, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", CODE.format(code), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def history(table: Path) -> list[dict]:
    return json.loads(apart("print(json.dumps(deltalake.DeltaTable(sys.argv[1]).history()), flush=True)", table))


@pytest.fixture
def target(tmp_path) -> Path:
    """A table with one version, of two columns."""
    apart("deltalake.write_deltalake(sys.argv[1], pa.table({'n': [1, 2], 't': ['a', None]}))", tmp_path / "there")
    return tmp_path / "there"


def parts(folder: Path) -> list[Path]:
    folder.mkdir()
    for number in range(3):
        pq.write_table(pa.table({"n": [number], "new": [0.5]}), folder / f"part-{number:05d}.parquet")
    return sorted(folder.iterdir())


def test_the_current_version_is_read_and_a_result_is_the_next_one(spark, tmp_path, target):
    """Partitions with odd names, rows that were deleted, a column that came later; then twice a table from the result."""
    from dataops_core.engines.spark import run_on_spark

    source, plain = tmp_path / "source", tmp_path / "plain.parquet"
    apart(MADE, source, plain)
    recipe = Recipe(
        steps=(
            RecipeStep("sort_rows", {"columns": ["n"]}),
            RecipeStep("fill_missing", {"columns": ["late"], "how": "median"}),
            RecipeStep("drop_columns", {"columns": ["w"]}),
        )
    )
    expected = run_recipe(recipe, read_file(plain, tmp_path / "t.parquet").table, tmp_path)
    assert expected.failed is None
    assert expected.table.rows == 35
    for out, version in ((tmp_path / "new", 0), (target, 1)):
        done = run_on_spark(spark, recipe, source, Path(f"delta:{out}"))
        assert (done.rows, done.content_hash) == (35, expected.table.content_hash)
        (newest, *_) = history(out)
        assert (newest["version"], newest["dataops.content_hash"]) == (version, done.content_hash)
        again = run_on_spark(spark, Recipe(), out, tmp_path / f"again {version}")
        assert again.content_hash == done.content_hash
    with_time = Recipe(steps=(RecipeStep("sort_rows", {"columns": ["n"]}),))
    expected = run_recipe(with_time, read_file(plain, tmp_path / "t.parquet").table, tmp_path)
    assert run_on_spark(spark, with_time, source, tmp_path / "files").content_hash == expected.table.content_hash
    with pytest.raises(SettingError, match="knows no moments without a time zone"):
        run_on_spark(spark, with_time, source, Path(f"delta:{target}"))
    assert len(history(target)) == 2
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("dataops-")]


def test_values_of_partitions_have_the_type_of_their_column(tmp_path):
    apart(
        "import datetime; deltalake.write_deltalake(sys.argv[1], pa.table({'n': [1], 'd': [datetime.date(2024, 2, 29)],"
        " 'k': [7], 'b': [True]}), partition_by=['d', 'k', 'b'])",
        tmp_path / "t",
    )
    found = delta_table(tmp_path / "t")
    moment = (datetime.date(2024, 2, 29) - datetime.date(1970, 1, 1)).days * 86_400_000_000
    assert list(found.fixed.values()) == [{"d": moment, "k": 7, "b": True}]
    assert found.types == {"n": "integer", "d": "datetime", "k": "integer", "b": "boolean"}


@pytest.mark.parametrize(
    ("feature", "settings"),
    [("deletionVectors", {}), ("columnMapping", {"delta.columnMapping.mode": "name"})],
)
def test_what_files_alone_do_not_tell_is_refused(target, feature, settings, capsys, tmp_path):
    (log,) = (target / "_delta_log").glob("*.json")
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    for entry in entries:
        if "protocol" in entry:
            entry["protocol"] = {
                "minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": [feature], "writerFeatures": [feature],
            }  # fmt: skip
        if "metaData" in entry:
            entry["metaData"]["configuration"] |= settings
    log.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    with pytest.raises(InputError, match=feature) as raised:
        delta_table(target)
    assert raised.value.where == str(target) and raised.value.fix
    (tmp_path / "r.json").write_text('{"steps": []}')
    out = str(tmp_path / "out")
    assert main(["run", str(tmp_path / "r.json"), str(target), "-o", out, "--on", "spark"]) == 2
    assert feature in capsys.readouterr().err


def test_a_table_is_as_it_was_until_the_commit(tmp_path, target):
    """The process is killed (-9) when all files lie in the table's folder, and the log knows none of them."""
    before = history(target)
    code = f"""
import os, signal
from pathlib import Path
from dataops_core.engines.spark.delta import DeltaTarget, delta_target
DeltaTarget._commit = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
delta_target(Path("delta:{target}")).deliver({[str(p) for p in parts(tmp_path / "parts")]!r} and sorted(Path({str(tmp_path / "parts")!r}).iterdir()), {{}})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(list(target.glob("part-*.parquet"))) >= 4
    assert history(target) == before
    assert len(delta_table(target).files) == 1
    assert delta_target(Path(f"delta:{target}")).deliver(parts(tmp_path / "more"), {"k": "v"}) == 1
    found = delta_table(target)
    assert (found.types, len(found.files)) == ({"n": "integer", "new": "decimal"}, 3)


def test_who_wrote_first_wins(tmp_path, target):
    mine, theirs = delta_target(Path(f"delta:{target}")), delta_target(Path(f"delta:{target}"))
    theirs.deliver(parts(tmp_path / "theirs"), {})
    files = sorted(path.name for path in target.iterdir())
    with pytest.raises(ConflictError, match="Somebody else wrote"):
        mine.deliver(parts(tmp_path / "mine"), {})
    assert sorted(path.name for path in target.iterdir()) == files


def test_places_that_cannot_be_written_are_refused_before_anything_starts(tmp_path, target):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("x")
    with pytest.raises(SettingError, match="no Delta table"):
        delta_target(Path(f"delta:{tmp_path / 'other'}"))
    with pytest.raises(SettingError, match="Nothing can be written there"):
        delta_target(Path(f"delta:{tmp_path / 'no' / 'where'}"))
    with pytest.raises(SettingError, match='no column called "a b"'):
        delta_target(Path(f"delta:{target}")).check({"a b": "text"})
    apart("deltalake.write_deltalake(sys.argv[1], pa.table({'n': [1], 'p': [1]}), partition_by=['p'])", tmp_path / "by")
    by = delta_target(Path(f"delta:{tmp_path / 'by'}"))
    for types, what in (
        ({"n": "integer"}, "is not in the result"),
        ({"n": "integer", "p": "decimal"}, "is a decimal"),
        ({"p": "text"}, "by all columns"),
    ):
        with pytest.raises(SettingError, match=what):
            by.check(types)


COUNTED = """
table = deltalake.QueryBuilder().register("t", deltalake.DeltaTable(sys.argv[1])).execute("select count(*) as n from t")
print(pa.table(table.read_all()).column(0)[0].as_py(), flush=True)
"""
BY = """
deltalake.write_deltalake(sys.argv[1], pa.table({'p': ['a'], 'n': [1], 'k': [1], 'w': pa.array([0], pa.timestamp('us'))}),
                          partition_by=['p', 'k', 'w'])
"""


def parted_rows() -> pa.Table:
    texts = ["x y", None, "ü/z%20", "a=b", "NULL", "2024-01-01"]
    rows = range(60)
    moments = [None if at % 4 == 0 else -1 + at % 4 * 86_400_000_001 for at in rows]
    return pa.table(
        {
            "p": [texts[at % 6] for at in rows],
            "n": list(rows),
            "k": pa.array([at % 2 or None for at in rows], pa.int64()),
            "w": pa.array(moments, pa.timestamp("us")),
        }
    )


def test_a_partitioned_table_is_written_by_partition(spark, tmp_path):
    """Each value of the partition columns stands in the log alone, and comes back as it was."""
    from dataops_core.engines.spark import run_on_spark

    target, source = tmp_path / "t", tmp_path / "in.parquet"
    apart(BY, target)
    pq.write_table(parted_rows(), source, row_group_size=25)
    done = run_on_spark(spark, Recipe(), source, Path(f"delta:{target}"))
    assert done.content_hash == read_file(source, tmp_path / "t.parquet").table.content_hash
    newest, *_ = history(target)
    assert (newest["version"], newest["dataops.content_hash"]) == (1, done.content_hash)
    found = delta_table(target)
    assert (list(found.partitions), list(found.types)) == (["p", "k", "w"], ["p", "n", "k", "w"])
    assert all(pq.read_schema(file).names == ["n"] for file in found.files)
    in_order = Recipe(steps=(RecipeStep("sort_rows", {"columns": ["n"]}),))
    again = run_on_spark(spark, in_order, target, tmp_path / "again")
    assert again.content_hash == done.content_hash
    empty = parted_rows().set_column(0, "p", pa.array([""] * 60))
    pq.write_table(empty, source)
    with pytest.raises(SettingError, match="empty texts"):
        run_on_spark(spark, Recipe(), source, Path(f"delta:{target}"))
    assert len(history(target)) == 2


def test_a_partitioned_table_is_as_it_was_until_the_commit(tmp_path):
    target, whole, folder = tmp_path / "t", tmp_path / "whole.parquet", tmp_path / "parts"
    apart(BY, target)
    before = history(target)
    pq.write_table(parted_rows(), whole)
    folder.mkdir()
    code = f"""
import os, signal
from pathlib import Path
import pyarrow.parquet as pq
from dataops_core.engines.spark.delta import DeltaTarget, delta_target
from dataops_core.engines.spark.delta.partitions import cut_by_values
parted = cut_by_values(pq.read_table({str(whole)!r}), ["p", "k", "w"], Path({str(folder)!r}), 0)
DeltaTarget._commit = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
delta_target(Path("delta:{target}")).deliver([Path({str(whole)!r})], {{}}, parted)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert len(list(target.glob("part-*.parquet"))) >= 12 and history(target) == before
    parted = cut_by_values(parted_rows(), ["p", "k", "w"], folder, 1)
    assert delta_target(Path(f"delta:{target}")).deliver([whole], {"k": "v"}, parted) == 1
    rows = apart(COUNTED, target)
    assert int(rows) == 60


def test_a_partition_for_nearly_every_row_is_refused(tmp_path):
    rows = pa.table({"n": list(range(1_001)), "m": [1] * 1_001})
    with pytest.raises(SettingError, match="1,001 different values"):
        cut_by_values(rows, ["n"], tmp_path, 0)
    assert not list(tmp_path.iterdir())


def test_the_current_version_is_profiled(spark, tmp_path):
    """The facts are those of the same rows in one plain file."""
    from dataops_core.engines.spark.profile.profile import profile_on_spark

    source, plain, shared = tmp_path / "source", tmp_path / "plain.parquet", tmp_path / "shared"
    apart(MADE, source, plain)
    shared.mkdir()
    told = profile_on_spark(spark, source, shared=shared)
    whole = profile_table(read_file(plain, tmp_path / "memory.parquet").table)[0]
    assert told["rows"] == whole["rows"] == 35 and told["duplicate_rows"] == 0
    order = {"monotonic"}  # the files come in another order than the rows of the query
    for facts in (told["facts"], whole["facts"]):
        for each in facts.values():
            each |= dict.fromkeys(order)
    same_facts(told, whole)
