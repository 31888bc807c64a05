"""Write the pages that follow from the code: options, steps, checks, measures (`make docs` runs this first)."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterator
from pathlib import Path

from dataops_core.checks import REGISTRY as CHECKS
from dataops_core.cli.commands import make_parser
from dataops_core.evaluation.measures import CLASSES, NUMBERS
from dataops_core.fairness.measures import DATA, NOTIONS, RATES
from dataops_core.steps import REGISTRY as STEPS
from dataops_core.steps._other_tools import OTHER_TOOLS
from dataops_core.synthetic.evaluate.measures import MEASURES as SIGNALS
from docs.json_formats import sections as json_sections

MADE = "<!-- from here on the page is made from the code: python -m docs.generate -->\n"
FOLDER = Path(__file__).parent / "reference"
OTHERS = (
    "The operations on tables of other tools, with the steps that do the same here. A dash says that there is no step"
    " for it.\nThe page Guide shows the same tables."
)


def options() -> str:
    """Every option of every command, as its --help has it."""
    parser = make_parser()
    chosen = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    parts = ["# Options\n\nEvery option of every command. What the commands do: [Commands](commands.md).\n"]
    for name, command in _commands(chosen):
        parts.append(
            f"## {name}\n\n{_cell(command.description or '')}\n\n{_examples(command)}| option | meaning |\n|---|---|\n"
        )
        for action in command._actions:
            if isinstance(action, (argparse._HelpAction, argparse._SubParsersAction)):
                continue
            shown = ", ".join(action.option_strings) or action.dest.upper()
            if action.option_strings and action.nargs != 0:
                shown += f" {action.metavar or '|'.join(map(str, action.choices or [action.dest.upper()]))}"
            default = f" (default: {action.default})" if action.default not in (None, False, argparse.SUPPRESS) else ""
            parts.append(f"| `{_cell(shown)}` | {_cell((action.help or '') + default)} |\n")
        parts.append("\n")
    return "".join(parts)


def _examples(command: argparse.ArgumentParser) -> str:
    lines = [line.strip() for line in (command.epilog or "").splitlines()[1:]]
    return "```bash\n" + "\n".join(lines) + "\n```\n\n" if lines else ""


def _commands(chosen: argparse._SubParsersAction) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command, each followed by those below it."""
    for name, command in chosen.choices.items():
        yield name, command
        for action in command._actions:
            if isinstance(action, argparse._SubParsersAction):
                yield from ((f"{name} {below}", parser) for below, parser in _commands(action))


def steps() -> str:
    """Every step: what it does, when to use it, its settings, an example."""
    parts = ["# Steps\n\nWhat a recipe can do. A step is named under `op`, its settings stand under `with`.\n"]
    for step in sorted({step.name: step for step in STEPS.values()}.values(), key=lambda step: step.name):
        text, mark, example = step.doc.partition(">>>")
        parts.append(f"\n## {step.name}\n\n*{step.title}* ({step.group}). {text.strip()}\n")
        parts.append("\n| setting | meaning | default |\n|---|---|---|\n")
        for setting in step.settings:
            default = "required" if setting.required else f"`{_cell(repr(setting.default))}`"
            choices = f" One of: {', '.join(map(str, setting.choices))}." if setting.choices else ""
            about = f"{setting.label}. {setting.help or ''}{choices}"
            parts.append(f"| `{setting.name}` | {_cell(about)} | {default} |\n")
        if mark:
            parts.append(f"\n```pycon\n>>> {inspect.cleandoc(example)}\n```\n")
    return "".join(parts)


def checks() -> str:
    """Every check: what it finds, why it matters, and which step fixes it."""
    parts = [
        "# Checks\n\nWhat a profile looks for.\n\n| check | finds | why it matters | fixed by |\n|---|---|---|---|\n"
    ]
    for check in sorted(CHECKS.values(), key=lambda check: check.name):
        fix = f"[`{check.fix.name}`](steps.md#{check.fix.name})" if check.fix else _cell(check.no_fix)
        parts.append(f"| `{check.name}` | {_cell(check.summary)} | {_cell(check.why)} | {fix} |\n")
    return "".join(parts)


def other_tools() -> str:
    """What other tools call their operations, with the steps that do the same here."""
    parts = [f"# Where to find what other tools call differently\n\n{OTHERS}\n"]
    for tool in OTHER_TOOLS:
        parts.append(f"\n## {tool.name}\n\n| there | step here | also |\n|---|---|---|\n")
        for each in tool.operations:
            named = ", ".join(f"`{name}`" for name in each.steps) or "–"
            parts.append(f"| {_cell(each.there)} | {named} | {_cell(each.here)} |\n")
        parts.append(f"\nAs described at {', '.join(f'<{url}>' for url in tool.sources)}\n")
    return "".join(parts)


def json_formats() -> str:
    """The page of JSON formats: what is written by hand, then what the classes of results tell."""
    by_hand, _, _ = (FOLDER / "json.md").read_text(encoding="utf-8").partition(MADE)
    return by_hand + MADE + json_sections()


def measures() -> str:
    """Every measure of bias, of models and of privacy: its name, its formula, and how it reads."""
    parts = ["# Measures\n\nWhat results measure, by the keys in their JSON. A measure is one file.\n"]
    of_data = [(m.key, m.title, m.formula, m.range, m.direction, m.source) for m in DATA.values()]
    parts.append(_table("Outcomes of groups (`bias`)", "formula, range, reads, source", of_data))
    rates = [(m.key, m.title, m.formula, m.says) for m in RATES.values()]
    parts.append(_table("Decisions about groups (`bias`)", "formula, says", rates))
    notions = [(m.key, m.title, m.formula, m.direction) for m in NOTIONS.values()]
    parts.append(_table("What fairness asks for (`bias`)", "formula, reads", notions))
    for of, known in (("classes", CLASSES), ("numbers", NUMBERS)):
        rows = [(m.key, m.title, m.says, "more" if m.higher_is_better else "less") for m in known.values()]
        parts.append(_table(f"Predictions of {of} (`compare`, `resample-bench`)", "says, better", rows))
    signals = [(m.key, m.title, m.term, m.means) for m in SIGNALS.values()]
    parts.append(_table("Privacy of synthetic data (`judge-synthetic`)", "in statistics, why it matters", signals))
    return "".join(parts)


def _table(title: str, columns: str, rows: list[tuple[str, ...]]) -> str:
    heads = ["key", "measure", *columns.split(", ")]
    lines = [f"| `{key}` | {' | '.join(map(_cell, more))} |\n" for key, *more in rows]
    return f"\n## {title}\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}\n{''.join(lines)}"


PAGES = {"options.md": options, "steps.md": steps, "checks.md": checks, "measures.md": measures}


def main() -> None:
    """Write the pages."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
    (FOLDER / "json.md").write_text(json_formats(), encoding="utf-8")
    (FOLDER.parent / "how-to" / "from-other-tools.md").write_text(other_tools(), encoding="utf-8")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    main()
