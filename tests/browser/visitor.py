"""Someone who finds their way through the site in a browser."""

from django.urls import reverse
from playwright.sync_api import expect

from .checks import faults


class Visitor:
    """A browser page, what to do on it, and what the browser complained about on the way.

    `complaints` are errors and warnings in the console, uncaught errors, and requests to other
    hosts, since the last check.
    """

    def __init__(self, page, address):
        self.page, self.address = page, address
        self.complaints = []
        page.on("console", self.note_message)
        page.on("pageerror", lambda error: self.complain(page.url, str(error)))
        page.on("request", self.note_request)

    def complain(self, where, what):
        """Note a complaint and the address it is about."""
        self.complaints.append(f"{where}: {what}")

    def note_message(self, message):
        """Note an error or a warning, but not the browser's hints for developers.

        Nor that a press of a button overtook what a form was sending by itself.
        """
        overtaken = message.text.startswith(("htmx:sendAbort", "htmx:afterRequest"))
        if message.type in ("error", "warning") and not overtaken:
            self.complain(message.location["url"], message.text)

    def note_request(self, request):
        """Note what is asked of another host."""
        if not request.url.startswith(f"{self.address}/"):
            self.complain(request.url, "another host")

    def open(self, path):
        """Type in an address; returns the status of the answer."""
        return self.page.goto(self.address + path).status

    def sign_in(self, user, password="correct horse"):  # noqa: S107
        """Go through the sign-in page, to the home page if the password is right."""
        self.open(reverse("account_login"))
        self.page.get_by_label("E-mail address").fill(user.email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def leave(self):
        """End what the page still sends by itself, or it would write while the test tidies up.

        Returns what the browser complained about until then.
        """
        complaints = list(self.complaints)
        if self.page.locator("form[data-draft]").count():
            self.page.route("**/activities/drafts/save/", lambda route: route.abort())
            self.page.evaluate("() => { navigator.sendBeacon = () => true; }")
            expect(self.page.locator(".htmx-request")).to_have_count(0)
        return complaints

    def sign_out(self):
        """Press the button at the top of every page."""
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_role("button", name="Sign in")).to_be_visible()

    def follow(self, name, *, role="link", within=None):
        """Press the one link, or button, of this name."""
        (within or self.page).get_by_role(role, name=name, exact=True).click()

    def arrive(self, heading):
        """See that the page with this heading is there; for one that was checked before."""
        expect(self.page.locator("h1")).to_have_text(heading)
        self.page.wait_for_load_state()

    def check(self, heading, *, status=200):
        """See that the page with this heading is there, and that all is well with it.

        The browser complains of a page whose status is an error: that alone may be.
        """
        self.arrive(heading)
        if status >= 400:
            told = f"{self.page.url}: Failed to load resource: the server responded with a status"
            expected = [line for line in self.complaints if line.startswith(f"{told} of {status} ")]
            assert expected, f"{self.page.url} did not answer with {status}"
            self.complaints = [line for line in self.complaints if line not in expected]
        wrong = [*self.complaints, *faults(self.page)]
        self.complaints.clear()
        assert not wrong, "\n".join([self.page.url, *wrong])

    def check_error(self, heading, message, label):
        """See a form's error: the summary has the focus, its link leads to the field it is about.

        Returns the field of this label.
        """
        summary = self.page.locator(".nhsuk-error-summary")
        expect(summary).to_be_focused()
        self.check(heading)
        self.follow(message, within=summary)
        field = self.page.get_by_label(label, exact=True)
        expect(field).to_be_focused()
        return field
