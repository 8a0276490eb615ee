"""Every fault of a list of staff at once, and all of the list or nothing."""

import pytest
from django.contrib.auth.models import User

from actionplan.organisation.people import NEW, import_people, look
from actionplan.seen import Moved
from tests.organisation.listing import line, person, sentences

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db):
    return person("jimu", "事務局")


def test_every_fault_is_told_at_once_with_its_row_and_column(office):
    person("suzuki")
    wrong = {"所属課": "ない課", "役割": "係長", "在籍": "たぶん", "メールアドレス": "a@"}
    found = sentences(office, line("suzuki", **wrong), line("鈴木 様", number=3, 姓="", 名=""))
    assert [sentence.partition("：")[0] for sentence in found] == [
        "2行目「メールアドレス」",
        "2行目「在籍」",
        "2行目「所属課」",
        "2行目「役割」",
        "3行目「利用者名」",
        "3行目「姓」",
    ]
    assert "「ない課」という担当課はありません" in found[2]
    assert "担当者・課長・閲覧者から選んでください" in found[3]


@pytest.mark.parametrize("word", ["", "×", "はいいえ"])
def test_whether_somebody_is_still_there_is_never_guessed(office, word):
    person("suzuki")
    assert "「はい」か「いいえ」を書いてください" in sentences(office, line("suzuki", 在籍=word))[0]


def test_one_person_in_two_rows_is_refused_however_the_name_is_spelt(office):
    found = sentences(office, line("sato"), line("Sato", number=3))
    assert len(found) == 2
    assert all("1人1行" in sentence for sentence in found)


def test_a_name_that_differs_only_by_capitals_makes_no_second_account(office):
    person("suzuki")
    assert "大文字・小文字だけが違います" in sentences(office, line("Suzuki"))[0]


def test_with_one_fault_nothing_at_all_is_stored(office):
    lines = [line("sato"), line("kato", number=3, 役割="係長")]
    assert [change.kind for change in look(lines, by=office).changes] == [NEW]
    with pytest.raises(Moved):
        import_people(lines, by=office, seen=look(lines, by=office).seal)
    assert not User.objects.filter(username="sato").exists()


def test_nothing_is_stored_when_somebody_changed_a_person_after_the_preview(office):
    user = person("suzuki", "担当者", email="old@example.jp")
    lines = [line("suzuki", メールアドレス="new@example.jp", 役割="担当者")]
    seen = look(lines, by=office).seal
    User.objects.filter(pk=user.pk).update(email="meanwhile@example.jp")
    with pytest.raises(Moved):
        import_people(lines, by=office, seen=seen)
    user.refresh_from_db()
    assert user.email == "meanwhile@example.jp"
