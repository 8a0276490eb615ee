"""Whose texts a year asks for beside the leads' answers: a row for each related department and partner of its items."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from actionplan import permissions
from actionplan.models import ActionItem, AnnualReport, Person, State, Succession, Voice, record_deletions

BATCH = 500
ASKED = "関係課・相手方の欄を用意"
NO_LONGER = "関係課・相手方ではなくなった欄を取り除く"
UNTOUCHED = Q(state=State.NOT_STARTED, text="")
REPORT_ORDER = ("item__measure__policy__number", "item__measure__number", "item__number", "item")
# An item's key, then the key of a department and of a partner, one of which is None.
Asked = tuple[int, int | None, int | None]


def voices_of(report: AnnualReport) -> QuerySet[Voice]:
    """The year's rows of items that it still has, in report order, with everything that names them."""
    rows = Voice.objects.filter(report=report, item__statuses__report=F("report"))
    named = rows.select_related("report__plan", "department", "partner", "item__measure__policy")
    return named.order_by(*REPORT_ORDER, F("partner").asc(nulls_first=True), "pk")


def of_departments(departments: Iterable[int | None]) -> Q:
    """Rows of these departments."""
    return Q(department__in=set(departments) - {None})


@dataclass(frozen=True)
class Gap:
    """What the year's rows lack and what they have too many of; spare: rows that nobody has touched."""

    missing: Sequence[Asked]
    spare: Sequence[Voice]

    def __bool__(self) -> bool:
        return bool(self.missing or self.spare)


def gap_of(report: AnnualReport, day: date | None = None) -> Gap:
    """How the year's rows differ from what its items say now; a department that has ended counts as its successor."""
    day, succession = day or timezone.localdate(), Succession()
    wanted = set(_wanted(report, succession, day))
    present: set[Asked] = set()
    spare = []
    # Written ones first: of two departments that were merged, the empty row is the one too many.
    for row in sorted(Voice.objects.filter(report=report).order_by("pk"), key=_is_untouched):
        asked = row.item_id, succession.current(row.department_id, day), row.partner_id
        if _is_untouched(row) and (asked not in wanted or asked in present):
            spare.append(row)
        present.add(asked)
    return Gap(sorted(wanted - present, key=str), spare)


def _wanted(report: AnnualReport, succession: Succession, day: date) -> Iterator[Asked]:
    leads = dict(report.statuses.values_list("item", "department").order_by())
    related = ActionItem.related_departments.through.objects.filter(actionitem__in=leads)
    for item, department in related.values_list("actionitem", "department"):
        current = succession.current(department, day)
        # Of a department that ended with nobody after it nothing can be asked.
        if current != succession.current(leads[item], day) and succession.by_pk[current].exists_on(day):
            yield item, current, None
    partners = ActionItem.partners.through.objects.filter(actionitem__in=leads, partner__active=True)
    for item, partner in partners.values_list("actionitem", "partner"):
        yield item, None, partner


def _is_untouched(row: Voice) -> bool:
    return row.state == State.NOT_STARTED and not row.text


@transaction.atomic
def ask(report: AnnualReport, *, by: Person | None, reason: str = ASKED) -> tuple[int, int]:
    """How many rows were made, and how many untouched ones went that nobody asks for any more.

    by: None when the machine does it. Raises PermissionDenied. A second call finds nothing to do.
    """
    permissions.require(by is None or permissions.may_coordinate(by))
    # The report's row is the lock: of two who ask at once, the second finds the rows.
    AnnualReport.objects.select_for_update().get(pk=report.pk)
    gap = gap_of(report)
    rows = [Voice(report=report, item_id=item, department_id=own, partner_id=other) for item, own, other in gap.missing]
    bulk_create_with_history(rows, Voice, batch_size=BATCH, default_user=by, default_change_reason=reason)
    remove(gap.spare, by=by, reason=NO_LONGER)
    return len(rows), len(gap.spare)


def remove(rows: Sequence[Voice], *, by: Person | None, reason: str) -> None:
    """Deletes rows, each with the record of its deletion."""
    record_deletions(rows, by=by, reason=reason)
    QuerySet(Voice).filter(pk__in=[row.pk for row in rows])._raw_delete(DEFAULT_DB_ALIAS)
