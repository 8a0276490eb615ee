"""The page of answers for those who only read, the coordinator, and a successor's people."""

import pytest

from actionplan.models import State, YearlyStatus
from tests import factories
from tests.admin.pages import signed_in
from tests.answers.answering import make_office, written

pytestmark = pytest.mark.django_db
SUBMITTED = State.SUBMITTED


@pytest.fixture
def office():
    return make_office()


def test_who_only_reads_sees_the_words_and_no_box():
    office = make_office(**written())
    page = signed_in(factories.make_person("閲覧者")).get(office.address).content.decode()
    assert "実施した。" in page
    assert "<form" not in page.split('id="content-main"')[1]
    assert signed_in(factories.make_person("閲覧者")).post(office.address, {"do": "save"}).status_code == 403


def test_the_coordinator_may_write_and_hand_in_for_any_department_and_answers_for_none(office):
    client = signed_in(factories.make_person("事務局"))
    office.save(client, "submit", **{f"{c}_{i}": v for i in (0, 1) for c, v in written().items()})
    assert office.states() == [SUBMITTED, SUBMITTED]
    office.save(client, text_0="事務局が直した文")
    assert (office.stored().text, office.stored().state) == ("事務局が直した文", SUBMITTED)
    nobody = factories.make_status(office.report, department=None)
    assert nobody.item.code in client.get("/admin/answers/2010/0/").content.decode()
    assert office.browser().get("/admin/answers/2010/0/").status_code == 403


def test_people_of_the_successor_answer_under_its_address(office):
    new = factories.make_department("新しい課")
    office.department.successor, office.department.in_force_until = new, "2010-03-31"
    office.department.save()
    client = signed_in(factories.make_person("担当者", departments=[new]))
    assert client.get(office.address).url == f"/admin/answers/2010/{new.pk}/"
    form = client.get(office.address, follow=True)
    assert "新しい課の回答" in form.content.decode()
    assert len(form.context["items"]) == 2


def test_the_office_is_asked_to_stand_in_only_with_the_heads_consent():
    office = make_office(2)
    client = signed_in(factories.make_person("事務局"))
    page = client.get(office.address).content.decode()
    assert "課に代わって提出する" in page
    assert "ふつうは課長が提出します" in page
    YearlyStatus.objects.update(state=State.SUBMITTED)
    page = client.get(office.address).content.decode()
    assert "提出を取り消す" not in page
    assert "確定するか差し戻してください" in page


def test_the_office_is_not_told_to_ask_the_office_and_readers_are_led_back_to_the_round():
    office = make_office(2)
    client, reader = signed_in(factories.make_person("事務局")), signed_in(factories.make_person("公表権者"))
    YearlyStatus.objects.update(text="実施した。", progress="done", state=State.DRAFT)
    done = office.post(client, office.form(client), "submit", follow=True)
    assert "確定するか差し戻してください。" in done.content.decode()
    YearlyStatus.objects.update(state=State.CONFIRMED)
    page = client.get(office.address).content.decode()
    assert "事務局に相談してください" not in page
    assert "「この回答を訂正する」を開いてください" in page
    assert "事務局に相談してください" in office.browser().get(office.address).content.decode()
    assert "代わって提出する" not in client.get("/admin/round/2010/").content.decode()
    for browser in (client, reader):
        assert 'href="/admin/round/2010/">取りまとめ状況' in browser.get(office.address).content.decode()
