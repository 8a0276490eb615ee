"""One published word corrected: from the front page to the new edition, led on from step to step and counted."""

import pytest

from actionplan.models import Approval, Edition
from actionplan.publishing.publish import publish, withdraw
from tests import factories
from tests.admin.pages import form_of, signed_in

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password-9"
REASON = "開催の回数を書き誤っていました。"


@pytest.fixture
def status():
    found = factories.make_status(text="１０回開いた。", progress="done", state="confirmed")
    publish(found.report, by=None)
    return found


class Walk:
    """A person at the pages of the wing; counts what they do: each page opened, each form sent."""

    def __init__(self, person):
        self.client, self.actions = signed_in(person), 0
        session = self.client.session
        session["confirmed_at"] -= 16 * 60  # the log-in was a while ago: publishing asks again
        session.save()

    def open(self, address, **query):
        self.actions += 1
        return self.client.get(address, query, follow=True)

    def send(self, page, form_id, **fields):
        self.actions += 1
        form = form_of(page, form_id)
        self.sent = form | {name: [value] for name, value in fields.items()}
        return self.client.post(self.place(page), self.sent, follow=True)

    def confirm(self, page):
        """Gives the password that is asked for in between; what was sent goes on."""
        self.actions += 1
        assert "本人の確認" in page.content.decode()
        return self.client.post(self.place(page), self.sent | {"confirm_secret": PASSWORD}, follow=True)

    @staticmethod
    def place(page):
        return page.redirect_chain[-1][0] if getattr(page, "redirect_chain", ()) else page.request["PATH_INFO"]


def correct(walk, text="２０回開いた。", reason=REASON):
    """From the front page to the page on which the correction is published."""
    front = walk.open("/admin/").content.decode()
    assert 'action="/admin/correct/"' in front
    page = walk.open("/admin/correct/", q="1-1-1")
    return walk.send(page, "correction-form", text=text, reason=reason)


def test_one_person_corrects_a_published_word_in_six_actions(status, client):
    walk = Walk(factories.make_user())
    page = correct(walk)
    html = page.content.decode()
    assert "<del>１０回開いた。</del>" in html
    assert f">\n{REASON}</textarea>" in html
    done = walk.confirm(walk.send(page, "publish-form"))
    assert "第2版を公表しました" in done.content.decode()
    assert walk.actions <= 6
    assert Edition.objects.get(number=2).correction_note == REASON
    assert "２０回開いた。" in client.get("/reports/2009/").content.decode()
    assert client.get("/reports/2009/v1.csv").status_code == 200
    status.refresh_from_db()
    assert status.state == "confirmed"
    reasons = list(status.history.order_by("history_id").values_list("history_change_reason", flat=True))
    assert reasons[-3:] == [f"確定の取消し：{REASON}", f"訂正：{REASON}", "確定"]


def test_the_office_corrects_and_the_publisher_finds_it_on_the_front_page(status, mailoutbox):
    office = Walk(factories.make_person("事務局"))
    publisher = Walk(factories.make_person("公表権者", email="kohyo@example.jp"))
    html = correct(office).content.decode()
    assert [(mail.to, "1-1-1を訂正して確定しました" in mail.body) for mail in mailoutbox] == [
        (["kohyo@example.jp"], True)
    ]
    assert "公表権者が「いまの仕事」から公表します" in html
    link = f"/admin/actionplan/annualreport/{status.report_id}/publish/"
    assert link in publisher.open("/admin/").content.decode()
    page = publisher.open(link)
    assert REASON in page.content.decode()
    publisher.confirm(publisher.send(page, "publish-form"))
    assert Edition.objects.get(number=2).correction_note == REASON
    assert office.actions + publisher.actions <= 7


def test_a_year_that_was_taken_down_leads_to_publishing_it_again(status):
    withdraw(Edition.objects.get(), by=None, reason="氏名が載っていた", told="取り下げました。")
    walk = Walk(factories.make_user())
    page = walk.open(f"/admin/correct/{status.pk}/")
    page = walk.send(page, "correction-form", text="２０回開いた。", reason=REASON)
    assert page.redirect_chain[-1][0] == f"/admin/actionplan/annualreport/{status.report_id}/publish/"
    assert "この年度は、取り下げられています" in page.content.decode()


def test_with_four_eyes_the_office_asks_with_the_same_note(status, settings):
    settings.FOUR_EYES = True
    office = Walk(factories.make_person("事務局", last_name="事務", first_name="一"))
    page = correct(office)
    assert "公表を起案する" in page.content.decode()
    office.confirm(office.send(page, "publish-form"))
    assert Approval.objects.get().note == REASON
    assert office.actions <= 6


def test_the_number_of_an_item_opens_its_latest_answer_which_leads_to_the_other_years(status):
    later = factories.make_status(factories.make_report(status.report.plan, 2010), status.item, state="confirmed")
    publish(later.report, by=None)
    page = Walk(factories.make_user()).open("/admin/correct/", q="１－１－１")
    assert page.redirect_chain[-1][0] == f"/admin/correct/{later.pk}/"
    html = page.content.decode()
    assert f"{later.report.short_label}の1-1-1を訂正する" in html
    row = status.item.edition_rows.get(edition__report=status.report)
    assert f'<a href="/admin/correct/published/{row.pk}/">{status.report.short_label}</a>' in html


def test_every_page_on_which_a_published_answer_stands_leads_to_its_correction(status):
    office = Walk(factories.make_user())
    edition = Edition.objects.get()
    for place in (
        "/admin/answers/2009/0/",
        "/admin/round/2009/0/",
        f"/admin/actionplan/yearlystatus/{status.pk}/change/",
    ):
        assert f'href="/admin/correct/{status.pk}/"' in office.open(place).content.decode(), place
    html = office.open(f"/admin/actionplan/edition/{edition.pk}/change/").content.decode()
    link = f"/admin/correct/published/{edition.rows.get().pk}/"
    assert link in html
    assert office.open(link).redirect_chain[-1][0] == f"/admin/correct/{status.pk}/"


def test_nothing_changes_without_a_reason_or_without_a_change(status):
    walk = Walk(factories.make_user())
    page = walk.open(f"/admin/correct/{status.pk}/")
    refused = walk.send(page, "correction-form", text="２０回開いた。")
    assert "訂正の理由を書いてください" in refused.content.decode()
    assert "２０回開いた。" in refused.content.decode()
    same = walk.send(page, "correction-form", reason=REASON)
    assert "変えたところがない" in same.content.decode()
    status.refresh_from_db()
    assert (status.state, status.text) == ("confirmed", "１０回開いた。")


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(status):
    walk = Walk(factories.make_user())
    page = walk.open(f"/admin/correct/{status.pk}/")
    status.text = "１１回開いた。"
    status.save()
    html = walk.send(page, "correction-form", text="２０回開いた。", reason=REASON).content.decode()
    assert "保存していません" in html
    assert "１１回開いた。" in html
    assert "２０回開いた。" in html
    status.refresh_from_db()
    assert status.text == "１１回開いた。"


def test_an_open_answer_is_written_where_its_department_writes_it(status):
    status.state = "draft"
    status.save()
    page = Walk(factories.make_user()).open(f"/admin/correct/{status.pk}/")
    assert page.redirect_chain[-1][0] == f"/admin/answers/2009/0/#item-{status.pk}"


def test_several_reasons_name_their_items_and_older_ones_are_not_told_again(status):
    other = factories.make_status(status.report, text="前の文", progress="done", state="confirmed")
    publish(status.report, by=None, note="項目を加えました。")
    walk = Walk(factories.make_user())
    for each, reason in ((status, "数の誤り"), (other, "語の誤り")):
        page = walk.open(f"/admin/correct/{each.pk}/")
        page = walk.send(page, "correction-form", text="直した文", reason=reason)
    note = form_of(page, "publish-form")["note"][0]
    assert note.split("\r\n") == [f"{status.item.code}：数の誤り", f"{other.item.code}：語の誤り"]
    publish(status.report, by=None, note=note)
    page = walk.open(f"/admin/correct/{other.pk}/")
    page = walk.send(page, "correction-form", text="もう一度直した文", reason="別の誤り")
    assert form_of(page, "publish-form")["note"] == ["別の誤り"]


def test_a_word_of_a_report_without_categories_is_corrected_without_choosing_one(status):
    other = factories.make_status(status.report, text="前の文", state="confirmed")
    page = Walk(factories.make_user()).open(f"/admin/correct/{other.pk}/")
    Walk(factories.make_user()).send(page, "correction-form", text="直した文", reason=REASON)
    other.refresh_from_db()
    assert (other.text, other.progress, other.state) == ("直した文", "unset", "confirmed")
