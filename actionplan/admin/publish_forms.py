"""The forms of the publishing pages."""

from django import forms
from django.utils import timezone

from actionplan.models.fields import refuse_control_characters

NOW, LATER = "now", "later"


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
    note = forms.CharField(
        label="訂正の説明",
        required=False,
        max_length=2000,
        validators=[refuse_control_characters],
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="公表済みの内容を訂正するときに書きます。市民の皆さんに表示されます。",
    )
    wording = forms.ChoiceField(choices=[("published", ""), ("current", "")], widget=forms.HiddenInput)
    expected_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def clean(self) -> dict:
        """The cleaned data; a set time needs its day and hour, and `now` forgets them."""
        data = super().clean()
        if data.get("when") == NOW:
            data["public_from"] = None
        elif not data.get("public_from") and "public_from" not in self.errors:
            self.add_error("public_from", "公表する日時を入力してください。")
        elif data.get("public_from") and data["public_from"] < timezone.now():
            self.add_error("public_from", "公表日時が過去になっています。これからの日時を入力してください。")
        return data


class WithdrawForm(forms.Form):
    """Why an edition is taken back."""

    reason = forms.CharField(
        label="取下げの理由",
        max_length=2000,
        validators=[refuse_control_characters],
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        error_messages={"required": "取下げの理由を書いてください。"},
    )
