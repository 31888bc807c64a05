"""A recipe: an ordered list of steps that can be edited anywhere and replayed on another file.

Loading never validates, so that an old or broken recipe can still be opened and mended; validating is its own call.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dataops_core.errors import SettingError, nearest
from dataops_core.read import ReadOptions
from dataops_core.steps import REGISTRY, Step

FORMAT = "dataops-recipe/1"
LARGEST = 256 << 20  # bytes of a recipe file: what steps learned from a large table lies in it
DEEPEST = 500  # levels of lists and mappings in one another


@dataclass(frozen=True)
class RecipeStep:
    """One step in a recipe: the operation's name, its settings, what it learned, and whether it is switched off."""

    op: str
    settings: Mapping[str, Any]
    off: bool = False
    learned: Mapping[str, Any] | None = None
    why: str = ""

    @property
    def step(self) -> Step | None:
        """The registered step, or None where this program has none of that name."""
        return REGISTRY.get(self.op)

    @property
    def sentence(self) -> str:
        """The step in plain words; an unknown or unfinished one by its name."""
        step = self.step
        try:
            return step.sentence(self.settings) if step else f"Unknown step {self.op}"
        except (KeyError, ValueError, TypeError, AttributeError):
            return f"{self.op} (settings incomplete)"

    def to_json(self) -> dict[str, Any]:
        """The step as it stands in a recipe file."""
        plain = {"op": self.op, "with": dict(self.settings), "off": self.off, "learned": self.learned}
        return plain | ({"why": self.why} if self.why else {})


@dataclass(frozen=True)
class Recipe:
    """A name, a seed, an ordered list of steps, and optionally how the file was read, and how other tables were."""

    name: str = "recipe"
    seed: int = 0
    steps: tuple[RecipeStep, ...] = ()
    read: Mapping[str, Any] | None = None
    tables: Mapping[str, Mapping[str, Any]] | None = None

    def to_json(self) -> dict[str, Any]:
        """The recipe as it stands in its file."""
        plain = {"format": FORMAT, "name": self.name, "seed": self.seed, "steps": [s.to_json() for s in self.steps]}
        plain |= {"read": dict(self.read)} if self.read else {}
        return plain | ({"tables": {name: dict(read) for name, read in self.tables.items()}} if self.tables else {})

    @property
    def tables_needed(self) -> tuple[str, ...]:
        """The names of the other tables that the steps work with."""
        names = [str(s.settings.get("table")) for s in self.active if s.step and s.step.needs_table]
        return tuple(dict.fromkeys(names))

    @property
    def active(self) -> tuple[RecipeStep, ...]:
        """The steps that are switched on."""
        return tuple(step for step in self.steps if not step.off)

    def problems(self) -> list[SettingError]:
        """Every unknown step and every setting that does not fit, whatever the table."""
        found = []
        for number, step in enumerate(self.active, 1):
            if step.step is None:
                found.append(
                    SettingError(f'There is no step "{step.op}".', f"step {number}", nearest(step.op, REGISTRY))
                )
            else:
                found += [
                    SettingError(e.what, f"step {number}, {step.op}", e.fix) for e in step.step.problems(step.settings)
                ]
        return found

    def missing_columns(self, names: Sequence[str]) -> list[SettingError]:
        """Columns that the recipe names but that neither the file nor a renaming step has."""
        known = set(names)
        found = []
        for number, step in enumerate(self.active, 1):
            if step.step is None:
                continue
            for name in columns_named(step):
                if name not in known:
                    found.append(
                        SettingError(
                            f'There is no column "{name}".',
                            f"step {number}, {step.op}",
                            f"{nearest(name, names)} Use --map {name}=… if the column has another name in this file.",
                        )
                    )
            if step.step.needs_table or step.step.open_columns:
                return found  # which columns the other table or the data brings is seen when it is there
            known |= set(step.step.new_columns(step.settings))
        return found

    def check(self, names: Sequence[str]) -> None:
        """Raise one SettingError that lists all that is wrong for a table with these column names."""
        found = self.problems() or self.missing_columns(names)
        if found:
            raise SettingError(
                " ".join(dict.fromkeys(e.what for e in found)),
                "; ".join(dict.fromkeys(e.where for e in found)),
                " ".join(dict.fromkeys(e.fix for e in found)),
            )

    def mapped(self, names: Mapping[str, str]) -> Recipe:
        """The same recipe for a file in which the columns `old` are called `new`."""
        return replace(self, steps=tuple(_mapped(step, names) for step in self.steps))

    def with_tables(self, contents: Mapping[str, str]) -> Recipe:
        """The same recipe with the content hash of each other table settled, by the tables' names."""
        return replace(
            self,
            steps=tuple(
                replace(step, settings={**step.settings, "content": contents[str(step.settings["table"])]})
                if step.step and step.step.needs_table and step.settings.get("table") in contents
                else step
                for step in self.steps
            ),
        )

    def unfitted(self) -> Recipe:
        """The same recipe without what its steps learned."""
        return replace(self, steps=tuple(replace(step, learned=None) for step in self.steps))


def columns_named(step: RecipeStep) -> list[str]:
    """The columns that a step's settings name."""
    if step.step is None:
        return []
    named: list[str] = []
    for setting in step.step.settings:
        value = step.settings.get(setting.name)
        if setting.shape == "column" and isinstance(value, str):
            named.append(value)
        elif setting.shape == "columns" and isinstance(value, list):
            named += [name for name in value if isinstance(name, str)]
    return named + list(step.step.new_names(step.settings))


def names_after(steps: Iterable[RecipeStep]) -> dict[str, str]:
    """The names that columns have after some steps, by those before; only those that changed.

    >>> swap = RecipeStep("rename_columns", {"names": {"a": "b", "b": "a"}})
    >>> names_after([swap, RecipeStep("rename_columns", {"names": {"a": "c"}})])
    {'a': 'b', 'b': 'c'}
    """
    names: dict[str, str] = {}
    for entry in steps:
        changed = entry.step.new_names(entry.settings) if entry.step else {}
        taken = {*names, *names.values()}
        names = {first: changed.get(now, now) for first, now in names.items()}
        names |= {old: new for old, new in changed.items() if old not in taken}
    return {old: new for old, new in names.items() if old != new}


@dataclass(frozen=True)
class RecipeContext:
    """What the steps before have settled: the column that says which rows may be learned from, and those of weights."""

    split: str | None = None
    weights: tuple[str, ...] = ()

    @property
    def weighed(self) -> str | None:
        """The column of weights that holds: the one made last."""
        return self.weights[-1] if self.weights else None

    def after(self, step: RecipeStep) -> RecipeContext:
        """The same after one more step was done, which may make such a column or rename it."""
        if step.step is None:
            return self
        names = step.step.new_names(step.settings)
        splits, weighs = step.step.split_column, step.step.weight_column
        weights = [names.get(name, name) for name in self.weights] + ([weighs(**step.settings)] if weighs else [])
        split = splits(**step.settings) if splits else self.split and names.get(self.split, self.split)
        return RecipeContext(split, tuple(weights))


def _mapped(step: RecipeStep, names: Mapping[str, str]) -> RecipeStep:
    if step.step is None:
        return step
    settings = dict(step.settings)
    for setting in step.step.settings:
        value = settings.get(setting.name)
        if setting.shape == "column" and isinstance(value, str):
            settings[setting.name] = names.get(value, value)
        elif setting.shape == "columns" and isinstance(value, list):
            settings[setting.name] = [names.get(name, name) if isinstance(name, str) else name for name in value]
        elif setting.shape == "mapping" and step.step.name_function and isinstance(value, dict):
            settings[setting.name] = {names.get(old, old): new for old, new in value.items()}
    named = set(columns_named(step))
    learned = step.learned and {
        names.get(key, key) if key in named else key: value for key, value in step.learned.items()
    }
    return replace(step, settings=settings, learned=learned)


def from_json(plain: Any, where: str = "recipe") -> Recipe:
    """The recipe that a parsed JSON or YAML document describes; raises SettingError where its form is not a
    recipe's.
    """
    if not isinstance(plain, dict) or not isinstance(plain.get("steps"), list):
        raise SettingError(
            "This is not a recipe.", where, f'A recipe is {{"format": "{FORMAT}", "name": …, "steps": […]}}.'
        )
    known = ("format", "name", "seed", "steps", "read", "tables")
    odd = [key for key in plain if key not in known]
    if odd:
        raise SettingError(f'A recipe has no key "{odd[0]}".', where, nearest(str(odd[0]), known))
    if plain.get("format", FORMAT) != FORMAT:
        raise SettingError(f'Unknown recipe format "{plain["format"]}".', where, f'This program reads "{FORMAT}".')
    seed = plain.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise SettingError(f'"{seed}" is not a seed.', where, "A seed is a whole number.")
    if plain.get("read") is not None:
        if not isinstance(plain["read"], dict):
            raise SettingError('"read" must hold reading options by name.', where, 'Write it as {"delimiter": ";"}.')
        ReadOptions.from_json(plain["read"])
    tables = plain.get("tables")
    if tables is not None:
        if not isinstance(tables, dict) or not all(isinstance(read, dict) for read in tables.values()):
            raise SettingError(
                '"tables" must hold reading options by table.', where, 'Write it as {"shops": {"delimiter": ";"}}.'
            )
        for read in tables.values():
            ReadOptions.from_json(read)
    steps = tuple(_step(entry, f"{where}, step {number}") for number, entry in enumerate(plain["steps"], 1))
    return Recipe(str(plain.get("name", "recipe")), seed, steps, plain.get("read"), tables)


def _step(entry: Any, where: str) -> RecipeStep:
    known = ("op", "with", "off", "learned", "why")
    if not isinstance(entry, dict) or not isinstance(entry.get("op"), str):
        raise SettingError("A step needs an operation.", where, 'Write it as {"op": "trim_spaces", "with": {…}}.')
    odd = [key for key in entry if key not in known]
    if odd:
        raise SettingError(f'A step has no key "{odd[0]}".', where, nearest(str(odd[0]), known))
    settings = entry.get("with") or {}
    if not isinstance(settings, dict):
        raise SettingError('"with" must hold the settings by name.', where, 'Write it as {"columns": ["age"]}.')
    off, learned, why = entry.get("off", False), entry.get("learned"), entry.get("why", "")
    for key, value, kind, wanted in (
        ("off", off, bool, "true or false"),
        ("why", why, str, "a text"),
        ("learned", learned or {}, dict, "what the step learned, by name"),
    ):
        if not isinstance(value, kind):
            raise SettingError(f'"{key}" cannot be {json.dumps(value, default=str)}.', where, f"It is {wanted}.")
    return RecipeStep(entry["op"], settings, off, learned, why)


def load(path: Path) -> Recipe:
    """Read a recipe file (JSON or YAML) without validating its steps."""
    import yaml

    try:
        if path.stat().st_size > LARGEST:
            raise SettingError(
                f"The recipe has {path.stat().st_size:,} bytes; at most {LARGEST:,} are read.",
                str(path),
                "Check that this is a recipe.",
            )
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError("The recipe cannot be read.", str(path), "Check the path and the file.") from error
    try:
        if text.lstrip().startswith("{"):
            plain = json.loads(text)
        else:
            deep = 0
            for token in yaml.scan(text):
                if isinstance(token, yaml.AliasToken):  # a few of them can stand for gigabytes
                    raise SettingError(
                        "The recipe uses YAML aliases (*name).", str(path), "Write out what they stand for."
                    )
                name = type(token).__name__
                deep += name.endswith(("SequenceStartToken", "MappingStartToken"))
                deep -= name.endswith("EndToken")
                if deep > DEEPEST:  # YAML takes minutes to find that out by itself
                    raise RecursionError
            plain = yaml.safe_load(text)
    except json.JSONDecodeError as error:
        raise SettingError(
            f"The recipe is broken JSON: {error.msg}.", f"{path}, line {error.lineno}", "Fix this line."
        ) from error
    except RecursionError as error:
        raise SettingError(
            "The recipe is nested too deeply.", str(path), "A recipe is a flat list of steps."
        ) from error
    except yaml.YAMLError as error:
        raise SettingError("The recipe is broken YAML.", f"{path}: {error}", "Mend the line named here.") from error
    return from_json(_plain(plain), str(path))


def _plain(value: Any) -> Any:
    """Parsed YAML as JSON would hold it: a date as ISO text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat(*([" "] if isinstance(value, dt.datetime) else [])) if isinstance(value, dt.date) else value


def dump(recipe: Recipe) -> str:
    """The recipe as the text of its JSON file."""
    return json.dumps(recipe.to_json(), indent=2, ensure_ascii=False) + "\n"
