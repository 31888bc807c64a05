"""Lineage as a drawing, in the DOT language of Graphviz: from the raw file through the steps to the versions, and from
the columns of the raw file to one column.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from dataops_core.export.lineage import ColumnLineage, Lineage
from dataops_core.hashing import canonical
from dataops_core.printable import printable
from dataops_core.wording import counted

WIDTH = 30  # characters in a line of a box
LONGEST = 120  # characters of a label
# boxes have a ground of their own, so that they can be read on a light page and on a dark one
LOOK = (
    'rankdir=LR; bgcolor="transparent"; node [shape=box, style="filled,rounded", fontname="sans-serif", fontsize=11,'
    ' color="#7a8699", fillcolor="#e8eef8", fontcolor="#10182b"]; edge [color="#7a8699"];'
)
FILE, VERSION, COLUMN = 'fillcolor="#f6ead2"', 'fillcolor="#d5ecd9"', 'fillcolor="#f6ead2"'
PURGED = 'fillcolor="#e4e4e4", style="filled,rounded,dashed"'


def history_graph(versions: Sequence[Mapping[str, Any]], purged: Collection[int] = ()) -> str:
    """All versions of a dataset (their manifests): files, the steps that were done, versions. Steps that versions begin
    with alike are drawn once. Of those that were `purged` nothing is known but their numbers.
    """
    boxes: dict[str, str] = {}
    arrows: dict[tuple[str, str], None] = {}
    for version in versions:
        before = canonical({"sha256": version["raw"]["sha256"]})
        boxes[before] = _box(version["raw"]["name"], FILE)
        for step in version["steps"]:
            if step["status"] == "done":
                here = before + canonical([step["op"], step["sentence"]])
                boxes.setdefault(here, _box(step["sentence"]))
                arrows[before, here] = None
                before = here
        number = f"version {version['number']}"
        boxes[number] = _box(f"Version {version['number']}: {version['message']}".removesuffix(": "), VERSION)
        arrows[before, number] = None
    boxes |= {f"version {each}": _box(f"Version {each}: purged", PURGED) for each in sorted(purged)}
    return _drawn(boxes, list(arrows))


def column_graph(column: ColumnLineage, lineage: Lineage) -> str:
    """One column: the columns of the raw file that it comes from, the steps that touched it, and those that changed
    which rows there are.
    """
    boxes, arrows = {}, []
    chain = []
    told = {
        step.step: f"{step.sentence} ({step.did}{', ' + counted(step.cells, 'cell') if step.cells else ''})"
        for step in column.steps
    }
    for row in lineage.rows:
        told.setdefault(row.step, f"{row.sentence} ({counted(row.dropped, 'row')} dropped, {row.added:,} added)")
    for number in sorted(told):
        chain.append(f"step {number}")
        boxes[f"step {number}"] = _box(f"{number}. {told[number]}")
    end = "the column"
    boxes[end] = _box(f"{column.column}{'' if column.kept else ' (removed)'}", VERSION)
    arrows += list(pairwise([*chain, end]))
    using = {step.step: step.using for step in column.steps}
    for name in column.sources:
        boxes[f"source {name}"] = _box(name, COLUMN)
        first = next((f"step {number}" for number in sorted(using) if name in using[number]), (*chain, end)[0])
        arrows.append((f"source {name}", first))
    return _drawn(boxes, arrows)


def _box(label: str, look: str = "") -> str:
    lines = textwrap.wrap(textwrap.shorten(printable(label, one_line=True), LONGEST, placeholder=" …"), WIDTH) or [" "]
    quoted = "\\n".join(line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return f'[label="{quoted}"{", " + look if look else ""}]'


def _drawn(boxes: Mapping[str, str], arrows: Sequence[tuple[str, str]]) -> str:
    names = {key: f"n{at}" for at, key in enumerate(boxes)}
    lines = [f"  {names[key]} {box};" for key, box in boxes.items()]
    lines += [f"  {names[one]} -> {names[other]};" for one, other in arrows]
    return "\n".join([f"digraph lineage {{ {LOOK}", *lines, "}"]) + "\n"
