"""The page in a real browser, wide and on a telephone."""

import shutil

import pytest

from tumen.report.findings_page import findings_html
from tumen.report.fonts import is_wide
from tumen.report.page import html
from tumen.report.words import Words
from tumen.tables.findings import finding

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
@pytest.mark.parametrize("language", ["en", "mn", "ja"])
def test_the_page_fits_its_window_and_asks_nobody(browser, source, drawn_in, tmp_path, language):
    words = Words(language)
    file = tmp_path / "report.html"
    file.write_text(html(source, drawn_in(language), words), encoding="utf-8")
    for width in (390, 1200):
        fits(browser, file, source.title, width)


def fits(browser, file, title, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").inner_text() == title
    assert page.locator("svg").count() >= 4
    for link in page.locator("nav a[href^='#'], main a[href^='#']").all():
        assert page.locator(link.get_attribute("href")).count() == 1
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-Hans", "ko", "ja"])
def test_letters_that_the_computer_lacks_come_with_the_page(browser, tmp_path, language):
    """A letter without a font is a narrow box; a Chinese, Korean or Japanese one is nearly as wide as it is high."""
    words = Words(language)
    file = tmp_path / "findings.html"
    file.write_text(findings_html(finding("table-empty", table="media"), words), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.goto(file.as_uri())
    page.evaluate("document.fonts.ready")
    for place in ("h1", "dt", ".notice", "th"):
        text, size, width = page.locator(place).first.evaluate(
            """element => {
                const range = document.createRange(); range.selectNodeContents(element);
                const first = [...element.innerText].slice(0, 2).join("");
                range.setStart(element.firstChild, 0); range.setEnd(element.firstChild, 2);
                return [first, parseFloat(getComputedStyle(element).fontSize), range.getBoundingClientRect().width];
            }"""
        )
        assert all(map(is_wide, text)), text
        assert width >= 2 * 0.85 * size, (place, text)
    page.close()
