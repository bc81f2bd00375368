"""The Jinja environment of the site's own pages."""

from django.templatetags.static import static
from django.urls import reverse
from django.utils import formats, timezone
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

# What stands in the navigation: its text and the name of its page.
EVERYONE = [
    ("Home", "home"),
    ("Themes", "recommendations:theme-list"),
    ("Activities", "stocktake:activity-list"),
    ("Coherence", "stocktake:coherence-live"),
    ("Reports", "stocktake:report-list"),
]
ADMINISTRATORS = [
    ("Review", "stocktake:review-list"),
    ("Import", "stocktake:import-list"),
    ("Admin", "admin:index"),
]


def environment(**options):
    """Jinja with the design system's macros, and what every template may call.

    `ChainableUndefined` is what the components ask for: they look at parameters of parameters
    that callers leave out.
    """
    options["undefined"] = ChainableUndefined
    options["loader"] = ChoiceLoader([options["loader"], PackageLoader("nhsuk_frontend_jinja")])
    jinja = Environment(
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        **{name: value for name, value in options.items() if name != "autoescape"},
    )
    jinja.globals.update(static=static, url=url, query=query, without=without)
    jinja.filters.update(date=date, time=time)
    return jinja


def url(name, *args, **kwargs):
    """The address of a named view."""
    return reverse(name, args=args, kwargs=kwargs)


def query(request, **changes):
    """The address's parameters with some set to another value, or left out where it is None."""
    parameters = request.GET.copy()
    for name, value in changes.items():
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


def without(request, names, value=None):
    """The address's parameters without those named, or without one of their values.

    The page number goes too: the list is another one now.
    """
    parameters = request.GET.copy()
    for name in (*names, "page"):
        left = [each for each in parameters.getlist(name) if value is not None and each != value]
        parameters.setlist(name, left if name != "page" else [])
    return f"?{parameters.urlencode()}"


def date(value):
    """A date or a moment as people write it: 30 September 2026."""
    if hasattr(value, "hour"):
        value = timezone.localtime(value)
    return formats.date_format(value, "j F Y") if value else ""


def time(value):
    """A moment's time of day: 9:05am."""
    return formats.date_format(timezone.localtime(value), "g:ia").replace(".", "")


def navigation(request):
    """What the page's frame needs on every page: who is signed in, and where they can go.

    An item is current on its own page and active on the pages below it; a template of a page
    elsewhere says where it belongs by setting `section` to an item's text.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"user": None, "navigation": []}
    items = []
    for text, name in EVERYONE + (ADMINISTRATORS if user.is_administrator else []):
        href = reverse(name)
        current = request.path == href
        active = name != "home" and request.path.startswith(href)
        items.append({"text": text, "href": href, "current": current, "active": active})
    return {"user": user, "navigation": items}
