"""Departments brought in from a file, as the other tables are: previewed, whole or not at all, faults by place."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from actionplan.models import Department
from tests import factories
from tests.admin.pages import signed_in
from tests.plan.files import confirm, export, page, table, upload, written

pytestmark = pytest.mark.django_db
DEPARTMENTS = "/admin/actionplan/department/"
HEAD = ["課名", "係名", "並び順", "郵便番号", "所在地", "電話番号", "FAX番号", "メールアドレス"]


@pytest.fixture
def office():
    return signed_in(factories.make_person("事務局"))


def bring(office, *lines, head=HEAD):
    return upload(office, written([head, *lines]), "課.csv", DEPARTMENTS)


def test_the_empty_table_holds_the_headings_and_comes_in_once_it_is_filled(office):
    file = office.get(f"{DEPARTMENTS}template.xlsx")
    book = load_workbook(BytesIO(file.content))
    columns = [cell.value for cell in book.active[1]]
    assert columns == ["ID", *HEAD]
    book.active.append([None, "総務課", "庶務係", 10, "817-8510", "国分", "0920-53-6111", None, "soumu@example.jp"])
    data = BytesIO()
    book.save(data)
    preview = upload(office, data.getvalue(), "課.xlsx", DEPARTMENTS)
    assert not Department.objects.exists()
    assert "（追加1件、変更0件、変更なし0件）" in page(confirm(office, preview, DEPARTMENTS))
    made = Department.objects.get()
    assert (str(made), made.order, made.phone, made.email) == ("総務課 庶務係", 10, "0920-53-6111", "soumu@example.jp")
    record = made.history.get()
    assert (record.source_file, record.history_change_reason) == ("課.xlsx", "ファイルから取り込み：課.xlsx")


def test_a_name_alone_is_enough_and_finds_its_department_however_its_blanks_are_typed(office):
    old = factories.make_department("総務部 総務課", phone="1")
    preview = upload(office, written([["課名", "電話番号"], ["総務部　総務課 ", "2"]]), "課.csv", DEPARTMENTS)
    confirm(office, preview, DEPARTMENTS)
    assert [each.phone for each in Department.objects.all()] == ["2"]
    assert Department.objects.get().pk == old.pk


def test_a_line_break_of_a_cell_becomes_a_blank_since_mails_and_files_bear_the_name(office):
    confirm(office, bring(office, ["市民協働課\n 協働係 ", "", "", "", "厳原町\v国分"]), DEPARTMENTS)
    made = Department.objects.get()
    assert (made.name, made.address) == ("市民協働課 協働係", "厳原町 国分")


def test_what_was_taken_out_comes_in_again_without_a_change_and_without_what_has_ended(office):
    factories.make_department("総務課", order=3)
    factories.make_department("旧課", in_force_until="2020-03-31")
    data = export(office, address=DEPARTMENTS)
    assert [line[1] for line in table(data)[1:]] == ["総務課"]
    assert "変わるところはありません" in page(upload(office, data, "課.csv", DEPARTMENTS))


def test_every_fault_is_told_with_its_place_and_nothing_is_stored(office):
    factories.make_department("旧課", in_force_until="2020-03-31")
    answer = page(
        bring(
            office,
            ["総務課", "", "十", "", "", "", "", "soumu"],
            ["", "係", "", "", "", "", "", ""],
            ["税務課", "", "", "", "", "", "", ""],
            ["税務課", "", "", "", "", "", "", ""],
            ["旧課", "", "", "", "", "", "", ""],
        )
    )
    assert "2行目「並び順」：「十」は番号として読めません。" in answer
    assert "2行目「メールアドレス」：" in answer
    assert "3行目「課名」：" in answer
    assert "4行目「課名」「係名」：同じ課名・係名の行がほかにもあります。1行にまとめてください。" in answer
    assert "6行目「課名」：同じ課名・係名の担当課が、同じ時期にすでにあります：「旧課」（2020-03-31廃止）" in answer
    assert Department.objects.count() == 1


def test_a_column_that_nobody_knows_is_named(office):
    assert "見出しの「課長」は、知らない列です。" in page(bring(office, ["総務課", "山田"], head=["課名", "課長"]))


def test_who_may_not_write_departments_brings_none_in():
    reader = signed_in(factories.make_person("閲覧者"))
    assert reader.get(f"{DEPARTMENTS}import/").status_code == 403
    assert reader.get(f"{DEPARTMENTS}template.xlsx").status_code == 403
