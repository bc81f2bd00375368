"""The project's settings, with what makes tests quick and self-contained."""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ["DEBUG"] = "off"
os.environ["HTTPS"] = "off"
# Playwright keeps an event loop in the thread that the tests run in.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from atf.settings import *  # noqa: F403
from atf.settings import DATABASES, STORAGES

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# The built files need not be there, nor collected.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
# Look for collected files when asked, not at the start, which would warn that there are none.
WHITENOISE_AUTOREFRESH = True
# Nothing that one test did, such as signing in often, slows down another.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
# A connection that a thread of the live server keeps would outlive the test database.
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Files that tests upload are nobody's.
MEDIA_ROOT = tempfile.mkdtemp(prefix="atf-tests-")
