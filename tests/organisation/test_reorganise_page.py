"""組織改正 through the page: nothing before the confirmation, all of it once, and what stays as it was."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from actionplan.models import Department, YearlyStatus
from actionplan.permissions import CLERK
from actionplan.publishing.publish import publish
from actionplan.words import plain_day
from tests import factories
from tests.organisation.staffing import DEPARTMENTS, fill, office, register, reorganise_url, words
from tests.roles.world import state_of_everything

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
AGO, SOON = TODAY - timedelta(days=30), TODAY + timedelta(days=30)


@pytest.fixture
def browser():
    return office()


@pytest.fixture
def old():
    return factories.make_department("旧課", phone="0920-1", email="kyu@example.jp")


def led_by(department, **fields):
    item = factories.make_item(lead_department=department, **fields)
    return item, factories.make_status(item=item, department=department)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_the_preview_tells_what_would_change_and_changes_nothing(browser, old):
    person = factories.make_person(CLERK, departments=[old], last_name="鈴木", first_name="一郎")
    led_by(old, name="花を植える")
    before = state_of_everything()
    preview = words(fill(browser, old, day=str(AGO), part0_name="新課"))
    for sentence in (
        "まだ何も変えていません。",
        f"旧課 {plain_day(AGO - timedelta(days=1))}で廃止。引き継ぐ課は「新課」です。",
        f"新課 {plain_day(AGO)}に新しくできる課です。 電話 0920-1 kyu@example.jp",
        "1人が新しい体制の課に入ります（鈴木 一郎）。",
        "公表した版はすべて、前の名前のまま残ります。",
    ):
        assert sentence in preview
    assert preview.count("花を植える") == 2
    assert (state_of_everything(), Department.objects.count()) == (before, 1)
    assert list(person.departments.all()) == [old]


def test_the_confirmation_does_it_once(browser, old):
    item, status = led_by(old)
    preview = fill(browser, old, day=str(AGO), part0_name="新課")
    done = register(browser, old, preview)
    assert f"組織改正を登録しました：旧課→新課（{plain_day(AGO)}から）。" in words(done)
    assert done.redirect_chain[-1][0] == DEPARTMENTS
    assert str(fresh(item).lead_department) == str(fresh(status).department) == "新課"
    before = state_of_everything()
    again = words(register(browser, old, preview))
    assert f"「旧課」は、{plain_day(AGO - timedelta(days=1))}で廃止と登録されています。" in again
    assert "引き継いだ課は「 新課 」です。" in again
    assert (state_of_everything(), Department.objects.count()) == (before, 2)


def test_every_row_it_changes_has_one_record_with_who_and_why(browser, old):
    rows = (old, *led_by(old))
    before = [row.history.count() for row in rows]
    register(browser, old, fill(browser, old, day=str(AGO), part0_name="新課"))
    assert [row.history.count() for row in rows] == [count + 1 for count in before]
    for row in (*rows, Department.objects.get(name="新課")):
        record = row.history.first()
        assert record.history_user.username == "jimu"
        assert record.history_change_reason == f"組織改正：旧課→新課（{plain_day(AGO)}から）"


def test_when_the_ground_moved_after_the_preview_nothing_is_done_and_the_new_preview_is_shown(browser, old):
    preview = fill(browser, old, day=str(AGO), part0_name="新課")
    item, _ = led_by(old, name="あとから来た項目")
    refused = register(browser, old, preview)
    assert "確認していただいた後に、課や項目の内容が変わりました。まだ何も変えていません。" in words(refused)
    assert "あとから来た項目" in words(refused)
    assert fresh(item).lead_department == old
    assert Department.objects.count() == 1
    register(browser, old, refused)
    assert str(fresh(item).lead_department) == "新課"


def test_a_confirmation_without_a_seal_is_not_a_confirmation(browser, old):
    boxes = {"kind": "rename", "day": str(AGO), "part0-name": "新課"}
    page = browser.post(reorganise_url(old), {**boxes, "confirm": ""})
    assert "もう一度確かめてください" in words(page)
    assert Department.objects.count() == 1


def test_the_way_back_from_the_preview_keeps_every_box(browser, old):
    preview = fill(browser, old, day=str(AGO), part0_name="新課", part0_unit="新係", part0_phone="0920-9")
    page = register(browser, old, preview, "back").content.decode()
    for value in (str(AGO), "新課", "新係", "0920-9"):
        assert f'value="{value}"' in page
    assert Department.objects.count() == 1


def test_the_form_of_a_rename_starts_from_what_stands(browser, old):
    page = browser.get(reorganise_url(old)).content.decode()
    for value in ("旧課", "0920-1", "kyu@example.jp"):
        assert f'value="{value}"' in page


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        ({"day": ""}, "施行日を入れてください。"),
        ({"day": "令和9年"}, "施行日が読めません。2026-04-01 のように書いてください。"),
        ({"day": "2206-04-01"}, "3年より先です。年を確かめてください。"),
        ({"day": "1026-04-01"}, "施行日（1026年4月1日）が5年より前です。年を確かめてください。"),
        ({"day": "2020-04-01"}, "設置日は2021年4月1日です"),
        ({"part0_name": ""}, "課名を書いてください。"),
        ({"part0_name": "旧課"}, "名前が変わっていません。新しい課名か係名を書いてください。"),
        ({"part0_name": "ほかの課"}, "施行日に別の課としてあります。"),
        ({"part0_email": "kyu"}, "有効なメールアドレスを入力してください。"),
    ],
)
def test_a_refusal_says_in_japanese_what_to_do_and_keeps_what_was_written(browser, old, boxes, sentence):
    Department.objects.filter(pk=old.pk).update(in_force_from=date(2021, 4, 1))
    factories.make_department("ほかの課")
    written = {"day": str(SOON), "part0_name": "新課", "part0_phone": "0920-77", **boxes}
    page = fill(browser, old, **written)
    assert sentence in words(page)
    assert re.search(r'role="alert"', page.content.decode())
    assert 'value="0920-77"' in page.content.decode()
    assert Department.objects.count() == 2


@pytest.mark.parametrize("day", [AGO, TODAY])
def test_on_a_day_that_has_come_everything_moves_at_once(browser, old, day):
    person = factories.make_person(CLERK, departments=[old])
    _, status = led_by(old)
    register(browser, old, fill(browser, old, day=str(day), part0_name="新課"))
    assert str(fresh(status).department) == "新課"
    assert [str(each) for each in person.departments.all()] == ["新課"]


def test_until_a_day_to_come_everything_stays_under_the_old_name(browser, old):
    person = factories.make_person(CLERK, departments=[old])
    item, status = led_by(old)
    preview = fill(browser, old, day=str(SOON), part0_name="新課")
    assert "までは、今の課の名前のまま仕事を続けられます。" in words(preview)
    register(browser, old, preview)
    assert fresh(status).department == fresh(item).lead_department == old
    assert {str(each) for each in person.departments.all()} == {"旧課", "新課"}
    assert YearlyStatus.objects.get().history.count() == 1


def test_the_preview_of_a_day_to_come_tells_what_will_move_then_and_not_that_nothing_does(browser, old):
    led_by(old)
    preview = words(fill(browser, old, day=str(SOON), part0_name="新課"))
    assert "そこから、担当する項目1件と、まだ公表も確定もしていない回答（今は1件）を新しい課に移せます。" in preview
    assert "0件" not in preview
    assert "移る項目と回答は、今はありません。" in words(
        fill(browser, factories.make_department("空の課"), day=str(SOON), part0_name="新しい空の課")
    )


def test_published_years_and_their_public_pages_keep_the_old_name(browser, old, client):
    _, status = led_by(old)
    publish(status.report, by=None)
    register(browser, old, fill(browser, old, day=str(AGO), part0_name="新課"))
    assert fresh(status).department == old
    page = client.get(f"/items/{status.item.public_id}/").content.decode()
    assert "旧課" in page
    assert "新課" not in page
    assert [row.department for row in status.report.editions.get().rows.all()] == [old]
