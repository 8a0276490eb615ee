"""One change of a department, an account or who belongs where leaves exactly one record for each of them."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from actionplan.organisation.people_lines import PersonLine
from actionplan.trail.records import NO_CELL
from tests import factories
from tests.admin.pages import change_url, form_of
from tests.trail.watch import Watch, told

pytestmark = pytest.mark.django_db


def test_a_departments_members(door):
    department = factories.make_department()
    person = factories.make_user(username="tanto")
    form, watch = form_of(door.get(change_url(department)), "department_form"), Watch()
    if "members" not in door.get(change_url(department)).content.decode():
        pytest.skip("members are no longer written on this page")
    door.post(change_url(department), {**form, "phone": "000-000-0000", "members": [person.pk]})
    assert told(watch.only()) == {"電話番号": ("", "000-000-0000"), "所属する職員": ("", "tanto")}


def test_members_added_from_the_persons_side_are_the_departments_record():
    from actionplan.models import one_change

    department, person = factories.make_department(), factories.make_user(username="tanto")
    watch = Watch()
    with one_change(reason="異動", source_file="名簿.csv"):
        person.departments.add(department)
    record = watch.only()
    assert (record.kind, record.reason, record.source) == ("担当課", "異動", "名簿.csv")
    assert told(record) == {"所属する職員": ("", "tanto")}
    watch = Watch()
    person.departments.clear()
    assert told(watch.only()) == {"所属する職員": ("tanto", "")}


def test_an_accounts_form(door):
    account = factories.make_user(username="tanto", superuser=False)
    form, watch = form_of(door.get(change_url(account)), "user_form"), Watch()
    role = factories.make_role("担当者")
    door.post(change_url(account), {**form, "last_name": "山田", "groups": [role.pk]})
    record = watch.only()
    assert told(record) == {"姓": ("", "山田"), "役割": ("", "担当者")}
    assert record.who == "書手（kakite）"


def test_an_accounts_password_is_recorded_without_telling_it(door):
    account = factories.make_user(username="tanto", superuser=False)
    watch = Watch()
    door.post(reverse("admin:start_password", args=[account.pk]))
    record = watch.only()
    assert (record.reason, record.changes, record.remark) == ("最初のパスワードを作成", (), NO_CELL)
    assert record.who == "書手（kakite）"


def test_closing_an_account_is_one_record_of_it_and_one_of_each_department(door):
    department = factories.make_department("福祉課")
    account = factories.make_person("担当者", departments=[department], username="tanto")
    watch = Watch()
    door.post(reverse("admin:people_switch", args=["close"]), {"person": account.pk})
    found = {record.kind: record for record in watch.found()}
    assert len(watch.found()) == 2
    assert told(found["利用者"]) == {"有効": ("はい", "いいえ")}
    assert told(found["担当課"]) == {"所属する職員": ("tanto", "")}
    assert {record.who for record in found.values()} == {"書手（kakite）"}
    assert all(record.reason for record in found.values())


def test_a_list_of_staff_names_its_file_in_every_record():
    from actionplan.organisation.people import import_people, look

    factories.make_department("福祉課")
    office = factories.make_person("事務局", username="jimu")
    cells = {"姓": "鈴木", "名": "一郎", "メールアドレス": "", "所属課": "福祉課", "役割": "担当者", "在籍": "はい"}
    lines = [PersonLine(2, {"利用者名": "suzuki", **cells})]
    watch = Watch()
    import_people(lines, by=office, seen=look(lines, by=office).seal, source="名簿.csv")
    found = watch.found()
    assert sorted(record.kind for record in found) == ["利用者", "担当課"]
    assert {(record.who, record.reason, record.source) for record in found} == {
        ("jimu", "利用者の取り込み", "名簿.csv"),
    }
    [account] = [record for record in found if record.kind == "利用者"]
    assert told(account)["役割"] == ("", "担当者")


def test_renaming_a_department_is_one_record_of_each_row_it_touches(coordinator):
    from actionplan.organisation.reorganisation import Part, Reorganisation
    from actionplan.organisation.reorganise import reorganise

    old = factories.make_department("旧課")
    item = factories.make_item(lead_department=old)
    factories.make_status(item=item, department=old)
    day = timezone.localdate() - timedelta(days=30)
    watch = Watch()
    reorganise(Reorganisation((old.pk,), (Part(facts={"name": "新課"}, items=frozenset()),), day), by=coordinator)
    found = watch.found()
    touched = [(record.kind, record.stored.object) for record in found]
    assert len(touched) == len(set(touched))
    assert {record.who for record in found} == {"coordinator"}
    assert all(record.reason for record in found)
    [ended] = [record for record in found if record.kind == "担当課" and record.target == "旧課"]
    assert told(ended)["引き継いだ課"] == ("", "新課")


def test_a_group_and_its_rights(door):
    group = Group.objects.create(name="試しの役割")
    group.permissions.set(Permission.objects.filter(codename__in=["view_plan", "change_plan"]))
    form, watch = form_of(door.get(change_url(group)), "group_form"), Watch()
    door.post(change_url(group), {**form, "permissions": form["permissions"][1:]})
    record = watch.only()
    before, after = told(record)["パーミッション"]
    assert before == "計画：変更、計画：閲覧"
    assert after in before.split("、")
    assert (record.kind, record.reason) == ("役割", "変更の画面で入力")


def test_adding_an_account_leaves_one_record_with_its_roles(door):
    address, role = reverse("admin:auth_user_add"), factories.make_role("担当者")
    form, watch = form_of(door.get(address), "user_form"), Watch()
    door.post(address, {**form, "username": "atarashii", "last_name": "新井", "groups": [role.pk]})
    record = watch.only()
    assert (record.kind, record.action, record.reason) == ("利用者", "追加", "追加の画面で入力")
    assert told(record)["役割"] == ("", "担当者")
