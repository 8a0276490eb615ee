"""Reading the lines of a list of staff: what each wants, and each cell that cannot be taken."""

import pytest

from actionplan.organisation.membership import Facts, Roster
from actionplan.organisation.people_lines import Fault, PersonLine, read_lines
from actionplan.permissions import CLERK, COORDINATOR
from tests import factories

pytestmark = pytest.mark.django_db
STANDS = {"姓": "山田", "名": "花子", "メールアドレス": "", "所属課": "", "役割": "", "在籍": "はい"}


@pytest.fixture
def office():
    return factories.make_person(COORDINATOR, username="jimu")


def line(username="suzuki", number=2, **cells):
    return PersonLine(number, {"利用者名": username, **STANDS, **cells})


def read(office, *lines):
    return read_lines(lines, Roster(office))


def faults(office, *lines):
    return [(fault.number, fault.column, fault.sentence) for each in read(office, *lines) for fault in each.faults]


def test_a_fault_is_told_with_its_row_and_column():
    assert str(Fault(7, "役割", "空です。")) == "7行目「役割」：空です。"


def test_blanks_round_a_cell_do_not_matter(office):
    [wanted] = read(office, line(" suzuki ", 姓=" 鈴木　", 在籍=" はい "))
    assert (wanted.username, wanted.facts.last_name, wanted.faults) == ("suzuki", "鈴木", [])


def test_the_lines_come_back_in_their_order_with_their_numbers(office):
    wanted = read(office, line("b", 2), line("a", 3))
    assert [(each.number, each.username) for each in wanted] == [(2, "b"), (3, "a")]


def test_who_leaves_wants_no_department_and_keeps_the_roles(office):
    department = factories.make_department("福祉課")
    factories.make_person(CLERK, departments=[department], username="suzuki")
    [wanted] = read(office, line(所属課="ない課", 役割="ない役割", 在籍="いいえ"))
    assert wanted.facts == Facts("山田", "花子", "", (), ("担当者",), False)
    assert wanted.faults == []


@pytest.mark.parametrize(
    ("cells", "column", "start"),
    [
        ({"姓": "山\u0007田"}, "姓", "目に見えない制御文字（U+0007）が入っています。"),
        ({"名": "長" * 151}, "名", ""),
        ({"姓": "長" * 151}, "姓", ""),
        ({"メールアドレス": "a" * 250 + "@example.jp"}, "メールアドレス", ""),
        ({"メールアドレス": "yamada"}, "メールアドレス", "「yamada」はメールアドレスの形ではありません。"),
        ({"姓": "", "名": ""}, "姓", "新しい人の姓が空です。"),
        ({"在籍": ""}, "在籍", "空です。「はい」か「いいえ」を書いてください。"),
        ({"在籍": "いいえ"}, "在籍", "「suzuki」という利用者はいません。"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_told_in_japanese(office, cells, column, start):
    [(number, named, sentence)] = faults(office, line(**cells))
    assert (number, named) == (2, column)
    assert sentence.startswith(start)
    assert sentence.endswith(("。", "）"))


@pytest.mark.parametrize(
    ("username", "start"),
    [
        ("", "空です。ログインに使う名前を、半角の英数字で書いてください。"),
        ("a b", "「a b」は使えません。"),
        ("新人太郎", "「新人太郎」は使えません。半角の英数字と @ . + - _ だけで書いてください。"),
        ("suzuki１あ", "「suzuki1あ」は使えません。"),
        ("a" * 151, ""),
    ],
)
def test_a_name_that_nobody_can_log_in_with_is_refused(office, username, start):
    [(_, column, sentence)] = faults(office, line(username))
    assert column == "利用者名"
    assert sentence.startswith(start)


def test_who_has_a_name_of_another_kind_already_keeps_it(office):
    factories.make_person(username="山田花子")
    assert faults(office, line("山田花子")) == []


def test_two_empty_names_are_not_called_the_same_person(office):
    assert all("空です。" in sentence for _, _, sentence in faults(office, line(""), line("", 3)))


def test_a_known_person_may_have_no_name(office):
    factories.make_person(username="suzuki")
    assert faults(office, line(姓="", 名="")) == []


def test_lines_break_no_question_however_many(office, django_assert_num_queries):
    roster = Roster(office)
    with django_assert_num_queries(0):
        assert len(read_lines([line(f"p{n}", n) for n in range(300)], roster)) == 300
