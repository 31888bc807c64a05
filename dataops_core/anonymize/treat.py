"""What is done about columns that name people directly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dataops_core.errors import SettingError, nearest
from dataops_core.privacy import PersonalData, Recognition
from dataops_core.privacy.locales import LOCALES
from dataops_core.recipe.recipe import RecipeStep
from dataops_core.table import Table

TREATMENTS: dict[str, str] = {
    "drop": "Drop the column",
    "hash": "Keyed hash",
    "pseudonym": "Consistent pseudonyms",
    "mask": "Mask",
    "redact": "Redact inside the text",
}
MOST = 0.5  # share of cells from which a column holds nothing else
_PSEUDONYM = {  # the kind of pseudonym for each kind of identifier
    "person_name": "name",
    "email": "email",
    "phone": "phone",
    "postal_address": "address",
    "ip_address": "ip_address",
    "iban": "iban",
    "payment_card": "payment_card",
    "social_security_number": "same_shape",
    "national_number": "national_number",
    "account_name": "user_name",
}

# a column that nobody recognized, and somebody said is personal
_SAID = Recognition("said", "certain", 1.0, 0, 1.0, False, 0, 0, ())


def fitting_treatments(kind: str, found: Recognition) -> list[str]:
    """The treatments that a column of this storage type can have, the one that is proposed first. Where identifiers are
    whole cells, but not most of them, others may be as well that nobody recognized: redacting is no proposal then.
    """
    if found.inside:
        return ["redact", "drop", "mask"] if kind == "text" else ["drop", "mask"]
    made = ["drop", "hash", "mask", *(["pseudonym"] if kind in ("text", "integer") else [])]
    return [*made, "redact"] if kind == "text" and found.share < MOST else made


def treatment_step(
    column: str, treatment: str, found: Recognition, *, locale: str = LOCALES[0], known: list[str] | None = None
) -> RecipeStep:
    """The step of a treatment; raises SettingError for one that does not exist."""
    settings: dict[str, Any] = {"columns": [column]}
    if treatment == "drop":
        return RecipeStep("drop_columns", settings)
    if treatment == "hash":
        return RecipeStep("hash_values", settings)
    if treatment == "mask":
        return RecipeStep("mask_values", settings)
    if treatment == "redact":
        return RecipeStep("redact_text", settings | ({"known": known} if known else {}))
    if treatment == "pseudonym":
        kind = _PSEUDONYM.get(found.type, "same_shape")
        return RecipeStep("pseudonymize", settings | {"kind": kind, "locale": locale})
    raise SettingError(f'"{treatment}" is not a treatment.', column, nearest(treatment, list(TREATMENTS)))


def identifier_steps(
    table: Table,
    found: PersonalData,
    how: str,
    choices: Mapping[str, str] | None = None,
    *,
    locale: str = LOCALES[0],
) -> tuple[list[RecipeStep], dict[str, str]]:
    """The steps for all columns with certain or likely direct identifiers, texts first (they are searched for what
    other columns of the row say), and what each column's treatment is.

    `how` is for columns without a choice: "drop", "hash", "pseudonym", "mask" or "keep"; texts that hold identifiers
    among other words are redacted, or dropped where all are.
    """
    treated: dict[str, str] = {}
    what: dict[str, Recognition] = {}
    for name in dict.fromkeys([*found.identifiers, *(choices or {})]):
        some = found.identifiers.get(name, [])
        sure = next((each for each in some if each.state != "ask"), None)
        choice = (choices or {}).get(name) or ("" if how == "keep" or sure is None else how)
        if not choice:
            continue
        what[name] = sure or (some[0] if some else _SAID)
        fits = fitting_treatments(table.column(name).type, what[name])
        treated[name] = choice if choice in fits or name in (choices or {}) else fits[0]
    texts = [name for name, treatment in treated.items() if treatment == "redact"]
    known = [name for name in treated if name not in texts and table.column(name).type == "text"]
    steps = [
        treatment_step(name, treated[name], what[name], locale=locale, known=known)
        for name in [*texts, *(name for name in treated if name not in texts)]
    ]
    return _joined(steps), {name: TREATMENTS[treatment] for name, treatment in treated.items()}


def _joined(steps: list[RecipeStep]) -> list[RecipeStep]:
    """Steps of one operation with equal settings in one step; drops last."""
    out: dict[Any, list[str]] = {}
    for step in steps:
        key = (step.op, tuple(sorted((k, str(v)) for k, v in step.settings.items() if k != "columns")))
        out.setdefault(key, []).extend(step.settings["columns"])
    first = {
        (step.op, tuple(sorted((k, str(v)) for k, v in step.settings.items() if k != "columns"))): step
        for step in reversed(steps)
    }
    made = [RecipeStep(first[key].op, {**first[key].settings, "columns": names}) for key, names in out.items()]
    return sorted(made, key=lambda step: step.op == "drop_columns")
