"""Closing accounts, using them again and first passwords: one page that asks, one that tells."""

from functools import partial

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from actionplan.permissions import CLERK, COORDINATOR, HEAD, PUBLISHER, READER
from tests import factories
from tests.admin.pages import change_url, form_of, signed_in
from tests.organisation.staffing import USERS, make_coordinator, make_member, office, words
from tests.roles.world import state_of_everything

pytestmark = pytest.mark.django_db
CLOSE, REOPEN = "/admin/people/close/", "/admin/people/reopen/"
NOT_YOURS = "この画面では変えられません。管理者に連絡してください。"


@pytest.fixture
def browser():
    return office()


def password_url(account):
    return f"/admin/people/{account.pk}/start-password/"


def fresh(account):
    return User.objects.get(pk=account.pk)


def test_the_page_names_the_people_and_closes_nobody_yet(browser):
    accounts = [make_member(name, departments=[factories.make_department(f"{name}課")]) for name in ("ito", "ueda")]
    before = state_of_everything()
    page = words(browser.get(f"{CLOSE}?person={accounts[0].pk}&person={accounts[1].pk}"))
    assert "次の2人の利用者を閉じます。すぐにログインできなくなり" in page
    assert "山田 花子（ito） ito課" in page
    assert state_of_everything() == before


def test_closing_ends_the_session_at_once_and_keeps_the_history(browser):
    department = factories.make_department("福祉課")
    account = make_member("tanto", CLERK, departments=[department])
    person = signed_in(account)
    status = factories.make_status(department=department)
    status._history_user = account
    status.text = "担当者の文"
    status.save()
    assert person.get("/admin/").status_code == 200
    page = browser.get(f"{CLOSE}?person={account.pk}")
    done = browser.post(CLOSE, form_of(page, None), follow=True)
    assert "1人の利用者を閉じました。" in words(done)
    assert person.get("/admin/").status_code == 302
    assert authenticate(username="tanto", password="a-long-password-9") is None
    assert status.history.first().history_user == account
    assert (fresh(account).is_active, account.departments.count()) == (False, 0)
    assert [group.name for group in account.groups.all()] == [CLERK]
    record = account.history.first()
    assert (record.history_user.username, record.history_change_reason) == ("jimu", "退職・異動のため閉じた")


def test_an_account_is_used_again_with_its_roles(browser):
    account = make_member("tanto", CLERK, is_active=False)
    page = browser.get(f"{REOPEN}?person={account.pk}")
    assert "もう一度使えるようにします。役割は前のままです。" in words(page)
    done = browser.post(REOPEN, form_of(page, None), follow=True)
    assert "1人の利用者を使えるようにしました。" in words(done)
    assert fresh(account).is_active
    assert [group.name for group in account.groups.all()] == [CLERK]


@pytest.mark.parametrize(("action", "address"), [("close", CLOSE), ("reopen", REOPEN)])
def test_the_lists_actions_lead_to_the_page_that_asks(browser, action, address):
    accounts = [make_member(name) for name in ("ito", "ueda")]
    chosen = [account.pk for account in accounts]
    answer = browser.post(USERS, {"action": action, "_selected_action": chosen})
    assert answer["Location"].startswith(address)
    assert {f"person={pk}" in answer["Location"] for pk in chosen} == {True}
    assert all(fresh(account).is_active for account in accounts)


@pytest.mark.parametrize("above", ["root", "kouho", "dousho", "jimu"])
@pytest.mark.parametrize("address", [CLOSE, REOPEN])
def test_nobody_closes_themselves_or_those_above_not_even_among_others(browser, above, address):
    factories.make_user(username="root")
    make_member("kouho", PUBLISHER)
    make_member("dousho", COORDINATOR)
    plain = make_member("tanto")
    people = {"person": [plain.pk, User.objects.get(username=above).pk]}
    before = state_of_everything()
    for answer in (browser.get(address, people), browser.post(address, people)):
        assert answer.status_code == 403
        assert NOT_YOURS in words(answer)
    assert state_of_everything() == before


def test_a_superuser_does_not_close_their_own_account():
    root = factories.make_user(username="root")
    browser = signed_in(root)
    for address in (CLOSE, password_url(root)):
        for send in (browser.get, browser.post):
            assert send(address, {"person": root.pk}).status_code == 403
    assert fresh(root).is_active


@pytest.mark.parametrize(
    "query", ["", "?person=", "?person=x", "?person=0", f"?person={'9' * 25}", f"?person={'9' * 5000}"]
)
def test_without_people_there_is_no_page(browser, query):
    assert browser.get(f"{CLOSE}{query}").status_code == 404
    assert browser.get(f"/admin/people/drop/{query}").status_code == 404


def test_the_page_of_a_first_password_asks_before_it_makes_one(browser):
    account = make_member("tanto", CLERK)
    page = words(browser.get(password_url(account)))
    assert "今のパスワードは使えなくなり、本人がログインしているときは、そこで切れます。" in page
    assert fresh(account).password == account.password


def test_a_first_password_is_shown_once_works_and_ends_the_old_one(browser):
    account = make_member("tanto", CLERK)
    person = signed_in(account)
    done = browser.post(password_url(account))
    [given] = done.context["passwords"]
    assert given.password in words(done)
    assert given.password not in words(browser.get(password_url(account)))
    assert "no-store" in done["Cache-Control"]
    assert person.get("/admin/").status_code == 302
    assert authenticate(username="tanto", password="a-long-password-9") is None
    assert Client().login(username="tanto", password=given.password)
    assert account.history.first().history_user.username == "jimu"


@pytest.mark.parametrize("above", ["root", "kouho", "dousho", "jimu"])
def test_no_first_password_is_made_for_those_above_or_oneself(browser, above):
    factories.make_user(username="root")
    make_member("kouho", PUBLISHER)
    make_member("dousho", COORDINATOR)
    account = User.objects.get(username=above)
    for answer in (browser.get(password_url(account)), browser.post(password_url(account))):
        assert answer.status_code == 403
        assert NOT_YOURS in words(answer)
    assert fresh(account).password == account.password


@pytest.mark.parametrize("role", [CLERK, HEAD, PUBLISHER, READER])
def test_no_other_role_closes_reopens_or_gives_passwords(role):
    account, other = make_member("tanto"), signed_in(factories.make_person(role))
    before = state_of_everything()
    for address in (CLOSE, REOPEN, password_url(account)):
        assert other.get(address, {"person": account.pk}).status_code == 403
        assert other.post(address, {"person": account.pk}).status_code == 403
    assert state_of_everything() == before


def test_the_accounts_form_offers_what_may_be_done_with_it(browser):
    used, closed = make_member("tanto"), make_member("yameta", is_active=False)
    page = words(browser.get(change_url(used)))
    for offer in ("最初のパスワードを作り直す", "パスワードを決める", "退職・異動で閉じる"):
        assert offer in page
    page = words(browser.get(change_url(closed)))
    assert "もう一度使えるようにする" in page
    assert "退職・異動で閉じる" not in page


def asked(act):
    with CaptureQueriesContext(connection) as queries:
        assert act().status_code in (200, 302)
    return len(queries)


def test_the_pages_ask_as_often_for_200_people_as_for_5():
    browser, counts = signed_in(make_coordinator()), []
    department = factories.make_department("福祉課")
    for size in (5, 200):
        people = User.objects.bulk_create(User(username=f"p{size}-{n}", is_staff=True) for n in range(size))
        department.members.add(*people)
        chosen = {"person": [person.pk for person in people]}
        looks = [asked(partial(browser.get, page, chosen)) for page in (CLOSE, REOPEN)]
        counts.append([*looks, asked(partial(browser.post, CLOSE, chosen))])
    assert counts[0][:2] == counts[1][:2]
    assert max(counts[1][:2]) < 15
    assert counts[1][2] - counts[0][2] <= 5  # the batches of bulk writing
