"""What a password may not be, each refusal with its own sentence; and the file of common words that it goes by."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jaconv
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils import timezone

from actionplan.models import Plan

WORDS = Path(__file__).with_name("common_words.txt")
# What people write for a letter, so that p@ssw0rd is password.
LOOKALIKES = str.maketrans("@4301!$57", "aaeoiisst")
# Shorter ones stand in many good passwords by chance.
SHORTEST_NAME, SHORTEST_CITY, KANJI = 3, 4, 2
ERAS = ("reiwa", "heisei", "showa", "shouwa", "taisho", "taishou", "meiji", "令和", "平成", "昭和", "大正", "明治")
YEARS_AROUND = 10
LONGEST = 128


def fold(text: str) -> str:
    """The text in small half-width letters, its kana in Roman ones, nothing between them."""
    plain = jaconv.kata2hira(unicodedata.normalize("NFKC", text).casefold())
    return re.sub(r"[\W_]", "", jaconv.kana2alphabet(plain))


def meant(text: str) -> str:
    """The text folded, without the figures and signs at its ends, its lookalikes as the letters that they stand for."""
    plain = unicodedata.normalize("NFKC", text)
    return fold(re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain).translate(LOOKALIKES))


class PasswordRule:
    """Refuses a password that `finds` something in; `help_text` is what Django's pages list above the box."""

    sentence = help_text = ""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError with the sentence."""
        if self.finds(password, user):
            raise ValidationError(self.sentence, code=type(self).__name__)

    def finds(self, password: str, user: User | None) -> bool:
        """Whether the password is one of those that this refuses."""
        raise NotImplementedError

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return self.help_text


class NotTooLong(PasswordRule):
    """Refuses what no person types; a phrase has room."""

    sentence = f"パスワードが長すぎます。{LONGEST}文字までにしてください。"
    help_text = f"{LONGEST}文字までにしてください。"

    def finds(self, password: str, user: User | None) -> bool:
        """Whether it has more signs."""
        return len(password) > LONGEST


class NoOwnName(PasswordRule):
    """Refuses what holds the account's name, its owner's, or the name of their mail box."""

    sentence = "パスワードに、利用者名・名前・メールアドレスの名前が入っています。入らないものにしてください。"
    help_text = "利用者名・名前・メールアドレスの名前を入れないでください。"

    def finds(self, password: str, user: Any) -> bool:
        """Whether one of the names is in it."""
        names = [getattr(user, name, "") or "" for name in ("username", "last_name", "first_name", "email")]
        return _holds(password, (name.partition("@")[0] for name in names), SHORTEST_NAME)


class NoCityName(PasswordRule):
    """Refuses what holds the city's name, as the plans have it or as people type it."""

    sentence = "パスワードに、市の名前が入っています。入らないものにしてください。"
    help_text = "市の名前を入れないでください。"

    def finds(self, password: str, user: User | None) -> bool:
        """Whether the name is in it, with or without 市, 町 or 村."""
        cities = Plan.objects.order_by().values_list("municipality", flat=True).distinct()
        names = [*settings.PASSWORD_CITY_WORDS, *(re.sub(r"[市町村区都道府県]$", "", city) for city in cities)]
        return _holds(password, names, SHORTEST_CITY)


class NoYear(PasswordRule):
    """Refuses what holds a year about now, or an era."""

    sentence = "パスワードに、年（西暦か元号）が入っています。入らないものにしてください。"
    help_text = "今年などの年（西暦・元号）を入れないでください。"

    def finds(self, password: str, user: User | None) -> bool:
        """Whether a year of these decades or the name of an era is in it."""
        this = timezone.localdate().year
        years = (str(year) for year in range(this - YEARS_AROUND, this + YEARS_AROUND + 1))
        return _holds(password, [*years, *ERAS], SHORTEST_NAME)


def _holds(password: str, names: Iterable[str], shortest: int) -> bool:
    found, texts = (fold(name) for name in names), (fold(password), meant(password))
    # Two characters of kanji are a whole name.
    long_enough = (name for name in found if len(name) >= (shortest if name.isascii() else KANJI))
    return any(name in text for name in long_enough for text in texts)


class NoCommonWords(PasswordRule):
    """Refuses what is made of nothing but common words, rows of keys and figures."""

    sentence = (
        "よく使われる言葉やキーの並び（password、sakura、qwerty など）と数字だけでできています。"
        "別のものにしてください。"
    )
    help_text = "よく使われる言葉・キーの並び・数字だけの組み合わせにしないでください。"

    def finds(self, password: str, user: User | None) -> bool:
        """Whether nothing is left when the words of the file, repeated signs and figures are taken out."""
        return any(_made_of_common_words(text) for text in {fold(password), meant(password)})


def _made_of_common_words(text: str) -> bool:
    """Whether the text can be cut into common words, figures, and signs repeated; each place is asked once."""
    reached = {0}
    for end in range(1, len(text) + 1):
        if text[end - 1].isdecimal() and end - 1 in reached:
            reached.add(end)
        if any(start in reached and _is_common(text[start:end]) for start in range(max(0, end - 24), end)):
            reached.add(end)
    return len(text) in reached


def _is_common(part: str) -> bool:
    """Whether it is a word of the file, or a sign repeated or counted on (aaa, cde, 987)."""
    steps = {ord(after) - ord(before) for before, after in pairwise(part)}
    return part in common_words() or (len(part) >= 3 and len(steps) == 1 and steps <= {-1, 0, 1})


@cache
def common_words() -> frozenset[str]:
    """The words of the file, folded; lines that begin with # are remarks."""
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(fold(word) for line in lines if not line.startswith("#") for word in line.split())
