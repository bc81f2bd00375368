"""What the tests of the framework share."""

import pytest
from django.core.management import call_command


@pytest.fixture
def framework(db):
    """The framework as published."""
    call_command("loaddata", "framework", verbosity=0)
