"""An item is never followed, over whatever others, by itself."""

import pytest
from django.core.exceptions import ValidationError

from tests import factories
from tests.admin.pages import change_url, form_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain():
    """Three items: the first is followed by the second, the second by the third."""
    measure = factories.make_measure()
    third = factories.make_item(measure)
    second = factories.make_item(measure, successor=third)
    return factories.make_item(measure, successor=second), second, third


def test_a_chain_is_fine(chain):
    chain[0].clean()


def test_a_circle_is_refused_at_any_length(chain):
    first, second, third = chain
    for successor in (first, second):
        third.successor = successor
        with pytest.raises(ValidationError, match="この項目に戻ってしまいます"):
            third.clean()


def test_a_new_item_follows_nothing_of_its_own(chain):
    factories.make_item(chain[0].measure, successor=chain[0]).clean()


def test_the_form_says_so(chain):
    client = signed_in()
    form = form_of(client.get(change_url(chain[2])), "actionitem_form")
    page = client.post(change_url(chain[2]), {**form, "successor": str(chain[0].pk)}).content.decode()
    assert "引き継ぎ先をたどると、この項目に戻ってしまいます。" in page
    chain[2].refresh_from_db()
    assert chain[2].successor is None
