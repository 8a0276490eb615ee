"""The check's pages and command: what is asked about stands with the way to its box, and is called right once."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.checks.reading import check_year
from actionplan.models import (
    Acknowledgement,
    AnnualReport,
    Area,
    Evidence,
    EvidenceKind,
    Figure,
    Partner,
    State,
    Voice,
)
from tests import factories
from tests.admin.pages import signed_in
from tests.answers.answering import make_office, written

pytestmark = pytest.mark.django_db
REASON = "原本の表記のまま"


@pytest.fixture
def office():
    return make_office(2, **written(text="会議をを開いた。", state=State.DRAFT))


def address(office, query=""):
    return f"/admin/checks/{office.report.key}/{office.department.pk}/{query}"


def values(office):
    return [each.value for each in check_year(office.report).open]


def say(client, where, marks, reason=REASON):
    return client.post(where, {"do": "right", "right": marks, "reason": reason}, follow=True).content.decode()


def test_the_page_names_item_words_and_reason_and_leads_to_the_box(office):
    row = office.rows[0]
    page = office.browser().get(address(office)).content.decode()
    assert "確かめるところが2か所あります。" in page
    assert "会議<mark>をを</mark>開いた。" in page
    assert f"/admin/answers/2010/{office.department.pk}/?at={row.pk}#text-{row.pk}" in page
    assert "項目1" in office.browser().get(address(office, "?by=item")).content.decode()


def test_what_is_called_right_is_remembered_with_who_and_why_until_the_text_changes(office):
    clerk = office.browser(last_name="浜", first_name="花子")
    first, second = values(office)
    page = say(clerk, address(office), [first])
    assert "1件を、このままで正しいと記録しました。" in page
    assert "浜 花子：原本の表記のまま" in page
    assert values(office) == [second]
    record = Acknowledgement.history.get()
    assert (record.history_user.last_name, record.words, record.report) == ("浜", "会議をを開いた。", office.report)
    row = office.stored(0)
    row.text = "会合をを開いた。"
    row.save()
    assert len(values(office)) == 2


def test_what_was_called_right_is_asked_again_when_somebody_wants_so(office):
    clerk, [first, _] = office.browser(), values(office)
    say(clerk, address(office), [first])
    clerk.post(address(office), {"do": f"back:{first}"})
    assert len(values(office)) == 2
    assert [each.history_type for each in Acknowledgement.history.all()] == ["-", "+"]


def test_without_a_reason_nothing_is_stored_and_the_ticks_stay(office):
    page = say(office.browser(), address(office), values(office)[:1], reason="　")
    assert "このままで正しい理由を書いてください。" in page
    assert page.count(" checked") == 1
    assert not Acknowledgement.objects.exists()
    assert "印が一つもありません。" in say(office.browser(), address(office), [])


def test_all_of_a_kind_are_ticked_at_once(office):
    clerk = office.browser()
    page = clerk.get(address(office)).content.decode()
    tick = re.search(r'href="\?by=kind&amp;tick=(\w+)#', page)[1]
    ticked = clerk.get(address(office), {"by": "kind", "tick": tick}).content.decode()
    assert ticked.count(" checked") == 2
    assert "このままで正しいと記録しました" in say(
        clerk, address(office), re.findall(r'value="([^"]+)"[^>]* checked', ticked)
    )


def test_a_text_that_changed_meanwhile_is_not_called_right_unseen(office):
    marks = values(office)
    row = office.stored(0)
    row.text = "会合がが開かれた。"
    row.save()
    page = say(office.browser(), address(office), marks)
    assert "1件は、この画面を開いたあとに文が変わったか" in page
    assert Acknowledgement.objects.count() == 1


def test_nobody_answers_for_another_department_and_readers_for_none(office):
    reader = signed_in(factories.make_person("閲覧者"))
    assert reader.post(address(office), {"right": values(office), "reason": REASON}).status_code == 403
    other = signed_in(factories.make_person("担当者", departments=[factories.make_department("よその課")]))
    assert other.get(address(office)).status_code == 403
    assert not Acknowledgement.objects.exists()


def test_the_page_of_answers_points_out_what_was_saved_and_hands_it_in_all_the_same(office):
    head = office.browser("担当者", "課長")
    page = office.save(head, text_0="別紙のとおり")
    assert "点検：確かめるところが2か所あります。" in page
    assert "「別紙のとおり」だけです。" in page
    office.save(head, "submit")
    assert set(office.states()) == {State.SUBMITTED}


def test_a_text_equal_to_last_years_and_a_promise_are_shown(office):
    before = factories.make_report(office.report.plan, fiscal_year=2009)
    factories.make_status(before, office.rows[0].item, text="会議をを開いた", next_step="会議を３回開く。")
    page = office.browser().get(address(office)).content.decode()
    assert "前回（平成21年度）と同じ文です。" in page
    assert "会議を３回開く。" in page


def test_figures_that_jump_tenfold_and_totals_that_do_not_add_up_are_asked_about(office):
    row = office.rows[0]
    for name in ("男性", "女性", "合計"):
        Figure.objects.create(item=row.item, name=name, unit="人")
    row.text = "開いた。"
    row.figures = "男性　実績＝12\n女性　実績＝8\n合計　実績＝200"
    row.save()
    before = factories.make_report(office.report.plan, fiscal_year=2009)
    factories.make_status(before, row.item, text="別の文", figures="合計　実績＝20")
    told = [each.finding.sentence for each in check_year(AnnualReport.objects.get(pk=office.report.pk)).open]
    assert "「合計　実績」は200人、前回は20人です。けたを確かめてください。" in told
    assert "「合計　実績」は200人ですが、足すと20人です。" in told


def test_links_to_our_own_pages_that_lead_nowhere_are_asked_about(office, settings):
    settings.ALLOWED_HOSTS = ["plan.example.jp", "testserver"]
    row = office.rows[0]
    row.text = (
        "https://plan.example.jp/reports/2010/ と https://plan.example.jp/reports/1999/ と /items/zzzzzzzz/ と /about/"
        " と /reports/2010/v9/"
        f" と /items/{row.item.public_id}/ と https://other.example.jp/nothing と https://plan.example.jp/admin/"
    )
    row.save()
    found = [each.shown[1] for each in check_year(office.report).open if each.kind.code == "link"]
    assert found == [
        "https://plan.example.jp/reports/1999/",
        "/items/zzzzzzzz/",
        "/reports/2010/v9/",
        "https://plan.example.jp/admin/",
    ]


def test_the_office_sees_the_year_and_the_plans_own_texts_and_the_publisher_is_told(office):
    item = office.rows[0].item
    item.content = "バブリックコメントを行います。"
    item.save()
    browser = signed_in(factories.make_person("事務局"))
    page = browser.get("/admin/checks/2010/?by=department").content.decode()
    assert "確かめるところが3か所あります。" in page
    assert f"/admin/actionplan/actionitem/{item.pk}/change/" in page
    assert "点検（3か所）" in browser.get("/admin/round/2010/").content.decode()
    publisher = signed_in(factories.make_person("公表権者"))
    publish = publisher.get(f"/admin/actionplan/annualreport/{office.report.pk}/publish/").content.decode()
    assert "点検で確かめるところが3か所あります（誤字と思われる言葉 1、重なった言葉 2）。" in publish
    preview = publisher.get(f"/admin/actionplan/annualreport/{office.report.pk}/preview/").content.decode()
    assert "点検で確かめるところが3か所あります" in preview


def test_the_command_prints_what_waits_and_ends_with_one_until_it_is_answered(office):
    out = StringIO()
    with pytest.raises(CommandError, match="確かめるところ2か所") as refused:
        call_command("check_answers", "2010", "--department", "第一課", stdout=out)
    assert refused.value.returncode == 1
    assert out.getvalue().startswith(
        "3-1-1　実施状況　第一課　［重なった言葉］「をを」と重なっています。「会議をを開いた。」\n"
    )
    say(office.browser(), address(office), values(office))
    call_command("check_answers", "2010", stdout=out)
    with pytest.raises(CommandError, match="「無い課」という課はありません"):
        call_command("check_answers", "2010", "--department", "無い課")


def test_the_original_of_2009_is_acknowledged_with_the_report():
    call_command("load_report", verbosity=0, stdout=StringIO())
    check = check_year(AnnualReport.objects.get())
    assert (check.open, len(check.answered)) == ([], 6)


def test_what_others_wrote_names_and_captions_are_checked_each_with_the_way_to_its_box(office):
    row, related = office.rows[0], factories.make_department("関係課")
    partner = Partner.objects.create(name="区長会")
    link = {"kind": EvidenceKind.LINK, "url": "https://testserver/reports/1999/", "caption": "ﾎｰﾑﾍﾟｰｼﾞの写し"}
    evidence = Evidence.objects.create(status=row, **link)
    voices = [
        Voice.objects.create(report=office.report, item=row.item, department=related, text="会議をを開いた。"),
        Voice.objects.create(report=office.report, item=row.item, partner=partner, text="別紙のとおり"),
    ]
    row.item.areas.add(area := Area.objects.create(name="東〜西", order=1))
    page = signed_in(factories.make_person("事務局")).get("/admin/checks/2010/").content.decode()
    for address in (
        f"/admin/answers/2010/{related.pk}/related/#text-{voices[0].pk}",
        f"/admin/round/2010/voices/{partner.pk}/texts/#text-{voices[1].pk}",
        f"/admin/evidence/{row.pk}/#evidence-{evidence.pk}",
        f"/admin/actionplan/area/{area.pk}/change/",
    ):
        assert address in page
    asked = {(each.place.label, each.kind.code) for each in check_year(office.report).open if not each.place.cell}
    assert asked == {
        ("関係課の文（関係課）", "doubled"),
        ("相手方の文（区長会）", "elsewhere"),
        ("リンクの説明", "odd"),
        ("リンクのアドレス", "link"),
        ("地域の名前", "cp932"),
    }


def test_a_related_department_sees_its_own_texts_and_calls_them_right_for_the_year(office):
    related = factories.make_department("関係課")
    row = {"report": office.report, "item": office.rows[0].item}
    Voice.objects.create(**row, department=related, text="会議をを開いた。")
    clerk = signed_in(factories.make_person("担当者", departments=[related]))
    [mark] = [each.value for each in check_year(office.report).open if each.place.label.startswith("関係課")]
    sheet = clerk.get(f"/admin/answers/2010/{related.pk}/").content.decode()
    assert "点検：確かめるところが1か所あります。" in sheet
    assert "1件を、このままで正しいと" in say(clerk, f"/admin/checks/2010/{related.pk}/", [mark])
    assert Acknowledgement.objects.get().report == office.report


def test_what_is_not_yet_written_is_a_line_a_department_until_it_is_handed_in(office):
    row = office.stored(0)
    row.text = ""
    row.save()
    browser = signed_in(factories.make_person("事務局"))
    page = browser.get("/admin/checks/2010/").content.decode()
    assert "確かめるところが1か所あります。" in page
    assert f'<a href="/admin/checks/2010/{office.department.pk}/">第一課</a>　1か所' in page
    assert "点検（1か所）" in browser.get("/admin/round/2010/").content.decode()
    assert check_year(office.report).by_kind == [("重なった言葉", 1), ("まだ書かれていない欄", 1)]
    assert "まだ何も書いてありません。" in browser.get(address(office)).content.decode()
    row.state = State.SUBMITTED
    row.save()
    assert len(check_year(office.report).listed) == 2


@pytest.mark.parametrize("items", [3, 60])
def test_the_check_asks_as_often_for_many_answers_as_for_few(items):
    many = make_office(items, **written(text="会議をを開いた。", state=State.DRAFT))
    browser = many.browser()
    browser.get(address(many))
    with CaptureQueriesContext(connection) as queries:
        browser.get(address(many))
    assert len(queries) == 14


def test_who_may_not_answer_is_told_who_does(office):
    page = signed_in(factories.make_person("公表権者")).get(f"/admin/checks/{office.report.key}/").content.decode()
    assert "この画面では、読むことだけができます" in page
    assert "印を付けて理由を書き" not in page
