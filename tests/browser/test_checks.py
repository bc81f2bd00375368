"""The check of every page can fail, in each of its parts."""

import pytest
from django.urls import reverse

from .checks import faults

pytestmark = pytest.mark.browser

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>Fair – All Together Fairer</title></head>
<body><main><h1>Fair</h1></main></body></html>"""


def test_faults_of_a_good_page_are_none(page):
    page.set_content(PAGE)
    assert faults(page) == []


@pytest.mark.parametrize(
    ("found", "made", "fault"),
    [
        ("</main>", "<h1>Fair</h1></main>", "2 headings of the first level"),
        ("<h1>Fair</h1>", "<p>Fair</p>", "0 headings of the first level"),
        ("en-GB", "fr", "language fr"),
        ("<title>Fair", "<title>Unfair", "title “Unfair – All Together Fairer”"),
        (" – All Together Fairer", "", "title “Fair”"),
        (
            "<main>",
            "<nav aria-label=Menu><a href=# aria-current=true>Here</a></nav><main>",
            "title “Fair – All Together Fairer”",
        ),
        (
            "<main>",
            "<main><div class=nhsuk-error-summary></div>",
            "title “Fair – All Together Fairer”",
        ),
        (
            "</main>",
            "<p class=nhsuk-pagination><a href=# aria-current=page>2</a></main>",
            "title “Fair – All Together Fairer”",
        ),
        ("</main>", "<input></main>", "label at ['input']"),
        ("</main>", "<p style='color: #aaa'>Pale</p></main>", "color-contrast at ['p']"),
        ("</main>", "<div style='width: 999px'>.</div></main>", "sideways scroll at 320 pixels"),
    ],
)
def test_faults_of_a_bad_page_are_named(page, found, made, fault):
    page.set_content(PAGE.replace(found, made))
    assert fault in faults(page)


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('Oh')", "Oh"),
        ("setTimeout(() => { throw new Error('Ah') })", "Ah"),
        (
            "document.body.style = 'color: red'; document.body.innerHTML += '<b style=top:0>'",
            "style",
        ),
        ("document.body.innerHTML += '<img src=/nothing.png alt>'", "status of 404"),
        ("document.body.innerHTML += '<img src=//192.0.2.1/ alt>'", "192.0.2.1/: another host"),
    ],
)
def test_visitor_on_a_bad_page_complains(visitor, script, complaint):
    visitor.open(reverse("privacy"))
    visitor.check("Privacy")
    visitor.page.evaluate(script)
    visitor.page.wait_for_timeout(100)
    with pytest.raises(AssertionError, match=complaint):
        visitor.check("Privacy")


def test_visitor_expecting_another_status_complains(visitor):
    visitor.open(reverse("privacy"))
    with pytest.raises(AssertionError, match="did not answer with 404"):
        visitor.check("Privacy", status=404)
