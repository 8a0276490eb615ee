"""The forms of the publishing pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django import forms
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actionplan.admin.locking import RecordField
from actionplan.fiscal_year import LATEST
from actionplan.models.fields import refuse_control_characters
from actionplan.publishing.unconfirmed import OpenAnswer

NOW, LATER = "now", "later"
MOVED = "確定していない項目が、この画面を開いたあとに変わりました。一覧を確かめて、もう一度選んでください。"
NO_DEPARTMENT = "担当課なし"
MOST_NAMES = 20


@dataclass(frozen=True)
class Unconfirmed:
    """One department's answers that are not confirmed."""

    department: str
    rows: Sequence[OpenAnswer]

    @property
    def value(self) -> str:
        """The value of their tick box: it stands for exactly these answers."""
        return sha256(",".join(str(row.pk) for row in self.rows).encode()).hexdigest()[:32]

    @property
    def label(self) -> SafeString:
        """総務課（2件） and below it, a line each, 3-2-1 項目（提出） and 3-2-2 項目（記入中）."""
        names = [f"{row.code}　{row.name}（{row.state}）" for row in self.rows[:MOST_NAMES]]
        if len(self.rows) > MOST_NAMES:
            names.append(f"ほか{len(self.rows) - MOST_NAMES}件")
        lines = format_html_join("", '<span class="line">{}</span>', ((name,) for name in names))
        return format_html("<strong>{}（{}件）</strong>{}", self.department, len(self.rows), lines)


def by_department(rows: Sequence[OpenAnswer]) -> list[Unconfirmed]:
    """The answers in one group a department, in the order in which the report first names each."""
    groups: dict[str, list[OpenAnswer]] = {}
    for row in rows:
        groups.setdefault(row.department or NO_DEPARTMENT, []).append(row)
    return [Unconfirmed(name, found) for name, found in groups.items()]


class PublishForm(forms.Form):
    """When to publish, and what citizens are told about a correction."""

    when = forms.ChoiceField(
        label="公表する日時",
        choices=[(NOW, "今すぐ"), (LATER, "日時を決める（日本時間）")],
        initial=NOW,
        widget=forms.RadioSelect,
    )
    public_from = forms.DateTimeField(
        label="公表日時（日本時間）",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "日時が読めません。2026-04-01T09:00 のように入力してください。"},
    )
    note = RecordField(
        label="訂正の説明",
        required=False,
        max_length=2000,
        validators=[refuse_control_characters],
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="公表済みの内容を訂正するときに書きます。市民の皆さんに表示されます。",
    )
    wording = forms.ChoiceField(choices=[("published", ""), ("current", "")], widget=forms.HiddenInput)
    expected_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    named = forms.MultipleChoiceField(
        label="確定しないまま公表する項目",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": MOVED},
    )

    def __init__(self, *args, unconfirmed: Sequence[OpenAnswer] = (), **kwargs) -> None:
        """unconfirmed: the answers that are not confirmed now; the publisher ticks each department's by name."""
        super().__init__(*args, **kwargs)
        self.groups = by_department(unconfirmed)
        self.fields["named"].choices = [(group.value, group.label) for group in self.groups]

    def clean_named(self) -> list[int]:
        """The primary keys that were named. Raises ValidationError while a department's are not."""
        ticked = self.cleaned_data["named"]
        if left := [group.department for group in self.groups if group.value not in ticked]:
            raise forms.ValidationError(
                f"まだ確定していない項目があります（{'、'.join(left)}）。"
                "確定しないまま公表するときは、それぞれに印を付けてください。"
            )
        return [row.pk for group in self.groups if group.value in ticked for row in group.rows]

    def clean(self) -> dict:
        """The cleaned data; a set time needs its day and hour, and `now` forgets them."""
        data = super().clean()
        if data.get("when") == NOW:
            data["public_from"] = None
        elif not data.get("public_from") and "public_from" not in self.errors:
            self.add_error("public_from", "公表する日時を入力してください。")
        elif data.get("public_from") and data["public_from"] < timezone.now():
            self.add_error("public_from", "公表日時が過去になっています。これからの日時を入力してください。")
        elif data.get("public_from") and data["public_from"].year > LATEST:
            self.add_error("public_from", "公表日時が先すぎます。年を確かめてください。")
        return data


class WithdrawForm(forms.Form):
    """Why an edition is taken back."""

    reason = RecordField(
        label="取下げの理由",
        max_length=2000,
        validators=[refuse_control_characters],
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        error_messages={"required": "取下げの理由を書いてください。"},
    )
