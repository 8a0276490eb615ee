"""The forms of a reorganisation: the day, the departments that take part, the new ones, and which item goes where."""

from collections.abc import Sequence

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from actionplan.admin.organisation.numbers import number_in
from actionplan.models import ActionItem, Department
from actionplan.organisation.reorganisation import CONTACT, Part, Reorganisation

RENAME, MERGE, SPLIT = "rename", "merge", "split"
KINDS = {RENAME: "名前を変える", MERGE: "統合する", SPLIT: "分ける"}
NEW = "new"
FEWEST, MOST = 2, 9
DAY_HELP = "新しい体制が始まる日です。前の日までが、今の課の期間になります。"
OTHERS_HELP = "この課のほかにも、いっしょに統合されてなくなる課があれば印を付けます。"


class DayForm(forms.Form):
    """When it happens."""

    day = forms.DateField(
        label="施行日",
        help_text=DAY_HELP,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "施行日を入れてください。",
            "invalid": "施行日が読めません。2026-04-01 のように書いてください。",
        },
    )


class MergeForm(DayForm):
    """Which departments end together, and where they go."""

    others = forms.TypedMultipleChoiceField(
        label="ほかになくなる課", coerce=int, required=False, widget=forms.CheckboxSelectMultiple, help_text=OTHERS_HELP
    )
    into = forms.ChoiceField(label="統合先", error_messages={"required": "統合先を選んでください。"})

    def __init__(self, *args, departments: Sequence[Department], **kwargs) -> None:
        """departments: those that could take part, the one that the page is about left out."""
        super().__init__(*args, **kwargs)
        choices = [(str(department.pk), str(department)) for department in departments]
        self.fields["others"].choices = choices
        self.fields["into"].choices = [
            ("", "（選んでください）"),
            (NEW, "新しい課をつくる"),
            ("今ある課に統合する", choices),
        ]


class NewDepartmentForm(forms.ModelForm):
    """A new department with its contact block."""

    class Meta:
        model = Department
        fields = ("name", "unit", *CONTACT)
        error_messages = {"name": {"required": "課名を書いてください。"}}


class Desk:
    """Everything that the page asks for one kind of reorganisation of one department."""

    def __init__(
        self, kind: str, old: Department, data: QueryDict | None, *, count: int, ground: Sequence[Department]
    ) -> None:
        """count: how many parts a split makes. ground: the other departments that have not ended."""
        self.kind, self.old, self.data = kind, old, data
        self.count = count if kind == SPLIT else 1
        self.day = (
            MergeForm(data, departments=ground, auto_id="id_%s") if kind == MERGE else DayForm(data, auto_id="id_%s")
        )
        contact = {name: getattr(old, name) for name in CONTACT}
        named = {"name": old.name, "unit": old.unit} if kind == RENAME else {}
        self.parts = [
            NewDepartmentForm(data, prefix=f"part{place}", initial=contact | named) for place in range(self.count)
        ]
        self.items: list[ActionItem] = []

    def read_items(self, items: Sequence[ActionItem]) -> None:
        """Takes the items that are to be divided; each with the part chosen for it so far."""
        self.items = list(items) if self.kind == SPLIT else []
        for item in self.items:
            item.chosen = self._chosen(item)

    def _chosen(self, item: ActionItem) -> int:
        chosen = number_in((self.data or MultiValueDict()).get(f"item{item.pk}"))
        return chosen if chosen and chosen < self.count else 0

    def is_valid(self) -> bool:
        """Whether every box can be read; the new department's count only when there is to be one."""
        day = self.day.is_valid()
        if self.kind == MERGE and self.day.cleaned_data.get("into") != NEW:
            self.parts = [self._unasked()]
            return day
        valid = [part.is_valid() for part in self.parts]
        return day and all(valid)

    def _unasked(self) -> NewDepartmentForm:
        """The boxes of a new department that is not to be: they keep what was written and show no faults."""
        names = NewDepartmentForm._meta.fields
        written = {name: self.data.get(f"part0-{name}", "") for name in names}
        return NewDepartmentForm(prefix="part0", initial=written)

    @property
    def change(self) -> Reorganisation:
        """What was asked for; only once is_valid()."""
        day, olds = self.day.cleaned_data["day"], (self.old.pk,)
        if self.kind == MERGE:
            olds += tuple(self.day.cleaned_data["others"])
            if self.day.cleaned_data["into"] != NEW:
                return Reorganisation(olds, (Part(existing=int(self.day.cleaned_data["into"])),), day)
        return Reorganisation(olds, tuple(self._part(place) for place in range(self.count)), day)

    def _part(self, place: int) -> Part:
        chosen = frozenset(item.pk for item in self.items if item.chosen == place)
        return Part(facts=dict(self.parts[place].cleaned_data), items=chosen)
