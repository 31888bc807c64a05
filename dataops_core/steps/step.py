"""The step kit: one annotated pandas function becomes a form, a validator, a command, a sentence and a script.

    @step("Trim spaces", group="Text", says="Trimmed spaces in {columns}")
    def trim_spaces(df: pd.DataFrame, columns: Annotated[list[str], Columns("text")]) -> pd.DataFrame:
        \"\"\"Remove spaces around text.\"\"\"

A step that must learn something first (a median to fill with) adds a second function and takes its answer:

    @fill_missing.learn
    def learn_fill(df, columns, how, ...) -> dict[str, Any]:      # from the training rows, to plain JSON values

    def fill_missing(df, columns, how, ..., learned: dict[str, Any] | None = None) -> pd.DataFrame:

More parameters are given by the engine and are no settings: `seed: int = 0`, the recipe's seed;
`split: str | None = None`, the column in which an earlier step says which rows may be learned from ("train");
`weighed: str | None = None`, the column in which an earlier step says how much each row counts;
`other: pd.DataFrame | None = None`, the other table that the settings `table` (its name) and `content` (its hash) name.
"""

from __future__ import annotations

import functools
import inspect
import re
import textwrap
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.table import Column
from dataops_core.wording import spoken

if TYPE_CHECKING:
    import pydantic

# what lies in recipe files, as JSON values
Params = dict[str, Any]  # the settings of a step, by name
Learned = dict[str, Any]  # what a step learned
StepJson = dict[str, Any]  # a step that is proposed: {"op", "with"}


@dataclass(frozen=True)
class Columns:
    """Marks a setting that names columns; `Columns("text", "number")` narrows it to those storage families."""

    families: tuple[str, ...]

    def __init__(self, *families: str) -> None:
        object.__setattr__(self, "families", families)

    def takes(self, column: Column) -> bool:
        """Whether a column is of a family that this setting takes."""
        return not self.families or FAMILY[column.type] in self.families


FAMILY = {"text": "text", "integer": "number", "decimal": "number", "boolean": "boolean", "datetime": "datetime"}


@dataclass(frozen=True)
class Label:
    """What a setting is called on the form, with one sentence of help."""

    name: str
    help: str = ""


@dataclass(frozen=True)
class NewColumn:
    """Marks a setting that names a column which the step makes."""


@dataclass(frozen=True)
class Span:
    """The least and the greatest value that a number may take."""

    low: float
    high: float


@dataclass(frozen=True)
class When:
    """Shows a setting only while another one has one of these values."""

    setting: str
    values: tuple[Any, ...]

    def __init__(self, setting: str, *values: Any) -> None:
        object.__setattr__(self, "setting", setting)
        object.__setattr__(self, "values", values)


@dataclass(frozen=True)
class Setting:
    """One setting of a step, as read from the function's signature."""

    name: str
    label: str
    help: str
    shape: str  # columns, column, choice, choices, flag, number, whole, text, texts, mapping, value
    default: Any
    required: bool
    choices: tuple[Any, ...] = ()
    columns: Columns = Columns()
    span: Span | None = None
    when: When | None = None
    makes: bool = False  # it names a new column


@dataclass(eq=False)
class Step:
    """A registered step: its function, what it says, and how far it reaches."""

    name: str
    title: str
    group: str
    says: str
    function: Callable[..., pd.DataFrame]
    reach: Literal["row", "table"]
    was: tuple[str, ...]
    drops_rows: bool
    settings: tuple[Setting, ...]
    learner: Callable[..., Learned] | None = None
    on_new_rows: Callable[..., str] | None = None
    name_function: Callable[..., dict[str, str]] | None = None
    kind_function: Callable[..., dict[str, str]] | None = None
    column_function: Callable[..., list[str]] | None = None
    report_function: Callable[..., str] | None = None
    remark_function: Callable[..., str] | None = None
    piece_function: Callable[..., Any] | None = None
    split_column: Callable[..., str] | None = None
    weight_column: Callable[..., str] | None = None
    adds_rows: bool = False
    also: str = ""
    keyed: bool = False
    sorts_rows: bool = False
    open_columns: bool = False
    narrow: bool = False
    statistic_function: Callable[..., str | None] | None = None
    _source: str = field(default="", repr=False)

    def __call__(self, df: pd.DataFrame, *args: Any, **settings: Any) -> pd.DataFrame:
        """Call the function itself: no checking, no tidying."""
        return self.function(df, *args, **settings)

    def learn(self, function: Callable[..., Learned]) -> Callable[..., Learned]:
        """Register the function that learns plain values from the training rows."""
        self.learner = function
        return function

    def statistic(self, function: Callable[..., str | None]) -> Callable[..., str | None]:
        """Register the function that names, from the settings, the one statistic of each column by itself on which
        depends what is learned ("median", "mean"); None: it is not such a one.
        """
        self.statistic_function = function
        return function

    def watch(self, function: Callable[..., str]) -> Callable[..., str]:
        """Register the function that says what a replay on other rows should make people look at; "" for nothing."""
        self.on_new_rows = function
        return function

    def renames(self, function: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
        """Register the function that tells, from the settings, which column gets which new name."""
        self.name_function = function
        return function

    def kinds(self, function: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
        """Register the function that tells, from the settings, which column gets which kind."""
        self.kind_function = function
        return function

    def adds(self, function: Callable[..., list[str]]) -> Callable[..., list[str]]:
        """Register the function that tells, from the settings, which columns are new."""
        self.column_function = function
        return function

    def reports(self, function: Callable[..., str]) -> Callable[..., str]:
        """Register the function that says, before the step is run, how this table and the other one fit together."""
        self.report_function = function
        return function

    def remarks(self, function: Callable[..., str]) -> Callable[..., str]:
        """Register the function that says, from the settings and what was learned, what people should know of the
        result; "" for nothing.
        """
        self.remark_function = function
        return function

    def piecewise(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Register the function that says, from the settings, in which pieces a step of reach "table" can be done (see
        _pieces); None: it needs the whole table.
        """
        self.piece_function = function
        return function

    def divides(self, function: Callable[..., str]) -> Callable[..., str]:
        """Register the function that names the column in which this step says which rows may be learned from."""
        self.split_column = function
        return function

    def weighs(self, function: Callable[..., str]) -> Callable[..., str]:
        """Register the function that names the column of weights which this step makes."""
        self.weight_column = function
        return function

    @functools.cached_property
    def model(self) -> type[pydantic.BaseModel]:
        """The settings as a Pydantic model; made when it is first needed, for a profile checks no settings."""
        return _model(self.function.__name__, self.settings, typing.get_type_hints(self.function, include_extras=True))

    @property
    def doc(self) -> str:
        """The whole docstring, unindented."""
        return inspect.cleandoc(self.function.__doc__ or "")

    @property
    def needs_table(self) -> bool:
        """Whether the step works with a second table."""
        return "other" in inspect.signature(self.function).parameters

    @property
    def summary(self) -> str:
        """The docstring's first paragraph: the sentence that the user reads."""
        return " ".join(self.doc.split("\n\n")[0].split()) or self.title

    @property
    def source(self) -> str:
        """The function's own source text, decorator included."""
        if not self._source:
            parts = [f for f in (self.function, self.learner) if f is not None]
            self._source = "\n".join(textwrap.dedent(inspect.getsource(part)) for part in parts)
        return self._source

    def guide(self) -> dict[str, Any]:
        """What the guide says of the step, as plain JSON values."""
        keys = ("name", "label", "help", "shape", "default", "required", "choices")
        return {
            "name": self.name,
            "title": self.title,
            "group": self.group,
            "summary": self.summary,
            "doc": self.doc,
            "reach": self.reach,
            "learns": self.learner is not None,
            "settings": [{key: getattr(setting, key) for key in keys} for setting in self.settings],
        }

    def new_names(self, settings: Mapping[str, Any]) -> dict[str, str]:
        """Which columns get which new names."""
        return self.name_function(**settings) if self.name_function else {}

    def learned_statistic(self, settings: Mapping[str, Any]) -> str | None:
        """The one statistic of each column on which depends what is learned, if it is such a one."""
        return self.statistic_function(**settings) if self.statistic_function else None

    def pieces(self, settings: Mapping[str, Any]) -> Any:
        """In which pieces the step can be done with these complete settings (see _pieces); None: on the whole table."""
        return self.piece_function(**settings) if self.piece_function else None

    def new_kinds(self, settings: Mapping[str, Any]) -> dict[str, str]:
        """Which columns are given which kind."""
        return self.kind_function(**settings) if self.kind_function else {}

    def new_columns(self, settings: Mapping[str, Any]) -> list[str]:
        """The columns that the step makes, by renaming or new."""
        values = {s.name: settings.get(s.name, s.default) for s in self.settings}
        made = [
            values[s.name]
            for s in self.settings
            if s.makes and (s.when is None or values.get(s.when.setting) in s.when.values)  # noqa: PD011 - no pandas
        ]
        return [
            *self.new_names(settings).values(),
            *filter(None, made),
            *(self.column_function(**settings) if self.column_function else []),
        ]

    def sentence(self, settings: Mapping[str, Any]) -> str:
        """One line for the history: what was done, with its settings.

        A part of the template in [brackets] is left out when a setting that it names is empty or does not apply.
        """
        values = {s.name: settings.get(s.name, s.default) for s in self.settings}
        hidden = {s.name for s in self.settings if s.when and values.get(s.when.setting) not in s.when.values}  # noqa: PD011 - no pandas
        empty = {name for name, value in values.items() if value is None or value in ("", [], {})} | hidden

        def part(found: re.Match[str]) -> str:
            return "" if empty & set(re.findall(r"{(\w+)}", found[1])) else found[1]

        choices = {s.name for s in self.settings if s.choices}
        spoken = {name: _spoken(value) for name, value in values.items()}
        spoken |= {name: spoken[name].replace("_", " ") for name in choices}
        return re.sub(r"\[([^\]]*)\]", part, self.says).format(**spoken)

    def problems(self, settings: Mapping[str, Any], columns: Sequence[Column] | None = None) -> list[SettingError]:
        """Everything that is wrong with these settings, for a table with these columns (None: any table)."""
        found: list[SettingError] = []
        names = [s.name for s in self.settings]
        known = {key: value for key, value in settings.items() if key in names}
        for key in settings.keys() - set(names):
            found.append(SettingError(f'"{self.name}" has no setting "{key}".', self.name, nearest(key, names)))
        import pydantic

        try:
            self.model(**known)
        except pydantic.ValidationError as error:
            found += [self._problem(entry) for entry in error.errors()]
        if columns is not None and not found:
            done = [c for c in columns if self.new_kinds(known).get(c.name) == FAMILY[c.type]]  # by an earlier step
            for setting in self.settings:
                if setting.shape in ("column", "columns"):
                    found += self._misplaced(setting, known.get(setting.name, setting.default), columns, done)
        return found

    def check(self, settings: Mapping[str, Any], columns: Sequence[Column] | None = None) -> Params:
        """The settings, complete with defaults and in canonical form; raises SettingError with all that is wrong."""
        found = self.problems(settings, columns)
        if found:
            raise SettingError(
                " ".join(e.what for e in found), found[0].where, " ".join(dict.fromkeys(e.fix for e in found if e.fix))
            )
        return self.model(**settings).model_dump(mode="json")

    def _problem(self, entry: Any) -> SettingError:
        name = str(entry["loc"][0]) if entry["loc"] else ""
        setting = next(s for s in self.settings if s.name == name)
        if entry["type"] == "missing":
            return SettingError(f'"{self.name}" needs the setting "{name}".', self.name, f"{setting.label}: give it.")
        if setting.choices:
            fix = nearest(str(entry["input"]), [str(choice) for choice in setting.choices])
        elif setting.span:
            fix = f"Give a value between {setting.span.low:g} and {setting.span.high:g}."
        else:
            fix = f"{entry['msg']}."
        return SettingError(f'"{entry["input"]}" does not fit the setting "{name}".', self.name, fix)

    def _misplaced(
        self, setting: Setting, value: Any, columns: Sequence[Column], done: Sequence[Column]
    ) -> list[SettingError]:
        by_name = {column.name: column for column in columns}
        asked = [value] if isinstance(value, str) else list(value or [])
        found = []
        if setting.required and not asked:
            found.append(SettingError(f'"{self.name}" needs at least one column.', self.name, "Choose a column."))
        for name in asked:
            if name not in by_name:
                found.append(SettingError(f'There is no column "{name}".', self.name, nearest(name, by_name)))
            elif not setting.columns.takes(by_name[name]) and by_name[name] not in done:
                wanted = " or ".join(setting.columns.families)
                found.append(
                    SettingError(
                        f'Column "{name}" holds {FAMILY[by_name[name].type]}, not {wanted}.',
                        self.name,
                        "Choose another column, or convert this one first (set_kind, parse_numbers, parse_dates).",
                    )
                )
        return found


GIVEN = ("learned", "seed", "split", "weighed", "other")  # parameters that are no settings
REGISTRY: dict[str, Step] = {}


def step(
    title: str,
    *,
    group: str,
    says: str,
    reach: Literal["row", "table"] = "row",
    was: tuple[str, ...] = (),
    drops_rows: bool = False,
    adds_rows: bool = False,
    also: str = "",
    keyed: bool = False,
    sorts_rows: bool = False,
    open_columns: bool = False,
    narrow: bool = False,
) -> Callable[[Callable[..., pd.DataFrame]], Step]:
    """Register an annotated pandas function as a step (see the module's text).

    `says` begins with what the step did; a verb that is neither regular nor known stands there in both forms, as in
    "Sought|Seeks {columns}".
    `also` holds other words by which people look for it; `keyed` says that the result depends on the secret key in the
    environment, whose fingerprint the step learns; `open_columns` says that which columns it makes depends on the data;
    `narrow` says that it looks at no columns but those that its settings name, changes no others, makes none and drops
    no row.
    """

    def register(function: Callable[..., pd.DataFrame]) -> Step:
        made = Step(
            function.__name__,
            title,
            group,
            spoken(says),
            function,
            reach,
            was,
            drops_rows,
            read_settings(function),
            adds_rows=adds_rows,
            also=also,
            keyed=keyed,
            sorts_rows=sorts_rows,
            open_columns=open_columns,
            narrow=narrow,
        )
        REGISTRY[made.name] = made
        for old in was:
            REGISTRY.setdefault(old, made)
        return made

    return register


def read_settings(function: Callable[..., Any]) -> tuple[Setting, ...]:
    """The settings that a function's signature declares: all but its first parameter and those that the
    engine gives.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    found = []
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        if parameter.name in GIVEN:
            continue
        hint, marks = hints[parameter.name], []
        if typing.get_origin(hint) is Annotated:
            hint, *marks = typing.get_args(hint)
        pick: dict[type, Any] = {type(mark): mark for mark in marks}
        label = pick.get(Label, Label(parameter.name.replace("_", " ").capitalize()))
        shape, choices = _shape(hint, Columns in pick)
        required = parameter.default is inspect.Parameter.empty
        found.append(
            Setting(
                parameter.name,
                label.name,
                label.help,
                shape,
                None if required else parameter.default,
                required,
                choices,
                pick.get(Columns, Columns()),
                pick.get(Span),
                pick.get(When),
                NewColumn in pick,
            )
        )
    return tuple(found)


def _shape(hint: Any, names_columns: bool) -> tuple[str, tuple[Any, ...]]:
    options = [o for o in typing.get_args(hint) if o is not type(None)]
    plain = options[0] if len(options) == 1 and type(None) in typing.get_args(hint) else hint
    origin = typing.get_origin(plain)
    if names_columns:
        return ("columns" if origin is list else "column"), ()
    if origin is Literal:
        return "choice", typing.get_args(plain)
    if origin is list:
        inner = typing.get_args(plain)[0]
        return ("choices", typing.get_args(inner)) if typing.get_origin(inner) is Literal else ("texts", ())
    if origin is dict:
        return "mapping", ()
    simple = {bool: "flag", int: "whole", float: "number", str: "text"}
    return simple.get(plain, "value"), ()


def _model(name: str, settings: Sequence[Setting], hints: Mapping[str, Any]) -> type[pydantic.BaseModel]:
    import pydantic

    fields: dict[str, Any] = {}
    for setting in settings:
        limits: dict[str, Any] = {"ge": setting.span.low, "le": setting.span.high} if setting.span else {}
        default = ... if setting.required else setting.default
        fields[setting.name] = (hints[setting.name], pydantic.Field(default, **limits))
    return pydantic.create_model(name, __config__=pydantic.ConfigDict(extra="forbid"), **fields)


def _edged(text: str) -> str:
    """A text in quotes where its edges would not be seen."""
    return f'"{text}"' if not text or text != text.strip() else text


def _spoken(value: Any) -> str:
    if isinstance(value, Mapping):
        shown = [f"{_edged(old)} → {_edged(new)}" for old, new in list(value.items())[:3]]
        return ", ".join(shown) + (f" and {len(value) - 3} more" if len(value) > 3 else "")
    if isinstance(value, (list, tuple)):
        shown = [str(item) for item in value[:4]]
        return (", ".join(shown) + (f" and {len(value) - 4} more" if len(value) > 4 else "")) or "all columns"
    return (
        {None: "nothing", True: "yes", False: "no"}.get(value, str(value))
        if not isinstance(value, (int, float)) or isinstance(value, bool)
        else f"{value:g}"
    )


def get(name: str) -> Step:
    """The step of that name (or old name); raises SettingError naming the nearest one."""
    if name not in REGISTRY:
        raise SettingError(f'There is no step "{name}".', "recipe", nearest(name, REGISTRY))
    return REGISTRY[name]
