"""Letters of another alphabet."""

from __future__ import annotations

from dataops_core.checks.check import Hit, check
from dataops_core.checks.column_view import ColumnView, each
from dataops_core.checks.table_view import Context
from dataops_core.steps.repair_characters import one_alphabet, repair_characters
from dataops_core.wording import counted


@check("Letters of another alphabet", group="Text", types=["text"], fix=repair_characters, harmless=True)
def homoglyphs(column: ColumnView, context: Context) -> Hit | None:
    """Words in Latin letters with a look-alike from another alphabet among them: "P\u0430ris" with a Cyrillic \u0430.

    The eye sees no difference, but no search finds the word. It is also a trick used in forged names and addresses.
    """
    if column.bytes[1] < 128 or not column.matching(r"[\p{Greek}\p{Cyrillic}]").any():
        return None
    mask = column.where(each(lambda text: not text.isascii() and one_alphabet(text) != text))
    return Hit(
        mask,
        f"{counted(mask.sum(), 'cell mixes', 'cells mix')} letters of two alphabets in one word.",
        {"columns": [column.name], "encoding": False, "control": False, "lookalikes": True},
    )
