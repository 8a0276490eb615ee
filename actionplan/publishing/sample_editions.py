"""The one door by which editions leave the database: those of sample years, and no other.

The guard of published records has no exception; this module goes round it, by SQL of its own, for reports that are
marked as samples and whose every edition says so itself. docs/decisions has the reasons.
"""

from django.db import DEFAULT_DB_ALIAS, models, transaction

from actionplan.models import AnnualReport, Edition, EditionRow, EditionWithdrawal
from actionplan.publishing.publish import PublishRefused


@transaction.atomic
def delete_sample_editions(report: AnnualReport) -> int:
    """How many editions of the sample report were deleted, with their rows and withdrawals.

    Raises PublishRefused, and deletes nothing, when the stored report is not a sample or one of its editions was
    published as a real one.
    """
    stored = AnnualReport.objects.select_for_update().get(pk=report.pk)
    editions = list(Edition.objects.filter(report=stored))
    if not (stored.sample and all(edition.front_matter.get("sample") is True for edition in editions)):
        raise PublishRefused(f"{stored}は見本ではないため、公表した版を削除できません。")
    _delete(EditionRow, edition__in=editions)
    _delete(EditionWithdrawal, edition__in=editions)
    _delete(Edition, pk__in=[edition.pk for edition in editions])
    return len(editions)


def _delete(model: type[models.Model], **which) -> None:
    # A plain queryset in place of the guarded one; raw, since a collected delete sends the signal that refuses.
    models.QuerySet(model).filter(**which)._raw_delete(DEFAULT_DB_ALIAS)
