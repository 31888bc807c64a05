"""Collects the source of functions, and of all they name, so that a script can carry them along.

What lives in this package is taken as source text (step decorators dropped, `Annotated[X, …]` written as `X`), in an
order in which everything stands before it is needed; what lives elsewhere becomes an import line.
"""

from __future__ import annotations

import ast
import builtins
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.steps import Step

_KIT = {"step", "learn", "renames", "kinds"}


class Sources:
    """Import lines and pieces of source text, each once, in the order in which they must stand."""

    def __init__(self) -> None:
        self.imports: set[str] = set()
        self.pieces: dict[str, str] = {}
        self._home: dict[str, str] = {}

    def add(self, thing: Any) -> str:
        """Take in a function or class and all that it needs; returns its name."""
        function = thing.function if isinstance(thing, Step) else thing
        self._take(function.__module__, function.__name__)
        return str(function.__name__)

    def text(self) -> str:
        """All pieces, two blank lines between them."""
        return "\n\n\n".join(self.pieces.values())

    def _take(self, module: str, name: str) -> None:
        if name in self.pieces:
            if self._home[name] != module:
                raise SettingError(
                    f'Two things in the script would be called "{name}".', f"{module} and {self._home[name]}",
                    "Rename one of them.",
                )
            return
        source, tree = _parsed(module)
        node = _definition(tree, name)
        if node is None:
            self._from_elsewhere(module, tree, name)
            return
        self._home[name], self.pieces[name] = module, ""
        del self.pieces[name]
        for needed in _names(node):
            self._need(module, tree, needed, name)
        if name not in self.pieces:
            self.pieces[name] = _plain_text(source, node)

    def _need(self, module: str, tree: ast.Module, name: str, user: str) -> None:
        if name == user or hasattr(builtins, name) and _definition(tree, name) is None:
            return
        if _definition(tree, name) is not None:
            if self._home.get(name) == module and name not in self.pieces:
                return  # a circle: it is being taken in already
            self._take(module, name)
        else:
            self._from_elsewhere(module, tree, name)

    def _from_elsewhere(self, module: str, tree: ast.Module, name: str) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and name in {a.asname or a.name for a in node.names}:
                if node.module.startswith("dataops_core"):
                    value = getattr(sys.modules[module], name)
                    home = getattr(value, "__module__", None)
                    if not home or not str(home).startswith("dataops_core"):
                        home = _home_of_constant(node.module, name)
                    self._take(str(home), name)
                else:
                    alias = next(a for a in node.names if (a.asname or a.name) == name)
                    self.imports.add(f"from {node.module} import {ast.unparse(alias)}")
                return
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if (alias.asname or alias.name.split(".")[0]) == name and node in tree.body:
                        self.imports.add(f"import {ast.unparse(alias)}")
                        return


def _parsed(module: str) -> tuple[str, ast.Module]:
    loaded = sys.modules[module]
    assert isinstance(loaded, ModuleType) and loaded.__file__
    source = Path(loaded.__file__).read_text(encoding="utf-8")
    return source, ast.parse(source)


def _home_of_constant(module: str, name: str) -> str:
    """The module that defines a constant, followed through the packages that hand it on."""
    _, tree = _parsed(module)
    if _definition(tree, name) is not None:
        return module
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and name in {a.name for a in node.names}:
            return _home_of_constant(node.module, name)
    raise SettingError(f'"{name}" cannot be put into a script.', module, "Define it at the top of its module.")


def _definition(tree: ast.Module, name: str) -> ast.stmt | None:
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
            return node
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node
    return None


def _names(node: ast.stmt) -> list[str]:
    """The names that a definition reads, in order; of annotations, only what stays in the script."""
    kept = [n for n in _walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    return list(dict.fromkeys(n.id for n in kept))


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Annotated":
        inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
        yield from _walk(inner)
        return
    yield node
    for field, value in ast.iter_fields(node):
        children = value if isinstance(value, list) else [value]
        for child in children:
            if isinstance(child, ast.AST) and not (field == "decorator_list" and _is_kit(child)):
                yield from _walk(child)


def _is_kit(decorator: ast.AST) -> bool:
    call = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (isinstance(call, ast.Name) and call.id == "step") or (isinstance(call, ast.Attribute) and call.attr in _KIT)


def _plain_text(source: str, node: ast.stmt) -> str:
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    raw = source.encode()

    def span(part: Any) -> tuple[int, int]:
        return starts[part.lineno - 1] + part.col_offset, starts[part.end_lineno - 1] + part.end_col_offset

    begin, end = span(node)
    cuts: list[tuple[int, int, bytes]] = []
    decorators = getattr(node, "decorator_list", [])
    if decorators:
        begin = min(begin, span(decorators[0])[0] - 1)
    for decorator in decorators:
        if _is_kit(decorator):
            first, last = span(decorator)
            cuts.append((first - 1, last + 1, b""))
    for part in ast.walk(node):
        if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Name) and part.value.id == "Annotated":
            inner = part.slice.elts[0] if isinstance(part.slice, ast.Tuple) else part.slice
            cuts.append((*span(part), raw[slice(*span(inner))]))
    for first, last, text in sorted(cuts, reverse=True):
        raw = raw[:first] + text + raw[last:]
        end += len(text) - (last - first)
    return textwrap.dedent(raw[begin:end].decode()).strip("\n")
