"""Who is there to answer: the departments in which nobody could write (担当者) or hand in (課長), by name."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import User
from django.db.models import CharField, QuerySet, Value
from django.utils import timezone

from actionplan.models import ActionItem, Department, Plan, Succession, place_of
from actionplan.permissions import CLERK, HEAD

LEADS = "leads"
MOST = 20


@dataclass(frozen=True)
class Lacking:
    """Departments of today that lack somebody with the role, each in the order of lists."""

    heads: tuple[Department, ...] = ()
    clerks: tuple[Department, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """課長のいない課が2課あります：○○課、△△課。 and what that means; none where nobody is missed."""
        return self.told(MOST)

    def told(self, most: int) -> list[str]:
        """The same with so many names at most."""
        means = ((HEAD, self.heads, "提出できる人がいません"), (CLERK, self.clerks, "回答を書く人がいません"))
        return [_sentence(role, found, meaning, most) for role, found, meaning in means if found]


def _sentence(role: str, found: tuple[Department, ...], meaning: str, most: int) -> str:
    names = "、".join(map(str, found[:most])) + (f"、ほか{len(found) - most}課" if len(found) > most else "")
    return f"{role}のいない課が{len(found)}課あります：{names}。{meaning}（事務局は代わりにできます）。"


def lacking(departments: Iterable[Department | None], succession: Succession) -> Lacking:
    """Who is missed in these departments of today; one query."""
    return _lacking(departments, _roles(_people(), succession, timezone.localdate()))


def lacking_in(plan: Plan | None, succession: Succession) -> Lacking:
    """The same of the departments that lead the plan's items; of all that stand while none leads any. One query."""
    day, rows = timezone.localdate(), _people()
    if plan:
        items = ActionItem.objects.filter(measure__policy__plan=plan, ended=False).exclude(lead_department=None)
        rows = rows.union(items.order_by().values_list("lead_department", Value(LEADS, CharField())))
    roles = _roles(rows, succession, day)
    standing = [each for each in succession.by_pk.values() if each.exists_on(day)]
    return _lacking([each for each in standing if LEADS in roles[each.pk]] or standing, roles)


def _people() -> QuerySet:
    """Department and role of everybody who can log in."""
    people = User.objects.filter(is_active=True, is_staff=True, groups__name__in=(CLERK, HEAD))
    return people.exclude(departments=None).order_by().values_list("departments", "groups__name")


def _roles(rows: QuerySet, succession: Succession, day: date) -> defaultdict[int, set[str]]:
    """By department of today, the roles of its people and whether it leads items."""
    roles: defaultdict[int, set[str]] = defaultdict(set)
    for department, role in rows:
        roles[succession.current(department, day)].add(role)
    return roles


def _lacking(departments: Iterable[Department | None], roles: defaultdict[int, set[str]]) -> Lacking:
    asked = sorted({each for each in departments if each}, key=place_of)
    heads, clerks = (tuple(each for each in asked if role not in roles[each.pk]) for role in (HEAD, CLERK))
    return Lacking(heads, clerks)
