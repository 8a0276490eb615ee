"""The one row that an address names, or a page in Japanese that says there is none."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

from actionplan.admin.site import NAMES

Row = TypeVar("Row", bound=Model)


def found_or_404(rows: QuerySet[Row], **which: object) -> Row:
    """The row. Raises Http404 with a sentence that names what is missing: この担当課はありません。"""
    if (row := rows.filter(**which).first()) is None:
        raise Http404(f"この{NAMES.get(rows.model.__name__, rows.model._meta.verbose_name)}はありません。")
    return row
