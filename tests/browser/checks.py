"""What must hold of every page of ours, whoever opens it."""

import re

from axe_playwright_python.sync_playwright import Axe

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROW = {"width": 320, "height": 640}
SCRIPTLESS = "matchMedia('(scripting: none)').matches"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def faults(page):
    """What is wrong with a page as it stands, a line for each; none if all is well."""
    return [
        *wrong_heading(page),
        *wrong_language(page),
        *wrong_title(page),
        *barriers(page),
        *sideways_scroll(page),
    ]


def wrong_heading(page):
    """A page has one heading of the first level."""
    count = page.locator("h1").count()
    return [] if count == 1 else [f"{count} headings of the first level"]


def wrong_language(page):
    """A page says that it is in British English."""
    language = page.locator("html").get_attribute("lang")
    return [] if language == "en-GB" else [f"language {language}"]


def wrong_title(page):
    """A title is “h1 – section – service”, with the page's number where there are several.

    “Error: ” stands first if there is an error summary; the section is the current item of the
    menu, and left out where the heading says the same.
    """
    heading = " ".join((page.locator("h1").first.text_content() if has(page, "h1") else "").split())
    section = text(page, "nav[aria-label=Menu] [aria-current]")
    number = text(page, ".nhsuk-pagination [aria-current=page]")
    pattern = (
        ("Error: " if has(page, ".nhsuk-error-summary") else "")
        + re.escape(heading)
        + (rf" \(page {number} of \d+\)" if number else "")
        + (f" – {re.escape(section)}" if section and section != heading else "")
        + " – All Together Fairer"
    )
    return [] if re.fullmatch(pattern, page.title()) else [f"title “{page.title()}”"]


def has(page, selector):
    """Whether anything on the page fits a selector."""
    return page.locator(selector).count() > 0


def text(page, selector):
    """The text of the first thing that fits a selector, or nothing."""
    return page.locator(selector).first.text_content().strip() if has(page, selector) else ""


def barriers(page):
    """The rules of WCAG 2.2 A and AA that a page breaks, as far as a machine sees it.

    axe waits for ever where scripts are switched off: there the other checks must do.
    """
    if page.evaluate(SCRIPTLESS):
        return []
    result = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    return [
        f"{violation['id']} at {violation['nodes'][0]['target']}"
        for violation in result.response["violations"]
    ]


def sideways_scroll(page):
    """A page fits a window of 320 pixels, once the menu has made room for itself."""
    before = page.viewport_size
    page.set_viewport_size(NARROW)
    try:
        for _ in range(10):
            if page.evaluate(FITS):
                return []
            page.wait_for_timeout(100)
        return ["sideways scroll at 320 pixels"]
    finally:
        page.set_viewport_size(before)
