"""Small words that every room says in one way: days and delays, yes and no, people, and no department."""

from datetime import date, datetime

from django.contrib.auth.models import User


def days_late(due: date | None, day: date) -> int | None:
    """Days since the due date, negative while there is time; None when no date is set."""
    return (day - due).days if due else None


def days_words(due: date | None, day: date) -> str:
    """3日遅れ, 今日まで or あと5日; empty when no date is set."""
    late = days_late(due, day)
    if late is None:
        return ""
    return f"{late}日遅れ" if late > 0 else f"あと{-late}日" if late else "今日まで"


def due_day(due: date, today: date) -> str:
    """5月20日, with the year when it is another one than today's."""
    year = f"{due.year}年" if due.year != today.year else ""
    return f"{year}{due.month}月{due.day}日"


def plain_day(day: date) -> str:
    """2026年5月20日; of a moment its day as it stands, in whatever zone."""
    return f"{day.year}年{day.month}月{day.day}日"


def plain_moment(moment: datetime) -> str:
    """2026年5月20日 9時05分, as it stands."""
    return f"{plain_day(moment)} {moment.hour}時{moment.minute:02}分"


def day_words(day: date) -> str:
    """2026年5月20日（水）."""
    return f"{plain_day(day)}（{'月火水木金土日'[day.weekday()]}）"


def shown_number(printed: str, *numbers: int) -> str:
    """How an item's number is shown everywhere: as its plan or its report prints it, else by its numbers, 3-2-1."""
    return printed or "-".join(map(str, numbers))


def shown_policy(printed: str, number: int | str) -> str:
    """How a policy is numbered everywhere: as its plan or its report prints it, 基本目標Ⅰ, else 施策1."""
    return printed or f"施策{number}"


NO_DEPARTMENT = "担当課なし"


def own_name(person: User) -> str:
    """山田 太郎, the family name first; empty for an account without a name."""
    return f"{person.last_name} {person.first_name}".strip()


def full_name(person: User) -> str:
    """山田 太郎; the name to log in with where no other is known."""
    return own_name(person) or person.get_username()


def person_name(user: User | None) -> str:
    """The person's name; an empty string for nobody, which is the machine."""
    return full_name(user) if user else ""
