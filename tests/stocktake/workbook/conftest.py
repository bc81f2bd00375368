"""The framework in the database, loaded once for each module of tests that asks for it."""

import pytest

from .builder import framework_loaded


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The framework as published, for all tests of a module."""
    with framework_loaded(django_db_blocker):
        yield


@pytest.fixture
def framework(loaded, db):
    """The framework, and a database that forgets what the test writes."""
