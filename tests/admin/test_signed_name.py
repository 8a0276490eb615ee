"""The record of changes names the file that was chosen, not what somebody wrote into the page."""

from actionplan.organisation.people_pages import ConfirmPeopleForm
from actionplan.waiting_files import ConfirmForm, SignedName

FORMS = (ConfirmForm.base_fields["original_file_name"], ConfirmPeopleForm.base_fields["name"])


def test_the_name_comes_back_to_the_letter():
    for field in FORMS:
        assert field.clean(field.prepare_value("異動 2026.csv")) == "異動 2026.csv"


def test_a_name_that_was_written_by_hand_is_refused():
    signed = SignedName().prepare_value("異動.csv")
    for forged in ("ほかの.csv", "", signed[:-1], f"x{signed}"):
        form = ConfirmPeopleForm({"waiting": "0" * 32, "name": forged, "seal": "0" * 64})
        assert "name" in form.errors


def test_both_confirmations_sign_it():
    assert all(isinstance(field, SignedName) for field in FORMS)
