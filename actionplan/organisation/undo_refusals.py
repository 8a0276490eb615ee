"""Why a registered reorganisation cannot be taken back, in sentences that say what to do first."""

from collections.abc import Iterator, Mapping, Sequence

from django.contrib.auth.models import User

from actionplan.models import ActionItem, Department, EditionRow, Plan, Reminder, YearlyStatus
from actionplan.organisation.registered import Registered

# What a department cannot be taken away from: where it stands, what it is called, and what to do about it.
KEEPS = (
    (YearlyStatus, "department", "回答", "実施状況の画面で、担当課を元の課に変えてください。"),
    (Plan, "office", "計画の問い合わせ先", "計画の画面で、問い合わせ先の課を元の課に変えてください。"),
    (Reminder, "department", "督促の記録", "記録は消せないので、施行日のあとにもう一度組織改正を行ってください。"),
    (EditionRow, "department", "公表した版", "版は消せないので、施行日のあとにもう一度組織改正を行ってください。"),
)


def refusals(
    change: Registered, known: Mapping[int, Department], items: Sequence[ActionItem], people: Sequence[User]
) -> list[str]:
    """The sentences; none when all can be put back. Four queries.

    known: every department by primary key. items, people: what has to go back to a department that comes back.
    """
    found = [*_later_changes(change, known), *_same_names(change, known), *_kept(change)]
    return found if change.home else [*found, *_homeless(change, items, people)]


def too_late(change: Registered) -> str:
    """The sentence for a change whose day has come."""
    return f"この組織改正（{change}）は、施行日を迎えたため取り消せません。"


def _later_changes(change: Registered, known: Mapping[int, Department]) -> Iterator[str]:
    for new in change.new:
        if new.in_force_until:
            yield f"{new}には、次の組織改正か廃止が登録されています。先にそちらを取り消してください。"
        for other in known.values():
            if other.successor_id == new.pk and other not in change.olds:
                yield f"{other}が、{new}に引き継がれることになっています。先にその組織改正を取り消してください。"


def _same_names(change: Registered, known: Mapping[int, Department]) -> Iterator[str]:
    names = {(old.name, old.unit) for old in change.olds}
    for other in known.values():
        if (other.name, other.unit) not in names or other in (*change.olds, *change.new):
            continue
        if other.in_force_until is None or other.in_force_until >= change.day:
            yield f"「{other}」という別の課が、施行日からあとにもあります。先にその課の組織改正か名前を直してください。"


def _kept(change: Registered) -> Iterator[str]:
    for model, field, words, advice in KEEPS:
        if model.objects.filter(**{f"{field}__in": change.new}).exists():
            yield f"{_names(change)}の{words}がすでにあるため、取り消せません。{advice}"


def _homeless(change: Registered, items: Sequence[ActionItem], people: Sequence[User]) -> Iterator[str]:
    if items:
        codes = "、".join(item.code for item in items)
        yield f"{_names(change)}が担当する項目があります（{codes}）。先に、項目の画面で担当課を元の課に変えてください。"
    if people:
        named = "、".join(person.username for person in people)
        yield (f"{_names(change)}だけに所属する職員がいます（{named}）。先に、利用者の画面で元の課にも入れてください。")


def _names(change: Registered) -> str:
    return "・".join(map(str, change.new))
