"""The two cells of a list of staff that hold several names: departments and roles."""

import re

from django.contrib.auth.models import User

from actionplan.organisation.offices import tidy
from actionplan.organisation.roster import Roster
from actionplan.permissions import ROLES

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
    allowed = "・".join(role for role in ROLES if role in roster.grantable)
    names, wrong = set(), []
    for name in _parts(text):
        if name in roster.grantable:
            names.add(name)
        elif name in ROLES:
            wrong.append(f"「{name}」は、この画面では付けられません。{allowed}から選んでください。")
        else:
            wrong.append(f"「{name}」という役割はありません。{allowed}から選んでください。")
    return tuple(sorted(names)), wrong


def _parts(text: str) -> list[str]:
    return [name for part in SEPARATORS.split(text) if (name := tidy(part))]
