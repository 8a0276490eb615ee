"""Reading the lines of a list of staff: what each wants a person to be, and every cell that cannot be taken."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from django.contrib.auth.models import User
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError
from django.db.models import Field

from actionplan.organisation.membership import Facts, Roster, tidy
from actionplan.text import as_stored, as_words, refusal

USERNAME, LAST, FIRST, EMAIL, DEPARTMENTS, PART, ACTIVE = COLUMNS = (
    *("利用者名", "姓", "名", "メールアドレス"),
    *("所属課", "役割", "在籍"),
)
FIELDS = {USERNAME: "username", LAST: "last_name", FIRST: "first_name", EMAIL: "email"}
half_width = ASCIIUsernameValidator()
WORDS = {as_words(truth): truth for truth in (True, False)}


def cells_of(facts: Facts) -> tuple[str, ...]:
    """The cells of a person's line in the list, the name to log in with aside."""
    lists = "、".join(facts.departments), "、".join(facts.roles)
    return facts.last_name, facts.first_name, facts.email, *lists, as_words(facts.active)


@dataclass(frozen=True)
class PersonLine:
    """One line of the file: its number as a spreadsheet counts, and its cells by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Fault:
    """A cell that cannot be taken, and what to do about it."""

    number: int
    column: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.number}行目「{self.column}」：{self.sentence}"


@dataclass
class WantedAccount:
    """What a line wants; faults are those of its cells."""

    number: int
    username: str
    facts: Facts = field(default_factory=Facts)
    faults: list[Fault] = field(default_factory=list)


def read_lines(lines: Sequence[PersonLine], roster: Roster) -> list[WantedAccount]:
    """What the lines want, in their order, each with all of its faults."""
    names = Counter(_username(line).casefold() for line in lines)
    return [_Reader(line, roster, names).read() for line in lines]


def _username(line: PersonLine) -> str:
    return User.normalize_username(line.cells[USERNAME]).strip()


class _Reader:
    """Reads one line."""

    def __init__(self, line: PersonLine, roster: Roster, names: Counter[str]) -> None:
        self.line, self.roster, self.names = line, roster, names
        self.username = _username(line)
        self.account = roster.accounts.get(self.username)
        self.wanted = WantedAccount(line.number, self.username)

    def read(self) -> WantedAccount:
        texts = {name: as_stored(self.line.cells[name]).strip() for name in COLUMNS}
        self._check_texts(texts)
        self._check_account()
        active = self._active(texts[ACTIVE])
        if active is False and self.account:
            # Who leaves belongs nowhere and keeps the roles that the history names.
            roles = self.roster.facts(self.account).roles
            self.wanted.facts = Facts(texts[LAST], texts[FIRST], texts[EMAIL], (), roles, False)
        else:
            departments, wrong_departments = department_names(texts[DEPARTMENTS], self.account, self.roster)
            roles, wrong_roles = role_names(texts[PART], self.roster)
            for sentence in wrong_departments:
                self._fault(DEPARTMENTS, sentence)
            for sentence in wrong_roles:
                self._fault(PART, sentence)
            self.wanted.facts = Facts(texts[LAST], texts[FIRST], texts[EMAIL], departments, roles, True)
        return self.wanted

    def _fault(self, column: str, sentence: str) -> None:
        self.wanted.faults.append(Fault(self.line.number, column, sentence))

    def _check_texts(self, texts: Mapping[str, str]) -> None:
        for column, text in texts.items():
            if sentence := refusal(text):
                self._fault(column, sentence)
        for column, name in FIELDS.items():
            value = self.username if column == USERNAME else texts[column]
            try:
                cast(Field, User._meta.get_field(name)).clean(value, None)
                # Whoever has another name already keeps it: the list that was given out must come in again.
                if column == USERNAME and not self.account:
                    half_width(value)
            except ValidationError as error:
                self._fault(column, _sentence(column, value, error))
        if not (texts[LAST] or texts[FIRST] or self.account):
            self._fault(LAST, "新しい人の姓が空です。姓と名を書いてください。")

    def _check_account(self) -> None:
        if self.names[self.username.casefold()] > 1 and self.username:
            self._fault(USERNAME, f"「{self.username}」がほかの行にもあります。1人1行にしてください。")
        if self.account and self.account.pk not in self.roster.manageable:
            self._fault(
                USERNAME,
                f"「{self.username}」は、この画面では変えられない利用者（事務局・公表権者・管理者など）です。"
                "行を削除してください。",
            )
        other = self.roster.folded.get(self.username.casefold())
        if not self.account and other:
            self._fault(
                USERNAME,
                f"「{self.username}」は、今ある利用者名「{other}」と大文字・小文字だけが違います。"
                f"同じ人なら「{other}」に直してください。",
            )

    def _active(self, text: str) -> bool | None:
        word = WORDS.get(text)
        if word is None:
            start = f"「{text}」は使えません。" if text else "空です。"
            self._fault(ACTIVE, f"{start}「はい」か「いいえ」を書いてください。")
        elif word is False and not self.account:
            self._fault(
                ACTIVE, f"「{self.username}」という利用者はいません。利用者名を確かめるか、行を削除してください。"
            )
        elif word is False and self.account and self.account.pk == self.roster.reader.pk:
            self._fault(ACTIVE, "自分の利用者は閉じられません。ほかの人に頼んでください。")
        return word


def _sentence(column: str, value: str, error: ValidationError) -> str:
    if not value:
        return "空です。ログインに使う名前を、半角の英数字で書いてください。"
    if column == USERNAME and error.error_list[0].code == "invalid":
        return f"「{value}」は使えません。半角の英数字と @ . + - _ だけで書いてください。"
    if column == EMAIL and error.error_list[0].code == "invalid":
        return f"「{value}」はメールアドレスの形ではありません。name@example.jp のように書くか、空にしてください。"
    return " ".join(error.messages)


SEPARATORS = re.compile(r"[、;；,，\n]")
Names = tuple[tuple[str, ...], list[str]]


def department_names(text: str, account: User | None, roster: Roster) -> Names:
    """The departments that the cell names, as lists show them, and a sentence for each that cannot be taken."""
    own = {tidy(name): name for name in roster.facts(account).departments} if account else {}
    names, wrong = set(), []
    for name in _parts(text):
        # A name that reads as what is stored is untouched: two departments of one name are not mixed up.
        if name in own:
            names.add(own[name])
        elif sentence := _why_no_department(name, roster):
            wrong.append(sentence)
        else:
            names.add(str(roster.offices.by_name[name][0]))
    return tuple(sorted(names)), wrong


def _why_no_department(name: str, roster: Roster) -> str:
    found = roster.offices.by_name.get(name, [])
    if len(found) > 1 and sum(not roster.offices.is_to_come(each) for each in found) != 1:
        return f"「{name}」という担当課は複数あります。利用者の画面から選んでください。"
    if found:
        return ""
    if follower := roster.offices.every_name.get(name):
        now = "いまある課" if roster.offices.has_ended(follower) else f"いまの課「{follower}」"
        return f"「{name}」は廃止された課です。{now}を書いてください。"
    return f"「{name}」という担当課はありません。担当課の一覧にある名前を、係名まで書いてください。"


def role_names(text: str, roster: Roster) -> Names:
    """The roles that the cell names, and a sentence for each that cannot be given here."""
    allowed = "・".join(role for role in roster.every_role if role in roster.grantable)
    names, wrong = set(), []
    for name in _parts(text):
        if name in roster.grantable:
            names.add(name)
        elif name in roster.every_role:
            wrong.append(f"「{name}」は、この画面では付けられません。{allowed}から選んでください。")
        else:
            wrong.append(f"「{name}」という役割はありません。{allowed}から選んでください。")
    return tuple(sorted(names)), wrong


def _parts(text: str) -> list[str]:
    return [name for part in SEPARATORS.split(text) if (name := tidy(part))]
