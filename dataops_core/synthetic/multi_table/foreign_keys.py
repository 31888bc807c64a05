"""Links between tables: which column holds the keys of another table, found by what is in the columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from dataops_core.errors import SettingError, nearest
from dataops_core.table import Column, Table
from dataops_core.table.kinds import ID_NAME
from dataops_core.wording import counted

COVERED = 0.1  # share of the parent's keys that must have children where names do not say so
MOST = 5  # tables that HMA learns together, at most: a parent and its children


@dataclass(frozen=True)
class Link:
    """Each cell of a child's column is a key of the parent."""

    child: str
    column: str
    parent: str
    key: str

    def __str__(self) -> str:
        return f"{self.child}.{self.column}={self.parent}.{self.key}"


def found(tables: Mapping[str, Table], frames: Mapping[str, pd.DataFrame]) -> list[Link]:
    """The links that the data suggest, children before whom they follow; each column has one parent, and nobody is
    their own ancestor.

    A parent's key is different in every row. A child's column has the same type, holds nothing but the parent's keys,
    and is either named like the parent or its key, or names things itself and covers at least a tenth of them. A table
    may name its own rows (who manages whom).
    """
    wishes: list[tuple[tuple[float, ...], Link]] = []
    for parent, key, child, column in _pairs(tables, frames):
        alike = _alike(column, parent, key)
        keys, cells = frames[parent][key], frames[child][column].dropna()
        covered = cells.nunique() / len(keys)
        names = _names(tables[child].column(column))
        if alike or (names and (covered >= COVERED or child == parent)):
            own = 1.0 if frames[child][column].is_unique else 0.0
            wishes.append(
                (
                    (float(alike), float(_names(tables[parent].column(key))), -own, covered, float(len(keys))),
                    Link(child, column, parent, key),
                )
            )
    chosen: list[Link] = []
    for _, link in sorted(wishes, key=lambda wish: (wish[0], -list(tables).index(wish[1].parent)), reverse=True):
        taken = any((each.child, each.column) == (link.child, link.column) for each in chosen)
        other = any(each.parent == link.parent and each.key != link.key for each in chosen)
        if not taken and not other and (link.child == link.parent or link.child not in _ancestors(link.parent, chosen)):
            chosen.append(link)
    return sorted(
        chosen, key=lambda link: (list(tables).index(link.child), list(frames[link.child]).index(link.column))
    )


def _pairs(tables: Mapping[str, Table], frames: Mapping[str, pd.DataFrame]) -> list[tuple[str, str, str, str]]:
    """Every (parent, key, child, column) in which the column holds nothing but keys."""
    out = []
    for parent, table in tables.items():
        for key in table.columns:
            cells = frames[parent][key.name]
            if key.type not in ("text", "integer") or len(cells) < 2 or not cells.is_unique or cells.isna().any():
                continue
            keys = set(cells)
            for child, other in tables.items():
                for column in other.columns:
                    known = frames[child][column.name].dropna()
                    called = _names(key) or (key.type == "text" and column.name == key.name)
                    if (
                        called
                        and (child, column.name) != (parent, key.name)
                        and column.type == key.type
                        and len(known)
                        and set(known.unique()) <= keys
                    ):
                        out.append((parent, key.name, child, column.name))
    return out


def _names(column: Column) -> bool:
    return column.kind == "id" or bool(ID_NAME.search(column.name))


def _alike(column: str, parent: str, key: str) -> bool:
    """Whether a column is named like a key, or like the table (and the key): customer_id, customerId, customer for
    customers.id.

    >>> _alike("CustomerId", "customers", "id"), _alike("quantity", "customers", "id")
    (True, False)
    """
    plain = re.sub(r"[^a-z0-9]", "", column.lower())
    table, own = (re.sub(r"[^a-z0-9]", "", name.lower()) for name in (parent, key))
    stems = {table, table.removesuffix("s"), table.removesuffix("es"), re.sub(r"ies$", "y", table)}
    return (plain == own and own not in ("id", "key", "code", "no")) or plain in {
        *stems,
        *(stem + end for stem in stems for end in (own, "id", "key", "code", "no")),
    }


def _ancestors(name: str, links: Sequence[Link]) -> set[str]:
    out = {name}
    for link in links:
        if link.child == name and link.parent != name:
            out |= _ancestors(link.parent, links)
    return out


def named(tables: Mapping[str, Table], frames: Mapping[str, pd.DataFrame], wishes: Sequence[str]) -> list[Link]:
    """Links as somebody wrote them, child.column=parent.column. Raises SettingError for names that are not there and
    for keys that are none.
    """
    out: list[Link] = []
    for wish in wishes:
        sides = [_side(tables, side) for side in wish.split("=", 1)]
        if len(sides) != 2 or sides[0] == sides[1]:
            raise SettingError(f'"{wish}" is not a link.', "--keys", "Write it as CHILD.COLUMN=PARENT.COLUMN.")
        link = Link(*sides[0], *sides[1])
        keys, cells = frames[link.parent][link.key], frames[link.child][link.column].dropna()
        if (
            not keys.is_unique
            or keys.isna().any()
            or tables[link.parent].column(link.key).type not in ("text", "integer")
        ):
            raise SettingError(
                f'"{link.key}" is not a key of "{link.parent}": it is missing or the same in several rows.',
                "--keys",
                "Name a column of texts or whole numbers that is different in every row.",
            )
        lost = int((~cells.isin(set(keys))).sum())
        if lost:
            raise SettingError(
                f'{counted(lost, "cell")} of "{link.column}" {"is" if lost == 1 else "are"} no key of "{link.parent}".',
                "--keys",
                "Leave those rows out, or name other columns.",
            )
        if (link.child != link.parent and link.child in _ancestors(link.parent, out)) or any(
            (each.child, each.column) == (link.child, link.column) for each in out
        ):
            raise SettingError(f'"{wish}" leads in a circle, or names a column twice.', "--keys", "Leave it out.")
        if any(each.parent == link.parent and each.key != link.key for each in out):
            raise SettingError(f'"{link.parent}" has two keys.', "--keys", "Name one of them in all links.")
        out.append(link)
    return out


def _side(tables: Mapping[str, Table], text: str) -> tuple[str, str]:
    at = next((name for name in sorted(tables, key=len, reverse=True) if text.startswith(f"{name}.")), None)
    if at is None:
        raise SettingError(
            f'There is no table in "{text}".', "--keys", nearest(text.split(".", maxsplit=1)[0], list(tables))
        )
    column = text.removeprefix(f"{at}.")
    if column not in tables[at].names:
        raise SettingError(f'There is no column "{column}" in "{at}".', "--keys", nearest(column, tables[at].names))
    return at, column


def main_links(links: Sequence[Link], rows: Mapping[str, int]) -> dict[str, Link]:
    """For each child the link by which it is learned: the one to the parent with most rows. Others are only counted."""
    out: dict[str, Link] = {}
    for link in links:
        if link.child == link.parent:
            continue
        if link.child not in out or rows[link.parent] > rows[out[link.child].parent]:
            out[link.child] = link
    return out


def in_order(names: Sequence[str], links: Sequence[Link]) -> list[str]:
    """The tables, parents before their children."""
    return sorted(names, key=lambda name: (_depth(name, links), list(names).index(name)))


def _depth(name: str, links: Sequence[Link]) -> int:
    return max((1 + _depth(link.parent, links) for link in links if link.child == name != link.parent), default=0)


def root_of(name: str, mains: Mapping[str, Link]) -> str:
    """The table that a table hangs on in the end."""
    return root_of(mains[name].parent, mains) if name in mains else name


def tree_of(name: str, mains: Mapping[str, Link]) -> str:
    """The parent with which HMA learns a table, or the table itself where it is learned as a parent: HMA takes no
    grandchildren, so every second generation starts anew.
    """
    return mains[name].parent if name in mains and tree_of(mains[name].parent, mains) == mains[name].parent else name


def checked_size(names: Sequence[str], mains: Mapping[str, Link]) -> None:
    """Raises SettingError where more tables are learned together than HMA can."""
    for root in {tree_of(name, mains) for name in names}:
        size = sum(tree_of(name, mains) == root for name in names)
        if size > MOST:
            raise SettingError(
                f'{size - 1} tables hang on "{root}".',
                "synthesize-tables",
                f"HMA learns {MOST} tables together at most: leave some out, or name the --keys that count.",
            )


def roots(frames: Mapping[str, pd.DataFrame], mains: Mapping[str, Link], order: Sequence[str]) -> dict[str, pd.Series]:
    """For each table the row of its root table that each row hangs on (as that row's place), -1 where a key on the way
    is missing.
    """
    out: dict[str, pd.Series] = {}
    for name in order:
        if name not in mains:
            out[name] = pd.Series(np.arange(len(frames[name])), index=frames[name].index)
            continue
        link = mains[name]
        above = dict(zip(frames[link.parent][link.key], out[link.parent], strict=True))
        out[name] = frames[name][link.column].map(above).fillna(-1).astype("int64")
    return out


def to_json(link: Link) -> dict[str, Any]:
    """A link with its sentence."""
    return {
        "child": link.child,
        "column": link.column,
        "parent": link.parent,
        "key": link.key,
        "words": f'"{link.column}" of {link.child} is a key ("{link.key}") of {link.parent}.',
    }
