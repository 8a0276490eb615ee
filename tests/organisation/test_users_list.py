"""The list of accounts: in words, narrowed, read by those who may, in few questions; nobody deletes from it."""

import pytest
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionplan.models import Department
from actionplan.permissions import CLERK, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.organisation.staffing import USERS, make_coordinator, make_member, office, words
from tests.roles.world import state_of_everything

pytestmark = pytest.mark.django_db
ADD = f"{USERS}add/"


@pytest.fixture
def browser():
    return office()


def add(browser, **boxes):
    return browser.post(ADD, {**form_of(browser.get(ADD), "user_form"), "username": "suzuki", **boxes})


def key(name):
    return str(factories.make_role(name).pk)


def asked(browser, address):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("who", ["office", "root"])
def test_nobody_deletes_an_account(who):
    browser, account = office() if who == "office" else signed_in(), make_member("tanto")
    assert browser.post(f"{USERS}{account.pk}/delete/", {"post": "yes"}).status_code == 403
    browser.post(USERS, {"action": "delete_selected", "_selected_action": [account.pk], "post": "yes"})
    assert User.objects.filter(pk=account.pk).exists()
    assert "/delete/" not in browser.get(change_url(account)).content.decode()
    assert "delete_selected" not in browser.get(USERS).content.decode()


@pytest.mark.parametrize(("role", "reads"), [(CLERK, False), (HEAD, False), (PUBLISHER, False), (READER, True)])
def test_no_other_role_writes_accounts(role, reads):
    account, other = make_member("tanto"), signed_in(factories.make_person(role))
    before = state_of_everything()
    for address in (USERS, change_url(account)):
        assert other.get(address).status_code == (200 if reads else 403)
    assert other.get(ADD).status_code == 403
    for address in (ADD, change_url(account), f"{USERS}{account.pk}/password/"):
        assert other.post(address, {"username": "x"}).status_code == 403
    assert state_of_everything() == before
    if reads:
        assert "職員をファイルから取り込む" not in words(other.get(USERS))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("active=1", {"jimu", "ima", "mukashi"}),
        ("active=0", {"yameta", "soto"}),
        ("role={clerk}", {"ima"}),
        ("role=none", {"mukashi", "yameta", "soto"}),
        ("department={new}", {"ima", "mukashi"}),
        ("department=none", {"jimu", "yameta", "soto"}),
        ("department=x", {"jimu", "ima", "mukashi", "yameta", "soto"}),
        ("role=９９", {"jimu", "ima", "mukashi", "yameta", "soto"}),
        ("q=mukashi", {"mukashi"}),
    ],
)
def test_the_list_is_narrowed_by_standing_role_and_department(browser, query, names):
    new = factories.make_department("新課")
    old = factories.make_department("旧課", in_force_until="2020-03-31", successor=new)
    make_member("ima", CLERK, departments=[new])
    make_member("mukashi", departments=[old])
    make_member("yameta", is_active=False)
    make_member("soto", is_staff=False)
    page = browser.get(f"{USERS}?{query.format(clerk=key(CLERK), new=new.pk)}")
    assert {user.username for user in page.context["cl"].queryset} == names


@pytest.mark.parametrize("filtered", ["role", "department"])
@pytest.mark.parametrize("number", ["9" * 25, "9" * 5000, "-1"])
def test_a_number_that_no_browser_sends_does_not_break_the_list(browser, filtered, number):
    assert browser.get(f"{USERS}?{filtered}={number}").status_code in (200, 302)


def test_the_list_tells_each_account_in_words(browser):
    make_member("tanto", CLERK, HEAD, departments=[factories.make_department("福祉課")])
    make_member("yameta", is_active=False)
    factories.make_user(username="root")
    page = words(browser.get(USERS))
    assert "tanto 山田 花子 福祉課 担当者、課長 （なし） 使える" in page
    assert "閉じた（使えない）" in page
    assert "管理者" in page


def test_list_and_form_ask_as_often_for_200_people_as_for_5():
    department = factories.make_department("福祉課")
    account = make_member("tanto", CLERK, departments=[department])
    browser, counts = signed_in(make_coordinator()), []
    # What a process reads once (kinds of content) was read or not by whatever ran before in it.
    ContentType.objects.clear_cache()
    asked(browser, change_url(account))
    for size in (5, 200):
        people = User.objects.bulk_create(User(username=f"p{size}-{n}", is_staff=True) for n in range(size))
        department.members.add(*people)
        Department.objects.bulk_create(Department(name=f"第{size}-{n}課") for n in range(size))
        counts.append([asked(browser, address) for address in (USERS, f"{USERS}?active=1", change_url(account), ADD)])
    assert counts[0] == counts[1]
    assert max(counts[1]) < 15
