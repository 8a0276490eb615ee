"""Figures from their declaration to the citizens' pages and files; where none is declared, nothing is shown."""

import json
from io import BytesIO

import openpyxl
import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db.models import ProtectedError

from actionplan.inquiry.layout import GUIDANCE, SHEET
from actionplan.models import Figure, YearlyStatus
from actionplan.publishing.publish import publish
from actionplan.publishing.unconfirmed import NothingChanged
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.answers.answering import make_office
from tests.inquiry import inquiring
from tests.inquiry.filled import stored
from tests.inquiry.workbooks import issue

pytestmark = pytest.mark.django_db
SAID = "参加者数　実績＝1234\n市費　予算＝500\n市費　決算＝480.50"


def declare(item, **fields):
    facts = {
        "name": "参加者数",
        "unit": "人",
        "baseline": "1,000",
        "targets": "平成21年度＝1,200\nH22＝１，３００",
        **fields,
    }
    people = Figure(item=item, order=1, **facts)
    people.full_clean()
    people.save()
    Figure.objects.create(item=item, order=2, kind="money", name="市費", unit="千円")
    return people


def boxes(form):
    return [name for name in form if name.startswith("figure-")]


@pytest.fixture
def office():
    office = make_office(2)
    declare(office.rows[0].item)
    return office


@pytest.fixture
def published():
    status = factories.make_status(factories.make_report(), text="文", progress="done")
    declare(status.item)
    status.figures = SAID
    status.save()
    publish(status.report, by=None)
    return status


def write(office, *values):
    browser = office.browser()
    form = office.form(browser)
    named = dict(zip(boxes(form), values, strict=True))
    return office.post(browser, {**form, **named}, follow=True).content.decode()


def test_the_page_of_answers_asks_for_each_with_unit_target_and_last_years_number(office):
    before = factories.make_report(office.report.plan, fiscal_year=2009)
    factories.make_status(before, office.rows[0].item, figures="参加者数　実績＝1180")
    html = office.browser().get(office.address).content.decode()
    assert html.count('class="figure"') == 3
    for words in ("参加者数　実績（人）", "市費　予算（千円）", "市費　決算（千円）", "目標 1,300", "昨年度 1,180"):
        assert words in html


def test_what_is_written_is_stored_as_digits_with_one_record(office):
    write(office, "１，２３４", "500", "480.50")
    row = office.stored()
    assert (row.figures, row.state, row.history.count()) == (SAID, "draft", 2)
    assert office.stored(1).figures == ""
    assert "参加者数　実績＝1234" in signed_in().get("/admin/trail/?kind=yearlystatus").content.decode()


def test_saving_the_page_again_untouched_changes_nothing(office):
    write(office, "1234", "500", "480.50")
    browser = office.browser()
    office.post(browser, office.form(browser))
    assert office.stored().revision == 2


def test_what_is_no_number_is_told_with_its_place_and_nothing_of_the_item_is_saved(office):
    html = write(office, "約120", "500", "")
    assert "3-1-1の数値：参加者数　実績：「約120」は数として読めません。" in html
    assert 'value="約120"' in html
    assert office.stored().figures == ""


def test_two_who_write_other_boxes_meet_as_in_any_other_cell(office):
    mine = office.browser()
    form = office.form(mine)
    YearlyStatus.objects.get(pk=office.rows[0].pk)
    write(office, "1", "", "")
    response = office.post(mine, {**form, boxes(form)[0]: "2"}, follow=True)
    assert "保存されている内容" in response.content.decode()
    assert office.stored().figures == "参加者数　実績＝1"


def test_the_full_form_takes_them_and_refuses_what_is_no_number(office):
    client, row = signed_in(), office.rows[0]
    form = form_of(client.get(change_url(row)), "yearlystatus_form")
    html = client.post(change_url(row), {**form, "figures": "参加者数　実績＝多い", "_save": "x"}).content.decode()
    assert "「多い」は数として読めません" in html
    client.post(change_url(row), {**form, "figures": "参加者数　実績＝１", "_save": "x"})
    assert office.stored().figures == "参加者数　実績＝1"
    assert 'name="figures"' not in client.get(change_url(office.rows[1])).content.decode()


@pytest.fixture
def asked():
    office = inquiring.make_office()
    declare(office.first.item)
    return office


def test_the_workbook_asks_explains_and_brings_them(asked):
    book = openpyxl.load_workbook(BytesIO(asked.book()))
    head = [cell.value for cell in book[SHEET][4]]
    column = head.index("数値") + 1
    assert head.index("数値") == head.index("今後の方針") + 1
    cell = book[SHEET].cell(5, column)
    assert cell.value == "参加者数（人）　実績＝\n市費（千円）　予算＝\n市費（千円）　決算＝"
    assert any("全角の数字" in str(cell.value) for row in book[GUIDANCE].iter_rows() for cell in row)
    cell.value = "参加者数（人）　実績＝１，２３４\n市費（千円）　予算＝500\n市費（千円）　決算＝480.50"
    stream = BytesIO()
    book.save(stream)
    preview = inquiring.upload(asked.clerk, asked.report, stream.getvalue())
    assert "参加者数　実績＝1234" in inquiring.shown(preview)
    inquiring.confirm(asked.clerk, preview)
    assert stored(asked.first).figures == SAID
    again = inquiring.upload(asked.clerk, asked.report, issue(asked.report, asked.department))
    assert "変わる項目" not in inquiring.shown(again)
    assert stored(asked.first).revision == 2


def test_a_workbook_with_a_word_in_place_of_a_number_names_cell_and_figure(asked):
    book = openpyxl.load_workbook(BytesIO(asked.book()))
    column = [cell.value for cell in book[SHEET][4]].index("数値") + 1
    book[SHEET].cell(5, column).value = "参加者数（人）　実績＝約120"
    stream = BytesIO()
    book.save(stream)
    html = inquiring.shown(inquiring.upload(asked.clerk, asked.report, stream.getvalue()))
    assert "参加者数　実績：「約120」は数として読めません。" in html
    assert f"{openpyxl.utils.get_column_letter(column)}5" in html
    assert stored(asked.first).figures == ""


def test_a_department_without_figures_gets_the_workbook_of_before():
    office = inquiring.make_office()
    book = openpyxl.load_workbook(BytesIO(office.book()))
    assert "数値" not in [cell.value for cell in book[SHEET][4]]
    assert not any("全角の数字" in str(cell.value) for row in book[GUIDANCE].iter_rows() for cell in row)
    assert "数値" not in inquiring.shown(inquiring.upload(office.clerk, office.report, office.book()))


def test_an_edition_freezes_them_with_unit_target_and_baseline(published):
    [people, money] = published.report.editions.get().rows.get().figures
    assert people == {
        "kind": "indicator",
        "name": "参加者数",
        "unit": "人",
        "baseline": "1000",
        "target": "1200",
        "values": {"実績": "1234"},
    }
    assert money["values"] == {"予算": "500", "決算": "480.50"}


WORDS = "基準値1,000人　目標1,200人　実績1,234人（達成率102.8%）"


def test_pages_and_files_show_target_beside_actual_with_the_rate(client, published):
    for address in ("/reports/2009/", "/reports/2009/policies/1/", "/items/1-1-1/", "/reports/2009.txt"):
        found = client.get(address, follow=True).content.decode("utf-8-sig")
        assert WORDS in found, address
        assert "予算500千円　決算480.50千円（執行率96.1%）" in found
    html = client.get("/items/1-1-1/", follow=True).content.decode()
    assert html.count('class="chart__share"') == 2
    assert html.count("chart__ahead") == 2
    assert (
        WORDS in client.get("/search/?q=参加者数").content.decode()
        or "1件見つかりました" in client.get("/search/?q=参加者数").content.decode()
    )


def test_data_files_have_columns_of_their_own_with_numbers(client, published):
    [head, row] = client.get("/reports/2009.csv").content.decode("utf-8-sig").splitlines()
    tail = dict(zip(head.split(",")[-9:], row.split(",")[-9:], strict=True))
    assert tail == {
        "指標1_名称": "参加者数",
        "指標1_単位": "人",
        "指標1_基準値": "1000",
        "指標1_目標値": "1200",
        "指標1_実績値": "1234",
        "事業費1_財源": "市費",
        "事業費1_単位": "千円",
        "事業費1_予算額": "500",
        "事業費1_決算額": "480.50",
    }
    sheet = openpyxl.load_workbook(BytesIO(client.get("/reports/2009.xlsx").content)).active
    assert [cell.value for cell in sheet[2]][-5:] == [1234, "市費", "千円", 500, 480.5]
    assert "指標1_名称" in client.get("/search.csv?year=all").content.decode("utf-8-sig")


def test_a_missing_number_is_missing_in_every_file_and_page(client):
    status = factories.make_status(factories.make_report(), text="文")
    declare(status.item)
    publish(status.report, by=None)
    row = client.get("/reports/2009.csv").content.decode("utf-8-sig").splitlines()[1]
    assert row.endswith(",参加者数,人,1000,1200,,市費,千円,,")
    html = client.get("/items/1-1-1/", follow=True).content.decode()
    assert "実績：記載なし" in html
    assert "達成率0" not in html
    assert 'class="chart__share"' not in html


def test_a_negative_number_stays_a_number_in_a_csv(client):
    status = factories.make_status(factories.make_report(), text="文", figures="")
    declare(status.item)
    status.figures = "参加者数　実績＝-5"
    status.save()
    publish(status.report, by=None)
    assert ",1200,-5,市費," in client.get("/reports/2009.csv").content.decode("utf-8-sig")
    assert "実績−5人" in client.get("/reports/2009/").content.decode()


def test_years_stand_below_each_other_and_another_unit_is_another_figure(client, published):
    later = factories.make_report(published.report.plan, fiscal_year=2010)
    factories.make_status(later, published.item, figures="参加者数　実績＝900")
    publish(later, by=None)
    html = client.get(f"/items/{published.item.public_id}/").content.decode()
    table = html[html.index("参加者数（人）") :]
    table = table[: table.index("</table>")]
    assert table.index("平成21年度") < table.index("平成22年度")
    assert ("102.8%" in table, "69.2%" in table) == (True, True)


def test_a_correction_keeps_target_and_unit_as_published_and_tells_what_changed(client, published):
    figure = Figure.objects.get(name="参加者数")
    figure.targets, figure.baseline = "2009＝9999", "1"
    figure.save()
    with pytest.raises(NothingChanged):
        publish(published.report, by=None, note="直しました。")
    published.refresh_from_db()
    published.figures = SAID.replace("1234", "1300")
    published.save()
    html = signed_in().get(f"/admin/actionplan/annualreport/{published.report.pk}/publish/").content.decode()
    assert "実績1,300人" in html
    edition = publish(published.report, by=None, note="直しました。")
    assert edition.rows.get().figures[0]["target"] == "1200"
    assert edition.rows.get().correction_note == "第2版で訂正：直しました。"
    html = client.get("/reports/2009/changes/").content.decode()
    assert '<h4 class="pair__title">数値</h4>' in html
    assert "達成率" in html


def test_an_edition_of_before_keeps_its_hash_when_figures_are_declared_afterwards():
    status = factories.make_status(factories.make_report(), text="文")
    edition = publish(status.report, by=None)
    assert "figures" not in edition.front_matter
    declare(status.item)
    with pytest.raises(NothingChanged):
        publish(status.report, by=None, note="直しました。")


def test_none_declared_means_nothing_anywhere(client):
    status = factories.make_status(factories.make_report(), text="文")
    edition = publish(status.report, by=None)
    assert edition.rows.get().figures == []
    for address in ("/items/1-1-1/", "/reports/2009/", "/reports/2009.csv", "/reports/2009.txt"):
        found = client.get(address, follow=True).content.decode("utf-8-sig")
        assert not any(word in found for word in ("数値", "指標", "実績：", "事業費", "達成率"))


def test_a_used_figure_is_neither_renamed_nor_deleted(published):
    figure = Figure.objects.get(name="参加者数")
    figure.name = "来場者数"
    with pytest.raises(ValidationError, match="指標の名前・財源を変えられません"):
        figure.save()
    with pytest.raises(ProtectedError):
        Figure.objects.get(name="市費").delete()
    client = signed_in()
    form = form_of(client.get(change_url(published.item)), "actionitem_form")
    html = client.post(change_url(published.item), {**form, "figures-0-DELETE": "on"}).content.decode()
    assert "「参加者数（人）」は回答か公表した版で使われているため、削除できません。" in html
    assert Figure.objects.count() == 2


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"baseline": "約千"}, "「約千」は数として読めません"),
        ({"targets": "令和7年度"}, "1行目：目標の数がありません"),
        ({"targets": "いつか＝5"}, "1行目：「いつか」は年度として読めません"),
        ({"targets": "2009＝5\n2009＝6"}, "2行目：2009年度の目標が2つあります"),
        ({"targets": "2009＝5\n2010＝多い"}, "2行目：「多い」は数として読めません"),
        ({"name": "A＝B"}, "「＝」の入ったものにはできません"),
    ],
)
def test_what_cannot_be_declared_is_refused_in_its_place(facts, sentence):
    item = factories.make_item()
    with pytest.raises(ValidationError, match=sentence):
        declare(item, **facts)
    assert not Figure.objects.exists()


def test_the_items_page_declares_them_with_a_record():
    item, client = factories.make_item(), signed_in(factories.make_person("事務局"))
    form = form_of(client.get(change_url(item)), "actionitem_form")
    facts = {
        "order": "1",
        "kind": "indicator",
        "name": "参加者数",
        "unit": "人",
        "baseline": "１，０００",
        "targets": "",
    }
    named = {f"figures-0-{name}": value for name, value in facts.items()}
    client.post(change_url(item), {**form, **named, "figures-TOTAL_FORMS": "1"})
    figure = Figure.objects.get()
    assert (figure.baseline, figure.history.count()) == ("1000", 1)


def test_a_file_may_bring_figures_and_what_a_year_says_of_them(tmp_path):
    content = json.loads((settings.BASE_DIR / "fixtures" / "h21.json").read_text(encoding="utf-8"))
    place = next(index for index, row in enumerate(content) if row["model"] == "actionplan.yearlystatus")
    status = next(row for row in content if row["model"] == "actionplan.yearlystatus")
    facts = {"item": status["fields"]["item"], "order": 1, "name": "参加者数", "unit": "人", "targets": "H21＝５"}
    status["fields"]["figures"] = "参加者数　実績＝１，０００"
    rows = [*content[:place], {"model": "actionplan.figure", "fields": facts}, *content[place:]]
    (tmp_path / "own.json").write_text(json.dumps(rows), encoding="utf-8")
    call_command("load_report", str(tmp_path / "own.json"))
    assert YearlyStatus.objects.exclude(figures="").get().figures == "参加者数　実績＝1000"
    assert Figure.objects.get().declared.targets == {2009: "5"}
