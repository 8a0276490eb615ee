"""A portal with one of everything, and a person for each role; nothing of it belongs to a real city."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser, User
from django.test import Client
from django.utils import timezone

from actionplan.kept_files import keep
from actionplan.models import (
    ActionItem,
    ActorType,
    AlikeWords,
    Area,
    Department,
    Evidence,
    Figure,
    LoginLock,
    Partner,
    State,
    Tag,
    YearlyStatus,
)
from actionplan.permissions import CLERK as CLERKS
from actionplan.permissions import COORDINATOR, HEAD, PUBLISHER, READER
from actionplan.publishing.publish import publish
from actionplan.voices.links import make_link
from tests import factories

# One letter each, as the table of doors writes them.
GROUP_OF = {"J": COORDINATOR, "T": CLERKS, "K": HEAD, "P": PUBLISHER, "R": READER}
CLERK, SUPERUSER, NO_GROUP, CLOSED, STRANGER = "T", "S", "N", "C", "A"
EVERY_ROLE = "".join([*GROUP_OF, SUPERUSER, NO_GROUP, CLOSED, STRANGER])
# What another department is writing: nobody may read it who may not read every answer.
MARKER = "よその課が、まだ出していない文"
IN_WORDS = {**GROUP_OF, SUPERUSER: "管理者", NO_GROUP: "役割なし", CLOSED: "閉じた利用者", STRANGER: "ログインなし"}


@dataclass(frozen=True)
class World:
    """What the addresses of the doors name, by key."""

    places: dict[str, object]
    browsers: dict[str, Client]

    def address(self, template: str) -> str:
        """The address with the keys filled in."""
        return template.format(**self.places)


def make_world() -> World:
    """Two departments with an answer each, one of them confirmed; an edition; an account for each role."""
    own, other = factories.make_department("自分の課"), factories.make_department("よその課")
    report = factories.make_report()
    mine = factories.make_status(report, _item(), department=own, state=State.SUBMITTED, progress="done")
    theirs = factories.make_status(report, _item(), department=other, state=State.DRAFT)
    confirmed = factories.make_status(report, _item(), department=other, state=State.CONFIRMED)
    edition = publish(report, by=None, named=[mine.pk, theirs.pk])
    theirs.text = MARKER
    theirs.save()
    file, secret = (_file(status, name) for status, name in ((mine, "own"), (theirs, "other")))
    browsers = {role: _browser(role, own) for role in EVERY_ROLE}
    plain = factories.make_user(username="ippan", superuser=False)
    partner = Partner.objects.create(name="見本の自治会")
    boss = User.objects.get(username=f"role-{SUPERUSER}")
    factories.make_voice(mine, department=other)
    factories.make_voice(theirs, department=own)
    factories.make_voice(mine, partner=partner)
    link = make_link(partner, report, timezone.localdate(), by=boss)
    places = {
        "partner": partner.pk,
        "lock": LoginLock.objects.create(label="ippan", account=plain, failures=5, until=timezone.now()).pk,
        **{"own": own.pk, "other": other.pk, "year": report.fiscal_year, "report": report.pk},
        **{"edition": edition.pk, "row": edition.rows.get(item=mine.item_id).pk},
        **{"mine": mine.pk, "theirs": theirs.pk, "confirmed": confirmed.pk, "item": mine.item_id, "account": plain.pk},
        **{"plan": report.plan_id, "policy": mine.item.measure.policy_id, "measure": mine.item.measure_id},
        **{"area": Area.objects.create(name="地域", order=1).pk, "tag": Tag.objects.create(name="タグ").pk},
        **{"file": file.name, "secret": secret.name, "secret_row": secret.pk},
        "link": f"/partner/{link}/",
        "alike": AlikeWords.objects.create(words="庁舎、市役所").pk,
        "figure": Figure.objects.create(item=mine.item, name="参加者数", unit="人").pk,
        **{"actor": ActorType.objects.first().pk, "group": factories.make_role(CLERKS).pk},
    }
    return World(places, browsers)


def _file(status: YearlyStatus, words: str) -> Evidence:
    """A kept file of the answer."""
    facts = {"kind": "file", "media_type": "application/pdf", "sha256": keep(words.encode(), "application/pdf")}
    return Evidence.objects.create(status=status, caption=words, **facts)


def _item() -> ActionItem:
    return factories.make_item()


def _browser(role: str, department: Department) -> Client:
    """A browser of somebody in the role; a stranger's is logged in as nobody, like one whose account was closed."""
    client = Client()
    if role != STRANGER:
        client.force_login(_person(role, department))
    return client


def _person(role: str, department: Department) -> AbstractUser:
    user = factories.make_user(username=f"role-{role}", superuser=role == SUPERUSER, is_active=role != CLOSED)
    if name := GROUP_OF.get(role) or (role == CLOSED and COORDINATOR):
        user.groups.add(factories.make_role(name))
    if role in "TKC":
        department.members.add(user)
    return user


def state_of_everything() -> tuple:
    """What no refused request may change: every record of a change, and every answer's revision."""
    from actionplan.models import Reminder
    from actionplan.trail.kinds import KINDS, SECURITY, Reach
    from actionplan.trail.wanted import Wanted, key_rows

    # That somebody was refused is an event of security, which is to be kept.
    kinds = tuple(kind for kind in KINDS.values() if kind is not SECURITY)
    records = key_rows(Wanted(), Reach(kinds)).count()
    return records, Reminder.objects.count(), tuple(YearlyStatus.objects.order_by("pk").values_list("pk", "revision"))
