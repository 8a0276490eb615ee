"""Areas and tags in the admin, and an item's form: its box of tags, and when it is asked for marks."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, ManyToManyField, QuerySet
from django.http import HttpRequest

from actionplan import permissions
from actionplan.admin import ForModelAdmin
from actionplan.admin.base import PortalAdmin
from actionplan.admin.locking import KeepingForm
from actionplan.admin.pickers import NO_MARK
from actionplan.models import AlikeWords, Area, Tag, asks_for_marks
from actionplan.plan.named_cells import TagsField, tags_field
from actionplan.trail.object_history import ReadableHistory


class NamesItems(ReadableHistory, PortalAdmin):
    """Words that items are found under, with the number of items that bear each."""

    search_fields = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """The words with the number of their items."""
        return super().get_queryset(request).annotate(items_named=Count("items"))

    @admin.display(description="項目の数")
    def item_count(self, row: Any) -> int:
        """How many items bear the word."""
        return row.items_named


@admin.register(Area)
class AreaAdmin(NamesItems):
    """The parts of the city."""

    list_display = ["name", "order", "item_count"]
    search_help_text = "地域の名前で探します。"


@admin.register(Tag)
class TagAdmin(NamesItems):
    """The staff's own words."""

    list_display = ["name", "item_count"]
    search_help_text = "タグの言葉で探します。"


@admin.register(AlikeWords)
class AlikeWordsAdmin(ReadableHistory, PortalAdmin):
    """The words that mean the same to a search."""

    list_display = ["words"]
    search_fields = ["words"]
    search_help_text = "ことばで探します。"


class ItemForm(KeepingForm):
    """An item; it is asked for its marks where another item of its plan bears any."""

    def clean(self) -> dict:
        """The cleaned data; the box of the marks is told when it may not be empty."""
        cleaned = super().clean()
        measure = cleaned.get("measure") or getattr(self.instance, "measure", None)
        policy = getattr(measure, "policy", None)  # neither may be chosen yet
        empty = "actors" in cleaned and not cleaned["actors"]
        if policy and empty and asks_for_marks(policy.plan_id, apart_from=self.instance.pk):
            self.add_error("actors", NO_MARK)
        return cleaned


class TagsBox(ForModelAdmin):
    """An item's tags as words in one box; those that are new are stored with the item."""

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs) -> Any:
        """The box; other relations as everywhere."""
        if db_field.name == "tags":
            return tags_field(str(db_field.verbose_name), permissions.may_add(request.user, Tag))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Stores new tags before the item is given them."""
        if isinstance(field := form.fields.get("tags"), TagsField):
            form.cleaned_data["tags"] = [field.tags.kept(tag) for tag in form.cleaned_data["tags"]]
        super().save_related(request, form, formsets, change)
