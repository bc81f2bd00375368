"""Imports run one way: the stocktake knows the framework, the framework not the stocktake."""

import ast

import pytest
from django.conf import settings

FRAMEWORK = sorted((settings.BASE_DIR / "recommendations").rglob("*.py"))


def mentions(source):
    """What a module imports, and what it names in text such as "stocktake.Activity"."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def of_the_stocktake(source):
    """Those mentions that lead to the stocktake."""
    return [name for name in mentions(source) if name.split(".")[0] == "stocktake"]


@pytest.mark.parametrize("path", FRAMEWORK, ids=lambda path: path.name)
def test_framework_does_not_know_the_stocktake(path):
    assert of_the_stocktake(path.read_text(encoding="utf-8")) == []


def test_framework_has_sources():
    assert {"models.py", "views.py", "admin.py", "resources.py"} <= {
        path.name for path in FRAMEWORK
    }


@pytest.mark.parametrize(
    "source",
    [
        "import stocktake",
        "import stocktake.models as s",
        "from stocktake import operations",
        "from stocktake.models import Activity",
        "def f():\n    from stocktake.models import Activity",
        'activity = ForeignKey("stocktake.Activity")',
        'import_module("stocktake")',
    ],
)
def test_each_way_to_the_stocktake_is_noticed(source):
    assert of_the_stocktake(source)
