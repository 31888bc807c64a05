"""What axe finds on a page, in light and dark, wide and narrow, beyond faults of Streamlit's own that are named here."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.driver import button, settle

# Faults of Streamlit's own that no app can mend: (rule, part of the element) -> where streamlit/streamlit has it
UPSTREAM = {
    # react-dropzone's role=presentation on a section that has a label, and a tabindex (-1) since this pull request
    ("presentation-role-conflict", 'data-testid="stFileUploaderDropzone"'): "#15928",
}
NARROW = 390  # pixels, a telephone
COLOURS = ["color-contrast", "link-in-text-block"]  # all other rules find the same in light and in dark


def violations(page):
    """What axe finds on the page, as width, scheme, rule and element, beyond the faults of Streamlit's own: wide in one
    scheme, its colours in the other, then narrow. What is gone a moment later was of a page that was still being drawn.
    """
    for pause in (1_000, 3_000):
        if not (found := _violations(page)):
            return found
        page.wait_for_timeout(pause)
    return _violations(page)


def _violations(page):
    settle(page)
    wide, begin = page.viewport_size, _scheme(page)
    found = _found(page, begin, {})
    page.emulate_media(color_scheme="light" if begin == "dark" else "dark")
    page.wait_for_function(
        "begin => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme !== begin", arg=begin
    )
    settle(page)
    found += _found(page, _scheme(page), {"runOnly": COLOURS})
    page.set_viewport_size({"width": NARROW, "height": wide["height"]})
    settle(page)
    found += _found(page, _scheme(page), {})
    page.set_viewport_size(wide)
    settle(page)
    return found


def _scheme(page):
    """The scheme that the app is drawn in."""
    return page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme")


def _found(page, scheme, options):
    assert scheme in ("light", "dark")
    found = [
        (page.viewport_size["width"], scheme, each["id"], node["html"][:160])
        for each in Axe().run(page, options=options | {"resultTypes": ["violations"]}).response["violations"]
        for node in each["nodes"]
    ]
    return [
        (width, scheme, rule, html)
        for width, scheme, rule, html in found
        if not any(rule == known and part in html for known, part in UPSTREAM)
    ]


def compare(page, does="Compare the methods", sign="Recommended:"):
    """Run the bench of the page, unless an earlier test did, and look at what it found."""
    ready = page.get_by_text(sign).first
    start = button(page, does)
    expect(ready.or_(start).first).to_be_visible(timeout=30_000)
    if start.count():
        start.click()
    expect(ready).to_be_visible(timeout=120_000)
    assert violations(page) == [], "with results"
