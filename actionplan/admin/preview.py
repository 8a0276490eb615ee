"""How an import's preview shows a row: what was, what will be; and the seal that tells whether it still is so."""

from hashlib import sha256

from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from import_export.fields import Field
from import_export.resources import Diff, ModelResource
from import_export.results import Result

from actionplan.admin.cells import MarksCell, NumberCell, YesNoCell

CHANGED = """<del class="words">{}</del> <span aria-hidden="true">→</span> <ins class="words">{}</ins>"""


class RememberedDiff(Diff):
    """Compares with the cells that were remembered, so that no row is asked for its marks a second time."""

    def __init__(self, resource: ModelResource, instance: Model, new: bool) -> None:
        self.left, self.right, self.new = instance.cells_before, [], new
        self.columns = resource.get_import_fields()

    def as_html(self) -> list[SafeString]:
        """The cells of the preview: ★◎ and numbers in one piece, and no ID for a row that has none yet."""
        if self.new:
            self.right[0] = ""
        cells = zip(self.columns, self.left, self.right, strict=True)
        return [self._cell(field, str(old), str(new)) for field, old, new in cells]

    def _cell(self, field: Field, old: str, new: str) -> SafeString:
        if old == new or self.new:
            html = format_html('<span class="words">{}</span>', new)
        else:
            html = format_html(CHANGED, old or "（空欄）", new or "（空欄）")
        return format_html('<span class="nowrap">{}</span>', html) if _is_short(field) else html


def _is_short(field: Field) -> bool:
    return isinstance(field.widget, NumberCell | YesNoCell | MarksCell)


def seal(result: Result) -> str:
    """A digest of everything that the preview shows: it is another one when a stored row that the file changes is."""
    digest = sha256()
    for row in result.rows:
        digest.update(repr((row.number, row.import_type, [str(cell) for cell in row.diff or ()])).encode())
    return digest.hexdigest()
