"""The data card: what a dataset is, how it was made and what to beware of, in Markdown that a person enjoys reading."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from dataops_core.privacy import DIRECT
from dataops_core.report.mask import Words, masked
from dataops_core.steps import REGISTRY

_LIST = 8


def _ran_on(told: Mapping[str, Any] | None) -> list[str]:
    """The run on a cluster that the version is the result of, with its steps."""
    if not told:
        return []
    lines = [f"It ran on the cluster {_text(told['cluster'])}, over {_text(told['input'])}:", ""]
    done = [f"{_text(masked(step['sentence']))} — {step['status']}." for step in told["steps"]]
    return [*lines, *(f"{number}. {line}" for number, line in enumerate(done, 1))]


def card(
    version: Mapping[str, Any],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    raw_file: str,
    others: Sequence[str] = (),
) -> str:
    """The Markdown of a version's data card, from its manifest and the profiles before and after; it shows no value
    that may name a person.

    `raw_file` is where the raw file lies in the bundle.
    """
    data, raw, words = version["data"], version["raw"], Words.of(after)
    lines = [
        f"# {_text(version['dataset'])}, version {version['number']}",
        "",
        f"> {_text(masked(version['message']))}",
        "",
        _origin(version, before),
        "",
        "## At a glance",
        "",
        "| | As it came | Now |",
        "|---|---:|---:|",
        f"| Rows | {before['rows']:,} | {after['rows']:,} |",
        f"| Columns | {before['columns']} | {after['columns']} |",
        f"| Missing cells | {_counted(before['missing_cells'])} | {_counted(after['missing_cells'])} |",
        f"| Duplicate rows | {before['duplicate_rows']:,} | {after['duplicate_rows']:,} |",
        f"| Findings: errors and warnings | {_grave(before)} | {_grave(after)} |",
        "",
        "## What was done",
        "",
        *(_ran_on(version.get("ran_on")) or _steps(version["steps"]) or [_untouched(version)]),
        "",
        *_comparison(version.get("comparison")),
        "## The columns",
        "",
        "| Column | Kind | Missing | Distinct | Typical values |",
        "|---|---|---:|---:|---|",
        *[_column(column, after["facts"][column["name"]], words) for column in data["columns"]],
        "",
        "## What to beware of",
        "",
        *(
            _cautions(after, words)
            or ["No error and no warning was found in this version. That is no proof that there is none."]
        ),
        "",
        *_privacy(version.get("privacy") or {}),
        *_roles(version.get("roles") or {}),
        *_rules(version),
        *_models(version),
        "## Rebuild it",
        "",
        *_rebuilding(version),
        "",
        "```",
        "python -m dataops_core verify THIS_BUNDLE.zip",
        " ".join(["python clean.py", *map(shlex.quote, (raw_file, "clean.csv", *others))]),
        "```",
        "",
        f"- Content hash: `{data['content_hash']}`",
        f"- Raw file, SHA-256: `{raw['sha256']}`, brought as `{_code(raw['name'])}`",
        f"- Made with {', '.join(f'{name} {number}' for name, number in version['packages'].items())}",
        "",
    ]
    return "\n".join(lines)


def _rebuilding(version: Mapping[str, Any]) -> list[str]:
    if (version.get("privacy") or {}).get("raw_left_out"):
        return [
            "The recipe with everything it learned and a plain script lie in this bundle; the raw file does not, as",
            "it names people who are not named in the data. The first command checks every byte; the second does the",
            "repair again for whoever has the raw file (and the key of pseudonyms, where one was used).",
        ]
    return [
        (
            "The raw file, the recipe with everything it learned, and a plain script lie in this bundle. The first"
            " command checks every"
        ),
        (
            "byte, rebuilds the data and compares the hashes; the second does the same repair without the workbench,"
            " with pandas alone."
        ),
    ]


def _privacy(told: Mapping[str, Any]) -> list[str]:
    """What is said of personal data: what was treated, and what stayed and why."""
    if not told or not (told["unresolved"] or told["treated"] or told["not_personal"] or told["raw_left_out"]):
        return []
    names = {op: REGISTRY[op].title for op in told["treated"].values() if op in REGISTRY}
    lines = [f"- {_text(name)}: {names.get(op, op).lower()}" for name, op in told["treated"].items()]
    for each in told["unresolved"]:
        what = DIRECT.get(each["type"], "personal data")
        lines.append(f"- **{_text(each['column'])} holds {what}** ({each['state']}), untreated.")
    if told["unresolved"]:
        lines.append(f"- Why they are here: {_text(masked(told['reason'])) or 'no reason is written'}")
    lines += [
        f"- {_text(name)} is not personal, as somebody settled: {_text(masked(why))}"
        for name, why in told["not_personal"].items()
    ]
    if told["raw_left_out"]:
        lines.append("- The file as it was brought names people who are not named here. It is not in this bundle.")
    if any(op in ("pseudonymize", "hash_values") for op in told["treated"].values()):
        lines.append("- Pseudonyms and keyed hashes are still personal data for whoever has the key.")
    return ["## Personal data", "", *lines, ""]


def _untouched(version: Mapping[str, Any]) -> str:
    if version["kind"] != "synthetic":
        return "Nothing: this is the file as it came."
    told = version["synthetic"]
    return (
        f"Every row of this table was made by {told['engine']['title']}, seed {told['settings']['seed']}, after"
        f" learning {told['rows']['learned']:,} rows. Privacy: {told['judge']['privacy']['verdict']}. How alike, how"
        " useful and how private it is stands in `MODEL_CARD.md`."
    )


def _origin(version: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    if version["kind"] == "synthetic":
        return (
            f"A **synthetic** table of {version['data']['rows']:,} rows and {len(version['data']['columns'])} columns."
            f" Committed by {_text(version['actor'])} on {version['created'][:10]}."
        )
    data, done = version["data"], sum(step["status"] == "done" for step in version["steps"])
    return (
        f"{data['rows']:,} rows and {len(data['columns'])} columns, made from `{_code(version['raw']['name'])}` "
        f"({before['rows']:,} rows, {before['columns']} columns) by {done} repair step{'s' if done != 1 else ''}. "
        f"Committed by {_text(version['actor'])} on {version['created'][:10]}."
    )


def _steps(steps: list[Mapping[str, Any]]) -> list[str]:
    lines = []
    for number, step in enumerate(steps, 1):
        reason = step.get("reason", "").rstrip(".")
        effect = {"skipped": f"skipped: {reason}", "off": "switched off"}.get(step["status"]) or ". ".join(
            part for part in (_effect(step), reason) if part
        )
        lines.append(f"{number}. {_text(masked(step['sentence']))} — {_text(masked(effect))}.")
        if step.get("why"):
            lines.append(f"   *Why: {_text(masked(step['why']))}*")
    return lines


def _effect(step: Mapping[str, Any]) -> str:
    parts = []
    if step.get("rows_added"):
        parts.append(f"{step['rows_added']:,} rows added")
    if step["rows_dropped"]:
        share = step["rows_dropped"] / max(1, step["rows_before"])
        parts.append(f"{step['rows_dropped']:,} rows dropped ({share:.1%})")
    if step["cells_changed"]:
        parts.append(f"{step['cells_changed']:,} cells changed")
    emptied = sum(step["cells_emptied_by_column"].values())
    if emptied:
        parts.append(f"{emptied:,} of them emptied")
    for key, word in (("columns_added", "added"), ("columns_removed", "removed")):
        if step[key]:
            parts.append(f"{', '.join(step[key])} {word}")
    if step["columns_renamed"]:
        parts.append("renamed " + ", ".join(f"{old} to {new}" for old, new in step["columns_renamed"].items()))
    return ", ".join(parts) or "nothing had to change"


def _counted(number: int | None) -> str:
    return "not counted" if number is None else f"{number:,}"


def _column(column: Mapping[str, Any], facts: Mapping[str, Any], words: Words) -> str:
    if facts["distinct"] is None:
        typical = "not counted"
    elif column["kind"] == "id":
        typical = (
            "names a row"
            if facts["distinct"] == facts["rows"] - facts["missing"]
            else "names a row, but not always uniquely"
        )
    elif words.hides(column["name"]):
        typical = "not shown: it may name a person"
    elif "mean" in facts and facts["mean"] is not None:
        middle = facts["quantiles"]["0.5"]
        typical = f"{facts['min']:,.6g} to {facts['max']:,.6g}, half below {middle:,.6g}"
    elif column["kind"] == "datetime" and facts.get("min"):
        typical = f"{facts['min']} to {facts['max']}"
    elif column["kind"] in ("category", "boolean"):
        told = [words.value(column["name"], top["value"], top["count"]) for top in facts["top"][:4]]
        typical = masked(", ".join(dict.fromkeys(told)))
    else:
        typical = (
            f"text of {facts.get('shortest', 0)} to {facts.get('longest', 0)} characters"
            if facts["distinct"]
            else "none"
        )
    share = f" ({facts['missing'] / facts['rows']:.1%})" if facts["missing"] and facts["rows"] else ""
    return (
        f"| {_text(column['name'])} | {column['kind']} | {_counted(facts['missing'])}{share} |"
        f" {_counted(facts['distinct'])} | {_text(typical)} |"
    )


def _cautions(after: Mapping[str, Any], words: Words) -> list[str]:
    grave = [finding for finding in after["findings"] if finding["severity"] != "note"]
    lines = [
        f"- **{_text(f['title'])}**{' in ' + _text(', '.join(f['columns'])) if f['columns'] else ''}:"
        f" {_text(masked(words.message(f)))}"
        for f in grave[:_LIST]
    ]
    return lines + ([f"- … and {len(grave) - _LIST} more."] if len(grave) > _LIST else [])


def _roles(roles: Mapping[str, Any]) -> list[str]:
    said = [
        f"- {role.capitalize()}: {_text(', '.join(value) if isinstance(value, list) else str(value))}"
        for role, value in roles.items()
        if value
    ]
    return ["## What the columns are for", "", *said, ""] if said else []


def _comparison(told: Mapping[str, Any] | None) -> list[str]:
    """How the recipe did that the steps were taken from, beside those that it was compared with."""
    if not told:
        return []
    taken, verdict, measure = (_text(masked(told[key])) for key in ("taken", "verdict", "measure"))
    lines = [
        "## Why this preparation",
        "",
        f"Its steps were taken from a comparison of recipes: {taken}. {verdict}",
        "",
    ]
    head = f"{measure.replace('_', ' ')} (95 % interval)"
    lines += [f"| Recipe | {head} | Against doing nothing | Gap | Rows kept |", "|---|---:|---|---:|---:|"]
    for each in told["candidates"]:
        name = f"**{_text(masked(each['name']))}**" if each["name"] == told["taken"] else _text(masked(each["name"]))
        if each["failed"]:
            lines.append(f"| {name} | could not be judged | | | |")
            continue
        apart, gap = each["difference"], each["fairness_gap"]
        stopped = " (stopped early)" if each["stopped"] else ""
        rows = "" if each["rows_kept"] is None else f"{each['rows_kept']:,}"
        lines.append(
            f"| {name}{stopped} | {each['score']:.4f} ({each['ci'][0]:.4f} to {each['ci'][1]:.4f})"
            f" | {apart['mean']:+.4f}, {_text(apart['verdict'])} | {'' if gap is None else f'{gap:.1%}'} | {rows} |"
        )
    held = told["held_out"]
    seen = f" On {held['rows']:,} rows that had no part in the choice it scores {held['score']:.4f}." if held else ""
    how = f"{told['repeats']} x {told['folds']} folds over {told['rows']:,} of {told['of']:,} rows, seed {told['seed']}"
    model = f"A {_text(told['model'])} model predicts {_text(masked(told['target']))}"
    return [*lines, "", f"{model}; {how}.{seen}", ""]


def _rules(version: Mapping[str, Any]) -> list[str]:
    """What the owner requires and how the version fares, those that fail first; and why it was saved all the same."""
    told = version.get("rules")
    if not told:
        return []
    lines = ["## What is required of it", ""]
    skipped = f", {told['not_checked']:,} not checked" if told["not_checked"] else ""
    lines += [f"{told['passed']:,} rules pass, {told['failed']:,} fail{skipped}.", ""]
    for each in sorted(told["rules"], key=lambda one: one["status"] != "failed"):
        state = {"passed": "passes", "not checked": "not checked"}.get(each["status"])
        weight = "**fails**" if each["severity"] == "block" else "fails (a warning)"
        rows = f": {each['failing']:,} of {each['rows']:,} rows" if each["failing"] else ""
        lines.append(f"- {_text(masked(each['says']))} {state or weight}{rows}")
    for says, why in (told.get("left_out") or {}).items():
        lines.append(f"- {_text(masked(says))} not checked: {_text(why)}")
    if told.get("reason"):
        lines += ["", f"*Saved all the same because: {_text(masked(told['reason']))}*"]
    return [*lines, ""]


def _models(version: Mapping[str, Any]) -> list[str]:
    """The fitted models that ship with the version: what each decides by and needs, how it did, and who pays."""
    models, left_out = version.get("models") or [], version.get("models_left_out") or {}
    if not models and not left_out:
        return []
    lines = ["## The models", ""]
    for each in models:
        judged, key = each["judged"], "selection_gap" if each["constraint"] == "demographic_parity" else "odds_gap"
        gap = "" if judged[key] is None else f", with a gap of {judged[key]:.1%} between groups"
        pays = ", ".join(dict.fromkeys(m["group"] for m in judged["pays"])) or "nobody clearly"
        down = " The gap shrinks only because the better-off group loses." if judged["levels_down"] else ""
        lines += [
            (
                f"- **{_text(each['title'])}** (`models/{each['name']}.json`) decides whether {_text(each['target'])}"
                f" is {_text(each['favorable'])}."
            ),
            (
                f"  - It decides by {_text(', '.join(each['features']))}: these columns alone lie in `{each['x']}.csv`,"
                " row by row as in `data.csv`."
            ),
            (
                "  - It does not decide by"
                f" {_text(', '.join(each['sensitive']))}"
                f"{', except by the threshold of each group' if each['at_prediction'] else ''}."
            ),
            f"  - It needs {_text(each['needs'])}.",
            (
                f"  - {judged['accuracy']:.1%} of its decisions about {judged['rows']:,} rows that it did not learn"
                f" from are right{gap}."
            ),
            f"  - Who pays, against doing nothing: {_text(pays)}.{down}",
        ]
    lines += [f"- {name} was left out. {_text(reason)}" for name, reason in left_out.items()]
    asks = (
        [
            "",
            "Ask one about new rows:",
            "",
            "```",
            f"python -m dataops_core decide models/{models[0]['name']}.json NEW.csv -o decided.csv",
            "```",
        ]
        if models
        else []
    )
    return [*lines, *asks, ""]


def _grave(profile: Mapping[str, Any]) -> int:
    return sum(finding["severity"] != "note" for finding in profile["findings"])


def _text(text: str) -> str:
    """Text that stays text in Markdown: no cell break, no markup, one line."""
    plain = " ".join(str(text).split())
    return re.sub(r"[\\`*\[\]<>|]|(?<!\w)_|_(?!\w)", r"\\\g<0>", plain)  # an underscore inside a word does no harm


def _code(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).replace("`", "'").split())
