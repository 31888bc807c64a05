"""Take the pictures of the README and the documentation anew (`make screenshots`): the sample, in Chromium, 1280 px."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from dataops_core.store import datasets
from tests.browser.driver import CHROMIUM, QUIET, Server, open_page, settle

FOLDER = Path(__file__).parent / "images"
ROLES = {"target": "approved", "favorable": "yes", "sensitive": ["sex"], "id": "application_id"}


def main() -> int:
    """Write one picture of each page that is shown."""
    if CHROMIUM is None:
        print("Chromium is missing (Debian: apt-get install chromium).", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "home")
        try:
            made, store = server.bring(), server.store()
            datasets.set_roles(store, made, datasets.get(store, made).revision, ROLES, "docs")
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
            page = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="light")
            open_page(page, server, "profile", made)
            page.get_by_text("Missing cells").first.wait_for()
            settle(page)
            page.screenshot(path=FOLDER / "profile.png")
            open_page(page, server, "bias", made)
            page.get_by_role("tab", name="In the data").click()
            settle(page)
            page.screenshot(path=FOLDER / "bias.png")
            browser.close()
        finally:
            server.kill()
            server.kill_workers()
    return 0


if __name__ == "__main__":
    sys.exit(main())
