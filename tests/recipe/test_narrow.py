"""Steps that say they look at few columns: what they do does not depend on the others, which pass as they are."""

import pytest

from dataops_core import steps
from dataops_core.read import read_file
from dataops_core.recipe.call import call
from dataops_core.recipe.narrow import named_columns, row_pieces
from dataops_core.recipe.recipe import RecipeContext
from dataops_core.recipe.replay import engine_values, learn
from dataops_core.table import tidy, write_table
from tests.recipe.test_script import ALL, SAMPLE

MORE = {  # where those of ALL change nothing in this file
    "merge_values": {"column": "housing", "mapping": {"rent": "let"}},
    "round_numbers": {"columns": ["income"], "digits": -3},
    "set_kind": {"columns": ["age"], "kind": "category"},
}
SAME = ("repair_characters", "suppress_rare")  # there is nothing to repair, and nothing rare
NARROW = sorted({step.name for step in steps.REGISTRY.values() if step.narrow})


@pytest.fixture(scope="module")
def loans(tmp_path_factory):
    folder = tmp_path_factory.mktemp("loans")
    source = read_file(SAMPLE, folder / "source.parquet").table
    return write_table(folder / "loans.parquet", [source.page(0, 2_000)], source.kinds)


@pytest.mark.parametrize("op", NARROW)
def test_a_narrow_step_gives_what_it_gives_on_the_whole_table(op, loans, tmp_path):
    step = steps.get(op)
    assert step.reach == "row"
    assert not (step.drops_rows or step.adds_rows or step.needs_table or step.open_columns)
    settings = step.check(MORE.get(op, ALL[op]), loans.columns)
    assert not step.new_columns(settings)
    given = settings | engine_values(step.function, 0, RecipeContext())
    given |= {"learned": learn(step, settings, loans)} if step.learner else {}
    wide = write_table(tmp_path / "wide.parquet", [tidy(call(step, step.function, loans.frame(), given))], loans.kinds)
    found = row_pieces(step, given, loans, settings)
    narrow = write_table(tmp_path / "narrow.parquet", found.pieces, loans.kinds, found.hashes)
    assert set(found.hashes) == set(loans.names) - set(named_columns(step, settings) or loans.names)
    assert narrow.content_hash == wide.content_hash
    assert [column.hash for column in narrow.columns] == [column.hash for column in wide.columns]
    assert any(column.hash != loans.column(column.name).hash for column in narrow.columns) or op in SAME
