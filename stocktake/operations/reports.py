"""Coherence reports, built and published."""

from django.db import transaction
from django.utils import timezone

from ..coherence import RULE_VERSION, coherence
from ..models import CoherenceReport


@transaction.atomic
def build_report(*, round, title, comment="", scope, by):
    """Freeze the thread of a round as it stands now; a draft until it is published."""
    content = coherence(round, scope).to_json()
    return CoherenceReport.objects.create(
        round=round,
        title=title,
        comment=comment,
        rule_version=RULE_VERSION,
        content=content,
        built_by=by,
    )


@transaction.atomic
def publish_report(*, report, by):
    """Let the Board read a report; from then on it can't be changed or deleted.

    Raises ValidationError if it was published before.
    """
    report = CoherenceReport.objects.select_for_update().get(pk=report.pk)
    report.published_at, report.published_by = timezone.now(), by
    report.save()
    return report
