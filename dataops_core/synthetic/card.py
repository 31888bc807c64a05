"""The model card of a synthetic table: purpose, data, settings, seed, versions, licence, and the three verdicts, in
Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dataops_core.wording import counted

NEVER = "A synthetic table is no promise: tell whoever gets it how it was made, and what the evaluation could not see."


def card(told: Mapping[str, Any], *, name: str, purpose: str = "", versions: Mapping[str, str] | None = None) -> str:
    """The Markdown of a model card, from what `synthesize` told. It holds no value of the real table but names of
    columns.
    """
    used, settings = told["engine"], told["settings"]
    lines = [
        f"# A synthetic table of {_text(name)}",
        "",
        f"> {_text(purpose) or 'Purpose: not stated.'}",
        "",
        _origin(told),
        "",
        NEVER,
        "",
        "## Verdicts",
        "",
        *_verdicts(told.get("judge")),
        "",
        "## What was learned, and what was not",
        "",
        "| Column | Treated as | Why |",
        "|---|---|---|",
        *[
            f"| {_text(each['column'])} | {_text(_treatment(each))} | {_text(each['why'])} |"
            for each in told["treatment"]
        ],
        "",
        *_sequences(told.get("sequences")),
        *_taming(told),
        *_constraints(told),
        *_conditions(told),
        "## Settings",
        "",
        f"- Engine: {used['title']}, seed {settings['seed']}"
        + (
            f", {settings['epochs']} epochs"
            if used["name"] in ("ctgan", "tvae", "copulagan", "par", "mostlyai")
            else ""
        ),
        (
            f"- What fewer than {settings['rare']} rows have was merged, clipped or left out"
            if settings["rare"] > 1
            else "- Rare and extreme values were learned as they are"
        ),
        f"- Licence of the engine: {used['licence']}",
        f"- Content hash of the source: `{told['source_hash']}`",
        f"- Content hash of the synthetic data: `{told['content_hash']}`",
        *(
            [f"- Made with {', '.join(f'{package} {number}' for package, number in versions.items())}"]
            if versions
            else []
        ),
        "",
        "The same source, settings and versions make the same synthetic data again.",
        "",
    ]
    return "\n".join(lines)


def card_of_tables(told: Mapping[str, Any], *, purpose: str = "", versions: Mapping[str, str] | None = None) -> str:
    """The Markdown of one model card for several tables, from what `synthesize_tables` told."""
    lines = [
        f"# Synthetic tables of {len(told['tables'])} tables",
        "",
        f"> {_text(purpose) or 'Purpose: not stated.'}",
        "",
        f"**Privacy: {told['verdict']}**" + (f", by {_text(told['worst'])}." if told["worst"] else "."),
        "",
        NEVER,
        "",
        "## What hangs together",
        "",
        "| Link | Broken | Numbers of children alike | Dealt out by lot | Kept apart |",
        "|---|---:|---:|---:|---:|",
        *[
            f"| {_text(each['words'])} {'' if each['learned'] else 'Learned by numbers of children alone.'} |"
            f" {each['orphans']:,} | {_cardinality(each)} |"
            for each in told["links"]
        ],
        "",
    ]
    cards = [
        card(each, name=name, purpose="One of the tables above.", versions=versions)
        for name, each in told["tables"].items()
    ]
    return "\n".join([*lines, *(re.sub(r"^#", "##", each, flags=re.MULTILINE) for each in cards)])


def _cardinality(link: Mapping[str, Any]) -> str:
    told = link.get("cardinality")
    return " | ".join(f"{told[name]:.3f}" for name in ("score", "floor", "ceiling")) if told else "not compared | |"


def _origin(told: Mapping[str, Any]) -> str:
    rows, used = told["rows"], told["engine"]
    package = f" ({used['package']} {used['version']})" if used["package"] else ""
    return (
        f"{rows['made']:,} rows and {len(told['columns'])} columns, made by {used['title']}{package} after learning"
        f" {rows['learned']:,} of {rows['real']:,} real rows. The other half was kept from the engine, and judges."
    )


def _verdicts(judge: Mapping[str, Any] | None) -> list[str]:
    if judge is None:
        return ["Not judged."]
    fidelity, utility, privacy = judge["fidelity"], judge["utility"], judge["privacy"]
    lines = [f"- **Privacy: {privacy['verdict']}.** {_first(privacy)}"]
    if fidelity.get("score") is not None:
        lines.append(
            f"- **Alike: {fidelity['score']:.3f}**, between {_number(fidelity['floor'])} (columns shuffled) and"
            f" {_number(fidelity['ceiling'])} (real rows that were kept apart). {_first(fidelity)}"
        )
    if utility.get("auc") is not None:
        lines.append(
            f"- **Useful: {utility['auc']:.3f}** where real rows reach {_number(utility['auc_real'])}"
            f" ({utility['measure']}, predicting {_text(str(utility['target']))} of real rows). {_first(utility)}"
        )
    else:
        lines.append(f"- Useful: not judged. {_text(str(utility.get('why') or ''))}")
    return lines + [f"- {_text(sentence)}" for sentence in judge.get("problems", [])]


def _first(part: Mapping[str, Any]) -> str:
    said = part.get("words") or ""
    return _text(said if isinstance(said, str) else " ".join(said[:2]))


def _number(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"


def _treatment(each: Mapping[str, Any]) -> str:
    return {"learn": "learned", "make": f"made up ({each['maker']})", "leave out": "left out"}[each["as"]]


def _sequences(told: Mapping[str, Any] | None) -> list[str]:
    if told is None:
        return []
    broken = f" {told['broken']:,} of them still break a constraint somewhere." if told["broken"] else ""
    lines = [
        "## Sequences",
        "",
        (
            f"{_text(told['words'])} {told['made']:,} were made of the {told['asked']:,} that were asked for, after"
            f" learning {told['learned']:,}.{broken}"
        ),
        "",
    ]
    verdict = told.get("verdict")
    if verdict:
        rows = [
            f"| {_text(each['words'])} | {each['score']:.3f} | {each['floor']:.3f} | {each['ceiling']:.3f} |"
            for each in verdict["measures"]
        ]
        lines += [
            _text(verdict["words"][0]),
            "",
            "| What was compared | Synthetic | Dealt out by lot | Kept apart |",
            "|---|---:|---:|---:|",
            *rows,
            "",
        ]
    return lines


def _taming(told: Mapping[str, Any]) -> list[str]:
    done = [
        f"- {_text(name)}: {', '.join(f'{what} {n:,}' for what, n in each.items())}"
        for name, each in told["tamed"].items()
    ]
    done += [
        f"- {_text(name)}: {counted(n, 'cell')} that named somebody emptied" for name, n in told["emptied"].items() if n
    ]
    if told["dropped"]:
        done.append(f"- {told['dropped']:,} rows break a constraint and were not learned from")
    return ["## Rare and extreme", "", *done, ""] if done else []


def _constraints(told: Mapping[str, Any]) -> list[str]:
    if not told["constraints"]:
        return []
    rows = [
        f"| {_text(c['words'])} | {c['violations']:,} of {c['rows']:,} | {c['violations_after']:,} of"
        f" {c['rows_after']:,} |"
        for c in told["constraints"]
    ]
    return [
        "## Constraints",
        "",
        "| Constraint | Violations in the rows learned from | Violations in the synthetic data |",
        "|---|---:|---:|",
        *rows,
        "",
    ]


def _conditions(told: Mapping[str, Any]) -> list[str]:
    asked = [each for each in told["conditions"] if each["values"]]
    if not asked:
        return []
    rows = [
        f"| {_text(', '.join(f'{k} = {v}' for k, v in each['values'].items()))} | {each['asked']:,} |"
        f" {each['made']:,} |"
        for each in asked
    ]
    return ["## Rows that were asked for", "", "| With | Asked | Made |", "|---|---:|---:|", *rows, ""]


def _text(text: str) -> str:
    """Text that stays text in Markdown: no cell break, no markup, one line."""
    return re.sub(r"[\\`*\[\]<>|]|(?<!\w)_|_(?!\w)", r"\\\g<0>", " ".join(str(text).split()))
