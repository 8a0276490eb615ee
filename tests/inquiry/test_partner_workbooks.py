"""A partner outside the city hall answers by the same workbook, which the office sends, takes in and confirms."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from actionplan.inquiry.layout import PARTNER_COLUMNS, SHEET
from actionplan.models import ActionItem, State, Voice
from actionplan.permissions import CLERK, COORDINATOR
from actionplan.publishing.publish import publish
from tests import factories
from tests.admin.pages import signed_in
from tests.inquiry.inquiring import confirm, make_office, shown, upload, upload_url
from tests.inquiry.workbooks import LETTERS as OWN
from tests.inquiry.workbooks import filled, issue, sheet_of
from tests.voices.town import make_town, write

pytestmark = pytest.mark.django_db
LETTERS = {column.key: chr(ord("A") + index) for index, column in enumerate(PARTNER_COLUMNS)}
TEXT = f"{LETTERS['text']}5"


@pytest.fixture
def town():
    return make_town()


@pytest.fixture
def client(town):
    return signed_in(factories.make_person(COORDINATOR))


def address(town, partner=None):
    return f"/admin/inquiry/{town.report.key}/partner/{(partner or town.partner).pk}.xlsx"


def book(client, town, partner=None, **cells):
    """The partner's workbook, issued now, with values written into cells named like F5."""
    return changed(client.get(address(town, partner)).content, **cells)


def changed(data, **cells):
    opened = load_workbook(BytesIO(data))
    for name, value in cells.items():
        opened[SHEET][name] = value
    stream = BytesIO()
    opened.save(stream)
    return stream.getvalue()


def sheet(data):
    return load_workbook(BytesIO(data))[SHEET]


def words(data):
    """Everything that stands in any sheet of a workbook."""
    cells = (cell.value for each in load_workbook(BytesIO(data)) for row in each.iter_rows() for cell in row)
    return "\n".join(str(value) for value in cells if value is not None)


def another_item(town, partner, **fields):
    status = factories.make_status(
        town.report, factories.make_item(town.status.item.measure, name="別の項目", content="別の内容", **fields)
    )
    return factories.make_voice(status, partner=partner)


def test_the_workbook_has_only_the_partners_items_and_one_box_to_write_in(client, town):
    another_item(town, factories.make_partner("よその会"))
    found = sheet(client.get(address(town)).content)
    assert [cell.value for cell in found[4]] == [column.header for column in PARTNER_COLUMNS]
    assert [row[0].value for row in found.iter_rows(min_row=5)] == [town.status.item.code]
    open_cells = {cell.coordinate for row in found.iter_rows() for cell in row if not cell.protection.locked}
    assert open_cells == {TEXT}
    assert found.protection.sheet


def test_what_no_item_says_has_no_column_and_the_workbook_comes_back(client, town):
    ActionItem.objects.update(content="")
    data = client.get(address(town)).content
    heads = [cell.value for cell in sheet(data)[4]]
    assert "アクションプランの内容" not in heads
    place = f"{chr(ord('A') + heads.index('実施状況'))}5"
    confirm(client, upload(client, town.report, changed(data, **{place: "浜を掃除した。"})))
    assert town.partners.text == "浜を掃除した。"


def test_of_last_year_it_tells_what_is_public_and_what_the_partner_wrote_itself(client, town):
    past = factories.make_report(plan=town.report.plan, fiscal_year=town.report.fiscal_year - 1)
    before = factories.make_status(past, town.status.item, text="去年の市の文", progress="done")
    own = factories.make_voice(before, partner=town.partner, text="去年の会の文")
    factories.make_voice(before, partner=factories.make_partner("よその会"), text="よその会の文")
    assert "去年の市の文" not in words(client.get(address(town)).content)
    publish(past, by=None, named=[before.pk])
    before.text = "公表のあとの書きかけ"
    before.save()
    said = words(client.get(address(town)).content)
    assert "去年の市の文" in said
    assert own.text in said
    assert "よその会の文" not in said
    assert "公表のあとの書きかけ" not in said


def test_a_mailed_workbook_has_nothing_of_the_citys_answers_under_way(client, town):
    town.status.text = "市の書きかけの文"
    town.status.save()
    assert "市の書きかけの文" not in words(client.get(address(town)).content)


def test_what_comes_back_is_shown_before_it_is_stored_and_then_stands_as_a_draft(client, town):
    preview = upload(client, town.report, book(client, town, **{TEXT: "掃除をした。"}), name="浜の会.xlsx")
    assert "掃除をした。" in shown(preview)
    assert str(town.partner) in shown(preview)
    assert town.partners.text == ""
    done = confirm(client, preview)
    stored = town.partners
    assert (stored.text, stored.state) == ("掃除をした。", State.DRAFT)
    assert done.redirect_chain[-1][0] == f"{town.round_address}{town.partner.pk}/texts/"
    assert "まだ公表される文ではありません" in shown(done)
    record = stored.history.first()
    assert record.history_change_reason == f"相手方の照会票から取り込み（{town.partner}）"
    assert (record.source_file, record.history_user) == ("浜の会.xlsx", stored.answered_by)


def test_nothing_of_it_is_public_before_the_office_has_confirmed_it(client, town):
    confirm(client, upload(client, town.report, book(client, town, **{TEXT: "内緒の文"})))
    edition = publish(town.report, by=None, named=[town.status.pk])
    assert edition.rows.get().voices == []
    assert "内緒の文" not in client.get(f"/items/{town.status.item.public_id}/").content.decode()


def test_what_the_partner_wrote_by_its_link_meanwhile_is_not_overwritten_unseen(client, town):
    sent = book(client, town, **{TEXT: "紙の文"})
    write(client, town.link(), {town.partners.pk: "リンクの文"})
    preview = upload(client, town.report, sent)
    assert preview.context["conflicts"] == 1
    assert "相手方のリンク" in shown(preview)
    refused = client.post(preview.request["PATH_INFO"], {"seen": preview.context["comparison"].seen, "scope": "all"})
    assert refused.status_code == 422
    assert town.partners.text == "リンクの文"
    confirm(client, preview, **{f"cp{town.partners.pk}_text": "take"})
    assert town.partners.text == "紙の文"


def test_after_the_partner_handed_in_by_its_link_the_office_is_told_so(client, town):
    sent = book(client, town, **{TEXT: "紙の文"})
    write(client, town.link(), {town.partners.pk: "リンクの文"}, do="submit")
    assert "相手方が提出した文が変わります" in shown(upload(client, town.report, sent))


def test_a_confirmed_text_is_not_open_to_a_workbook(client, town):
    sent = book(client, town, **{TEXT: "紙の文"})
    town.say(town.partners, "確定した文")
    assert "確定した文なので、書き直せません" in shown(upload(client, town.report, sent))
    assert town.partners.text == "確定した文"


def test_several_files_at_once_departments_and_partners_are_taken_together(client, town):
    office = make_office(report=town.report)
    other = factories.make_partner("よその会")
    theirs = another_item(town, other)
    files = [
        ("会.xlsx", book(client, town, **{TEXT: "一"})),
        ("よそ.xlsx", book(client, town, other, **{TEXT: "二"})),
        ("水産課.xlsx", office.book(**{f"c{office.first.item.code.replace('-', '_')}": {"text": "三"}})),
    ]
    page = upload(client, town.report, *files)
    seals = {f"seal-{each.file.name}": each.comparison.seal for each in page.context["plain"]}
    assert len(seals) == 3
    client.post(upload_url(town.report, "take/"), seals)
    office.first.refresh_from_db()
    theirs.refresh_from_db()
    assert (town.partners.text, theirs.text, office.first.text) == ("一", "二", "三")


def test_a_text_and_an_answer_of_one_number_are_no_rivals(client, town):
    office = make_office(report=town.report)
    Voice.objects.filter(pk=town.partners.pk).delete()
    factories.make_voice(town.status, partner=town.partner, pk=office.first.pk)
    own = office.book(**{f"c{office.first.item.code.replace('-', '_')}": {"text": "課の文"}})
    page = upload(client, town.report, ("会.xlsx", book(client, town, **{TEXT: "会の文"})), ("課.xlsx", own))
    assert [each.rivals for each in page.context["queue"]] == [(), ()]


def test_sent_twice_it_is_taken_once(client, town):
    preview = upload(client, town.report, book(client, town, **{TEXT: "掃除をした。"}))
    address_of_preview = preview.request["PATH_INFO"]
    confirm(client, preview)
    before = town.partners.history.count()
    assert "確認の途中の照会票がありません" in shown(confirm(client, preview, address_of_preview))
    assert town.partners.history.count() == before


def test_an_emptied_box_is_asked_about(client, town):
    town.say(town.partners, "前の文", confirmed=False)
    preview = upload(client, town.report, book(client, town, **{TEXT: None}))
    assert preview.context["emptied"] == 1


def test_who_is_not_the_office_neither_gets_nor_brings_one(client, town):
    sent, clerk = book(client, town, **{TEXT: "紙の文"}), town.browser(CLERK)
    assert clerk.get(address(town)).status_code == 403
    assert "取り込めるのは事務局だけです" in shown(upload(clerk, town.report, sent))
    assert town.partners.text == ""


def test_a_workbook_of_another_year_or_plan_names_its_report(client, town):
    sent = book(client, town, **{TEXT: "紙の文"})
    later = factories.make_report(plan=town.report.plan, fiscal_year=town.report.fiscal_year + 1)
    other = factories.make_report(plan=factories.make_plan(title="第2次計画"), fiscal_year=town.report.fiscal_year)
    for report in (later, other):
        page = client.post(f"/admin/inquiry/{report.key}/upload/", {"files": BytesIO(sent)}, follow=True)
        assert f"この照会票は{town.report.label}" in shown(page)


def test_a_row_of_another_partner_or_of_a_department_is_refused_with_its_place(client, town):
    other = factories.make_partner("よその会")
    another_item(town, other)
    token = f"{LETTERS['token']}5"
    for strange in (sheet(book(client, town, other))[token].value, _token(town)):
        sent = changed(book(client, town), **{token: strange, TEXT: "紙の文"})
        page = upload(client, town.report, sent)
        assert token in shown(page)
        assert "ほかの相手方か、市の課の照会票の行です" in shown(page)
    assert town.partners.text == ""


def _token(town):
    return sheet_of(issue(town.report, town.lead))[f"{OWN['token']}5"].value


def test_a_row_of_a_partner_in_a_departments_workbook_is_refused(client, town):
    strange = sheet(book(client, town))[f"{LETTERS['token']}5"].value
    sent = filled(issue(town.report, town.lead), **{f"{OWN['token']}5": strange})
    assert "相手方の照会票の行です" in shown(upload(client, town.report, sent))


def test_an_item_withdrawn_meanwhile_gets_its_sentence(client, town):
    sent = book(client, town, **{TEXT: "紙の文"})
    town.partners.delete()
    page = shown(upload(client, town.report, sent))
    assert "A5" in page
    assert "頼む項目ではなくなっています" in page


def test_an_item_that_left_the_year_gets_its_sentence_although_the_row_is_kept(client, town):
    sent = book(client, town, **{TEXT: "紙の文"})
    town.status.delete()
    assert "頼む項目ではなくなっています" in shown(upload(client, town.report, sent))
    assert town.partners.text == ""


def test_of_a_partner_that_is_gone_or_no_longer_asked_nothing_is_taken(client, town):
    sent = book(client, town, **{TEXT: "紙の文"})
    town.partner.active = False
    town.partner.save()
    assert "回答を頼まない相手方になっている" in shown(upload(client, town.report, sent))
    assert client.get(address(town)).status_code == 404
    town.partners.delete()
    town.status.item.partners.clear()
    town.partner.delete()
    assert "もう登録されていない" in shown(upload(client, town.report, sent))


def test_a_renamed_partner_is_shown_and_recorded_by_its_name_of_today(client, town):
    sent = book(client, town, **{TEXT: "紙の文"})
    town.partner.name = "新しい名前の会"
    town.partner.save()
    preview = upload(client, town.report, sent)
    assert "新しい名前の会" in shown(preview)
    confirm(client, preview)
    assert "（新しい名前の会）" in town.partners.history.first().history_change_reason


def test_who_came_from_another_partners_row_is_told_whose_it_is(client, town):
    other = factories.make_partner("よその会")
    preview = upload(client, town.report, book(client, town, **{TEXT: "文"}), door=f"?partner={other.pk}")
    assert "「よその会」の画面から来ましたが" in shown(preview)


@pytest.mark.parametrize("value", ["=1+1", True, "文_x0007_字", "あ" * 33_000])
def test_what_no_cell_can_hold_is_refused_with_its_place(client, town, value):
    sent = book(client, town, **{TEXT: value})
    assert TEXT in [trouble.cell for trouble in upload(client, town.report, sent).context["comparison"].troubles]


def test_a_renamed_or_doubled_header_is_told(client, town):
    renamed = upload(client, town.report, book(client, town, **{f"{LETTERS['text']}4": "文", TEXT: "紙の文"}))
    assert "見出し" in shown(renamed)
    assert town.partners.text == ""


def test_a_column_of_the_departments_workbook_is_not_read(client, town):
    sent = book(client, town, J4="進捗区分", J5="実施済", **{TEXT: "紙の文"})
    preview = upload(client, town.report, sent)
    assert "J列の「進捗区分」は照会票にない列なので、読み取りません。" in preview.context["comparison"].notes


def test_its_guidance_speaks_to_people_outside_the_city_hall(client, town):
    said = words(client.get(address(town)).content)
    assert "送ってください" in said
    for inside in ("職員用の画面", "自課の回答", "課長", "進捗区分"):
        assert inside not in said


def test_the_office_finds_workbook_and_upload_where_it_makes_links(client, town):
    assert address(town) in client.get(town.round_address).content.decode()
    assert address(town) in client.get(upload_url(town.report)).content.decode()
    assert address(town) not in town.browser(CLERK).get(upload_url(town.report)).content.decode()
