"""HTML from templates: what stands in them is markup, what is put into them is text and escaped."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

ROOT = Path(__file__).parent


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(ROOT),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["thousands"] = "{:,}".format
    return made


def render(template: str, **values: Any) -> Markup:
    """The template (its path within the package) with these values; other templates take the result as it is.

    >>> print(render("report/templates/table.html", head=["<b>"], rows=[["a & b"]], figures=[False]))
    <table class=wide><thead><tr><th scope=col>&lt;b&gt;</th></tr></thead><tbody>
    <tr><th scope=row>a &amp; b</th></tr>
    </tbody></table>
    """
    from markupsafe import Markup

    return Markup(_environment().get_template(template).render(values))  # noqa: S704 - escaped by the template
