"""Runs another tool on a file that was exported for it: which of the rules pass. It needs that tool alone.

    PYTHON tests/rules/validator.py pandera|great-expectations|frictionless EXPORTED DATA.csv

prints {rule or (field, constraint): whether it passed} as JSON.
"""

import json
import sys
import warnings

DATES = {"dtype": None}


def frame(path, columns):
    """The table as pandas reads it; columns of dates parsed where all of them are."""
    import pandas as pd

    made = pd.read_csv(
        path, keep_default_na=False, na_values=[""], dtype={n: str for n, k in columns.items() if k == "text"}
    )
    for name, kind in columns.items():
        if kind == "datetime":
            parsed = pd.to_datetime(made[name], errors="coerce", format="ISO8601")
            if parsed.notna().sum() == made[name].notna().sum():
                made[name] = parsed
    return made


def pandera(exported, data, columns):
    """By check."""
    import runpy
    from pathlib import Path

    import pandas as pd
    from pandera.errors import SchemaErrors

    loaded = runpy.run_path(exported)
    for path in Path().glob("other_*.csv"):
        loaded["TABLES"][path.stem.removeprefix("other_")] = pd.read_csv(path)
    schema = loaded["schema"]
    for check in schema.checks:
        check.raise_warning = False
    names = [check.name for check in schema.checks]
    texts = {check.error: check.name for check in schema.checks}
    try:
        schema.validate(frame(data, columns), lazy=True)
        failed = set()
    except SchemaErrors as error:
        cases = error.failure_cases
        unknown = set(cases["check"]) - set(names) - set(texts)
        assert not unknown, unknown
        failed = {texts.get(each, each) for each in cases["check"]}
    return {name: name not in failed for name in names}


def great_expectations(exported, data, columns):
    """By expectation."""
    import great_expectations as gx

    with open(exported, encoding="utf-8") as file:
        suite = gx.ExpectationSuite(**json.load(file))
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("files").add_dataframe_asset("data")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame(data, columns)})
    told = {}
    for each in batch.validate(suite).results:
        raised = [info for info in (each.exception_info or {}).values() if isinstance(info, dict)]
        failed = any(info.get("raised_exception") for info in raised)
        # text and numbers, in a column with a word: a verdict of its own
        assert not failed or "not supported between" in str(raised) or "of the same type" in str(raised), raised
        told[each.expectation_config.meta["key"]] = bool(each.success)
    return told


def frictionless(exported, data, columns):
    """By field and constraint; what fails."""
    from pathlib import Path

    from frictionless import Checklist, Package, Resource, Schema, system

    system.trusted = True
    resource = Resource(name="data", path=data, schema=Schema.from_descriptor(exported), encoding="utf-8")
    others = [Resource(name=path.stem.removeprefix("other_"), path=str(path)) for path in Path().glob("other_*.csv")]
    package = Package(resources=[resource, *others])
    report = package.get_resource("data").validate(Checklist(), limit_errors=1_000_000)
    failed = {}
    for task in report.tasks:
        for error in task.errors:
            note = getattr(error, "note", "")
            field = getattr(error, "field_name", None) or ""
            kind = note.split('"')[1] if error.type == "constraint-error" else error.type
            failed.setdefault(f"{field}|{kind}", []).append(getattr(error, "row_number", 0) - 2)
    return failed


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    tool, exported, data, columns = sys.argv[1:]
    made = globals()[tool.replace("-", "_")](exported, data, json.loads(columns))
    print(json.dumps(made))
