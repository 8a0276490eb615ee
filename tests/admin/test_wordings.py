"""What the admin's pages say: the right reason, in Japanese, at the right place."""

import re
from datetime import date
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from actionplan import models
from tests import factories
from tests.admin.pages import change_url, signed_in
from tests.plan.test_tree import publish

pytestmark = pytest.mark.django_db
# Words that stand in Japanese sentences, the keys of a keyboard, an algorithm, and an account of these tests.
KNOWN = {"Excel", "Word", "LibreOffice", "xlsx", "docx", "JSON", "json", "Control", "Command", "LDAP", "pbkdf", "staff"}


@pytest.fixture
def item():
    return factories.make_item(factories.make_measure(policy_number=3), "★◎", name="説明会", content="説明会を開く。")


class Speech(HTMLParser):
    """Collects what a page says, its buttons included."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words, self.silent = [], False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.silent = tag in ("script", "style")
        found = dict(attrs)
        names = ["title", "aria-label", "alt", *(["value"] if found.get("type") == "submit" else [])]
        self.words += [found[name] for name in names if found.get(name)]

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        self.words += [] if self.silent else [data]


def english(response) -> list[str]:
    """The English words that the page says."""
    spoken = " ".join(Speech(response.content.decode()).words)
    return [
        word
        for word in re.findall(
            r"[A-Za-z]{4,}", re.sub(r"\b(?:[0-9a-f]{32}){1,2}\b|\b[2-9bcdfghjkmnpqrstvwxz]{8}\b|\S+\*{4,}", "", spoken)
        )
        if word not in KNOWN
    ]


def pages():
    yield from ("", "actionplan/", "password_change/", "password_change/done/")
    user = factories.make_user(username="係")
    rows = [model.objects.first() for model in (models.Plan, models.Policy, models.Measure, models.ActionItem)]
    rows += [models.ActorType.objects.first(), models.YearlyStatus.objects.first(), models.AnnualReport.objects.first()]
    rows += [models.Edition.objects.first(), factories.make_department("課"), user, Group.objects.create(name="係")]
    for row in rows:
        place = f"{row._meta.app_label}/{row._meta.model_name}/"
        yield from (place, f"{place}?q=zzz")
        names = ["change"] if row._meta.model_name == "edition" else ["change", "history", "delete"]
        yield from ([] if row._meta.model_name == "edition" else [f"{place}add/"])
        yield from (f"{place}{row.pk}/{name}/" for name in names)
    yield f"auth/user/{user.pk}/password/"
    yield from ("first-year/", "plan/begin/")
    for level in ("policy", "measure", "actionitem", "department"):
        yield from (f"actionplan/{level}/import/", f"actionplan/{level}/export/")


def test_no_page_speaks_english(item):
    publish(item)
    client = signed_in(factories.make_user(username="事務局"))
    said = {place: english(client.get(f"/admin/{place}")) for place in pages()}
    said["login"] = english(Client().post("/admin/login/", {"username": "x", "password": "y"}))
    said["logout"] = english(client.post("/admin/logout/"))
    assert {place: words for place, words in said.items() if words} == {}


def test_a_published_year_is_kept_for_the_same_reason_and_not_for_missing_rights(item):
    report = publish(item).report
    page = signed_in().get(f"/admin/actionplan/annualreport/{report.pk}/delete/").content.decode()
    assert "のもとになっているため、削除できません。" in page
    assert "権限" not in page


def test_an_edition_has_no_history_page(item):
    edition = publish(item)
    address = f"/admin/actionplan/edition/{edition.pk}/"
    assert "/history/" not in signed_in().get(f"{address}change/").content.decode()
    assert signed_in().get(f"{address}history/").url == f"{address}change/"


def test_a_department_that_is_gone_is_marked_and_one_to_come_is_not(item):
    factories.make_department("旧課", in_force_until=date(2015, 3, 31))
    factories.make_department("来る課", in_force_from=date(2999, 4, 1))
    page = signed_in().get(change_url(item)).content.decode()
    assert ">旧課（廃止）</option>" in page
    assert ">来る課</option>" in page


def test_a_second_report_of_a_year_is_refused_in_words(item):
    plan = item.measure.policy.plan
    factories.make_report(plan, 2009)
    form = {"plan": str(plan.pk), "fiscal_year": "2009", "label_override": "", "answers_due": "", "note": ""}
    page = signed_in().post("/admin/actionplan/annualreport/add/", form).content.decode()
    assert "この年度の年次報告は、すでにあります。" in page
    assert "2026-04-01 の形で書きます。" in page


@pytest.mark.parametrize("day", ["", "2020-04-01"])
def test_a_department_that_is_there_already_is_refused_in_words(day):
    factories.make_department("市民協働課", in_force_from=day or None)
    form = {"name": "市民協働課", "unit": "", "in_force_from": day}
    page = signed_in().post("/admin/actionplan/department/add/", form).content.decode()
    assert "同じ課名・係名の担当課が、同じ時期にすでにあります：「市民協働課」" in page
    assert "department_unique" not in page
