"""Walking every address as somebody: what is asked, by which method, with what forged; and what may come of it."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.apps import apps
from django.db import connection, models, transaction
from django.http import HttpResponse
from django.template.backends.django import Template

from actionplan.models import YearlyStatus
from actionplan.permissions import COORDINATOR
from tests.factories import make_role
from tests.roles.doors import Door
from tests.roles.world import CLOSED, MARKER, STRANGER, World

STRANGERS, READS_SOME = CLOSED + STRANGER, "TKN"
ODD_METHODS = ("put", "patch", "delete", "options")
# What being there writes, whoever it is: the session, what is kept of refusals, and of secrets that were wrong.
TRACES = {"django_session", "axes_accessattempt", "actionplan_securityevent", "actionplan_heldevent"}
# What a role may write at all, whatever it sends; J and S are told by what they may not: see `spared`.
ANSWERS = {"yearlystatus", "historicalyearlystatus", "voice", "historicalvoice", "evidence", "historicalevidence"}
DECISIONS = {"edition", "editionrow", "editionfile", "editionwithdrawal", "approval", "historicalapproval"}
MAY_WRITE = {
    **dict.fromkeys("TK", ANSWERS),
    "P": DECISIONS,
    **{role: set() for role in ("R", "N", CLOSED, STRANGER)},
}
WRITES = re.compile(r'^\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|REPLACE INTO|TRUNCATE) "(\w+)"')


def forged(world: World) -> dict[str, object]:
    """What no page offers the person: others' answers by every name that a page knows them by, roles, ways out."""
    places, stamp = world.places, "-0"
    theirs, confirmed = places["theirs"], places["confirmed"]
    names = {f"{kind}-{pk}{end}" for kind in ("text", "progress") for pk in (theirs, confirmed) for end in ("", stamp)}
    return {
        **dict.fromkeys(names, "書き換え"),
        **{f"seen-{theirs}": "0", f"kept-{places['secret_row']}-order": "1", f"kept-{places['secret_row']}-gone": "on"},
        **{"status": [f"{theirs}:0", f"{confirmed}:0"], "report": places["report"], "edition": places["edition"]},
        **{"item": places["item"], "lead_department": places["other"], "department": places["other"]},
        **{"state": "confirmed", "progress": "done", "text": "書き換え", "revision": "0", "number": "1"},
        **{"is_superuser": "on", "is_staff": "on", "is_active": "on", "user_permissions": ["1"]},
        **{"groups": [make_role(COORDINATOR).pk], "members": [places["account"]], "permissions": ["1"]},
        **{"action": "delete_selected", "_selected_action": [theirs, confirmed], "select_across": "1", "index": "0"},
        **{"post": "yes", "_save": "保存", "_popup": "1", "_to_field": "id", "next": "//evil.example/"},
        **{"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": theirs, "form-0-text": "書き換え"},
        **{"form-0-DELETE": "on", "form-0-state": "confirmed", "reason": "誤り", "sample": "on"},
    }


class Walker:
    """Somebody in a role who tries addresses; faults: what was wrong, in words."""

    def __init__(self, world: World, role: str) -> None:
        self.world, self.role, self.browser = world, role, world.browsers[role]
        self.forged, self.faults = forged(world), list[str]()
        self.written: set[str] = set()
        self.kept = {"T": answers_of, "K": answers_of, "J": rights_above}.get(role, lambda world: ())
        self.before = self.kept(world)

    def look(self, door: Door, method: str = "get") -> None:
        """Reads the address, and judges by the table."""
        answer = self.ask(door.address, method, door.data, rendered=self.is_shown(door))
        if self.role in door.who:
            right = answer.status_code in door.passed and not asks_to_log_in(answer)
        else:
            right = self.is_refused(answer, door)
        self.note(right, f"{method} {door.address}", answer)
        self.note(not self.written, f"{method} {door.address}：{sorted(self.written)}に書いた", answer)

    def is_shown(self, door: Door) -> bool:
        """Whether there are words to look at: of who reads some answers only, and of the page that says 「ログイン」.

        Pages are not written for others: no page of theirs can say too much, and that they can be written is told by
        the tests of each page.
        """
        return self.role in STRANGERS or (self.role in READS_SOME and self.role in door.who)

    def send(self, door: Door) -> None:
        """Posts what the table says and, forged, what it does not: the first passes whom it may, the second nobody."""
        if self.role in door.who:
            with undone():
                answer = self.ask(door.address, "post", door.data, rendered=self.is_shown(door))
                self.note(answer.status_code in door.passed and not asks_to_log_in(answer), str(door), answer)
            with undone():
                answer = self.ask(door.address, "post", self.forged | door.data, rendered=self.is_shown(door))
                self.note(self.may_have_written(), f"{door}（偽造）：{sorted(self.written)}", answer)
                self.note(self.spared(), f"{door}（偽造）：よその行が変わった", answer)
            return
        answer = self.ask(door.address, "post", self.forged | door.data, rendered=self.is_shown(door))
        self.note(self.is_refused(answer, door), f"{door}（偽造）", answer)
        self.note(not self.written, f"{door}（偽造）：{sorted(self.written)}に書いた", answer)

    def try_oddly(self, address: str, readers: str) -> None:
        """Methods that no page knows change nothing, and show nothing to who may not read."""
        for method in ODD_METHODS:
            answer = self.ask(address, method, self.forged, rendered=False)
            late = answer.status_code == 200 and self.role not in readers and method != "options"
            self.note(not (late or self.written), f"{method} {address}", answer)

    def ask(self, address: str, method: str, data: dict, *, rendered: bool) -> HttpResponse:
        """The answer, looked at for what nobody may get: an error page of ours, a draft of another department."""
        place, self.written = self.world.address(address), set()
        sent = {name: self.world.address(value) if isinstance(value, str) else value for name, value in data.items()}
        with connection.execute_wrapper(self._watch), _rendered(rendered):
            if method in ("get", "head", "post"):
                answer = getattr(self.browser, method)(place, sent)
            else:
                answer = getattr(self.browser, method)(place, "form-0-text=x", "application/x-www-form-urlencoded")
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        self.note(answer.status_code < 500, f"{method} {address}：中の誤り", answer)
        if rendered:
            self.note(MARKER.encode() not in body, f"{method} {address}：よその課の下書きが見える", answer)
        return answer

    def is_refused(self, answer: HttpResponse, door: Door) -> bool:
        """Whether somebody who may not pass was sent away as the table says, a stranger to the log-in."""
        if self.role in STRANGERS:
            return asks_to_log_in(answer) or "ログイン" in answer.content.decode(errors="ignore")
        return answer.status_code == door.refused

    def may_have_written(self) -> bool:
        """Whether nothing was written but what the role may write at all."""
        allowed = MAY_WRITE.get(self.role)
        return allowed is None or self.written <= {f"actionplan_{name}" for name in allowed}

    def spared(self) -> bool:
        """Whether rows stand as they stood that the role may not touch: another department's answers, rights above."""
        return not self.written or self.kept(self.world) == self.before

    def note(self, right: bool, what: str, answer: HttpResponse) -> None:
        """Remembers what is wrong."""
        if not right:
            self.faults.append(f"{what}：{answer.status_code}")

    def _watch(self, execute, sql, params, many, context):
        if (found := WRITES.match(sql)) and found[1] not in TRACES:
            self.written.add(found[1])
        return execute(sql, params, many, context)


def asks_to_log_in(answer: HttpResponse) -> bool:
    """Whether the answer leads to the log-in."""
    return answer.status_code == 302 and answer["Location"].startswith("/admin/login/")


@contextmanager
def undone() -> Iterator[None]:
    """Takes back whatever the block writes."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _rendered(is_wanted: bool) -> Iterator[None]:
    """Spares writing pages that nobody looks at."""
    if is_wanted:
        yield
        return
    with patch.object(Template, "render", lambda *args, **kwargs: ""):
        yield


def answers_of(world: World) -> tuple:
    """The other department's answers."""
    rows = YearlyStatus.objects.filter(pk__in=(world.places["theirs"], world.places["confirmed"])).order_by("pk")
    return tuple(rows.values_list("pk", "revision", "text", "state"))


def rights_above(world: World) -> tuple:
    """Who is in which role that the office may not hand out, and who is a superuser; what the roles may do."""
    User, Group = apps.get_model("auth", "User"), apps.get_model("auth", "Group")
    high = Group.objects.filter(name__in=("事務局", "公表権者")).order_by("pk")
    members = tuple(high.order_by("pk", "user").values_list("pk", "user"))
    bosses = tuple(User.objects.filter(is_superuser=True).order_by("pk").values_list("pk", flat=True))
    return members, bosses, Group.permissions.through.objects.count(), User.user_permissions.through.objects.count()


def fingerprint() -> dict[str, str]:
    """The hash of each table's rows, but for the traces of being there."""
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return {name: _hash(model) for name, model in tables.items() if name not in TRACES and model._meta.managed}


def _hash(model: type[models.Model]) -> str:
    rows = models.QuerySet(model).order_by("pk").values_list()
    return hashlib.sha256(repr(list(rows)).encode()).hexdigest()
