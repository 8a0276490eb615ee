"""はじめの年の手順: an empty database becomes a published report by the links of the checklist, and by nothing else."""

import re
from html import unescape
from urllib.parse import urljoin

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile

from actionplan.models import Department, Edition, State
from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import FormReader, signed_in
from tests.asked import ask, make_year
from tests.plan.files import written

pytestmark = pytest.mark.django_db
PEOPLE = [
    ["利用者名", "姓", "名", "メールアドレス", "所属課", "役割", "在籍"],
    ["tanto", "山田", "花子", "", "総務課", "担当者", "はい"],
    ["kacho", "佐藤", "一郎", "", "総務課", "課長", "はい"],
]
ITEMS = [
    ["施策番号", "施策名", "取組番号", "取組名", "項目番号", "項目名", "担当課"],
    ["1", "学び", "1", "講座", "1", "出前講座", "総務課"],
]
# What is still to be done once the plan stands.
LATER = ["最初の年度を開く", "回答を集める", "回答を確定する", "公表する内容を確かめる", "公表する"]


class Walker:
    """Somebody who begins at the front page, and only follows links and sends the forms that stand on a page."""

    def __init__(self, user: User) -> None:
        self.client = signed_in(user)
        self.go("/admin/")

    def go(self, address: str) -> "Walker":
        self.answer = self.client.get(address, follow=True)
        assert self.answer.status_code == 200, address
        return self._arrived()

    def _arrived(self) -> "Walker":
        chain = getattr(self.answer, "redirect_chain", None)
        self.address = chain[-1][0] if chain else self.answer.request["PATH_INFO"]
        self.text = self.answer.content.decode()
        return self

    def home(self) -> "Walker":
        """By the link to the front page that every page has."""
        return self.follow("管理画面")

    def follow(self, words: str) -> "Walker":
        """Goes where the link with these words leads, else the first that contains them."""
        links = re.findall(r'<a\b[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', self.text, re.DOTALL)
        plain = [(unescape(href), " ".join(re.sub("<[^>]*>", "", name).split())) for href, name in links]
        found = [href for href, name in sorted(plain, key=lambda link: link[1] != words) if words in name]
        assert found, (words, plain)
        return self.go(urljoin(self.address, found[0].partition("#")[0]))

    def send(self, form_id: str = "", **fields) -> "Walker":
        """Sends the form with this id, else the page's one that posts, with some fields filled in."""
        form, data = self._form(form_id)
        method = self.client.get if 'method="get"' in form else self.client.post
        action = re.search(r'action="([^"]*)"', form)
        self.answer = method(urljoin(self.address, action[1] if action else ""), {**data, **fields}, follow=True)
        assert self.answer.status_code == 200
        return self._arrived()

    def _form(self, form_id: str) -> tuple[str, dict]:
        heads = re.findall(r"<form\b[^>]*>", self.text)
        own = [head for head in heads if "logout" not in head and (not form_id or f'id="{form_id}"' in head)]
        index = 0 if form_id else next(n for n, head in enumerate(own) if "post" in head)
        reader = FormReader(form_id)
        named = self.text.replace(own[index], own[index].replace("<form", f'<form id="{form_id}"', 1), 1)
        reader.feed(named)
        return own[index], {name: values for name, values in reader.data.items() if "__prefix__" not in name}

    def fields(self, form_id: str) -> dict:
        """What the form would send as it stands."""
        return self._form(form_id)[1]

    def marks(self) -> dict[str, bool]:
        return {step.label: step.done for step in self.answer.context["first_year"].steps if not step.optional}


def file(lines: list[list[str]], name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, written(lines))


NEW_PASSWORD = "harunohi-no-umi-27"


def newcomer(page: Walker, username: str) -> Walker:
    """Who was just brought in, past the page that asks for a password of their own."""
    given = {each.username: each.password for each in page.answer.context["passwords"]}
    asked = Walker(User.objects.get(username=username))
    asked.send(old_password=given[username], new_password1=NEW_PASSWORD, new_password2=NEW_PASSWORD)
    return asked.go("/admin/")


def test_a_first_year_from_an_empty_database_to_a_published_report_by_the_links_of_the_checklist_alone():
    office = Walker(factories.make_person(COORDINATOR, last_name="事務"))
    assert not any(office.marks().values())

    office.follow("担当課をファイルから取り込む").send(import_file=file([["課名"], ["総務課"]], "課.csv")).send(
        confirm="1"
    )
    office.home().follow("職員をファイルから取り込む").send(file=file(PEOPLE, "職員.csv")).send()
    clerk, head = newcomer(office, "tanto"), newcomer(office, "kacho")
    plan = {"title": "第1次計画", "municipality": "試験市", "municipality_code": "012345"}
    office.home().follow("新しい計画を始める").send(**plan, way="file", table=file(ITEMS, "項目.csv"))
    assert "出前講座" in office.home().follow("計画の全体を見る").text
    office.home().follow("問い合わせ先を選ぶ").send("plan_form", office=str(Department.objects.get().pk))
    assert [label for label, done in office.home().marks().items() if not done] == LATER

    office.follow("年度を開く").send("choose-year", year="R8", answers_due="2027-05-20").send()
    clerk.home().follow("自課の回答")
    text, progress = (
        next(name for name in clerk.fields("answers-form") if cell in name) for cell in ("text", "progress")
    )
    clerk.send("answers-form", **{text: "3回行った。", progress: "done"}, do="save")
    head.home().follow("自課の回答").send("answers-form", do="submit")
    office.home().follow("確定を待っている回答").send("steps", step="confirm")
    assert [label for label, done in office.home().marks().items() if not done] == ["公表する"]
    assert "出前講座" in office.follow("公表したときの形で見る").text
    publisher = Walker(factories.make_person(PUBLISHER, last_name="公表"))
    publisher.follow("公表の画面").send("publish-form", when="now")

    assert Edition.objects.public().get().rows.get().status == "3回行った。"
    assert office.follow("公表の画面に戻る").home().answer.context["first_year"] is None
    assert all(office.follow("計画").follow("はじめの年の手順").marks().values())


def test_who_has_no_step_to_take_sees_no_checklist():
    for role in (CLERK, HEAD, READER):
        client = signed_in(factories.make_person(role))
        assert client.get("/admin/").context["first_year"] is None
        assert client.get("/admin/first-year/").status_code == 403


def test_a_publisher_is_led_to_the_publishing_alone():
    ask(make_year(), factories.make_department(), State.CONFIRMED)
    steps = Walker(factories.make_person(PUBLISHER)).answer.context["first_year"].steps
    assert [words for step in steps for words, _ in step.links] == ["点検する", "公表したときの形で見る", "公表の画面"]


def test_the_steps_name_what_is_missing():
    report = make_year()
    department = factories.make_department("総務課")
    factories.make_person(HEAD, departments=[department])
    [row] = ask(report, department, State.NOT_STARTED)
    page = Walker(factories.make_person(COORDINATOR)).text
    assert "担当者のいない課が1課あります：総務課。" in page
    assert "担当課の決まっていない項目があります。" in page
    assert "1件のうち0件が提出されました。" in page
    row.item.lead_department = department
    row.item.save()
    factories.make_item(row.item.measure, marks="", lead_department=department)
    assert "主体の記号のない項目があります。" in Walker(factories.make_person(COORDINATOR)).text
