"""Clerks who write all the time: what was acknowledged to them, and what they were told when it was not."""

import http.client
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from http.cookiejar import CookieJar

from lxml import html

from script.lib.drill.portal import Portal

# No answer, or one whose end was killed on its way.
CUT_OFF = (OSError, http.client.HTTPException)

NAME, PASSWORD = "drill-clerk", "drill-clerk-0123456789"
MAKE_CLERK = f"""
from django.contrib.auth import get_user_model
get_user_model().objects.create_superuser({NAME!r}, "", {PASSWORD!r})
from actionplan.models import YearlyStatus
import json
open_answers = YearlyStatus.objects.filter(report__fiscal_year=2010).order_by("pk")
print(json.dumps(list(open_answers.values_list("pk", flat=True))))
"""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for the answer that it is."""

    def redirect_request(self, *args, **kwargs):
        """None: nobody follows it."""
        return None


@dataclass
class Told:
    """An answer to a save: its status (0: none came), its words, the seconds it took."""

    status: int
    words: str
    seconds: float


@dataclass
class Clerk:
    """A browser that is logged in."""

    site: str

    def __post_init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies, NoRedirect())

    def log_in(self) -> "Clerk":
        """The clerk, logged in."""
        for _ in range(10):  # a busy portal says so, and is asked again
            told = self.try_to_log_in()
            if told.status == 302:
                return self
            time.sleep(1)
        raise RuntimeError(f"ログインできません：{told.status}")

    def try_to_log_in(self) -> Told:
        """What the log-in answers."""
        page = self._ask("/admin/login/")
        form = dict(_form(page.words, "login-form")) | {"username": NAME, "password": PASSWORD, "next": "/admin/"}
        return self._ask("/admin/login/", form)

    def open(self, pk: int) -> list[tuple[str, str]]:
        """The fields of the answer's form; empty when it cannot be opened."""
        page = self._ask(_address(pk))
        return _form(page.words, "yearlystatus_form") if page.status == 200 else []

    def save(self, pk: int, form: list[tuple[str, str]], text: str) -> Told:
        """Saves the text in the form."""
        return self._ask(_address(pk), {**dict(form), "text": text, "_save": "保存"})

    def _ask(self, address: str, form: dict | None = None) -> Told:
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(self.site + address, data, {"Referer": self.site + address})
        begun = time.monotonic()
        try:
            with self.opener.open(request, timeout=30) as answer:
                status, words = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, words = error.code, _rest_of(error)
        except CUT_OFF:
            status, words = 0, ""
        return Told(status, words, time.monotonic() - begun)


@dataclass
class Writers:
    """Clerks in threads, each with an answer of its own; acknowledged and tried are texts by primary key, in order."""

    portal: Portal
    keys: list[int]
    acknowledged: dict[int, list[str]] = field(default_factory=dict)
    tried: dict[int, list[str]] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "Writers":
        clerks = [(key, Clerk(self.portal.site).log_in()) for key in self.keys]
        self._threads = [threading.Thread(target=self._write, args=pair, daemon=True) for pair in clerks]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _write(self, key: int, clerk: Clerk) -> None:
        number = 0
        while not self._over.is_set():
            form, number = clerk.open(key), number + 1
            if not form:
                time.sleep(0.2)
                continue
            text = f"保存{key}の{number}回目"
            self.tried.setdefault(key, []).append(text)
            if clerk.save(key, form, text).status == 302:
                self.acknowledged.setdefault(key, []).append(text)


def hire(portal: Portal) -> list[int]:
    """The primary keys of the answers of a year that is opened here, with an account for the clerks."""
    portal.run("manage.py", "open_fiscal_year", "2010")
    return json.loads(portal.run("manage.py", "shell", "-v", "0", "-c", MAKE_CLERK).strip().splitlines()[-1])


def _address(pk: int) -> str:
    return f"/admin/actionplan/yearlystatus/{pk}/change/"


def _rest_of(error: urllib.error.HTTPError) -> str:
    try:
        return error.read().decode()
    except CUT_OFF:
        return ""


def _form(page: str, form_id: str) -> list[tuple[str, str]]:
    found = [form for form in html.fromstring(page).forms if form.get("id") == form_id] if page else []
    return found[0].form_values() if found else []
