"""April in the browser: a department split and people moved by a file, wide and narrow, light and dark."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from actionplan.models import ActionItem, Department
from actionplan.permissions import CLERK
from tests import factories
from tests.browser.steps import follow
from tests.browser.test_accessibility import problems

COLUMNS = "利用者名,姓,名,メールアドレス,所属課,役割,在籍"
HEADER_AND_ROW = f"{COLUMNS}\r\nsuzuki,鈴木,一郎,,福祉課,担当者,はい\r\n".encode("cp932")


@pytest.fixture
def department(published):
    department = factories.make_department("福祉課")
    ActionItem.objects.update(lead_department=department)
    return department


def sound(page):
    """No fault for axe, and nothing wider than the window, on a desk and on a phone, in light and dark."""
    page.wait_for_load_state()
    page.mouse.move(0, 0)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # The admin's links change their colour slowly; what axe reads on the way is no colour of ours.
        page.wait_for_timeout(400)
        for width in (1280, 400):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
            assert problems(page, "normal" if scheme == "light" else scheme) == [], (scheme, width)


@pytest.mark.parametrize("kind", ["rename", "merge", "split"])
def test_every_form_of_a_reorganisation_is_sound(log_in, department, kind):
    sound(log_in(f"/admin/departments/{department.pk}/reorganise/?kind={kind}"))


def test_a_department_is_split_by_clicking(log_in, department):
    page = log_in(f"/admin/departments/{department.pk}/reorganise/?kind=split")
    page.fill("[name=day]", "2026-04-01")
    page.fill("[name=part0-name]", "福祉課")
    page.fill("[name=part1-name]", "子育て課")
    page.locator(".divide tbody tr").nth(3).get_by_label("2つ目の課").check()
    follow(page, "text=変わるところを確かめる")
    sound(page)
    follow(page, "button[name=confirm]")
    assert "組織改正を登録しました" in page.locator(".messagelist").inner_text()
    assert Department.objects.get(name="子育て課").items.count() == 1


def test_a_rename_to_come_is_taken_back_by_clicking(log_in, department):
    day = timezone.localdate() + timedelta(days=30)
    page = log_in(f"/admin/departments/{department.pk}/reorganise/")
    page.fill("[name=day]", str(day))
    page.fill("[name=part0-name]", "新しい福祉課")
    follow(page, "text=変わるところを確かめる")
    follow(page, "button[name=confirm]")
    follow(page, "#result_list >> text=取り消す")
    sound(page)
    follow(page, "button >> text=この組織改正を取り消す")
    assert "組織改正を取り消しました" in page.locator(".messagelist").inner_text()
    assert not Department.objects.filter(name="新しい福祉課").exists()


def test_a_new_person_gets_in_with_the_password_that_is_shown_once(log_in, live_server, department):
    factories.make_role(CLERK)
    page = log_in("/admin/people/import/")
    sound(page)
    page.set_input_files("[name=file]", {"name": "異動.csv", "mimeType": "text/csv", "buffer": HEADER_AND_ROW})
    follow(page, "text=変わるところを確かめる")
    sound(page)
    follow(page, "button[name=confirm]")
    sound(page)
    password = page.locator(".passwords code").nth(1).inner_text()
    follow(page, "text=ログアウト")
    page.goto(f"{live_server.url}/admin/login/")
    page.fill("#id_username", "suzuki")
    page.fill("#id_password", password)
    follow(page, "[type=submit]")
    assert "鈴木" in page.locator("#user-tools").inner_text()
    assert list(User.objects.get(username="suzuki").departments.all()) == [department]


@pytest.mark.parametrize("address", ["/admin/auth/user/", "/admin/auth/user/add/", "/admin/actionplan/department/"])
def test_lists_and_forms_of_people_and_departments_are_sound(log_in, department, address):
    sound(log_in(address))
