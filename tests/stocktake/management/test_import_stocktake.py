"""The command that imports a workbook: what it prints, what it writes, how it fails."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, base, call_command

from recommendations.models import Level, Place, Theme
from stocktake import operations
from stocktake.management.commands.import_stocktake import Command
from stocktake.models import Activity, ImportBatch, Round
from tests.stocktake.workbook import bad_files
from tests.stocktake.workbook.builder import (
    BOROUGH,
    BOROUGHS,
    LEGACY,
    SAMPLE,
    SYSTEM,
    T1,
    T4,
    THEME,
    framework,
    framework_loaded,
    prose,
    within,
    workbook,
)

QUARTER = "October to December 2023"


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The framework as published, for all tests of this module."""
    with framework_loaded(django_db_blocker):
        yield


@pytest.fixture(autouse=True)
def framework_and_database(loaded, db):
    """The framework, and a database that forgets what the test writes."""


@pytest.fixture
def without_framework(framework_and_database):
    """A database that holds nothing yet."""
    for name in ("Recommendation", "BeaconIndicator", "ResponsibleBody", "Theme"):
        apps.get_model("recommendations", name).objects.all().delete()
    for level in (Level.BOROUGH, Level.SUB_REGION, Level.SYSTEM, Level.COMPARATOR):
        Place.objects.filter(level=level).delete()


@pytest.fixture
def file(tmp_path):
    """Write bytes to a file, and hand out its path."""

    def write(data, name="stocktake.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


ROWS = [
    [THEME, "Lead", SYSTEM, BOROUGH],
    [
        f"{T1}\n\n•Buy a telescope for everyone",
        "Ann",
        "a board",
        "nobody said\n\nSefton - a hub\nof two floors\n\nKnowlsey - a path",
    ],
    [T4, None, None, "All 9 places - a plan"],
]


def run(path, *options, round=QUARTER, **kwargs):
    """Run the command; what it printed."""
    out, err = StringIO(), StringIO()
    call_command(
        "import_stocktake", str(path), "--round", round, *options, stdout=out, stderr=err, **kwargs
    )
    assert err.getvalue() == ""
    return out.getvalue()


def as_json(path, *options, **kwargs):
    """Run the command with --json: the one object that it printed."""
    return json.loads(run(path, "--json", *options, **kwargs))


def rows():
    """How many rows each model of the project has."""
    return {
        model._meta.label: model.objects.count()
        for app in ("stocktake", "recommendations", "atf")
        for model in apps.get_app_config(app).get_models()
    }


# What it prints


def test_json(file):
    printed = as_json(file(workbook(*ROWS)))
    assert set(printed) == {"activities", "unplaced", "lines", "unmatched", "recorded_before"}
    assert printed["activities"][0] == {
        "theme": "T1",
        "places": ["cheshire-and-merseyside"],
        "sheet": "Themes",
        "cell": "C2",
        "lines": [1],
        "title": "A board",
        "text": "a board",
        "issues": [],
    }
    assert [
        (found["theme"], sorted(found["places"]), found["cell"], found["lines"], found["text"])
        for found in printed["activities"]
    ] == [
        ("T1", ["cheshire-and-merseyside"], "C2", [1], "a board"),
        ("T1", ["sefton"], "D2", [3, 4], "a hub\nof two floors"),
        ("T1", ["knowsley"], "D2", [6], "a path"),
        ("T4", sorted(BOROUGHS), "D3", [1], "a plan"),
    ]
    (issue,) = printed["activities"][2]["issues"]
    assert "Knowlsey" in issue
    assert printed["unplaced"] == [
        {"theme": "T1", "sheet": "Themes", "cell": "D2", "lines": [1], "text": "nobody said"}
    ]
    assert printed["lines"] == {"total": 6, "placed": 5, "unplaced": 1}
    assert {(found["kind"], found["text"]) for found in printed["unmatched"]} == {
        ("column", "Lead"),
        ("recommendation", "Buy a telescope for everyone"),
    }
    assert printed["recorded_before"] == 0


def test_json_of_every_character(file):
    printed = as_json(file(prose('Sefton - ‘Zażółć’ 漢字 🙂 \u2028 </script> "quoted" \\n')))
    texts = "".join(found["text"] for found in printed["activities"])
    assert "‘Zażółć’ 漢字 🙂" in texts
    assert '</script> "quoted" \\n' in texts


def test_dry_run_prints_the_same(file):
    path = file(workbook(*ROWS))
    assert as_json(path, "--dry-run") == as_json(path)


def test_summary(file):
    printed = run(file(workbook(*ROWS)))
    assert f"4 activities added to {QUARTER}" in printed
    assert "6 lines: 5 in activities, 1 unplaced" in printed
    for told in ("D2: nobody said", "Lead", "Buy a telescope for everyone", "“Knowlsey”"):
        assert told in printed


def test_summary_of_a_dry_run(file):
    printed = run(file(workbook(*ROWS)), "--dry-run")
    assert "4 activities would be added" in printed
    assert " added to" in printed


# What it writes


def test_import(file):
    run(file(workbook(*ROWS), name="Q3.xlsx"))
    batch = ImportBatch.objects.get()
    assert batch.is_committed
    assert (batch.file_name, batch.created_by, batch.committed_by) == ("Q3.xlsx", None, None)
    assert batch.round.activities.count() == 4
    for activity in Activity.objects.all():
        activity.full_clean()
        assert activity.is_accepted


@pytest.mark.parametrize("options", [["--dry-run"], ["--dry-run", "--json"]])
def test_dry_run_writes_nothing(file, options):
    before = rows()
    run(file(workbook(*ROWS)), *options)
    assert rows() == before
    assert not Round.objects.exists()


def test_dry_run_after_an_import_writes_nothing(file):
    run(file(workbook(*ROWS)))
    before = rows()
    run(file(prose("Sefton - something new")), "--dry-run")
    assert rows() == before


def test_twice_proposes_nothing_new(file):
    path = file(workbook(*ROWS))
    first = as_json(path)
    before = rows()
    second = as_json(path)
    assert second["activities"] == []
    assert second["recorded_before"] == 4
    assert second["lines"] == first["lines"]
    assert second["unplaced"] == first["unplaced"]
    assert rows() == before


def test_twice_with_a_changed_cell(file):
    as_json(file(workbook(*ROWS)))
    changed = [*ROWS[:2], [T4, None, None, "All 9 places - a better plan"]]
    (found,) = as_json(file(workbook(*changed)))["activities"]
    assert found["text"] == "a better plan"
    assert Activity.objects.count() == 5


def test_into_another_round_is_all_new(file):
    path = file(workbook(*ROWS))
    run(path)
    assert len(as_json(path, round="January to March 2024")["activities"]) == 4
    assert Round.objects.count() == 2


def test_failing_half_way_writes_nothing(file, monkeypatch):
    def fail(*args):
        raise RuntimeError("the power went")

    monkeypatch.setattr(operations.importing, "_suggest_links", fail)
    before = rows()
    with pytest.raises(RuntimeError):
        run(file(workbook(*ROWS)))
    assert rows() == before


# The round


@pytest.mark.parametrize(
    ("name", "opens_on", "closes_on"),
    [
        ("October to December 2023", "2023-10-01", "2023-12-31"),
        ("  october  to december 2023 ", "2023-10-01", "2023-12-31"),
        ("February 2024", "2024-02-01", "2024-02-29"),
        ("December 2023 to February 2024", "2023-12-01", "2024-02-29"),
    ],
)
def test_round_is_made_from_its_months(file, name, opens_on, closes_on):
    run(file(workbook(*ROWS)), round=name)
    round = Round.objects.get()
    assert (str(round.opens_on), str(round.closes_on)) == (opens_on, closes_on)
    assert round.name == " ".join(name.split())


@pytest.mark.parametrize("name", [QUARTER, QUARTER.upper(), f" {QUARTER} "])
def test_round_that_is_there_is_taken(file, name):
    round = Round.objects.create(name=QUARTER, opens_on="2023-09-01", closes_on="2024-01-15")
    run(file(workbook(*ROWS)), round=name)
    assert list(Round.objects.all()) == [round]
    round.refresh_from_db()
    assert str(round.opens_on) == "2023-09-01"
    assert round.activities.count() == 4


def test_round_of_any_name_that_is_there_is_taken(file):
    Round.objects.create(name="The first stocktake", opens_on="2023-09-01", closes_on="2024-01-15")
    assert len(as_json(file(workbook(*ROWS)), round="The first stocktake")["activities"]) == 4


@pytest.mark.parametrize(
    "name", ["Autumn", "", "2023", "December to October 2023", "Octember 2023"]
)
@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--json"]])
def test_unknown_round(file, name, options):
    before = rows()
    with pytest.raises(CommandError, match="There is no round"):
        run(file(workbook(*ROWS)), *options, round=name)
    assert rows() == before


def test_round_is_required(file):
    with pytest.raises(CommandError, match="--round"):
        call_command("import_stocktake", str(file(b"")))


# How it fails


# One of each kind; all of them are tried on the reader.
@pytest.mark.parametrize(
    "name",
    [
        "empty",
        "text",
        "word document",
        "half",
        "old xls or encrypted",
        "encrypted zip",
        "vba project",
        "macro content type",
        "one sheet part missing",
        "unknown encoding",
        "laughs in sheet",
        "external entity in strings",
        "zeros in sheet",
        "lying sizes",
        "many parts",
        "dimension of a million rows",
        "cell XFD1048576",
        "merged whole sheet",
        "empty workbook",
        "other headings",
        "unknown theme",
        "repeated theme",
        "repeated theme below another header",
    ],
)
def test_bad_file(file, name):
    make, words = bad_files.BAD[name]
    before = rows()
    path = file(make())
    with within(10), pytest.raises(CommandError) as caught:
        run(path, "--json")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert rows() == before


@pytest.mark.parametrize("name", ["half", "unknown theme", "empty", "laughs in sheet"])
def test_bad_file_ends_with_status_1_and_one_line(file, capsys, monkeypatch, name):
    # The test's own connection stays open.
    monkeypatch.setattr(base.connections, "close_all", lambda: None)
    path = file(bad_files.BAD[name][0]())
    with pytest.raises(SystemExit) as caught:
        Command().run_from_argv(["manage.py", "import_stocktake", str(path), "--round", QUARTER])
    assert caught.value.code == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("CommandError: ")
    assert printed.err.count("\n") == 1


def test_missing_file(tmp_path):
    before = rows()
    with pytest.raises(CommandError, match=r"missing\.xlsx can’t be read"):
        run(tmp_path / "missing.xlsx")
    assert rows() == before


def test_directory(tmp_path):
    with pytest.raises(CommandError, match="can’t be read"):
        run(tmp_path)


def test_unreadable_file(file, monkeypatch):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    path = file(workbook(*ROWS))
    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(CommandError, match="Permission denied"):
        run(path)


def test_file_far_too_large(file):
    path = file(b"")
    with path.open("wb") as stream:
        # Sparse: it takes no room on the disk, and must not be read into memory.
        stream.truncate(5 * 1024**3)
    with within(5), pytest.raises(CommandError, match="MB"):
        run(path)


def test_framework_that_was_not_loaded(without_framework, file):
    assert not Theme.objects.exists()
    before = rows()
    with pytest.raises(CommandError):
        run(file(workbook(*ROWS)))
    assert rows() == before


# Whole workbooks


@pytest.mark.skipif(not LEGACY.exists(), reason=f"the legacy workbook is not at {LEGACY}")
def test_legacy_workbook():
    with within(10):
        printed = as_json(LEGACY)
    assert printed["lines"] == {"total": 303, "placed": 302, "unplaced": 1}
    assert printed["unmatched"] == []
    (unplaced,) = printed["unplaced"]
    assert unplaced["text"].startswith("Baseline needs to be agreed")
    assert sum(len(found["lines"]) for found in printed["activities"]) == 302
    assert Activity.objects.count() == len(printed["activities"])
    again = as_json(LEGACY)
    assert again["activities"] == []
    assert again["lines"] == printed["lines"]


@pytest.mark.skipif(not SAMPLE.exists(), reason=f"the sample workbook is not at {SAMPLE}")
def test_sample_workbook():
    printed = as_json(SAMPLE)
    found = printed["activities"]
    assert {entry["theme"] for entry in found} == {theme.code for theme in framework().themes}
    assert {place for entry in found for place in entry["places"]} == {
        *BOROUGHS,
        "cheshire-and-merseyside",
        "cheshire-and-warrington",
        "liverpool-city-region",
    }
    assert printed["lines"]["unplaced"] == 1
    assert len(printed["unplaced"]) == 1
    assert printed["unmatched"] == []
    joint = {len(entry["places"]) for entry in found}
    assert {1, 2, 9} <= joint
    assert any(len(entry["lines"]) > 1 for entry in found)
    assert as_json(SAMPLE)["activities"] == []
