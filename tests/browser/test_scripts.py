"""Names, cells and messages that would be a program, were a page to take them for one."""

import pytest

from dataops_core.store import datasets, versions
from dataops_core.store.people import sign_off
from tests.browser.driver import no_traceback, open_page, settle

RUN = "window.pwned=1"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror='{RUN}'>",
    f'"><svg onload="{RUN}">',
    f"[link](javascript:{RUN})",
    f"javascript:{RUN}",
    f"</script><script>{RUN}</script>",
    f"${{{RUN}}}",
)
PAGES = ("overview", "data", "profile", "explore", "rules", "clean", "bias", "privacy", "compare", "versions")


@pytest.fixture(scope="module")
def made(server, tmp_path_factory):
    """A dataset whose columns, cells, messages and answers are all programs; `age` alone is not."""
    folder = tmp_path_factory.mktemp("scripts")
    names = [f"{payload} {n}" for n, payload in enumerate(PAYLOADS)]
    cells = [[payload.replace('"', '""') for payload in PAYLOADS[n % 7 :] + PAYLOADS[: n % 7]] for n in range(40)]
    lines = [",".join(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in names) + ",age"]
    lines += [",".join(f'"{cell}"' for cell in row) + f",{20 + n if n != 7 else -999}" for n, row in enumerate(cells)]
    file = folder / "t.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    found = server.bring(file)
    store = server.store()
    versions.commit(store, found, PAYLOADS[1], PAYLOADS[0], pii_reason=PAYLOADS[2])
    sign_off.answer(store, found, {"purpose": PAYLOADS[1], "unsuitable": PAYLOADS[3]}, "tester")
    datasets.make_project(store, f"Project {PAYLOADS[1]}"[:60].replace("/", ""), "tester")
    return found


@pytest.mark.slow
def test_no_page_runs_what_a_table_holds(server, page, made):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    for name in PAGES:
        open_page(page, server, name, made)
        for tab in page.get_by_role("tab").all()[:8]:
            if tab.is_visible():
                tab.click()
                settle(page)
        no_traceback(page)
        assert page.evaluate("window.pwned") is None, name
        assert page.locator("a[href^='javascript']").count() == 0, name
        assert page.locator("img[src='x'], img[src$='/x']").count() == 0, name
    assert asked == []
