"""People in lists and forms by their names, as everywhere else; Django would show what they log in with."""

from collections.abc import Callable

from django.contrib import admin
from django.db.models import Model

from actionplan.cycle.names import full_name


def named(model: type[Model], field: str) -> Callable:
    """A column or read-only box for the model's admin: 山田 太郎, the admin's own word where there is nobody."""

    @admin.display(description=str(model._meta.get_field(field).verbose_name))
    def shown(admin_of_model: admin.ModelAdmin, row: Model) -> str:
        person = getattr(row, field)
        return full_name(person) if person else admin_of_model.get_empty_value_display()

    return shown
