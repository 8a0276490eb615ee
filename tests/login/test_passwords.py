"""What a password may not be: each refusal in its own words, and good ones pass."""

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from actionplan.login.passwords import NoCityName, NoCommonWords, NoOwnName, NotTooLong, NoYear, common_words, fold
from actionplan.organisation.accounts import make_password
from tests import factories

ACCOUNT = User(username="yamada", last_name="山田", first_name="太郎", email="taro.y@example.jp")
GOOD = ["tegami-mikan-densha", "correct horse battery staple", "umi7no.mieru.heya", "たいへんよくできました板橋駅"]


def refuses(validator, password: str) -> None:
    """Fails unless the validator says its own sentence."""
    with pytest.raises(ValidationError) as refusal:
        validator.validate(password, ACCOUNT)
    assert refusal.value.messages == [validator.sentence]


@pytest.mark.parametrize(
    "password", ["yamada-no-mikan", "mikan.YAMADA.x", "ｙａｍａｄａ-mikan", "山田のみかんばたけ", "y@m@da-mikan-1"]
)
def test_none_that_holds_the_accounts_own_names(password):
    refuses(NoOwnName(), password)


def test_none_that_holds_the_mail_boxs_name():
    refuses(NoOwnName(), "taro.y-no-ringo")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "password", ["tsushima-no-umi", "Ｔｓｕｓｈｉｍａ-x9", "tu5h1ma-tsu5h1ma", "つしまのうみはひろい", "対馬のうみ"]
)
def test_none_that_holds_the_citys_name(password):
    factories.make_plan()
    refuses(NoCityName(), password)


@pytest.mark.parametrize(
    "password",
    ["mikan-{year}-ringo", "reiwa-no-mikan", "令和のみかん", "れいわのみかん", "HEISEI-no-umi", "昭和うまれのひと"],
)
def test_none_that_holds_a_year_or_an_era(password):
    refuses(NoYear(), password.format(year=timezone.localdate().year))


COMMON = """
password1234 P@ssw0rd!!99 passw0rd-passw0rd sakura-sakura さくらさくらさくら サクラ桜sakura1 qwertyuiop[]12 1qaz2wsx3edc
1q2w3e4r5t6y ohayougozaimasu おはようございます1 ganbare-ganbare1 123456789012 1234-5678-9012 aaaaaaaaaaaa abcdefghijkl
hgfedcba9876 admin-admin-admin パスワードパスワード Welcome-Welcome1 jimukyoku-12345 shiminkyoudou12 1111aaaa2222bbbb
"""


@pytest.mark.parametrize("password", COMMON.split())
def test_none_of_nothing_but_common_words_keys_and_figures(password):
    refuses(NoCommonWords(), password)


@pytest.mark.django_db
@pytest.mark.parametrize("password", GOOD)
def test_a_phrase_of_ones_own_passes(password):
    validate_password(password, ACCOUNT)


def test_none_of_more_than_128_signs_however_wide():
    NotTooLong().validate("鍵" * 128)
    refuses(NotTooLong(), "鍵" * 129)


@pytest.mark.django_db
def test_passwords_that_the_portal_makes_pass():
    for _ in range(30):
        validate_password(make_password(), ACCOUNT)


def test_every_rule_is_told_above_the_box_in_japanese(settings):
    for validator in get_password_validators(settings.AUTH_PASSWORD_VALIDATORS):
        assert validator.get_help_text().endswith("。")


def test_a_very_long_one_is_judged_at_once():
    NoCommonWords().validate("あ" + "ab9" * 2000 + "ｚい", ACCOUNT)


def test_the_file_of_words_is_folded_and_holds_no_word_twice():
    assert len(common_words()) > 300
    assert all(word == fold(word) for word in common_words())
