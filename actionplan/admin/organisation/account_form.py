"""The form of an account: names, departments and the roles that its user may hand out."""

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.core.exceptions import ValidationError

from actionplan.admin.keeping import KeepingForm
from actionplan.models import Department
from actionplan.organisation.locks import lock_people
from actionplan.organisation.offices import Offices

NAME_HELP = "ログインに使います。半角の英数字と @ . + - _ が使えます。"
TAKEN = "同じ利用者名の人が、すでにいます（大文字・小文字の違いは区別しません）。"


half_width = ASCIIUsernameValidator(message="この利用者名は使えません。半角の英数字と @ . + - _ だけで書いてください。")


class AccountForm(KeepingForm):
    """Keeps roles that its user may not hand out, and memberships that show under a name that stays ticked."""

    departments = forms.ModelMultipleChoiceField(
        label="所属課",
        queryset=Department.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "選ばれた課は、今はありません。選び直してください。"},
    )

    class Meta:
        model = User
        fields = ("username", "last_name", "first_name", "email", "groups")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "username" in self.fields:
            self.fields["username"].help_text = NAME_HELP
        if "departments" in self.fields:
            self._offer_departments()
        if groups := self.fields.get("groups"):
            groups.label, groups.help_text, groups.required = "役割", "", False
            groups.error_messages["invalid_choice"] = "その役割は、この画面では付けられません。選び直してください。"

    def _offer_departments(self) -> None:
        offices = Offices()
        own = {offices.shown(pk).pk for pk in self._memberships()}
        offered = [*offices.standing, *(offices.by_pk[pk] for pk in own if offices.has_ended(offices.by_pk[pk]))]
        field = self.fields["departments"]
        field.queryset = Department.objects.filter(pk__in=[each.pk for each in offered])
        field.choices = [
            (each.pk, f"{each}{'（これからできる課）' if offices.is_to_come(each) else ''}") for each in offered
        ]
        self.initial["departments"] = sorted(own)

    def _memberships(self) -> list[int]:
        return list(self.instance.departments.values_list("pk", flat=True)) if self.instance.pk else []

    def clean_username(self) -> str:
        """The name to log in with. Raises ValidationError for one that somebody has, capitals aside, and for a new one
        that not every keyboard can write."""
        name = self.cleaned_data["username"]
        if name != self.instance.username:
            half_width(name)
        if User.objects.filter(username__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(TAKEN, code="unique")
        return name

    def clean(self) -> dict:
        """The cleaned data, with the roles that the form does not offer as they were."""
        # Before the account itself: an import takes its locks in the same order.
        lock_people()
        cleaned = super().clean()
        if self.instance.pk and "groups" in cleaned:
            offered = self.fields["groups"].queryset
            cleaned["groups"] = [*cleaned["groups"], *self.instance.groups.exclude(pk__in=offered.values("pk"))]
        return cleaned
