"""What no page of ours sends: forged counts, NUL, numbers beyond any table. Refused in words, nothing lost or saved."""

import pytest

from actionplan.models import Department, Plan, YearlyStatus
from tests import factories
from tests.admin.pages import STATUSES, change_url, form_of, signed_in
from tests.organisation.staffing import make_member

pytestmark = pytest.mark.django_db
# On PostgreSQL a refused number ends the transaction that it stands in: the test's own must not be that one.
without_a_transaction = pytest.mark.django_db(transaction=True)
HUGE = str(10**30)
SENTENCE = "この画面では作れない値が入っているため、保存していません"
FORGED = [
    {"INITIAL_FORMS": "-1"},
    {"TOTAL_FORMS": "-1"},
    {"TOTAL_FORMS": HUGE},
    {"INITIAL_FORMS": HUGE, "TOTAL_FORMS": HUGE},
    {"INITIAL_FORMS": "2", "TOTAL_FORMS": "1"},
    {"INITIAL_FORMS": ""},
    {"TOTAL_FORMS": "一"},
]


@pytest.mark.parametrize("counts", FORGED)
def test_forged_counts_of_the_list_are_refused_and_the_words_come_back(counts):
    status, client = factories.make_status(), signed_in()
    form = form_of(client.get(STATUSES), "changelist-form")
    forged = {f"form-{name}": value for name, value in counts.items()}
    answer = client.post(STATUSES, {**form, "form-0-text": "長い会議のあとに書いた文", "_save": "保存", **forged})
    assert answer.status_code == 400
    assert SENTENCE in answer.content.decode()
    assert "長い会議のあとに書いた文" in answer.content.decode()
    assert YearlyStatus.objects.get(pk=status.pk).text == status.text


@pytest.mark.parametrize("counts", FORGED)
def test_forged_counts_of_the_plans_form_are_refused(counts):
    plan, client = factories.make_report().plan, signed_in()
    form = form_of(client.get(change_url(plan)), "plan_form")
    prefixes = [name.removesuffix("-TOTAL_FORMS") for name in form if name.endswith("-TOTAL_FORMS")]
    assert len(prefixes) > 2
    for prefix in prefixes:
        forged = {f"{prefix}-{name}": value for name, value in counts.items()}
        answer = client.post(change_url(plan), {**form, "purpose": "書きかけの目的", **forged})
        assert (answer.status_code, "書きかけの目的" in answer.content.decode()) == (400, True)
    assert Plan.objects.get().purpose == plan.purpose


def test_a_set_of_forms_that_is_true_passes():
    status, client = factories.make_status(), signed_in()
    form = form_of(client.get(STATUSES), "changelist-form")
    assert client.post(STATUSES, {**form, "form-0-text": "新しい文", "_save": "保存"}).status_code == 302
    assert YearlyStatus.objects.get(pk=status.pk).text == "新しい文"


@without_a_transaction
@pytest.mark.parametrize("forged", [{"members": [HUGE]}, {"members": ["-" + HUGE]}, {"successor": HUGE}])
def test_a_number_that_no_table_holds_saves_nothing(forged):
    department, client = factories.make_department("福祉課"), signed_in()
    form = form_of(client.get(change_url(department)), "department_form")
    answer = client.post(change_url(department), {**form, "phone": "0920-1", **forged})
    assert answer.status_code in (200, 400)
    assert Department.objects.get().phone == ""


@without_a_transaction
@pytest.mark.parametrize("forged", [{"departments": [HUGE]}, {"groups": [HUGE]}])
def test_an_account_is_not_half_saved_either(forged):
    account, client = make_member("tanto"), signed_in()
    form = form_of(client.get(change_url(account)), "user_form")
    answer = client.post(change_url(account), {**form, "email": "a@example.jp", **forged})
    assert answer.status_code in (200, 400)
    account.refresh_from_db()
    assert account.email != "a@example.jp"


@pytest.mark.parametrize(
    "address",
    [
        f"{STATUSES}?q=%00",
        f"{STATUSES}?state__exact=%00",
        f"{STATUSES}?%00=1",
        "/admin/auth/user/?q=a%00b",
        "/admin/trail/?person=%00",
        "/admin/trail/?words=%00",
        "/admin/answers/?all=%00",
        "/admin/actionplan/actionitem/?department=%00",
    ],
)
def test_nul_in_an_address_is_a_bad_request_in_japanese(address):
    answer = signed_in().get(address)
    assert answer.status_code == 400
    assert "このアドレスでは表示できません" in answer.content.decode()


@without_a_transaction
@pytest.mark.parametrize("model", ["yearlystatus", "actionitem", "measure", "department", "edition", "annualreport"])
def test_a_huge_number_as_an_address_is_nobodys(model):
    assert signed_in().get(f"/admin/actionplan/{model}/{HUGE}/change/").status_code in (302, 404)


@without_a_transaction
@pytest.mark.parametrize("lookup", ["department__id__exact", "report__id__exact", "progress__exact"])
def test_a_huge_number_as_a_filter_is_no_error_page(lookup):
    factories.make_status()
    assert signed_in().get(f"{STATUSES}?{lookup}={HUGE}").status_code in (200, 302, 400)
