"""変更の記録: who may look, how it is narrowed, what it shows, and the file."""

import pytest

from actionplan.trail.pages import A_PAGE
from tests import factories
from tests.admin.pages import signed_in
from tests.trail.conftest import change, make_person

pytestmark = pytest.mark.django_db
TRAIL, FILE = "/admin/trail/", "/admin/trail/csv/"


@pytest.fixture
def auditor():
    return signed_in(make_person("kansa"))


def html(response):
    assert response.status_code == 200
    return response.content.decode()


def shown(client, query=""):
    """The numbers of the records on the page, newest first."""
    response = client.get(TRAIL + query)
    assert response.status_code == 200
    return [record.number for record in response.context["records"]]


def test_a_record_is_told_in_words_with_reason_and_file(auditor):
    department = factories.make_department("市民協働課")
    status = factories.make_status(text="前の文", department=department)
    writer = factories.make_user(username="yamada", last_name="山田", first_name="太郎")
    change(status, "後の文", by=writer, reason="照会票の取込み", source_file="回答.xlsx")
    page = html(auditor.get(TRAIL))
    for words in (
        *("山田 太郎（yamada）", "1-1-1", "項目", "平成21年度（2009年度）", "市民協働課"),
        *("前の文", "後の文", "照会票の取込み", "回答.xlsx", "変更"),
    ):
        assert words in page


@pytest.mark.parametrize("address", [TRAIL, FILE])
def test_only_who_may_look_back_gets_in(address, client):
    for name in ("kansa", "jimu", "tanto", "kacho"):
        assert signed_in(make_person(name)).get(address).status_code == 200, name
    for other in (make_person("kohyo"), factories.make_user(superuser=False)):
        assert signed_in(other).get(address).status_code == 403
    assert client.get(address).status_code == 302


def two_departments():
    own, other = factories.make_department("甲課"), factories.make_department("乙課")
    mine = factories.make_status(department=own, text="甲課の文")
    theirs = factories.make_status(department=other, text="乙課の文", item=factories.make_item())
    return own, other, mine, theirs


def test_a_clerk_sees_the_own_answers_and_nothing_of_others_by_any_address():
    own, other, mine, theirs = two_departments()
    client = signed_in(make_person("tanto", own))
    assert shown(client) == [f"yearlystatus-{mine.history.get().pk}"]
    for query in (
        *(f"?item={theirs.item_id}", f"?status={theirs.pk}", f"?department={other.pk}", "?kind=user", "?kind=edition"),
        *(f"?kind=yearlystatus&object={theirs.pk}", "?department=0", "?kind=actionitem"),
    ):
        page = html(client.get(TRAIL + query))
        assert client.get(TRAIL + query).context["records"] == []
        assert "乙課" not in page
        answer = client.get(FILE + query)
        body = b"".join(answer.streaming_content).decode() if answer.status_code == 200 else ""
        assert "乙課の文" not in body


def test_choosers_offer_names_and_a_clerk_only_the_own():
    own, _, mine, theirs = two_departments()
    make_person("kansa", last_name="監査")
    page = html(signed_in(make_person("jimu")).get(TRAIL))
    for words in ("甲課", "乙課", "監査（kansa）", "（担当課なし）", "平成21年度（2009年度）", f">{mine.item}<"):
        assert words in page
    page = html(signed_in(make_person("tanto", own)).get(TRAIL))
    assert f'value="{mine.item_id}"' in page
    assert f'value="{theirs.item_id}"' not in page.partition("担当課</label>")[0]
    assert "監査（kansa）" not in page


def test_an_ended_department_is_asked_for_as_its_successor(auditor):
    from datetime import timedelta

    from django.utils import timezone

    new = factories.make_department("新課")
    yesterday = timezone.localdate() - timedelta(days=1)
    old = factories.make_department("旧課", in_force_until=yesterday, successor=new)
    old_status = factories.make_status(department=old)
    assert f"yearlystatus-{old_status.history.get().pk}" in shown(auditor, f"?department={old.pk}")
    assert shown(auditor, f"?department={old.pk}") == shown(auditor, f"?department={new.pk}")
    assert ">旧課<" not in html(auditor.get(TRAIL)).partition('id="found"')[0]


def test_a_deleted_answers_past_is_reached_from_its_record(auditor):
    status = factories.make_status(text="消えた文")
    pk = status.pk
    status.delete()
    assert f"?kind=yearlystatus&amp;object={pk}" in html(auditor.get(f"{TRAIL}?action=-"))
    page = html(auditor.get(f"{TRAIL}?status={pk}"))
    assert "消えた文" in page
    assert "の記録だけを表示しています" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?item=999999", "ご覧になれません"),
        ("?first=きのう", "2026-04-01 の形"),
        ("?first=2026-04-02&last=2026-04-01", "始まりの日より前"),
        ("?department=abc", "ご覧になれません"),
        ("?kind=nonsense", "ご覧になれません"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_words(auditor, query, sentence):
    factories.make_status()
    page = html(auditor.get(TRAIL + query))
    assert sentence in page
    assert "条件を直して" in page
    assert auditor.get(FILE + query).status_code == 302


@pytest.mark.parametrize("query", ["?object=abc", "?object=-1", "?page=abc", "?page=999", "?person="])
def test_no_address_ends_in_an_error_page(auditor, query):
    factories.make_status()
    assert auditor.get(TRAIL + query).status_code == 200


def test_fifty_a_page_and_the_question_stays_on_the_next(auditor):
    status = factories.make_status()
    for number in range(A_PAGE + 5):
        change(status, str(number))
    first, second = (shown(auditor, f"?kind=yearlystatus&page={page}") for page in (1, 2))
    assert (len(first), len(second)) == (A_PAGE, 6)
    assert not set(first) & set(second)
    assert "?kind=yearlystatus&amp;page=2" in html(auditor.get(f"{TRAIL}?kind=yearlystatus"))


def test_a_long_text_is_folded_and_its_difference_marked(auditor):
    status = factories.make_status(text="同じ文です。" * 20 + "前の終わり")
    change(status, "同じ文です。" * 20 + "後の終わり")
    page = html(auditor.get(TRAIL))
    assert "<del>前</del><ins>後</ins>の終わり" in page
    assert "変更前と変更後の全文" in page
    assert "同じ文です。" * 20 + "前の終わり" in page


def test_texts_are_escaped(auditor):
    status = factories.make_status()
    change(status, "<script>alert(1)</script>", reason="<b>", source_file="<i>.xlsx")
    page = html(auditor.get(TRAIL))
    for tag in ("<script>alert", "<b>", "<i>"):
        assert tag not in page


def test_the_file_has_every_record_of_the_question_not_only_the_page(auditor):
    status = factories.make_status()
    for number in range(A_PAGE + 5):
        change(status, str(number))
    factories.make_department()
    response = auditor.get(f"{FILE}?kind=yearlystatus&action=~")
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="change_records_' in response["Content-Disposition"]
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + A_PAGE + 5


def test_the_front_page_leads_an_auditor_and_a_clerk_here():
    own = factories.make_department()
    for person in (make_person("kansa"), make_person("tanto", own)):
        assert f'href="{TRAIL}"' in signed_in(person).get("/admin/").content.decode()
    assert f'href="{TRAIL}"' not in signed_in(make_person("kohyo")).get("/admin/").content.decode()
