"""What the tests of the stocktake's pages share: addresses, and a page as a person sees it."""

from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin
from xml.etree.ElementTree import TreeBuilder

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

EVERYONE = ["lead", "other_lead", "board_member", "administrator"]
# What nobody should be able to smuggle into a page; it holds every character that matters.
MARKUP = """<script>alert('1')</script> & <b class="x">bold</b>"""
VOID = {"br", "hr", "img", "input", "link", "meta", "wbr"}


def url(name, *args, **parameters):
    """The address of a page of the stocktake, with parameters in it."""
    address = reverse(f"stocktake:{name}", args=args)
    return f"{address}?{urlencode(parameters, doseq=True)}" if parameters else address


def browser_of(user):
    """A browser in which someone is signed in."""
    client = Client()
    client.force_login(user)
    return client


def sign_in_for(address):
    """Where those who have not signed in are sent."""
    return f"{reverse('account_login')}?{urlencode({'next': address}, safe='/')}"


def queries(client, address):
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


class Builder(HTMLParser):
    """Makes a tree of a page."""

    def __init__(self):
        super().__init__()
        self.tree = TreeBuilder()

    def handle_starttag(self, tag, attributes):
        self.tree.start(tag, {name: value or "" for name, value in attributes})
        if tag in VOID:
            self.tree.end(tag)

    def handle_endtag(self, tag):
        self.tree.end(tag)

    def handle_data(self, data):
        self.tree.data(data)


class Page:
    """A page as it is read: its title, words, links, tables, and what its form would send."""

    def __init__(self, response):
        assert response.status_code == 200, response.status_code
        self.address = response.request["PATH_INFO"]
        self.source = response.content.decode()
        builder = Builder()
        builder.feed(self.source[self.source.index("<html") :])
        self.root = builder.tree.close()
        self.main = self.root.find(".//main")

    @property
    def title(self):
        return words(self.root.find(".//title"))

    @property
    def heading(self):
        (heading,) = self.root.iter("h1")
        return words(heading)

    @property
    def text(self):
        return words(self.main)

    @property
    def ids(self):
        found = [each.get("id") for each in self.root.iter() if each.get("id")]
        assert len(found) == len(set(found)), "An id stands twice on the page."
        return set(found)

    @property
    def status(self):
        """What is said of the number of rows."""
        return words(self.main.find(".//p[@role='status']"))

    @property
    def summary(self):
        """The words and goals of the error summary."""
        box = self.main.find(".//div[@class='nhsuk-error-summary']")
        return [] if box is None else [(words(a), a.get("href")) for a in box.iter("a")]

    @property
    def links(self):
        """Where the links in the page's content lead."""
        return [a.get("href") for a in self.main.iter("a")]

    @property
    def actions(self):
        """Where the forms in the page's content send what they hold."""
        return [form.get("action", "") for form in self.main.iter("form")]

    def link(self, text):
        """Where the link with these words leads, or None."""
        found = (a.get("href") for a in self.main.iter("a") if words(a) == text)
        href = next(found, None)
        return href and urljoin(self.address, href)

    def errors(self, field):
        """What stands beside a field, by the end of its id."""
        found = self.main.find(f".//*[@id='{field}-error']")
        return "" if found is None else words(found)

    def table(self, caption_id):
        """The cells of each row of the table whose caption has this id, or None without it."""
        for table in self.main.iter("table"):
            caption = table.find("caption")
            if caption is not None and caption.get("id") == caption_id:
                rows = table.find("tbody").iter("tr")
                return [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        return None

    def rows(self, caption_id):
        """The words of each cell of each row of a table."""
        return [[words(cell) for cell in row] for row in self.table(caption_id) or []]

    def form_data(self, **changes):
        """What a browser would send of the page's largest form, some of it changed.

        None takes a name away. No button is among it.
        """
        form = max(self.main.iter("form"), key=lambda form: len(list(form.iter("input"))))
        data = {}
        for control in form.iter():
            for value in _values(control):
                data.setdefault(control.get("name"), []).append(value)
        data |= changes
        return {name: value for name, value in data.items() if value is not None}


def _values(control):
    if not control.get("name") or control.tag == "button":
        return []
    if control.tag == "textarea":
        return ["".join(control.itertext())]
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option for option in options if option.get("selected") is not None] or options[:1]
        return [option.get("value") for option in chosen]
    if control.get("type") in ("checkbox", "radio"):
        return [control.get("value")] if control.get("checked") is not None else []
    return [control.get("value", "")] if control.tag == "input" else []


def words(element):
    """The words of an element, with single spaces and without soft hyphens."""
    return " ".join("".join(element.itertext()).replace("\xad", "").split())


def assert_refused(response, *messages):
    """The page says what is wrong, everywhere that it must, and leads to where to mend it."""
    page = Page(response)
    assert page.title.startswith("Error: ")
    assert "There is a problem" in page.text
    said = [text for text, _ in page.summary]
    for message in messages:
        assert message in said
    for _, goal in page.summary:
        assert goal.removeprefix("#") in page.ids
    return page


def assert_escaped(page, markup=MARKUP):
    """The text is on the page as it was typed, and is nowhere markup."""
    assert " ".join(markup.split()) in page.text
    assert "<script>alert" not in page.source
    assert '<b class="x">' not in page.source
    assert "&amp;lt;" not in page.source
