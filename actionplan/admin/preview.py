"""How an import's preview shows a row: what was, what will be."""

from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.fields import Field
from import_export.resources import Diff, ModelResource

from actionplan.admin.cells import MarksCell, NumberCell, YesNoCell


class RememberedDiff(Diff):
    """Compares with the cells that were remembered, so that no row is asked for its marks a second time."""

    def __init__(self, resource: ModelResource, instance: Model, new: bool) -> None:
        self.left, self.right, self.new = instance.cells_before, [], new
        self.columns = resource.get_import_fields()

    def as_html(self) -> list[SafeString]:
        """The cells of the preview: ★◎ and numbers in one piece, and no ID for a row that has none yet."""
        if self.new:
            self.right[0] = ""
        cells = zip(self.columns, super().as_html(), strict=True)
        return [
            format_html('<span class="nowrap">{}</span>', html) if _is_short(field) else html for field, html in cells
        ]


def _is_short(field: Field) -> bool:
    return isinstance(field.widget, NumberCell | YesNoCell | MarksCell)
