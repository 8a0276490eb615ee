"""How people are named: the family name first."""

from django.contrib.auth.models import AbstractBaseUser

NO_DEPARTMENT = "担当課なし"


def full_name(person: AbstractBaseUser) -> str:
    """山田 太郎; the name to log in with where no other is known."""
    return f"{person.last_name} {person.first_name}".strip() or person.get_username()


def person_name(user: AbstractBaseUser | None) -> str:
    """The person's name; an empty string for nobody, which is the machine."""
    return full_name(user) if user else ""
