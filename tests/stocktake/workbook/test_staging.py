"""From a reading to rows to activities: staged, committed once, and never proposed again."""

import dataclasses

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from recommendations.models import Place, Recommendation, Theme
from stocktake import operations
from stocktake.models import Activity, ImportBatch, RecommendationLink, Round, StagedActivity
from stocktake.workbook import staging
from stocktake.workbook.errors import WorkbookError

from . import bad_files, builder
from .builder import BOROUGH, LEGACY, SYSTEM, T1, T4, THEME, prose, read, saved, workbook

pytestmark = pytest.mark.usefixtures("framework")

ROWS = [
    [THEME, SYSTEM, BOROUGH],
    [
        T1,
        "a board",
        "Sefton - a hub\nof two floors\n\nHalton & St Helens: a fund\nno name, no loss",
    ],
    [T4, None, "All 9 places have a plan\n\nWirral\na path"],
]
# A recommendation's own words, so that it is suggested.
SUGGESTING = (
    "Sefton - improving school readiness for children eligible for free school meals, with support "
    "for early learning, especially speech and language skills"
)


@pytest.fixture
def round(framework):
    """An open round."""
    return Round.objects.create(
        name="October to December 2023", opens_on="2023-10-01", closes_on="2023-12-31"
    )


@pytest.fixture
def other_round(framework):
    """The round after it."""
    return Round.objects.create(
        name="January to March 2024", opens_on="2024-01-01", closes_on="2024-03-31"
    )


def stage(round, data=None, by=None, name="stocktake.xlsx"):
    """Stage a workbook, the small one of this module if there is none."""
    data = workbook(*ROWS) if data is None else data
    return operations.stage_workbook(data=data, file_name=name, round=round, by=by)


def imported(round, data=None, by=None):
    """Stage and commit a workbook; how many activities that added."""
    return operations.commit_import(batch=stage(round, data, by), by=by)


def rows():
    """How many rows each model of the stocktake has."""
    return {
        model.__name__: model.objects.count()
        for model in apps.get_app_config("stocktake").get_models()
    }


def described(activities):
    """Activities as theme, places and words."""
    return sorted(
        (row.theme.code, ",".join(sorted(place.slug for place in row.places.all())), text)
        for row in activities
        for text in [getattr(row, "description", None) or row.text]
    )


EXPECTED = sorted(
    [
        ("T1", "cheshire-and-merseyside", "a board"),
        ("T1", "sefton", "a hub\nof two floors"),
        ("T1", "halton,st-helens", "a fund\nno name, no loss"),
        ("T4", ",".join(sorted(builder.BOROUGHS)), "All 9 places have a plan"),
        ("T4", "wirral", "a path"),
    ]
)


def test_framework_is_what_the_fixture_says():
    found, published = staging.framework(), builder.framework()
    assert found.places == published.places
    assert set(found.boroughs) == set(published.boroughs)
    assert found.system == published.system
    assert set(found.indicators) == set(published.indicators)
    assert {theme.code: (theme.titles, set(theme.recommendations)) for theme in found.themes} == {
        theme.code: (theme.titles, set(theme.recommendations)) for theme in published.themes
    }


def test_framework_leaves_out_comparators():
    assert not {"England", "North West"} & set(staging.framework().places)


def test_framework_knows_a_spelling_that_was_added():
    place = Place.objects.get(slug="sefton")
    place.other_names += "\nBootle and Southport"
    place.save()
    assert staging.framework().places["Bootle and Southport"] == "sefton"


# Staging


def test_stage(round, administrator):
    batch = stage(round, by=administrator, name="Q3.xlsx")
    assert (batch.round, batch.file_name, batch.created_by) == (round, "Q3.xlsx", administrator)
    assert (batch.lines_total, batch.lines_placed, batch.lines_unplaced) == (8, 8, 0)
    assert batch.known == 0
    assert not batch.is_committed
    staged = list(batch.staged_activities.all())
    assert [row.position for row in staged] == [1, 2, 3, 4, 5]
    assert described(staged) == EXPECTED
    assert [(row.sheet, row.cell, row.lines) for row in staged] == [
        ("Themes", "B2", [1]),
        ("Themes", "C2", [1, 2]),
        ("Themes", "C2", [4, 5]),
        ("Themes", "C3", [1]),
        ("Themes", "C3", [3, 4]),
    ]
    assert [bool(row.issues) for row in staged] == [False, False, False, True, False]


def test_stage_adds_no_activity(round):
    before = rows()
    stage(round)
    changed = {name for name, count in rows().items() if count != before[name]}
    assert changed == {"ImportBatch", "StagedActivity"}


def test_stage_keeps_what_was_not_read(round):
    data = workbook(
        [THEME, "Lead", BOROUGH], [f"{T1}\n\n•Buy a telescope for everyone", "Ann", "nobody\n\nwe"]
    )
    batch = stage(round, data)
    batch.refresh_from_db()
    assert batch.unplaced == [
        {"theme": "T1", "sheet": "Themes", "cell": "C2", "lines": [1, 3], "text": "nobody\nwe"}
    ]
    assert [(found["kind"], found["text"]) for found in batch.unmatched] == [
        ("column", "Lead"),
        ("recommendation", "Buy a telescope for everyone"),
    ]
    assert (batch.lines_total, batch.lines_placed, batch.lines_unplaced) == (2, 0, 2)


def test_staged_rows_are_valid(round):
    text = "Sefton - " + "word " * 6_000
    long_word = prose("Sefton - " + "x" * 32_000)
    for data in (workbook(*ROWS), prose(text), long_word, workbook(*ROWS, sheet="S" * 31)):
        for row in stage(round, data).staged_activities.all():
            row.full_clean(exclude=["activity", "issues", "suggestions"])


def test_name_of_a_sheet_longer_than_excel_allows(round):
    sheet = builder.parts()["xl/workbook.xml"].replace('"Themes"', f'"{"S" * 300}"')
    try:
        batch = stage(round, builder.raw(book=sheet))
    except WorkbookError:
        return
    for row in batch.staged_activities.all():
        row.full_clean(exclude=["activity", "issues", "suggestions"])


@pytest.mark.parametrize("text", ["-", "•", ".", "Sefton - •"])
def test_entry_that_says_nothing_can_be_committed(round, text):
    heading = BOROUGH if text.startswith("Sefton") else SYSTEM
    batch = stage(round, prose(text, heading))
    assert operations.commit_import(batch=batch) == batch.staged_activities.count()
    assert all(activity.title for activity in Activity.objects.all())


@pytest.mark.parametrize(
    "group",
    ["DOCUMENTS", "BROKEN", "ENTITY_FILES", "NO_STOCKTAKE"],
)
def test_bad_file_writes_nothing(round, group):
    before = rows()
    for make, words in getattr(bad_files, group).values():
        with pytest.raises(WorkbookError) as caught:
            stage(round, make())
        assert words in str(caught.value)
    assert rows() == before


def test_theme_that_is_no_longer_in_the_framework(round):
    Theme.objects.filter(code="T8").update(title="Something else", other_titles="")
    data = workbook([THEME, BOROUGH], ["8. Tackle climate change and health equity in unison", "a"])
    with pytest.raises(WorkbookError, match="is not a theme"):
        stage(round, data)


def test_framework_that_was_not_loaded(round):
    Recommendation.objects.all().delete()
    for model in ("BeaconIndicator", "Theme", "ResponsibleBody"):
        apps.get_model("recommendations", model).objects.all().delete()
    with pytest.raises(WorkbookError):
        stage(round)


# Committing


def test_commit(round, administrator, board_member):
    batch = stage(round, by=board_member)
    assert operations.commit_import(batch=batch, by=administrator) == 5
    assert described(round.activities.all()) == EXPECTED
    for activity in round.activities.all():
        activity.full_clean()
        assert activity.is_accepted
        assert activity.source == Activity.Source.WORKBOOK
        assert {activity.created_by, activity.submitted_by, activity.reviewed_by} == {administrator}
        row = activity.staged_activity
        assert (row.batch, row.title, row.text) == (batch, activity.title, activity.description)
        assert set(row.places.all()) == set(activity.places.all())
    batch.refresh_from_db()
    assert batch.is_committed
    assert batch.committed_by == administrator


def test_commit_carries_suggestions_unconfirmed(round):
    batch = stage(round, prose(SUGGESTING))
    assert batch.staged_activities.get().suggestions == ["T1.05"]
    assert not RecommendationLink.objects.exists()
    operations.commit_import(batch=batch)
    link = RecommendationLink.objects.get()
    assert link.recommendation.code == "T1.05"
    assert link.origin == RecommendationLink.Origin.SUGGESTED
    assert not link.is_confirmed
    assert link.reason


def test_commit_passes_over_a_recommendation_that_was_deleted_since(round):
    batch = stage(round, prose(SUGGESTING))
    Recommendation.objects.get(code="T1.05").delete()
    assert operations.commit_import(batch=batch) == 1
    assert not RecommendationLink.objects.exists()


def test_commit_twice_is_refused(round):
    batch = stage(round)
    operations.commit_import(batch=batch)
    with pytest.raises(ValidationError, match="before"):
        operations.commit_import(batch=batch)
    with pytest.raises(ValidationError, match="before"):
        operations.commit_import(batch=ImportBatch.objects.get())
    assert Activity.objects.count() == 5


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_commit_of_a_second_preview_is_refused(round, order):
    batches = [stage(round), stage(round)]
    first, second = (batches[number] for number in order)
    operations.commit_import(batch=first)
    with pytest.raises(ValidationError, match="Another import"):
        operations.commit_import(batch=second)
    assert Activity.objects.count() == 5
    second.refresh_from_db()
    assert not second.is_committed


def test_commit_of_a_preview_of_another_round(round, other_round):
    first, second = stage(round), stage(other_round)
    operations.commit_import(batch=first)
    assert operations.commit_import(batch=second) == 5


def test_commit_of_nothing_new(round):
    imported(round)
    batch = stage(round)
    assert operations.commit_import(batch=batch) == 0
    assert Activity.objects.count() == 5


@pytest.mark.parametrize("step", ["_copy_places", "_suggest_links"])
def test_commit_that_fails_adds_nothing(round, monkeypatch, step):
    batch = stage(round, prose(SUGGESTING))
    before = rows()

    def fail(*args):
        raise RuntimeError("the power went")

    monkeypatch.setattr(operations.importing, step, fail)
    with pytest.raises(RuntimeError):
        operations.commit_import(batch=batch)
    assert rows() == before
    assert batch.staged_activities.get().activity is None
    assert not ImportBatch.objects.get().is_committed
    monkeypatch.undo()
    assert operations.commit_import(batch=ImportBatch.objects.get()) == 1


def test_commit_that_fails_while_it_is_marked(round, monkeypatch):
    batch = stage(round)

    def fail(*args, **kwargs):
        raise RuntimeError("the power went")

    monkeypatch.setattr(ImportBatch, "save", fail)
    with pytest.raises(RuntimeError):
        operations.commit_import(batch=batch)
    assert not Activity.objects.exists()


def test_import_reading_that_fails_makes_no_round(monkeypatch):
    def fail(*args):
        raise RuntimeError("the power went")

    monkeypatch.setattr(operations.importing, "_suggest_links", fail)
    before = rows()
    round = Round.named("October to December 2023")
    with pytest.raises(RuntimeError):
        operations.import_reading(reading=read(workbook(*ROWS)), round=round, file_name="a.xlsx")
    assert rows() == before


def test_stage_that_fails_leaves_no_batch(round, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the power went")

    monkeypatch.setattr(staging.Suggester, "suggest", fail)
    before = rows()
    with pytest.raises(RuntimeError):
        stage(round)
    assert rows() == before


# Again


def test_second_time_proposes_nothing(round):
    imported(round)
    batch = stage(round)
    assert batch.staged_activities.count() == 0
    assert (batch.known, batch.lines_total, batch.lines_placed) == (5, 8, 8)


def test_second_time_in_another_layout_proposes_nothing(round):
    imported(round)
    moved = [[None, None], [None, BOROUGH, None, SYSTEM, THEME]]
    moved += [[None, row[2], None, row[1], row[0]] for row in ROWS[1:]]
    assert stage(round, workbook(*moved, sheet="Moved")).staged_activities.count() == 0


def test_staged_but_not_committed_is_proposed_again(round):
    stage(round)
    assert stage(round).staged_activities.count() == 5


def test_discarded_preview_is_proposed_again(round):
    stage(round).delete()
    assert imported(round) == 5


@pytest.mark.parametrize(
    ("before", "after", "proposed"),
    [
        ("a hub", "a bigger hub", ("T1", "sefton", "a bigger hub\nof two floors")),
        ("of two", "of three", ("T1", "sefton", "a hub\nof three floors")),
        ("Sefton -", "Knowsley -", ("T1", "knowsley", "a hub\nof two floors")),
        ("Halton &", "Wirral &", ("T1", "st-helens,wirral", "a fund\nno name, no loss")),
        ("Sefton", "Wirral - new\n\nSefton", ("T1", "wirral", "new")),
    ],
)
def test_changed_cell_proposes_just_that_entry(round, before, after, proposed):
    imported(round)
    rows = [[value and value.replace(before, after, 1) for value in row] for row in ROWS]
    batch = stage(round, workbook(*rows))
    assert described(batch.staged_activities.all()) == [proposed]
    assert batch.known == 5 - (proposed[2] != "new")


def test_moved_to_another_theme_is_proposed(round):
    imported(round, workbook([THEME, BOROUGH], [T1, "Sefton - a"]))
    batch = stage(round, workbook([THEME, BOROUGH], [T4, "Sefton - a"]))
    assert described(batch.staged_activities.all()) == [("T4", "sefton", "a")]


def test_entry_that_stands_twice(round):
    twice = workbook([THEME, BOROUGH], [T1, "Sefton - a hub\nWirral - b\nSefton - a hub"])
    assert imported(round, twice) == 3
    assert stage(round, twice).staged_activities.count() == 0
    thrice = workbook([THEME, BOROUGH], [T1, "Sefton - a hub\nSefton - a hub\nSefton - a hub"])
    assert described(stage(round, thrice).staged_activities.all()) == [("T1", "sefton", "a hub")]


def test_deleted_activity_is_proposed_again(round):
    imported(round)
    Activity.objects.get(description="a path").delete()
    batch = stage(round)
    assert described(batch.staged_activities.all()) == [("T4", "wirral", "a path")]
    assert operations.commit_import(batch=batch) == 1
    assert stage(round).staged_activities.count() == 0


def test_activity_that_someone_changed_is_not_proposed_again(round):
    imported(round)
    activity = Activity.objects.get(description="a path")
    activity.description = activity.title = "Another way to say it"
    activity.save()
    activity.places.set([Place.objects.get(slug="sefton")])
    assert stage(round).staged_activities.count() == 0


def test_another_round_is_all_new(round, other_round):
    imported(round)
    assert imported(other_round) == 5
    assert stage(round).staged_activities.count() == 0
    assert stage(other_round).staged_activities.count() == 0


def test_split_known_for_a_round_that_is_not_saved():
    reading = read(workbook(*ROWS))
    new, known = staging.split_known(reading, Round.named("October to December 2023"))
    assert (new, known) == (reading.activities, 0)


def test_fingerprint():
    (found,) = read(prose("Sefton & Wirral - a  hub")).activities
    same = dataclasses.replace(
        found, text="a hub", places=("wirral", "sefton"), cell="Z9", lines=(3,), title="x"
    )
    assert staging.fingerprint(found) == staging.fingerprint(same)
    for change in ({"text": "a path"}, {"theme": "T2"}, {"places": ("sefton",)}):
        assert staging.fingerprint(dataclasses.replace(found, **change)) != staging.fingerprint(
            found
        )


def test_text_that_looks_like_code_is_stored_as_it_is(round):
    texts = ["=1+1", "@SUM(A1)", "+44 151", "-1", "<script>alert(1)</script>", "{{ 7*7 }}"]
    lines = "\n".join(f"Sefton - {text}" for text in texts)
    imported(round, prose(lines))
    assert set(Activity.objects.values_list("description", flat=True)) == set(texts)


def test_import_takes_no_query_for_each_entry(round, django_assert_max_num_queries):
    few = prose("Sefton - a hub")
    many = prose("\n".join(f"Sefton & Wirral - hub number {number}" for number in range(200)))
    counts = []
    for data in (few, many):
        with django_assert_max_num_queries(60) as captured:
            batch = stage(round, data)
            operations.commit_import(batch=batch)
        counts.append(len(captured))
    # A database that takes few values at once needs some more for the batches.
    assert counts[1] - counts[0] < 15
    assert Activity.objects.count() == 201


# The legacy workbook, all the way

needs_legacy = pytest.mark.skipif(
    not LEGACY.exists(), reason=f"the legacy workbook is not at {LEGACY}"
)


@needs_legacy
def test_legacy_all_the_way(round, administrator):
    data = LEGACY.read_bytes()
    batch = stage(round, data, administrator)
    staged = StagedActivity.objects.filter(batch=batch)
    assert sum(len(lines) for lines in staged.values_list("lines", flat=True)) == 302
    assert (batch.lines_total, batch.lines_placed, batch.lines_unplaced) == (303, 302, 1)
    count = operations.commit_import(batch=batch, by=administrator)
    assert count == staged.count() == round.activities.count()
    assert stage(round, data).staged_activities.count() == 0
    book = load_workbook(LEGACY)
    cell = book["Themes"]["F9"]
    cell.value = cell.value.replace("race and equality training", "race and equality lessons")
    (row,) = stage(round, saved(book)).staged_activities.all()
    assert (row.cell, row.lines) == ("F9", [22])
    assert not Activity.objects.filter(places=None).exists()
    for activity in Activity.objects.order_by("?")[:20]:
        activity.full_clean()
