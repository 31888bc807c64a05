"""Collects the source of functions, and of all they name, so that a script can carry them along.

What lives in this package is taken as source text (step decorators dropped, `Annotated[X, …]` written as `X`), in an
order in which everything stands before it is needed; what lives elsewhere becomes an import line.
"""

from __future__ import annotations

import ast
import functools
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from dataops_core.errors import SettingError
from dataops_core.steps import Step

_KIT = {"step", "learn", "renames", "kinds", "adds", "divides", "weighs"}


class Sources:
    """Import lines and pieces of source text, each once, in the order in which they must stand.

    Where two modules use one name for two things, the later one is called `name_of_module` in the script.
    """

    def __init__(self) -> None:
        self.imports: dict[str, tuple[str, str]] = {}  # the name in the script -> (module, name in it or "")
        self.pieces: dict[str, str] = {}
        self._names: dict[tuple[str, str], str] = {}  # (module, name) -> the name in the script

    def add(self, thing: Any) -> str:
        """Take in a function or class and all that it needs; returns its name in the script."""
        function = thing.function if isinstance(thing, Step) else thing
        return self._take(function.__module__, function.__name__)

    def import_lines(self) -> str:
        """The import statements: the standard library, then pandas and numpy."""
        plain = sorted(
            f"import {m}" + (f" as {n}" if n != m else "") for n, (m, inside) in self.imports.items() if not inside
        )
        parts: dict[str, list[str]] = {}
        for name, (module, inside) in self.imports.items():
            if inside:
                parts.setdefault(module, []).append(inside if inside == name else f"{inside} as {name}")
        named = [f"from {module} import {', '.join(sorted(parts[module]))}" for module in sorted(parts)]
        own = [line for line in plain if not line.startswith(("import numpy", "import pandas"))]
        return "\n".join(own + named) + "\n\n" + "\n".join(line for line in plain if line not in own)

    def text(self) -> str:
        """All pieces, two blank lines between them."""
        return "\n\n\n".join(piece for piece in self.pieces.values() if piece)

    def _take(self, module: str, name: str) -> str:
        if (module, name) in self._names:
            return self._names[module, name]
        node = _definitions(module).get(name)
        if node is None:
            return self._from_elsewhere(module, name)
        given = _given_names(node)
        for each in given:
            self._names[module, each] = self._free(each, module)
        called = {needed: self._need(module, needed) for needed in _names(node) if needed not in given}
        called |= {each: self._names[module, each] for each in given}
        renamed = tuple((a, b) for a, b in called.items() if a != b)
        self.pieces[self._names[module, given[0]]] = _plain_text(module, node, renamed)
        return self._names[module, name]

    def _free(self, name: str, module: str) -> str:
        taken = {*self._names.values(), *self.imports}
        free = name if name not in taken else f"{name}_of_{module.rsplit('.', 1)[-1].strip('_')}".replace(" ", "_")
        while free in taken:
            free += "_"
        return free

    def _need(self, module: str, name: str) -> str:
        if name in _definitions(module):
            return self._take(module, name)
        return self._from_elsewhere(module, name)

    def _from_elsewhere(self, module: str, name: str) -> str:
        node = _imported(module).get(name)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("dataops_core"):
            return self._take(_home(str(node.module), name), name)
        if node is None:
            return name
        alias = next(a for a in node.names if (a.asname or a.name.split(".")[0]) == name)
        source = (str(node.module), alias.name) if isinstance(node, ast.ImportFrom) else (alias.name, "")
        return self.bring(name, *source)

    def bring(self, name: str, module: str, inside: str = "") -> str:
        """Import a module, or something inside it; returns its name, another one where that is taken."""
        known = next((known for known, source in self.imports.items() if source == (module, inside)), None)
        if known is None:
            known = self._free(name, f"{module} module" if not inside else module)
            self.imports[known] = (module, inside)
        return known

    def bring_as(self, wanted: Sequence[tuple[str, str, str]]) -> None:
        """Import what the frame of a script uses, by these names: (name, module, what inside it or "")."""
        for name, module, inside in wanted:
            if self.bring(name, module, inside) != name:
                raise SettingError(
                    f'The name "{name}" is taken in the script.', "script", "Import it by that name everywhere."
                )


@functools.lru_cache(maxsize=4)  # who exports a version writes its scripts, and who verifies it the same again
def valid(text: str, name: str) -> str:
    """The text of a script; raises SettingError where it is not Python."""
    try:
        compile(text, name, "exec")
    except (SyntaxError, ValueError) as error:
        raise SettingError(
            f"The script {name} would not be valid Python: {error}.", "script", "Look at the settings of its steps."
        ) from error
    return text


@functools.cache
def _parsed(module: str) -> tuple[str, ast.Module]:
    loaded = sys.modules[module]
    assert isinstance(loaded, ModuleType) and loaded.__file__
    source = Path(loaded.__file__).read_text(encoding="utf-8")
    return source, ast.parse(source)


@functools.cache
def _imported(module: str) -> dict[str, ast.ImportFrom | ast.Import]:
    """The statements at the top of a module that import names, by name; imports inside functions stay where
    they are.
    """
    _, tree = _parsed(module)
    nodes = [node for node in tree.body if isinstance(node, (ast.ImportFrom, ast.Import))]
    return {alias.asname or alias.name.split(".")[0]: node for node in nodes for alias in node.names}


@functools.cache
def _definitions(module: str) -> dict[str, ast.stmt]:
    """The statements at the top of a module that define names, by name; the last one counts."""
    _, tree = _parsed(module)
    return {name: node for node in tree.body for name in _given_names(node)}


def _home(module: str, name: str) -> str:
    """The module that defines a name, followed through the packages that hand it on."""
    if name in _definitions(module):
        return module
    node = _imported(module).get(name)
    if isinstance(node, ast.ImportFrom) and node.module:
        return _home(node.module, name)
    raise SettingError(f'"{name}" cannot be put into a script.', module, "Define it at the top of its module.")


def _targets(target: ast.expr) -> list[str]:
    """The names that an assignment gives a value to; several in `LOW, HIGH = 0, 9`."""
    if isinstance(target, ast.Tuple):
        return [name for part in target.elts for name in _targets(part)]
    return [target.id] if isinstance(target, ast.Name) else []


def _given_names(node: ast.stmt) -> list[str]:
    """The names that a definition defines."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [name for target in targets for name in _targets(target)]


@functools.cache
def _names(node: ast.stmt) -> tuple[str, ...]:
    """The names that a definition reads, in order; of annotations, only what stays in the script."""
    kept = [n for n in _walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)]
    return tuple(dict.fromkeys(n.id for n in kept))


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


@functools.cache
def _plain_text(module: str, node: ast.stmt, renamed: tuple[tuple[str, str], ...]) -> str:
    """The text of a definition as it stands in a script, with the names that are called otherwise there."""
    source, called = _parsed(module)[0], dict(renamed)
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
            (first, last), (begins, ends) = span(part), span(inner)
            cuts += [(first, begins, b""), (ends, last, b"")]  # what stays may have to be renamed
    cuts += _renamings(node, called, span, raw)
    for first, last, text in sorted(cuts, reverse=True):
        raw = raw[:first] + text + raw[last:]
        end += len(text) - (last - first)
    return textwrap.dedent(raw[begin:end].decode()).strip("\n")


def _renamings(
    node: ast.stmt, called: Mapping[str, str], span: Callable[[Any], tuple[int, int]], raw: bytes
) -> list[tuple[int, int, bytes]]:
    """The places in a piece where a name must be written as it is called in the script."""
    cuts = [
        (*span(part), called[part.id].encode())
        for part in _walk(node)
        if isinstance(part, ast.Name) and part.id in called
    ]
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in called:
        begin = raw.index(node.name.encode(), span(node)[0])
        cuts.append((begin, begin + len(node.name.encode()), called[node.name].encode()))
    return cuts
