"""The reference of JSON formats, as far as the classes of results tell them: each field, its type, and its comment."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import io
import pkgutil
import re
import textwrap
import tokenize
import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import dataops_core
from dataops_core.record import Record, members

# the packages whose results are told, and the command that prints the result
PRINTED = {
    "Bias": "bias",
    "Chains": "impute-chains",
    "Drift": "drift",
    "ImputationBench": "impute-bench",
    "MissingCells": "missing",
    "PooledMeans": "pooled --column",
    "PooledRegression": "pooled --target",
    "Verdict": "judge-synthetic",
}
PLAIN = {bool: "true or false", int: "integer", float: "number", str: "text", type(None): "null"}


def sections() -> str:
    """One section for each record: those of one package together, what holds others before what it holds."""
    found = records()
    return "".join(_section(kind, found) for kind in found)


@functools.cache
def records() -> tuple[type[Record], ...]:
    """Every record of the engine."""
    for module in pkgutil.walk_packages(dataops_core.__path__, "dataops_core."):
        name = module.name.removeprefix("dataops_core.")
        if "Record" in _source(module) and not name.startswith("cli"):
            importlib.import_module(module.name)
    every = sorted(_below(Record), key=lambda kind: (_package(kind), kind.__name__))
    held = {each for kind in every for each in _held(kind)}
    order: dict[type[Record], None] = {}
    for kind in [each for each in every if each not in held] + every:
        _put(kind, order)
    return tuple(sorted(order, key=_package))  # sorting is stable: within a package the order stays


def _source(module: pkgutil.ModuleInfo) -> str:
    spec = module.module_finder.find_spec(module.name, None)  # type: ignore[call-arg]
    code = spec.loader.get_source(module.name) if spec and spec.loader else ""  # type: ignore[attr-defined]
    return code or ""


def _below(kind: type[Record]) -> Iterator[type[Record]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("dataops_core."):
            yield each
            yield from _below(each)


def _package(kind: type[Record]) -> str:
    return kind.__module__.split(".")[1]


def _put(kind: type[Record], order: dict[type[Record], None]) -> None:
    if kind not in order:
        order[kind] = None
        for each in _held(kind):
            _put(each, order)


def _held(kind: type[Record]) -> list[type[Record]]:
    hints = get_type_hints(kind)
    return [part for each in members(kind) for part in _parts(hints[each.name]) if part is not kind]


def _parts(hint: Any) -> Iterator[type[Record]]:
    if isinstance(hint, type) and issubclass(hint, Record):
        yield hint
    for part in get_args(hint):
        yield from _parts(part)


def _section(kind: type[Record], found: Sequence[type[Record]]) -> str:
    first = found.index(kind) == 0 or _package(found[found.index(kind) - 1]) != _package(kind)
    title = f"\n## {_package(kind).capitalize()}\n" if first else ""
    printed = PRINTED.get(kind.__name__)
    says = " ".join(inspect.getdoc(kind).split()) + (f" Printed by `{printed} --json`." if printed else "")
    rows = "".join(_rows(kind))
    return f"{title}\n### {kind.__name__}\n\n{says}\n\n| field | type | meaning |\n|---|---|---|\n{rows}"


def _rows(kind: type[Record]) -> Iterator[str]:
    said, hints = comments(kind), get_type_hints(kind)
    for each in members(kind):
        name, shown, meaning = f"`{each.key}`", _type(hints[each.name]), said.get(each.name, "")
        if each.spread and each.record is None:
            name = "any other key"
            shown = _type(get_args(hints[each.name])[1])
        elif each.spread:
            name, meaning = "its fields, too", meaning or f"the fields of {shown} stand beside the others"
        elif each.absent:
            shown = f"{shown.replace(' or null', '')}, may be absent"
        yield f"| {name} | {shown} | {meaning.replace('|', chr(92) + '|')} |\n"


def _type(hint: Any) -> str:
    """A type in the words of JSON."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Record):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    if origin is Literal:
        return " or ".join(f'"{each}"' for each in inner)
    if origin in (Union, types.UnionType):
        return " or ".join(_type(each) for each in inner)
    if origin is tuple and inner[1:] != (...,):
        return f"[{', '.join(_type(each) for each in inner)}]"
    if origin in (list, tuple, Sequence):
        return f"list of {_type(inner[0])}"
    if origin in (dict, Mapping):
        return f"object, by name: {_type(inner[1])}" if inner[1] is not Any else "object"
    return "any value"


def comments(kind: type[Record]) -> dict[str, str]:
    """The comment at the end of each field's line."""
    code = textwrap.dedent(inspect.getsource(kind))
    at_line = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(code).readline)
        if token.type == tokenize.COMMENT and not re.match(r"# (noqa|type:)", token.string)
    }
    body = ast.parse(code).body[0]
    fields = [node for node in getattr(body, "body", []) if isinstance(node, ast.AnnAssign)]
    return {
        node.target.id: at_line[node.end_lineno]
        for node in fields
        if isinstance(node.target, ast.Name) and node.end_lineno in at_line
    }
