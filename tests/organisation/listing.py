"""People, and lists of staff laid over their accounts as the pages do."""

from django.contrib.auth.models import Group

from actionplan.organisation.people import import_people, look
from actionplan.organisation.people_lines import PersonLine
from tests import factories


def person(username, *roles, departments=(), **fields):
    """An account with the roles, in the departments."""
    fields = {"last_name": "山田", "first_name": "花子", **fields}
    user = factories.make_user(username=username, superuser=False, **fields)
    user.groups.set(Group.objects.filter(name__in=roles))
    user.departments.set(departments)
    return user


def line(username, number=2, **cells):
    """A line of the list: somebody who is there, without department or role unless told."""
    stands = {"姓": "山田", "名": "花子", "メールアドレス": "", "所属課": "", "役割": "", "在籍": "はい"}
    return PersonLine(number, {"利用者名": username, **stands, **cells})


def take(by, *lines, source="名簿.csv"):
    """Takes the list as it is shown now: what it changed, and the first passwords."""
    return import_people(lines, by=by, seen=look(lines, by=by).seal, source=source)


def sentences(by, *lines):
    """What is wrong with the list, in the words that the page shows."""
    return [str(fault) for fault in look(lines, by=by).faults]
