"""A year in which a related department and a partner write beside the lead, and their pages as a browser posts them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from actionplan.models import AnnualReport, Department, Partner, Voice, YearlyStatus
from actionplan.voices.links import make_link
from actionplan.voices.saving import confirm, hand_in, lock
from tests import factories
from tests.admin.pages import form_of, signed_in

BOX = re.compile(r'<textarea id="text-(\d+)"\s+name="([^"]+)"')


@dataclass
class Town:
    """One item led by a department, with a related department and a partner."""

    report: AnnualReport
    lead: Department
    related: Department
    partner: Partner
    status: YearlyStatus
    office: User

    @property
    def theirs(self) -> Voice:
        return Voice.objects.get(department=self.related, report=self.report)

    @property
    def partners(self) -> Voice:
        return Voice.objects.get(partner=self.partner, item=self.status.item)

    @property
    def related_address(self) -> str:
        return f"/admin/answers/{self.report.key}/{self.related.pk}/related/"

    @property
    def round_address(self) -> str:
        return f"/admin/round/{self.report.key}/voices/"

    def browser(self, *roles: str, department: Department | None = None) -> Client:
        return signed_in(factories.make_person(*roles, departments=[department or self.related]))

    def coordinator(self) -> Client:
        return signed_in(self.office)

    def link(self, last_day: date | None = None) -> str:
        """The address of a new link of the partner, which works for a week unless told."""
        token = make_link(self.partner, self.report, last_day or a_week_on(), by=self.office)
        return f"/partner/{token}/"

    def say(self, voice: Voice, text: str, *, confirmed: bool = True) -> Voice:
        """Writes the text, hands it in and confirms it."""
        Voice.objects.filter(pk=voice.pk).update(text=text)
        with transaction.atomic():
            hand_in(lock(Voice.objects.filter(pk=voice.pk)), by=self.office, reason="提出")
        stored = Voice.objects.get(pk=voice.pk)
        if confirmed:
            confirm({stored.pk: stored.revision}, by=self.office)
        return Voice.objects.get(pk=voice.pk)


def make_town(**fields) -> Town:
    lead, related = factories.make_department("担当の課"), factories.make_department("関係の課")
    report, partner = factories.make_report(), factories.make_partner()
    facts = {"department": lead, "progress": "done", **fields}
    status = factories.make_status(report, factories.make_item(marks="★◎", name="浜の掃除"), **facts)
    factories.make_voice(status, department=related)
    factories.make_voice(status, partner=partner)
    return Town(report, lead, related, partner, status, factories.make_user())


def a_week_on() -> date:
    return timezone.localdate() + timedelta(days=7)


def boxes(page: HttpResponse) -> dict[int, str]:
    """The names of the boxes of a page by the primary key of the text."""
    return {int(pk): unescape(name) for pk, name in BOX.findall(page.content.decode())}


def write(client: Client, address: str, words: dict[int, str], do: str = "save", **more) -> HttpResponse:
    """Opens the page, writes into its boxes, presses the button."""
    names = boxes(client.get(address))
    return client.post(address, {names[pk]: text for pk, text in words.items()} | {"do": do}, **more)


def ticks_of(client: Client, address: str) -> list[str]:
    return form_of(client.get(address), "steps").get("status", [])
