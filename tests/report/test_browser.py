"""The page in a real browser, wide and on a telephone."""

import shutil

import pytest

from tumen.report.figures import figures
from tumen.report.page import html
from tumen.report.words import Words

CHROMIUM = shutil.which("chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture(scope="module")
def browser():
    """The system's Chromium; its own downloads are never used."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (on Debian: apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield opened
        opened.close()


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_fits_its_window_and_asks_nobody(browser, source, tmp_path, width, language):
    words = Words(language)
    file = tmp_path / "report.html"
    file.write_text(html(source, figures(source, words), words), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").inner_text() == source.title
    assert page.locator("svg").count() >= 4
    for link in page.locator("nav a[href^='#'], main a[href^='#']").all():
        assert page.locator(link.get_attribute("href")).count() == 1
    page.close()
