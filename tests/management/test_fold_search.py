"""Rows that another version folded are folded anew, and the record fits as it did."""

import pytest
from django.core.management import call_command
from django.db.models import QuerySet

from actionplan.models import Edition, EditionRow, Unsealing, unsealed
from actionplan.models.seal import misfits
from actionplan.publishing.publish import publish
from tests import factories

# The record is sealed as transactions end.
pytestmark = pytest.mark.django_db(transaction=True)


def test_old_shadows_are_made_anew_and_the_record_fits(capsys):
    publish(factories.make_status(text="まちづくりに取り組む").report, by=None)
    told, hashed = EditionRow.objects.get().search_text, Edition.objects.get().content_sha256
    with unsealed("試験"):
        QuerySet(EditionRow).update(search_text="マチヅクリ")
    call_command("fold_search")
    assert "1件作り直しました" in capsys.readouterr().out
    assert (EditionRow.objects.get().search_text, Edition.objects.get().content_sha256) == (told, hashed)
    assert list(misfits()) == []
    opened = Unsealing.objects.count()
    call_command("fold_search")
    assert (capsys.readouterr().out, Unsealing.objects.count()) == ("", opened)
