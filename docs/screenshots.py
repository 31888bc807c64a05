"""Pictures of the app in Chromium (`make screenshots`): those of the README and the documentation, and every page.

    python -m docs.screenshots [--pages profile clean] [--file FILE] [--out FOLDER]

Every page is taken of the sample and of FILE, in light and dark, 1280 and 390 px wide, and put together on contact
sheets in build/screens.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, sync_playwright

from dataops_core.store import datasets
from tests.browser.driver import CHROMIUM, QUIET, SAMPLE, Server, open_page, settle

IMAGES = Path(__file__).parent / "images"
SCREENS = Path(__file__).parents[1] / "build" / "screens"
ADULT = Path(__file__).parents[2] / "shared" / "data" / "adult.csv"
ROLES = {
    SAMPLE.name: {"target": "approved", "favorable": "yes", "sensitive": ["sex"], "id": "application_id"},
    ADULT.name: {"target": "income", "favorable": ">50K", "sensitive": ["sex", "race"]},
}
PAGES = [path.stem for path in sorted((Path(__file__).parents[1] / "pages").glob("*.py"))]
SIZES = {1280: 900, 390: 844}
THUMB = 420


def main() -> int:
    """Take the pictures that were asked for; all of them without a word."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", nargs="*", default=PAGES, choices=PAGES, help="pages to take (default: all)")
    parser.add_argument("--file", type=Path, help="a table to take beside the sample (default: Adult, if it is there)")
    parser.add_argument("--out", type=Path, default=SCREENS, help="folder of the pictures")
    parser.add_argument("--docs", action="store_true", help="only the pictures of the documentation")
    asked = parser.parse_args()
    if CHROMIUM is None:
        print("Chromium is missing (Debian: apt-get install chromium).", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder) / "home")
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
            sample = _bring(server, SAMPLE)
            if asked.docs or asked.pages == PAGES:
                _documentation(server, browser, sample)
            if not asked.docs:
                other = asked.file or ADULT
                made = {SAMPLE.stem: sample} | ({other.stem: _bring(server, other)} if other.exists() else {})
                _every_page(server, browser, made, asked.pages, asked.out)
            browser.close()
        finally:
            server.kill()
            server.kill_workers()
    return 0


def _bring(server: Server, file: Path) -> str:
    made, store = server.bring(file), server.store()
    if file.name in ROLES:
        datasets.set_roles(store, made, datasets.get(store, made).revision, ROLES[file.name], "docs")
    return made


def _documentation(server: Server, browser: Browser, sample: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="light")
    open_page(page, server, "data", sample)  # the profile that the next pages show is counted here
    for name in ("overview", "profile"):
        open_page(page, server, name, sample)
        _rest(page)
        page.screenshot(path=IMAGES / f"{name}.png")
    page.close()


def _every_page(server: Server, browser: Browser, made: dict[str, str], pages: list[str], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES.items():
        taken: list[Path] = []
        for scheme in ("light", "dark"):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            for table, dataset in made.items():
                for name in pages:
                    open_page(page, server, name, dataset)
                    _rest(page)
                    taken.append(out / f"{name}-{table}-{scheme}-{width}.png")
                    page.screenshot(path=taken[-1])
                    print(taken[-1].name, flush=True)
            page.close()
        _contact_sheet(taken, out / f"contact-{width}.png", 4 if width > 500 else 8)


def _rest(page: Any) -> None:
    """Wait until no job runs on the page any more."""
    for _ in range(120):
        settle(page)
        if not page.get_by_role("button", name="Cancel").count():
            return
        page.wait_for_timeout(1_000)


def _contact_sheet(taken: list[Path], path: Path, across: int) -> None:
    pictures = [Image.open(each) for each in taken]
    if not pictures:
        return
    width = THUMB if across == 4 else THUMB // 2
    height = int(width * pictures[0].height / pictures[0].width)
    down = -(-len(pictures) // across)
    sheet = Image.new("RGB", (across * (width + 8), down * (height + 24)), "#888888")
    pen = ImageDraw.Draw(sheet)
    for place, (picture, name) in enumerate(zip(pictures, taken, strict=True)):
        left, top = place % across * (width + 8), place // across * (height + 24)
        sheet.paste(picture.resize((width, height)), (left, top + 16))
        pen.text((left + 2, top + 2), name.stem, fill="white")
    sheet.save(path)


if __name__ == "__main__":
    sys.exit(main())
